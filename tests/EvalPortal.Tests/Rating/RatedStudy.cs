using Dapper;
using PixelPost.EvalPortal.Database;
using PixelPost.EvalPortal.Rating;
using PixelPost.EvalPortal.Studies;
using PixelPost.EvalPortal.Tests.Database;

namespace PixelPost.EvalPortal.Tests.Rating;

/// <summary>A running study to rate in: one comparison per prompt, flaws before appeal, the prompt shown for appeal only.</summary>
internal sealed class RatedStudy(Db db, TimeProvider clock, Study study)
{
    public Study Study => study;

    public static async Task<RatedStudy> AddAsync(Seeds seeds, Db db, TimeProvider clock, int prompts, int votes, params Axis[] axes)
    {
        var studies = new StudyStore(db, clock);
        var (a, b) = await seeds.SystemsAsync([.. Enumerable.Range(1, prompts).Select(i => $"a fox number {i}")]);
        var draft = await seeds.DraftAsync(a, b);
        var id = await studies.AddAsync(draft with
        {
            VotesPerComparison = votes,
            Axes = [.. draft.Axes.Where(axis => axes.Length == 0 || axes.Contains(axis.Axis))],
        });
        await studies.SetStateAsync(id, StudyState.Running);
        return new RatedStudy(db, clock, (await studies.FindAsync(id))!);
    }

    /// <summary>A rater who has agreed to take part.</summary>
    public async Task<RaterSession> AddRaterAsync()
    {
        var raters = new RaterStore(db, clock);
        var (raterId, _) = await raters.AddAsync("Firefox");
        return await raters.ConsentAsync(raterId, study.StudyId);
    }

    /// <summary>A simulated rater.</summary>
    public async Task<RaterSession> AddSimulatedRaterAsync()
    {
        var raters = new RaterStore(db, clock);
        return await raters.ConsentAsync(await raters.AddSimulatedAsync(), study.StudyId);
    }

    public Task SetStateAsync(StudyState state) => new StudyStore(db, clock).SetStateAsync(study.StudyId, state);

    /// <summary>A vote as a browser would send it now.</summary>
    public VoteDraft Draft(Guid assignmentId, Choice choice = Choice.Left)
    {
        var now = clock.GetUtcNow();
        return new VoteDraft
        {
            AssignmentId = assignmentId,
            Choice = choice,
            Reason = choice == Choice.Reject ? RejectReason.StyleMismatch : null,
            ResponseMs = 2_500,
            ShownAt = now.AddMilliseconds(-2_500),
            DecodedLeftAt = now.AddSeconds(-9),
            DecodedRightAt = now.AddSeconds(-8),
            VotedAt = now,
            Input = InputKind.Key,
            ViewportW = 1280,
            ViewportH = 720,
            Dpr = 1.25,
            VisibleMs = 2_400,
            MaxZoom = 2.5,
            NativeSeenLeft = true,
            NativeSeenRight = false,
            Toggles = 3,
            AppVersion = "0.1.0",
        };
    }

    /// <summary>How many votes count, per comparison and axis.</summary>
    public async Task<IReadOnlyDictionary<(long ComparisonId, string Axis), int>> CountVotesAsync()
    {
        const string Sql = "SELECT comparison_id, axis, COUNT(*) FROM counting_vote GROUP BY comparison_id, axis";
        await using var connection = await db.OpenAsync();
        return (await connection.QueryAsync<(long, string, long)>(Sql)).ToDictionary(row => (row.Item1, row.Item2), row => (int)row.Item3);
    }
}
