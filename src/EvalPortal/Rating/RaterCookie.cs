namespace PixelPost.EvalPortal.Rating;

/// <summary>
/// The secret by which a rater's browser is known again. Script cannot read it. It is Lax, because raters come by a link from
/// elsewhere and must be known on that first request; what changes anything is safe from other sites all the same, see
/// <see cref="RatingEndpoints"/>.
/// </summary>
public static class RaterCookie
{
    private const string Name = "pixelpost-rater";
    private static readonly TimeSpan Life = TimeSpan.FromDays(180);

    /// <summary>The secret by which a browser is known in every study that it came to by an open link; or null.</summary>
    public static string? Read(HttpRequest request) => request.Cookies[Name];

    /// <summary>The secret by which a browser is known in a study; or null.</summary>
    /// <param name="link">The study's link token.</param>
    public static string? Read(HttpRequest request, string link) => request.Cookies[NameIn(link)] ?? Read(request);

    /// <summary>Gives a secret to the browser, for every study.</summary>
    public static void Write(HttpContext context, string token) => Append(context, Name, token);

    /// <summary>Gives the secret of a participant to the browser, for one study: in others it may be somebody else's.</summary>
    public static void Write(HttpContext context, string link, string token) => Append(context, NameIn(link), token);

    private static string NameIn(string link) => $"{Name}.{link}";

    private static void Append(HttpContext context, string name, string token) => context.Response.Cookies.Append(name, token, new CookieOptions
    {
        HttpOnly = true,
        SameSite = SameSiteMode.Lax,
        Secure = context.Request.IsHttps,
        MaxAge = Life,
        IsEssential = true,
    });
}
