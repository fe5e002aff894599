namespace PixelPost.EvalPortal.Images;

/// <summary>Image files by their hash, for researchers. Raters have addresses of their own, which tell nothing.</summary>
public static class ImageEndpoints
{
    /// <summary>Where a researcher's browser finds a kept image.</summary>
    public static string Address(string sha256) => $"/images/{sha256}.png";

    public static void MapImages(this IEndpointRouteBuilder routes) =>
        routes.MapGet("/images/{sha256:regex(^[0-9a-f]{{64}}$)}.png", (string sha256, HttpContext context, ImageFiles files) =>
        {
            var path = files.PathOf(sha256);
            if (!File.Exists(path))
                return Results.NotFound();
            context.Response.Headers.CacheControl = "private, max-age=31536000, immutable"; // another content has another name
            return Results.File(path, "image/png");
        });
}
