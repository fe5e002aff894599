using PixelPost.EvalPortal.Database;
using PixelPost.EvalPortal.Rating;
using PixelPost.EvalPortal.Tests.Database;

namespace PixelPost.EvalPortal.Tests.Rating;

public sealed class RaterStoreOnSqlite() : RaterStoreTests(DatabaseKind.Sqlite);

public sealed class RaterStoreOnPostgres() : RaterStoreTests(DatabaseKind.Postgres);

public abstract class RaterStoreTests(DatabaseKind kind) : DatabaseTests(kind)
{
    private RaterStore Raters => new(Db, Clock);

    [SkippableFact]
    public async Task Add_Person_IsFoundByTheirSecretOnly()
    {
        var (id, token) = await Raters.AddAsync("Firefox");

        var rater = await Raters.FindByTokenAsync(token);

        Assert.Equal((id, false, "Firefox", Clock.GetUtcNow()), (rater!.RaterId, rater.Simulated, rater.UserAgentFamily, rater.CreatedAt));
        Assert.Matches("^R-[0-9A-HJKMNP-TV-Z]{8}$", rater.Pseudonym);
        Assert.Null(await Raters.FindByTokenAsync(token[..^1]));
    }

    [SkippableFact]
    public async Task AddSimulated_Always_IsMarked()
    {
        var rater = await Raters.FindAsync(await Raters.AddSimulatedAsync());

        Assert.True(rater!.Simulated);
        Assert.StartsWith("S-", rater.Pseudonym, StringComparison.Ordinal);
    }

    [SkippableFact]
    public async Task Consent_SecondTime_KeepsTheSession()
    {
        var study = await Seeds.StudyAsync("a fox");
        var (id, _) = await Raters.AddAsync(null);
        Assert.Null(await Raters.FindSessionAsync(id, study.StudyId));

        var first = await Raters.ConsentAsync(id, study.StudyId);
        await Raters.SetInstructedAsync(first.SessionId);
        var instructed = Clock.GetUtcNow();
        Clock.Advance(TimeSpan.FromHours(1));
        await Raters.SetInstructedAsync(first.SessionId);
        var second = await Raters.ConsentAsync(id, study.StudyId);

        Assert.Equal((first.SessionId, instructed), (second.SessionId, second.InstructedAt));
    }
}
