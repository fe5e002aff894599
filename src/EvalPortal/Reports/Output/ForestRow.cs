using PixelPost.Stats;

namespace PixelPost.EvalPortal.Reports.Output;

/// <summary>A row of a forest plot.</summary>
/// <param name="Label">What it is about.</param>
/// <param name="Estimate">Dot and whisker; a reason where they are missing.</param>
/// <param name="Value">The estimate in digits.</param>
/// <param name="Colour">Of a bar from 0 to the estimate; null for a dot.</param>
/// <param name="Outcomes">Won, tied and lost, drawn as a bar before the dot; null for none.</param>
/// <param name="Note">What else there is to say in a word or two; null for nothing.</param>
public sealed record ForestRow(string Label, Estimate Estimate, string Value, string? Colour = null, OutcomeCounts? Outcomes = null, string? Note = null);
