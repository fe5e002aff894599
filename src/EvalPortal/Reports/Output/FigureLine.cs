namespace PixelPost.EvalPortal.Reports.Output;

/// <summary>A figure as it is shown: what it is, its value, and how it was got or why it is missing.</summary>
public sealed record FigureLine(string Name, string Value, string How);
