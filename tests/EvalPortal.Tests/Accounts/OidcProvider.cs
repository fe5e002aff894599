using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace PixelPost.EvalPortal.Tests.Accounts;

/// <summary>A small identity provider with a key of its own: whoever comes to its door is whom <see cref="User"/> says.</summary>
internal sealed class OidcProvider : IAsyncDisposable
{
    public const string ClientId = "pixelpost";
    public const string ClientSecret = "a secret between the two";

    private readonly RSA _key = RSA.Create(2048);
    private readonly Dictionary<string, (string Nonce, string Challenge)> _codes = [];
    private WebApplication _app = null!;

    /// <summary>Its address.</summary>
    public string Issuer => _app.Urls.First();

    /// <summary>Claims of whoever signs in.</summary>
    public Dictionary<string, object> User { get; } = new() { ["sub"] = "ada-1", ["email"] = "Ada@example.org", ["email_verified"] = true, ["name"] = "Ada Lovelace" };

    /// <summary>What an attacker puts in place of the nonce; null for the right one.</summary>
    public string? Nonce { get; set; }

    /// <summary>Whether the token is signed with another key than the one that is published.</summary>
    public bool SignsWithAnotherKey { get; set; }

    public async Task StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        _app = builder.Build();
        _app.MapGet("/.well-known/openid-configuration", () => Results.Json(new
        {
            issuer = Issuer,
            authorization_endpoint = $"{Issuer}/authorize",
            token_endpoint = $"{Issuer}/token",
            jwks_uri = $"{Issuer}/keys",
            response_types_supported = new[] { "code" },
            subject_types_supported = new[] { "public" },
            id_token_signing_alg_values_supported = new[] { "RS256" },
        }));
        _app.MapGet("/keys", () =>
        {
            var key = _key.ExportParameters(includePrivateParameters: false);
            return Results.Json(new { keys = new[] { new { kty = "RSA", use = "sig", alg = "RS256", kid = "1", n = Base64Url(key.Modulus!), e = Base64Url(key.Exponent!) } } });
        });
        _app.MapGet("/authorize", (HttpContext context) =>
        {
            var asked = context.Request.Query;
            Assert.Equal(("code", ClientId, "S256"), ((string?)asked["response_type"], (string?)asked["client_id"], (string?)asked["code_challenge_method"]));
            var code = Guid.NewGuid().ToString("N");
            _codes[code] = (asked["nonce"]!, asked["code_challenge"]!);
            return Results.Redirect($"{asked["redirect_uri"]}?code={code}&state={Uri.EscapeDataString(asked["state"]!)}");
        });
        _app.MapPost("/token", async (HttpContext context) =>
        {
            var form = await context.Request.ReadFormAsync();
            var isRight = _codes.Remove(form["code"]!, out var code)
                && (form["client_id"], form["client_secret"]) == (ClientId, ClientSecret)
                && Base64Url(SHA256.HashData(Encoding.ASCII.GetBytes(form["code_verifier"]!))) == code.Challenge;
            return isRight
                ? Results.Json(new { access_token = "x", token_type = "Bearer", id_token = Token(Nonce ?? code.Nonce) })
                : Results.Json(new { error = "invalid_grant" }, statusCode: 400);
        });
        await _app.StartAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        _key.Dispose();
    }

    private string Token(string nonce)
    {
        var now = DateTimeOffset.UtcNow.ToUnixTimeSeconds();
        var claims = new Dictionary<string, object>(User) { ["iss"] = Issuer, ["aud"] = ClientId, ["iat"] = now, ["exp"] = now + 300, ["nonce"] = nonce };
        var signed = $"{Base64Url("""{"alg":"RS256","kid":"1","typ":"JWT"}"""u8)}.{Base64Url(JsonSerializer.SerializeToUtf8Bytes(claims))}";
        using var other = RSA.Create(2048);
        var signature = (SignsWithAnotherKey ? other : _key).SignData(Encoding.ASCII.GetBytes(signed), HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        return $"{signed}.{Base64Url(signature)}";
    }

    private static string Base64Url(ReadOnlySpan<byte> bytes) => System.Buffers.Text.Base64Url.EncodeToString(bytes);
}
