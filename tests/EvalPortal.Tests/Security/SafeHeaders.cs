namespace PixelPost.EvalPortal.Tests.Security;

/// <summary>The headers that every answer on the rater's side has.</summary>
internal static class SafeHeaders
{
    private static readonly Dictionary<string, string> Always = new()
    {
        ["X-Content-Type-Options"] = "nosniff",
        ["Referrer-Policy"] = "same-origin",
        ["Cross-Origin-Opener-Policy"] = "same-origin",
        ["Cross-Origin-Resource-Policy"] = "same-origin",
        ["Permissions-Policy"] = "camera=(), microphone=(), geolocation=()",
    };

    /// <summary>Fails when one is missing, when a policy allows what is inline or elsewhere, or when another site is let in.</summary>
    public static void Check(HttpResponseMessage answer)
    {
        foreach (var (name, value) in Always)
            Assert.Equal(value, Assert.Single(answer.Headers.GetValues(name)));
        var policy = Assert.Single(answer.Headers.GetValues("Content-Security-Policy"));
        Assert.Contains("default-src 'none'", policy, StringComparison.Ordinal);
        Assert.Contains("script-src 'self';", policy, StringComparison.Ordinal);
        Assert.Contains("frame-ancestors 'none'", policy, StringComparison.Ordinal);
        foreach (var loose in (string[])["unsafe", "nonce-", "data:", "blob:", "*", "http"])
            Assert.DoesNotContain(loose, policy, StringComparison.Ordinal);
        Assert.DoesNotContain(answer.Headers, header => header.Key.StartsWith("Access-Control-", StringComparison.OrdinalIgnoreCase));
        Assert.False(answer.Headers.Contains("Server"));
    }
}
