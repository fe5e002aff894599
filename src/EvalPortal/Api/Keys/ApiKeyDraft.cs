namespace PixelPost.EvalPortal.Api.Keys;

/// <summary>A key that is to be made, as typed.</summary>
public sealed class ApiKeyDraft
{
    /// <summary>Most characters of a name.</summary>
    public const int MaxName = 100;

    /// <summary>What it is for.</summary>
    public string? Name { get; set; }

    /// <summary>Words of the scopes that are ticked; a form without any sends no list.</summary>
    public List<string>? Scopes { get; set; } = [];

    /// <summary>Its last day; null for no end.</summary>
    public DateOnly? LastDay { get; set; }

    /// <summary>From when on it opens nothing: the end of its last day, UTC.</summary>
    public DateTimeOffset? ExpiresAt => LastDay is { } day ? new DateTimeOffset(day.AddDays(1), TimeOnly.MinValue, TimeSpan.Zero) : null;

    /// <summary>What keeps it from being made, a sentence each.</summary>
    public IEnumerable<string> Faults(DateTimeOffset now)
    {
        if (string.IsNullOrWhiteSpace(Name))
            yield return "Say what the key is for.";
        else if (Name.Trim().Length > MaxName)
            yield return $"The name has {Name.Trim().Length} characters. It may have {MaxName}.";
        if (ApiScopes.Parse(Scopes ?? []).Count == 0)
            yield return "Tick what the key may be used for.";
        if (ExpiresAt <= now)
            yield return "The last day is over already.";
    }
}
