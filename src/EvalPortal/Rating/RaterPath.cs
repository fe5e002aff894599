using PixelPost.EvalPortal.Assignment;
using PixelPost.EvalPortal.Studies;

namespace PixelPost.EvalPortal.Rating;

/// <summary>What a rater meets behind a study's link.</summary>
public enum RaterStep
{
    NoStudy,
    NotOpen,
    Consent,
    Instructions,
    Pairs,
    Finished,
    NothingLeft,
    Paused,
    Closed,
}

/// <summary>A rater at the door of a study.</summary>
public sealed record RaterVisit
{
    public required RaterStep Step { get; init; }

    public Study? Study { get; init; }

    /// <summary>Null before they agree to take part.</summary>
    public Rater? Rater { get; init; }

    /// <summary>Votes of theirs that count.</summary>
    public int Received { get; init; }
}

/// <summary>Leads a rater from the link to the end: one address, and the portal knows which step comes next.</summary>
public sealed class RaterPath(StudyStore studies, RaterStore raters, AssignmentStore assignments, VoteStore votes)
{
    /// <summary>Where a browser stands in a study.</summary>
    /// <param name="token">The secret of its cookie.</param>
    public async Task<RaterVisit> ArriveAsync(string link, string? token, CancellationToken cancel = default)
    {
        if (await studies.FindByLinkAsync(link, cancel) is not { } study)
            return new RaterVisit { Step = RaterStep.NoStudy };

        var session = token is null ? null : await raters.FindSessionAsync(token, link, cancel);
        return new RaterVisit
        {
            Step = await NextStepAsync(study, session, cancel),
            Study = study,
            Rater = session is null ? null : await raters.FindAsync(session.RaterId, cancel),
            Received = session is null ? 0 : (await votes.ListReceivedAsync(session, cancel)).Count,
        };
    }

    /// <summary>Records that somebody agrees to a study. A browser that is known already stays the same rater.</summary>
    /// <returns>The secret for their cookie; null when they have one.</returns>
    public async Task<string?> ConsentAsync(Study study, string? token, string? userAgent, CancellationToken cancel = default)
    {
        var known = token is null ? null : await raters.FindByTokenAsync(token, cancel);
        var (raterId, newToken) = known is null ? await raters.AddAsync(UserAgentFamily.Of(userAgent), cancel) : (known.RaterId, null);
        await raters.ConsentAsync(raterId, study.StudyId, cancel);
        return newToken;
    }

    private async Task<RaterStep> NextStepAsync(Study study, RaterSession? session, CancellationToken cancel) => (study.State, session) switch
    {
        (StudyState.Draft, _) => RaterStep.NotOpen,
        (StudyState.Paused, _) => RaterStep.Paused,
        (StudyState.Closed, _) => RaterStep.Closed,
        (_, null) => await assignments.HasFreePlaceAsync(study.StudyId, cancel: cancel) ? RaterStep.Consent : RaterStep.NothingLeft,
        (_, { InstructedAt: null }) => RaterStep.Instructions,
        _ => await assignments.TakeAsync(session, ahead: 1, Random.Shared, cancel) switch
        {
            { Pairs.Count: > 0 } => RaterStep.Pairs,
            { Answered: > 0 } => RaterStep.Finished,
            _ => RaterStep.NothingLeft,
        },
    };
}
