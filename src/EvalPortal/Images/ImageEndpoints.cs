namespace PixelPost.EvalPortal.Images;

/// <summary>Image files by their hash, for researchers. Raters have addresses of their own, which tell nothing.</summary>
public static class ImageEndpoints
{
    /// <summary>Where a researcher's browser finds a kept image.</summary>
    public static string Address(string sha256) => $"/images/{sha256}.png";

    /// <summary>In the place of an image whose file the portal does not have: votes can be imported without their images.</summary>
    private const string Placeholder = """
        <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 512 512" role="img" aria-label="This image is not here">
          <rect width="512" height="512" fill="#e8e8e8"/>
          <rect x="8" y="8" width="496" height="496" fill="none" stroke="#6b6b6b" stroke-width="2" stroke-dasharray="10 8"/>
          <g fill="#4a4a4a" font-family="sans-serif" text-anchor="middle">
            <text x="256" y="250" font-size="34">This image is not here</text>
            <text x="256" y="294" font-size="22">Only what was said about it.</text>
          </g>
        </svg>
        """;

    public static void MapImages(this IEndpointRouteBuilder routes) =>
        routes.MapGet("/images/{sha256:regex(^[0-9a-f]{{64}}$)}.png", (string sha256, HttpContext context, ImageFiles files) =>
        {
            var path = files.PathOf(sha256);
            if (!File.Exists(path))
                return Missing(context);
            context.Response.Headers.CacheControl = "private, max-age=31536000, immutable"; // another content has another name
            return Results.File(path, "image/png");
        });

    /// <summary>A picture that says so, with the status that it is missing.</summary>
    private static IResult Missing(HttpContext context)
    {
        context.Response.Headers.CacheControl = "no-store";
        return Results.Text(Placeholder, "image/svg+xml", statusCode: StatusCodes.Status404NotFound);
    }
}
