namespace PixelPost.EvalPortal.Dashboards;

/// <summary>
/// The colours that mean the same everywhere, light or dark, on the page and in saved figures; <c>app.css</c> has them too.
/// </summary>
internal static class Colours
{
    public const string A = "#0072b2";
    public const string B = "#d55e00";
    public const string Tie = "#8c8c8c";
    public const string Split = "#bfbfbf";
    public const string Reject = "#cc79a7";
}
