namespace PixelPost.EvalPortal.Api.Requests;

/// <summary>Keeps the body of a request as a file.</summary>
internal static class ReceivedFile
{
    /// <summary>Writes it; nothing is left of one that broke off.</summary>
    public static async Task WriteAsync(HttpRequest request, string path, CancellationToken cancel)
    {
        try
        {
            await using var file = new FileStream(path, FileMode.CreateNew);
            await request.Body.CopyToAsync(file, cancel);
        }
        catch
        {
            File.Delete(path);
            throw;
        }
    }
}
