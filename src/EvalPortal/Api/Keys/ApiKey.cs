using PixelPost.EvalPortal.Accounts;

namespace PixelPost.EvalPortal.Api.Keys;

/// <summary>A secret with which a script acts as an account.</summary>
public sealed record ApiKey
{
    public required long ApiKeyId { get; init; }

    public required long AccountId { get; init; }

    /// <summary>What it is for.</summary>
    public required string Name { get; init; }

    /// <summary>Its first characters, by which its owner knows it again.</summary>
    public required string SecretStart { get; init; }

    /// <summary>Words of its scopes, with spaces between.</summary>
    public required string Scopes { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>From when on it opens nothing; null for no end.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>To the minute; null while nobody has used it.</summary>
    public DateTimeOffset? LastUsedAt { get; init; }

    public DateTimeOffset? RevokedAt { get; init; }

    /// <summary>Why it opens nothing at a moment; null when it does.</summary>
    public string? FaultAt(DateTimeOffset now, Account account) => true switch
    {
        _ when RevokedAt is not null => "This key was revoked. Make another one under Account, API keys.",
        _ when ExpiresAt <= now => "The last day of this key is over. Make another one under Account, API keys.",
        _ when account.DisabledAt is not null => "The account of this key is closed.",
        _ => null,
    };
}
