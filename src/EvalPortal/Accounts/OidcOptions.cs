namespace PixelPost.EvalPortal.Accounts;

/// <summary>An identity provider that people sign in with, by OpenID Connect. Without an authority there is none.</summary>
public sealed record OidcOptions
{
    /// <summary>Address of the provider, under which <c>/.well-known/openid-configuration</c> lies.</summary>
    public string? Authority { get; init; }

    /// <summary>What the provider calls this portal.</summary>
    public string? ClientId { get; init; }

    /// <summary>The portal's secret at the provider; left out where it gives none.</summary>
    public string? ClientSecret { get; init; }

    /// <summary>What stands on the button: "Sign in with …".</summary>
    public string Name { get; init; } = "single sign-on";

    /// <summary>Role of people who have no account yet; left out, they are turned away.</summary>
    public Role? NewAccounts { get; init; }

    /// <summary>Domains of the addresses that are let in, with semicolons between; left out, all.</summary>
    public string? Domains { get; init; }

    internal bool IsOn => Authority is not null;

    /// <summary>Whether an address is let in.</summary>
    internal bool Admits(string email) => Domains is null
        || Domains.Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Contains(email[(email.LastIndexOf('@') + 1)..], StringComparer.OrdinalIgnoreCase);

    /// <summary>What cannot be right, one sentence each.</summary>
    internal IEnumerable<string> Faults()
    {
        if (Authority is null)
        {
            if (ClientId is not null || ClientSecret is not null || NewAccounts is not null || Domains is not null)
                yield return "oidc-authority: is missing; without it the other oidc options mean nothing.";
            yield break;
        }
        if (!Uri.TryCreate(Authority, UriKind.Absolute, out var authority) || !(authority.Scheme == "https" || (authority.Scheme == "http" && authority.IsLoopback)))
            yield return $"oidc-authority: '{Authority}' is not an https address such as https://login.example.org.";
        if (string.IsNullOrWhiteSpace(ClientId))
            yield return "oidc-client-id: is missing; the provider names it when the portal is registered there.";
        if (Domains is not null && Domains.Contains('@', StringComparison.Ordinal))
            yield return $"oidc-domains: '{Domains}' holds an address; name what comes after the @, such as example.org.";
    }
}
