namespace PixelPost.EvalPortal.Rating;

/// <summary>The name of a browser without its version: enough to see that one of them shows images differently.</summary>
public static class UserAgentFamily
{
    // Browsers name those before them too, so the order matters.
    private static readonly (string Mark, string Family)[] Families =
    [
        ("Edg", "Edge"),
        ("OPR/", "Opera"),
        ("SamsungBrowser/", "Samsung"),
        ("Firefox/", "Firefox"),
        ("FxiOS/", "Firefox"),
        ("Chrome/", "Chrome"),
        ("CriOS/", "Chrome"),
        ("Safari/", "Safari"),
    ];

    /// <summary>The family of a <c>User-Agent</c> header; null when it names none that is known.</summary>
    public static string? Of(string? userAgent) =>
        userAgent is null ? null : Families.FirstOrDefault(family => userAgent.Contains(family.Mark, StringComparison.Ordinal)).Family;
}
