namespace PixelPost.EvalPortal.Accounts;

/// <summary>What somebody may do in the portal, or in one study.</summary>
public enum Role
{
    /// <summary>Looks at results and takes exports; changes nothing.</summary>
    Viewer,

    /// <summary>Runs studies and training. In one study: works on it.</summary>
    Researcher,

    /// <summary>Also invites people and closes accounts. In one study: also says who else is in it.</summary>
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

    /// <summary>Null for somebody who signs in elsewhere.</summary>
    public string? PasswordHash { get; init; }

    /// <summary>Sign-ins from before this time are void.</summary>
    public required DateTimeOffset PasswordChangedAt { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>Since when the account cannot be used; null while it can.</summary>
    public DateTimeOffset? DisabledAt { get; init; }
}
