namespace PixelPost.EvalPortal.Accounts;

/// <summary>What a researcher may do.</summary>
public enum Role
{
    /// <summary>Runs studies and training.</summary>
    Researcher,

    /// <summary>Also invites people and closes accounts.</summary>
    Admin,
}

/// <summary>Somebody who signs in. Raters have no account.</summary>
public sealed record Account
{
    public required long AccountId { get; init; }

    /// <summary>Lower case; what one signs in with.</summary>
    public required string Email { get; init; }

    public required string DisplayName { get; init; }

    public required Role Role { get; init; }

    public required string PasswordHash { get; init; }

    /// <summary>Sign-ins from before this time are void.</summary>
    public required DateTimeOffset PasswordChangedAt { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>Since when the account cannot be used; null while it can.</summary>
    public DateTimeOffset? DisabledAt { get; init; }
}
