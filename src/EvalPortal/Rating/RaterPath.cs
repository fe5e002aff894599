using PixelPost.EvalPortal.Assignment;
using PixelPost.EvalPortal.Checks;
using PixelPost.EvalPortal.Guidelines;
using PixelPost.EvalPortal.Participants;
using PixelPost.EvalPortal.Studies;

namespace PixelPost.EvalPortal.Rating;

/// <summary>What a rater meets behind a study's link.</summary>
public enum RaterStep
{
    NoStudy,

    /// <summary>The address was changed or cut off.</summary>
    Refused,

    /// <summary>The link alone lets nobody in.</summary>
    ByInvitationOnly,
    NotOpen,

    /// <summary>A participant who has agreed before, perhaps in another browser.</summary>
    Known,
    Consent,
    Instructions,

    /// <summary>A try of the training round is under way.</summary>
    Training,

    /// <summary>The first try was missed: the guidelines once more, then the second.</summary>
    TrainingMissed,
    TrainingFailed,
    Pairs,
    Finished,
    NothingLeft,
    Paused,
    Closed,
    Revoked,
    Withdrawn,
}

/// <summary>A rater at the door of a study.</summary>
public sealed record RaterVisit
{
    public required RaterStep Step { get; init; }

    public Study? Study { get; init; }

    /// <summary>How people get into the study; null exactly when the study is.</summary>
    public StudyEntry? Entry { get; init; }

    /// <summary>What the address says of who comes; null exactly when the study is.</summary>
    public Arrival? Arrival { get; init; }

    /// <summary>Null before they agree to take part.</summary>
    public Rater? Rater { get; init; }

    /// <summary>How far they have got with the training round; null before they agree.</summary>
    public TrainingProgress? Training { get; init; }

    /// <summary>The examples of the guidelines, where they are shown.</summary>
    public IReadOnlyList<ExamplePair> Examples { get; init; } = [];

    /// <summary>Votes of theirs that stand.</summary>
    public int Received { get; init; }

    /// <summary>The secret for the cookie of whoever is <see cref="RaterStep.Known"/>.</summary>
    public string? Secret { get; init; }

    /// <summary>How their part ended; null while it has not.</summary>
    public CompletionStatus? End { get; init; }

    /// <summary>Why they could not go on.</summary>
    public ScreenOutReason? EndReason { get; init; }

    /// <summary>How they did where the answer was known; null while their part has not ended.</summary>
    public GoldTally? Gold { get; init; }

    /// <summary>The panel's id of the rater, where it is kept.</summary>
    public string? PanelId { get; init; }
}

/// <summary>A rater who has agreed.</summary>
/// <param name="Secret">For their cookie; null when they have one.</param>
/// <param name="OneStudy">Whether it is good for this study only.</param>
public sealed record Consented(string? Secret, bool OneStudy);

/// <summary>Leads a rater from the link to the end: one address, and the portal knows which step comes next.</summary>
public sealed class RaterPath(
    StudyStore studies,
    RaterStore raters,
    AssignmentStore assignments,
    VoteStore votes,
    StudyEntryStore entries,
    ParticipantStore participants,
    CompletionStore completions,
    StudyChecksStore checks,
    GuidelineStore guidelines,
    TrainingStore training,
    ParticipantKey key)
{
    /// <summary>Where a browser stands in a study.</summary>
    /// <param name="query">The parameters of the address.</param>
    /// <param name="token">The secret of its cookie.</param>
    public async Task<RaterVisit> ArriveAsync(string link, IQueryCollection query, string? token, CancellationToken cancel = default)
    {
        if (await studies.FindByLinkAsync(link, cancel) is not { } study)
            return new RaterVisit { Step = RaterStep.NoStudy };

        var entry = await entries.FindAsync(study.StudyId, cancel);
        var arrival = Arrival.Read(entry, query, key);
        if (arrival is not Arrival.ByOpenLink)
            return await ArriveAsync(study, entry, arrival, cancel);

        var session = token is null ? null : await raters.FindSessionAsync(token, link, cancel);
        var progress = session is null ? null : await training.ReadAsync(session, cancel);
        var step = session is null && !entry.OpenLink ? RaterStep.ByInvitationOnly : await NextStepAsync(study, session, progress, cancel);
        var visit = new RaterVisit { Step = step, Study = study, Entry = entry, Arrival = arrival };
        if (session is null)
            return visit;
        var received = (await votes.ListReceivedAsync(session, cancel)).Count;
        var end = session.Simulated ? null : await EndAsync(step, session, received, cancel);
        return visit with
        {
            Rater = await raters.FindAsync(session.RaterId, cancel),
            Training = progress,
            Examples = step is RaterStep.Instructions or RaterStep.Training or RaterStep.TrainingMissed or RaterStep.Pairs
                ? [.. (await guidelines.ListAsync(study.StudyId, cancel)).Where(example => example.UsedIn == ExampleUse.Guidelines)]
                : [],
            Received = received,
            End = end?.Status,
            EndReason = end?.Reason,
            Gold = end is null ? null : await checks.TallyAsync(session, cancel),
            PanelId = await participants.FindPanelIdAsync(session, cancel),
        };
    }

    /// <summary>Records that somebody agrees to a study.</summary>
    /// <param name="token">The secret by which the browser is known in every study; then it stays the same rater.</param>
    /// <param name="viewportW">Width of its window.</param>
    /// <param name="viewportH">Height of its window.</param>
    /// <returns>Null when they cannot take part; the page says why.</returns>
    public async Task<Consented?> ConsentAsync(
        string link, IQueryCollection query, string? token, int? viewportW, int? viewportH, string? userAgent, CancellationToken cancel = default)
    {
        if (await studies.FindByLinkAsync(link, cancel) is not { State: StudyState.Running } study)
            return null;
        var entry = await entries.FindAsync(study.StudyId, cancel);
        if (!entry.Fits(viewportW, viewportH))
            return null;

        var browser = UserAgentFamily.Of(userAgent);
        switch (Arrival.Read(entry, query, key))
        {
            case Arrival.Refused:
                return null;
            case Arrival.ByOpenLink when !entry.OpenLink:
                return null;
            case Arrival.ByOpenLink:
                var known = token is null ? null : await raters.FindByTokenAsync(token, cancel);
                var (raterId, newToken) = known is null ? await raters.AddAsync(browser, cancel) : (known.RaterId, null);
                await raters.ConsentAsync(raterId, study.StudyId, cancel);
                return new Consented(newToken, OneStudy: false);
            case var arrival:
                return await participants.ConsentAsync(entry, arrival, browser, cancel) is { } secret ? new Consented(secret, OneStudy: true) : null;
        }
    }

    /// <summary>A participant, or somebody whose address is wrong. Whoever has agreed goes on by their cookie.</summary>
    private async Task<RaterVisit> ArriveAsync(Study study, StudyEntry entry, Arrival arrival, CancellationToken cancel)
    {
        var visit = new RaterVisit { Step = RaterStep.Refused, Study = study, Entry = entry, Arrival = arrival };
        if (arrival is Arrival.Refused)
            return visit;
        var participant = await participants.FindAsync(study.StudyId, arrival, cancel);
        return participant switch
        {
            { Withdrawn: true } => visit with { Step = RaterStep.Withdrawn },
            { Revoked: true } => visit with { Step = RaterStep.Revoked },
            { Pseudonym: { } pseudonym } => visit with { Step = RaterStep.Known, Secret = participants.Secret(pseudonym) },
            null when arrival is Arrival.ByInvitation => visit with { Step = RaterStep.Revoked }, // made after the backup that this portal runs on
            _ => await NextStepAsync(study, session: null, progress: null, cancel) switch
            {
                RaterStep.NothingLeft => visit with { Step = RaterStep.NothingLeft, End = CompletionStatus.ScreenedOut, EndReason = ScreenOutReason.StudyFull },
                RaterStep.Closed => visit with { Step = RaterStep.Closed, End = CompletionStatus.ScreenedOut, EndReason = ScreenOutReason.StudyClosed },
                var step => visit with { Step = step },
            },
        };
    }

    private Task<RaterStep> NextStepAsync(Study study, RaterSession? session, TrainingProgress? progress, CancellationToken cancel) => (study.State, session) switch
    {
        (_, { Withdrawn: true }) => Task.FromResult(RaterStep.Withdrawn),
        (_, { Revoked: true }) => Task.FromResult(RaterStep.Revoked),
        (StudyState.Draft, _) => Task.FromResult(RaterStep.NotOpen),
        (StudyState.Paused, _) => Task.FromResult(RaterStep.Paused),
        (StudyState.Closed, _) => Task.FromResult(RaterStep.Closed),
        _ => NextStepAsync(study.StudyId, session, progress, cancel),
    };

    private async Task<RaterStep> NextStepAsync(long studyId, RaterSession? session, TrainingProgress? progress, CancellationToken cancel) => (session, progress?.State) switch
    {
        (null, _) => await assignments.HasFreePlaceAsync(studyId, cancel: cancel) ? RaterStep.Consent : RaterStep.NothingLeft,
        ({ InstructedAt: null }, _) or (_, TrainingState.Due) => RaterStep.Instructions,
        (_, TrainingState.Running) => RaterStep.Training,
        (_, TrainingState.Missed) => RaterStep.TrainingMissed,
        (_, TrainingState.Failed) => RaterStep.TrainingFailed,
        _ => await assignments.TakeAsync(session, ahead: 1, Random.Shared, cancel) switch
        {
            { Pairs.Count: > 0 } => RaterStep.Pairs,
            { Answered: > 0 } => RaterStep.Finished,
            _ => RaterStep.NothingLeft,
        },
    };

    private async Task<Completion?> EndAsync(RaterStep step, RaterSession session, int received, CancellationToken cancel) => step switch
    {
        RaterStep.Finished => await completions.RecordAsync(session, reason: null, received, cancel),
        RaterStep.NothingLeft => await completions.RecordAsync(session, ScreenOutReason.StudyFull, received, cancel),
        RaterStep.TrainingFailed => await completions.RecordAsync(session, ScreenOutReason.TrainingFailed, received, cancel),
        RaterStep.Closed when session.FinishedAt is not null && received > 0 => await completions.RecordAsync(session, reason: null, received, cancel),
        RaterStep.Closed => await completions.RecordAsync(session, ScreenOutReason.StudyClosed, received, cancel),
        RaterStep.Withdrawn or RaterStep.Revoked => await completions.FindAsync(session.SessionId, cancel),
        _ => null,
    };
}
