namespace PixelPost.EvalPortal.Accounts;

/// <summary>Who is at work. What a change needs is asked of them, and they stand in the audit log.</summary>
/// <remarks>
/// It goes with the call, as a culture does: set for each request by <see cref="StudyGate"/>, for each event of an open page by
/// <see cref="CircuitActor"/>, and for a command by its verb. Where nothing is set the portal itself is at work.
/// </remarks>
public sealed record Actor
{
    /// <summary>The portal's own services, which do what people have ordered.</summary>
    public static readonly Actor Portal = new() { Kind = ActorKind.Portal };

    /// <summary>A rater, who has no account and whose name is nobody's business.</summary>
    public static readonly Actor Rater = new() { Kind = ActorKind.Rater };

    /// <summary>Somebody who has not signed in, or no longer is.</summary>
    public static readonly Actor Nobody = new() { Kind = ActorKind.Nobody };

    private static readonly AsyncLocal<Actor?> Here = new();

    private Actor()
    {
    }

    /// <summary>Who is at work in this call.</summary>
    public static Actor Current => Here.Value ?? Portal;

    public required ActorKind Kind { get; init; }

    /// <summary>The account; null for all others.</summary>
    public long? AccountId { get; private init; }

    /// <summary>The verb on the command line; null for all others.</summary>
    public string? Command { get; private init; }

    /// <summary>Whether nothing is asked before it acts.</summary>
    public bool IsTrusted => Kind is ActorKind.Portal or ActorKind.Command;

    /// <summary>Somebody who is signed in.</summary>
    public static Actor OfAccount(long accountId) => new() { Kind = ActorKind.Account, AccountId = accountId };

    /// <summary>Whoever runs a command on the server.</summary>
    public static Actor OfCommand(string verb) => new() { Kind = ActorKind.Command, Command = verb };

    /// <summary>From here on this actor is at work, in this call and all that it calls.</summary>
    public static void Enter(Actor actor) => Here.Value = actor;
}

/// <summary>The kinds of actors.</summary>
public enum ActorKind
{
    Account,
    Command,
    Portal,
    Rater,
    Nobody,
}
