namespace PixelPost.EvalPortal.Accounts;

/// <summary>Guards against links that sign somebody in here and then send them elsewhere.</summary>
internal static class LocalPath
{
    /// <summary>The path when it leads to a page of this portal, otherwise the fallback.</summary>
    public static string Or(string? path, string fallback) =>
        path is ['/', not ('/' or '\\'), ..] or "/" && !path.Any(char.IsControl) ? path : fallback;
}
