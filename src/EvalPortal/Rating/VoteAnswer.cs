namespace PixelPost.EvalPortal.Rating;

/// <summary>What became of something a rater sent: stored, or refused for a reason.</summary>
public sealed record VoteAnswer
{
    /// <summary>When it was first received; null when it is refused.</summary>
    public DateTimeOffset? AcceptedAt { get; init; }

    /// <summary>Why it is not stored; null when it is.</summary>
    public Refusal? Refusal { get; init; }

    /// <summary>What is wrong with a <see cref="EvalPortal.Rating.Refusal.Faulty"/> one, in a sentence.</summary>
    public string? Fault { get; init; }

    internal static VoteAnswer Accepted(DateTimeOffset at) => new() { AcceptedAt = at };

    internal static VoteAnswer Refused(Refusal refusal) => new() { Refusal = refusal };

    internal static VoteAnswer Faulty(string fault) => new() { Refusal = EvalPortal.Rating.Refusal.Faulty, Fault = fault };
}

/// <summary>Why a vote or a retraction is not stored. Sending the same again does not help.</summary>
public enum Refusal
{
    /// <summary>The study has no such assignment.</summary>
    UnknownPair,

    /// <summary>The study has no such vote.</summary>
    UnknownVote,

    /// <summary>The assignment or vote is another rater's.</summary>
    NotYours,

    /// <summary>The same id came before with other content.</summary>
    OtherContent,

    /// <summary>The vote does not supersede the one that the pair has already.</summary>
    AlreadyAnswered,

    /// <summary>The study is over.</summary>
    Closed,

    /// <summary>The rater has left the study and nothing of theirs is kept.</summary>
    Withdrawn,

    /// <summary>The study does not ask for flaws on this axis.</summary>
    NotAsked,

    /// <summary>Another training pair is to be answered first.</summary>
    NotNext,

    /// <summary>It does not say what the study asks for.</summary>
    Faulty,
}
