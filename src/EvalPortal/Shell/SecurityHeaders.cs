using System.Security.Cryptography;
using PixelPost.EvalPortal.Rating;

namespace PixelPost.EvalPortal.Shell;

/// <summary>Headers that keep foreign script, frames and referrers out of every answer.</summary>
public static class SecurityHeaders
{
    /// <summary>Key in <see cref="HttpContext.Items"/> of the value that allows this answer's one inline script, the import map.</summary>
    public const string Nonce = "csp-nonce";

    /// <summary>For raters and for what is no page: files of this portal, and nothing inline.</summary>
    private const string PlainPolicy =
        "default-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'none'; " +
        "script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; connect-src 'self'";

    /// <summary>For a report: what is inside of it, and nothing from anywhere.</summary>
    private const string SelfContainedPolicy =
        "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; style-src 'unsafe-inline'; font-src data:; img-src data:";

    public static IApplicationBuilder UseSecurityHeaders(this IApplicationBuilder app) => app.Use((context, next) =>
    {
        var nonce = Convert.ToBase64String(RandomNumberGenerator.GetBytes(16));
        context.Items[Nonce] = nonce;
        var isRaters = RaterLanguage.IsRaters(context.Request.Path); // before a page about an error takes its place
        context.Response.OnStarting(() =>
        {
            var headers = context.Response.Headers;
            headers.ContentSecurityPolicy = Room.Of(context.GetEndpoint()) is not null && !isRaters && context.GetEndpoint()?.Metadata.GetMetadata<NothingInlineAttribute>() is null
                ? $"default-src 'self'; base-uri 'self'; form-action 'self'; object-src 'none'; frame-ancestors 'none'; " +
                  $"img-src 'self' data: blob:; script-src 'self' 'nonce-{nonce}'; style-src 'self' 'unsafe-inline'" // MudBlazor sets style attributes
                : context.GetEndpoint()?.Metadata.GetMetadata<SelfContainedPage>() is not null ? SelfContainedPolicy
                : PlainPolicy;
            headers.XContentTypeOptions = "nosniff";
            headers["Referrer-Policy"] = "same-origin"; // links carry secrets
            headers["Cross-Origin-Opener-Policy"] = "same-origin";
            headers["Cross-Origin-Resource-Policy"] = "same-origin";
            headers["Permissions-Policy"] = "camera=(), microphone=(), geolocation=()";
            return Task.CompletedTask;
        });
        return next(context);
    });
}
