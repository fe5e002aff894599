using System.Data.Common;
using Dapper;
using PixelPost.EvalPortal.Accounts;
using PixelPost.EvalPortal.Audit;
using PixelPost.EvalPortal.Database;
using PixelPost.EvalPortal.Quality;
using PixelPost.EvalPortal.Rating;
using PixelPost.EvalPortal.Studies;
using PixelPost.EvalPortal.Tests.Database;

namespace PixelPost.EvalPortal.Tests.Audit;

public sealed class AuditLogOnSqlite() : AuditLogTests(DatabaseKind.Sqlite);

public sealed class AuditLogOnPostgres() : AuditLogTests(DatabaseKind.Postgres);

/// <summary>What the log has of changes, and that it keeps it.</summary>
public abstract class AuditLogTests(DatabaseKind kind) : DatabaseTests(kind)
{
    private AuditStore Log => new(Db);
    private StudyStore Studies => new(Db, Clock);

    [SkippableTheory]
    [InlineData("UPDATE audit_entry SET action = 'nothing'")]
    [InlineData("DELETE FROM audit_entry")]
    public async Task Entry_Changed_IsRefused(string sql)
    {
        await Seeds.StudyAsync("a fox");
        await using var connection = await Db.OpenAsync();

        var error = await Assert.ThrowsAnyAsync<DbException>(() => connection.ExecuteAsync(sql));

        Assert.Contains("audit_entry is append-only", error.Message, StringComparison.Ordinal);
    }

    [SkippableFact]
    public async Task StateOfAStudy_Changed_SaysWhoWhenAndFromWhatToWhat()
    {
        var study = await Seeds.StudyAsync("a fox");
        var invitations = new InvitationStore(Db, Clock);
        var ada = await invitations.RedeemAsync(await invitations.AddAsync(Role.Admin, null, null, TimeSpan.FromHours(1)), "ada@example.org", "Ada", "hash");
        Clock.Advance(TimeSpan.FromMinutes(3));

        await AsAsync(Actor.OfAccount(ada), () => Studies.SetStateAsync(study.StudyId, StudyState.Paused));

        var entry = (await Log.ListAsync(new AuditQuery { StudyId = study.StudyId }))[0];
        Assert.Equal(("Ada", Clock.GetUtcNow(), "study", $"{study.StudyId}", "state changed"), (entry.Who, entry.At, entry.Subject, entry.SubjectId, entry.Action));
        Assert.Equal(("""{"state":"running"}""", """{"state":"paused"}"""), (entry.BeforeJson, entry.AfterJson));
    }

    [SkippableFact]
    public async Task Change_ThatFails_LeavesNoEntry()
    {
        var study = await Seeds.StudyAsync("a fox");
        var before = (await Log.ListAsync(new AuditQuery())).Count;

        await Assert.ThrowsAsync<RefusedException>(() => Studies.SetStateAsync(study.StudyId, StudyState.Draft));

        Assert.Equal(before, (await Log.ListAsync(new AuditQuery())).Count);
    }

    [SkippableFact]
    public async Task Erasure_OfARater_IsRecordedWithoutWhoTheyWere()
    {
        var study = await Seeds.StudyAsync("a fox");
        var raters = new RaterStore(Db, Clock);
        var (rater, _) = await raters.AddAsync("Firefox");
        var session = await raters.ConsentAsync(rater, study.StudyId);
        await Seeds.VoteAsync(await Seeds.AssignAsync(study, 1, Axis.Flaws, session), Guid.CreateVersion7(), "a");
        await using var writer = new DbWriter(Db);

        await new WithdrawalStore(writer, Clock).WithdrawAsync(session);

        var entry = (await Log.ListAsync(new AuditQuery { Subject = "rater" })).Single();
        Assert.Equal(("a rater", "erased", null, """{"votes":1}"""), (entry.Who, entry.Action, entry.SubjectId, entry.AfterJson));
    }

    [SkippableFact]
    public async Task Command_Change_NamesItsVerb()
    {
        await AsAsync(Actor.OfCommand("import"), () => Seeds.PromptSetAsync("a fox"));

        Assert.Equal("command import", (await Log.ListAsync(new AuditQuery { Subject = "prompt_set" })).Single().Who);
    }

    [SkippableFact]
    public async Task List_Filters_FindWhatTheySay()
    {
        var first = await Seeds.StudyAsync("a fox");
        Clock.Advance(TimeSpan.FromDays(2));
        var second = await Seeds.StudyAsync("a hen");
        var day = DateOnly.FromDateTime(Clock.GetUtcNow().UtcDateTime);

        Assert.All(await Log.ListAsync(new AuditQuery { StudyId = first.StudyId }), entry => Assert.Equal(first.StudyId, entry.StudyId));
        Assert.All(await Log.ListAsync(new AuditQuery { Subject = "study" }), entry => Assert.Equal("study", entry.Subject));
        Assert.DoesNotContain(await Log.ListAsync(new AuditQuery { From = day }), entry => entry.StudyId == first.StudyId);
        Assert.DoesNotContain(await Log.ListAsync(new AuditQuery { To = day.AddDays(-1) }), entry => entry.StudyId == second.StudyId);
        var all = await Log.ListAsync(new AuditQuery());
        Assert.Equal(all.Skip(3).Select(entry => entry.AuditEntryId), (await Log.ListAsync(new AuditQuery { Before = all[2].AuditEntryId })).Select(entry => entry.AuditEntryId));
        var read = new List<long>();
        await foreach (var entry in Log.ReadAsync(new AuditQuery()))
            read.Add(entry.AuditEntryId);
        Assert.Equal(all.Select(entry => entry.AuditEntryId), read);
    }

    [SkippableFact]
    public async Task Exclusion_AddedAndLifted_HasBothEntries()
    {
        var study = await Seeds.StudyAsync("a fox");
        var invitations = new InvitationStore(Db, Clock);
        var ada = await invitations.RedeemAsync(await invitations.AddAsync(Role.Admin, null, null, TimeSpan.FromHours(1)), "ada@example.org", "Ada", "hash");
        var rater = (await new RaterStore(Db, Clock).AddAsync(null)).RaterId;
        await new RaterStore(Db, Clock).ConsentAsync(rater, study.StudyId);
        var exclusions = new ExclusionStore(Db, Clock);

        var id = await exclusions.ExcludeAsync(study.StudyId, rater, null, "slept", ada);
        await exclusions.LiftAsync(id, ada);

        var entries = await Log.ListAsync(new AuditQuery { Subject = "exclusion" });
        Assert.Equal(["lifted", "added"], entries.Select(entry => entry.Action));
        Assert.All(entries, entry => Assert.Equal(study.StudyId, entry.StudyId));
    }

    private static async Task AsAsync(Actor actor, Func<Task> work)
    {
        Actor.Enter(actor);
        await work();
    }
}
