using Dapper;
using PixelPost.EvalPortal.Accounts;
using PixelPost.EvalPortal.Api.Keys;
using PixelPost.EvalPortal.Api.Requests;
using PixelPost.EvalPortal.Dashboards;
using PixelPost.EvalPortal.Database;
using PixelPost.EvalPortal.Plans;
using PixelPost.EvalPortal.Studies;
using PixelPost.EvalPortal.Tests.Database;

namespace PixelPost.EvalPortal.Tests.Api;

public sealed class ApiStoresOnSqlite() : ApiStoreTests(DatabaseKind.Sqlite);

public sealed class ApiStoresOnPostgres() : ApiStoreTests(DatabaseKind.Postgres);

/// <summary>What the API keeps and reads, on both databases.</summary>
public abstract class ApiStoreTests(DatabaseKind kind) : DatabaseTests(kind)
{
    private long _account;

    private ApiKeyStore Keys => new(Db, Clock);

    private ApiRequestStore Requests => new(Db, Clock);

    private StudyStore Studies => new(Db, Clock);

    private StudyChangeStore Changes => new(Db, Clock, Studies, new PlanStore(Db, Clock));

    public override async Task InitializeAsync()
    {
        await base.InitializeAsync();
        var token = await new InvitationStore(Db, Clock).AddAsync(Role.Researcher, email: null, createdByAccountId: null, TimeSpan.FromHours(1));
        _account = await new InvitationStore(Db, Clock).RedeemAsync(token, "ada@example.org", "Ada", "hash");
    }

    [SkippableFact]
    public async Task Key_Made_IsFoundByItsSecretWhichIsNotKept()
    {
        var secret = await MakeAsync();

        var key = (await Keys.FindAsync(secret))!;
        Assert.Equal(("nightly", "votes:read import", _account), (key.Name, key.Scopes, key.AccountId));
        Assert.StartsWith(key.SecretStart, secret, StringComparison.Ordinal);
        Assert.StartsWith("pp_", secret, StringComparison.Ordinal);
        Assert.Null(await Keys.FindAsync(secret[..^1] + "!"));
        await using var connection = await Db.OpenAsync();
        var row = await connection.QuerySingleAsync("SELECT * FROM api_key");
        Assert.DoesNotContain(secret, string.Join(' ', ((IDictionary<string, object>)row).Values), StringComparison.Ordinal);
    }

    [SkippableFact]
    public async Task Key_Used_NotesTheMinute()
    {
        var secret = await MakeAsync();
        await Keys.NoteUseAsync((await Keys.FindAsync(secret))!);
        var first = Clock.GetUtcNow();
        Clock.Advance(TimeSpan.FromSeconds(30));
        await Keys.NoteUseAsync((await Keys.FindAsync(secret))!);
        Assert.Equal(first, (await Keys.FindAsync(secret))!.LastUsedAt);

        Clock.Advance(TimeSpan.FromSeconds(31));
        await Keys.NoteUseAsync((await Keys.FindAsync(secret))!);

        Assert.Equal(Clock.GetUtcNow(), (await Keys.FindAsync(secret))!.LastUsedAt);
    }

    [SkippableFact]
    public async Task Key_OfAnotherAccount_IsNotRevoked()
    {
        var secret = await MakeAsync();
        var key = (await Keys.FindAsync(secret))!.ApiKeyId;

        await Keys.RevokeAsync(_account + 1, key);
        Assert.Null((await Keys.FindAsync(secret))!.RevokedAt);

        await Keys.RevokeAsync(_account, key);
        Assert.Equal(Clock.GetUtcNow(), (await Keys.FindAsync(secret))!.RevokedAt);
    }

    [SkippableFact]
    public async Task Key_WithFaults_IsRefused()
    {
        var draft = new ApiKeyDraft { Name = " ", Scopes = ["everything"], LastDay = DateOnly.FromDateTime(Clock.GetUtcNow().UtcDateTime).AddDays(-1) };

        var refused = await Assert.ThrowsAsync<RefusedException>(() => Keys.AddAsync(_account, draft));

        Assert.Equal("Say what the key is for. Tick what the key may be used for. The last day is over already.", refused.Message);
    }

    [SkippableFact]
    public async Task Key_WithALastDay_OpensUntilItIsOver()
    {
        var account = (await new AccountStore(Db, Clock).FindAsync(_account))!;
        var key = (await Keys.FindAsync(await MakeAsync(DateOnly.FromDateTime(Clock.GetUtcNow().UtcDateTime))))!;

        Assert.Null(key.FaultAt(Clock.GetUtcNow().AddHours(11), account));
        Assert.Contains("last day of this key is over", key.FaultAt(Clock.GetUtcNow().AddHours(12), account), StringComparison.Ordinal);
    }

    [SkippableFact]
    public async Task Request_Begun_IsKnownUntilADayLater()
    {
        var key = (await Keys.FindAsync(await MakeAsync()))!.ApiKeyId;

        Assert.Null(await Requests.BeginAsync(key, "a", "aa"));
        Assert.Null((await Requests.BeginAsync(key, "a", "aa"))!.Status);
        await Requests.FinishAsync(key, "a", 201, "/there", "{}");
        Assert.Equal((201, "/there", "{}", "aa"), await KeptAsync());
        Clock.Advance(ApiRequestStore.Life + TimeSpan.FromSeconds(1));
        Assert.Null(await Requests.BeginAsync(key, "a", "bb"));
        await Requests.ForgetAsync(key, "a");
        Assert.Null(await Requests.BeginAsync(key, "a", "cc"));

        async Task<(int?, string?, string?, string)> KeptAsync()
        {
            var kept = (await Requests.BeginAsync(key, "a", "aa"))!;
            return (kept.Status, kept.Location, kept.Body, kept.RequestSha256);
        }
    }

    [SkippableFact]
    public async Task Request_ThatNobodyFinished_CanBeBegunAgain()
    {
        var key = (await Keys.FindAsync(await MakeAsync()))!.ApiKeyId;
        await Requests.BeginAsync(key, "a", "aa");

        Clock.Advance(TimeSpan.FromMinutes(11));

        Assert.Null(await Requests.BeginAsync(key, "a", "aa"));
    }

    [SkippableFact]
    public async Task Votes_After_ArePagedInOrderOfArrival()
    {
        var study = await Seeds.StudyAsync("a fox", "a hen");
        var votes = new RecordedVoteStore(Db);
        foreach (var (comparison, axis) in new[] { (1, Axis.Flaws), (2, Axis.Flaws), (1, Axis.Appeal), (2, Axis.Appeal) })
        {
            await Seeds.VoteAsync(study, comparison, axis, "a");
            Clock.Advance(TimeSpan.FromSeconds(comparison == 1 ? 0 : 1)); // two arrive at one moment
        }
        var all = await votes.ReadAsync(study.StudyId).ToListAsync();

        var read = new List<RecordedVote>();
        (DateTimeOffset, Guid)? after = null;
        while (await votes.ListAfterAsync(study.StudyId, after, Clock.GetUtcNow(), limit: 1) is [var vote])
            (after, read) = ((vote.ReceivedAt, vote.VoteId), [.. read, vote]);

        Assert.Equal(all.Select(vote => vote.VoteId), read.Select(vote => vote.VoteId));
        Assert.Equal(2, (await votes.ListAfterAsync(study.StudyId, null, all[0].ReceivedAt, limit: 9)).Count);
    }

    [SkippableFact]
    public async Task Draft_Changed_IsAsTheFormSays()
    {
        var study = (await Studies.FindAsync(await DraftAsync()))!;
        var draft = Form(study);
        (draft.Name, draft.VotesPerComparison, draft.AnswersPerRater, draft.Instructions) = ("Renamed", 7, 20, "Look twice.");
        draft.Axes[0].Question = "Which has fewer?";

        await Changes.ChangeAsync(study, draft);

        var changed = (await Studies.FindAsync(study.StudyId))!;
        Assert.Equal(("Renamed", 7, 20, "Look twice.", "Which has fewer?"), (changed.Name, changed.VotesPerComparison, changed.AnswersPerRater, changed.Instructions, changed.Axes[0].Question));
        Assert.Equal(study.Axes[1], changed.Axes[1]);
        Assert.All(await new ProgressStore(Db).ListAsync(study.StudyId), axis => Assert.Equal(7 * axis.Comparisons, axis.VotesWanted));
    }

    [SkippableFact]
    public async Task Draft_ThatStartedOrTakesAName_IsRefusedAndStays()
    {
        var (study, other) = ((await Studies.FindAsync(await DraftAsync()))!, (await Studies.FindAsync(await DraftAsync()))!);
        var draft = Form(study);
        draft.Name = other.Name;
        Assert.Contains("already", (await Assert.ThrowsAsync<RefusedException>(() => Changes.ChangeAsync(study, draft))).Message, StringComparison.Ordinal);

        await Studies.SetStateAsync(study.StudyId, StudyState.Running);
        draft.Name = "free";

        Assert.Contains("has started", (await Assert.ThrowsAsync<RefusedException>(() => Changes.ChangeAsync(study, draft))).Message, StringComparison.Ordinal);
        Assert.Equal(study.Name, (await Studies.FindAsync(study.StudyId))!.Name);
    }

    [SkippableFact]
    public async Task Draft_WithAPlan_ChangesUntilThePlanIsLocked()
    {
        var plans = new PlanStore(Db, Clock);
        var study = (await Studies.FindAsync(await DraftAsync()))!;
        await plans.SaveAsync(study, AnalysisPlan.For([Axis.Flaws, Axis.Appeal], twoSystems: true));
        var draft = Form(study);
        draft.Name = "Renamed";

        await Changes.ChangeAsync(study, draft);
        var renamed = (await Studies.FindAsync(study.StudyId))!;
        Assert.Contains("Renamed", (await plans.ListAsync(study.StudyId)).Single().Content, StringComparison.Ordinal);
        await plans.LockAsync(renamed, _account);

        Assert.Contains("locked", (await Assert.ThrowsAsync<RefusedException>(() => Changes.ChangeAsync(renamed, draft))).Message, StringComparison.Ordinal);
    }

    private Task<string> MakeAsync(DateOnly? lastDay = null) =>
        Keys.AddAsync(_account, new ApiKeyDraft { Name = "nightly ", Scopes = ["import", "votes:read"], LastDay = lastDay });

    private async Task<long> DraftAsync()
    {
        var (a, b) = await Seeds.SystemsAsync("a fox", "a hen");
        return await Studies.AddAsync(await Seeds.DraftAsync(a, b));
    }

    private static StudyDraft Form(Study study)
    {
        var draft = new StudyDraft { Name = study.Name };
        draft.CopyFrom(study, imagesAtOnce: 0);
        draft.Name = study.Name;
        return draft;
    }
}
