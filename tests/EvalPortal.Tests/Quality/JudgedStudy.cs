using Dapper;
using PixelPost.EvalPortal.Accounts;
using PixelPost.EvalPortal.Database;
using PixelPost.EvalPortal.Quality;
using PixelPost.EvalPortal.Rating;
using PixelPost.EvalPortal.Studies;
using PixelPost.EvalPortal.Tests.Database;
using PixelPost.Stats;

namespace PixelPost.EvalPortal.Tests.Quality;

/// <summary>A study that raters have judged, and a researcher who may exclude them.</summary>
internal sealed class JudgedStudy(Db db, TimeProvider clock, Seeds seeds, Study study, long researcher)
{
    private int _votes;

    public Study Study => study;

    public long Researcher => researcher;

    public ExclusionStore Exclusions => new(db, clock);

    /// <summary>A study with one comparison per prompt, and the researcher Ada.</summary>
    public static async Task<JudgedStudy> AddAsync(Db db, TimeProvider clock, Seeds seeds, int prompts)
    {
        var invitations = new InvitationStore(db, clock);
        var token = await invitations.AddAsync(Role.Researcher, email: null, createdByAccountId: null, TimeSpan.FromHours(1));
        var researcher = await invitations.RedeemAsync(token, $"{Guid.NewGuid():N}@example.org", "Ada", "hash");
        var study = await seeds.StudyAsync([.. Enumerable.Range(1, prompts).Select(i => $"prompt {i}")]);
        return new JudgedStudy(db, clock, seeds, study, researcher);
    }

    /// <summary>A rater who votes on the comparisons in turn: a, b, t(ie) or r(eject); another letter is no vote.</summary>
    public async Task<RaterSession> RateAsync(string letters, Axis axis = Axis.Flaws, bool simulated = false, int responseMs = 4000)
    {
        var raters = new RaterStore(db, clock);
        var rater = simulated ? await raters.AddSimulatedAsync() : (await raters.AddAsync("Firefox")).RaterId;
        var session = await raters.ConsentAsync(rater, study.StudyId);
        for (var i = 0; i < letters.Length; i++)
        {
            // The clock stands still, so the order of the votes is that of their ids.
            if (letters[i] switch { 'a' => "a", 'b' => "b", 't' => "tie", 'r' => "reject", _ => null } is { } winner)
                await seeds.VoteAsync(await seeds.AssignAsync(study, i + 1, axis, session), Guid.CreateVersion7(DateTimeOffset.UnixEpoch.AddMilliseconds(++_votes)), winner, responseMs: responseMs);
        }
        return session;
    }

    /// <summary>Excludes a rater.</summary>
    public Task<long> ExcludeAsync(RaterSession rater, RaterFlagKind? flag = null) =>
        Exclusions.ExcludeAsync(study.StudyId, rater.RaterId, flag, "Pressed one key.", researcher);

    public Task LiftAsync(long exclusion) => Exclusions.LiftAsync(exclusion, researcher);

    public async Task<string> PseudonymAsync(RaterSession rater) => (await new RaterStore(db, clock).FindAsync(rater.RaterId))!.Pseudonym;

    public async Task ExecuteAsync(string sql)
    {
        await using var connection = await db.OpenAsync();
        await connection.ExecuteAsync(sql);
    }
}
