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

    /// <summary>The secret that a request brings, or null.</summary>
    public static string? Read(HttpRequest request) => request.Cookies[Name];

    /// <summary>Gives a secret to the browser.</summary>
    public static void Write(HttpContext context, string token) => context.Response.Cookies.Append(Name, token, new CookieOptions
    {
        HttpOnly = true,
        SameSite = SameSiteMode.Lax,
        Secure = context.Request.IsHttps,
        MaxAge = Life,
        IsEssential = true,
    });
}
