namespace PixelPost.EvalPortal.Plans;

/// <summary>A planned number of comparisons, and what it was computed from.</summary>
/// <param name="Comparisons">Null where none is planned.</param>
/// <param name="Power">Null where it was not computed.</param>
public sealed record PlannedNumber(int? Comparisons, PowerAssumptions? Power);
