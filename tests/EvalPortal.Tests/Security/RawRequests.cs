using System.Net.Http.Headers;
using System.Text;

namespace PixelPost.EvalPortal.Tests.Security;

/// <summary>Requests as no browser and no careful client would make them.</summary>
internal static class RawRequests
{
    /// <summary>Sends text as the body.</summary>
    /// <param name="type">The content type, as it stands; null for none.</param>
    public static Task<HttpResponseMessage> SendAsync(
        this HttpClient client, string method, string path, string? body = null, string? type = "application/json", params (string Name, string Value)[] headers) =>
        client.SendContentAsync(method, path, body is null ? null : new ByteArrayContent(Encoding.UTF8.GetBytes(body)), type, headers);

    /// <summary>Sends any body, in chunks of unknown length if it is a stream.</summary>
    public static async Task<HttpResponseMessage> SendContentAsync(
        this HttpClient client, string method, string path, HttpContent? body, string? type, params (string Name, string Value)[] headers)
    {
        // A Uri that is told to leave the path as it is: dots and escapes reach the portal.
        var address = new Uri($"{client.BaseAddress!.GetLeftPart(UriPartial.Authority)}{path}", new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true });
        using var request = new HttpRequestMessage(new HttpMethod(method), address) { Content = body };
        request.Headers.ConnectionClose = true; // the portal hangs up on some of these, which the next request on the connection would meet
        request.Headers.ExpectContinue = body is not null; // what is too large is refused before it is sent: the portal hangs up, and the answer could be lost
        if (body is not null && type is not null)
            body.Headers.ContentType = MediaTypeHeaderValue.Parse(type);
        foreach (var (name, value) in headers)
            request.Headers.TryAddWithoutValidation(name, value);
        return await client.SendAsync(request);
    }
}
