using System.Data.Common;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Dapper;
using Microsoft.Extensions.DependencyInjection;
using PixelPost.EvalPortal.Accounts;
using PixelPost.EvalPortal.Database;
using PixelPost.EvalPortal.Exports;
using PixelPost.EvalPortal.Plans;
using PixelPost.EvalPortal.Reports;
using PixelPost.EvalPortal.Reports.Reading;
using PixelPost.EvalPortal.Studies;
using PixelPost.EvalPortal.Tests.Database;

namespace PixelPost.EvalPortal.Tests.Plans;

public sealed class PlanStoreOnSqlite() : PlanStoreTests(DatabaseKind.Sqlite);

public sealed class PlanStoreOnPostgres() : PlanStoreTests(DatabaseKind.Postgres);

public abstract class PlanStoreTests(DatabaseKind kind) : DatabaseTests(kind)
{
    private Study _study = null!;
    private long _ada;

    private PlanStore Plans => new(Db, Clock);

    public override async Task InitializeAsync()
    {
        await base.InitializeAsync();
        _study = await Seeds.StudyAsync("a fox");
        var invitations = new InvitationStore(Db, Clock);
        var token = await invitations.AddAsync(Role.Researcher, email: null, createdByAccountId: null, TimeSpan.FromHours(1));
        _ada = await invitations.RedeemAsync(token, "ada@example.org", "Ada", "hash");
    }

    [SkippableFact]
    public async Task Save_UntilItIsLocked_Changes()
    {
        await Plans.SaveAsync(_study, Plan(100));
        await Plans.SaveAsync(_study, Plan(200));

        var version = Assert.Single(await Plans.ListAsync(_study.StudyId));
        Assert.Equal((1, 200, null, null), (version.Version, version.Plan.PlannedComparisons!.Value, version.LockedAt, version.Sha256));
        Assert.Null(await Plans.FindLockedAsync(_study.StudyId));
    }

    [SkippableFact]
    public async Task Lock_WrittenPlan_KeepsTimeHashAndVotesForGood()
    {
        await Plans.SaveAsync(_study, Plan(100));
        await Seeds.VoteAsync(_study, 1, Axis.Flaws, "a");
        await Seeds.VoteAsync(_study, 1, Axis.Flaws, "a", simulated: true); // no person

        await Plans.LockAsync(_study, _ada);

        var locked = (await Plans.FindLockedAsync(_study.StudyId))!;
        Assert.Equal((Clock.GetUtcNow(), "Ada", 1), (locked.LockedAt!.Value, locked.LockedBy, locked.VotesBefore!.Value));
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(locked.Content))), locked.Sha256);
        using var content = JsonDocument.Parse(locked.Content);
        Assert.Equal(_study.Name, content.RootElement.GetProperty("study").GetString());
        Assert.Equal("sign_test", content.RootElement.GetProperty("plan").GetProperty("test").GetString());
        await Assert.ThrowsAsync<RefusedException>(() => Plans.SaveAsync(_study, Plan(200)));
        await Assert.ThrowsAsync<RefusedException>(() => Plans.LockAsync(_study, _ada));
        foreach (var sql in (string[])["UPDATE analysis_plan SET content = 'x'", "UPDATE analysis_plan SET locked_at = 'x'", "DELETE FROM analysis_plan"])
        {
            var error = await Assert.ThrowsAnyAsync<DbException>(() => ExecuteAsync(sql));
            Assert.Contains("analysis_plan is locked", error.Message, StringComparison.Ordinal);
        }
        Assert.Equal(100, Assert.Single(await Plans.ListAsync(_study.StudyId)).Plan.PlannedComparisons);
    }

    [SkippableFact]
    public async Task Lock_NothingWrittenOrStudyOver_IsRefused()
    {
        await Assert.ThrowsAsync<RefusedException>(() => Plans.LockAsync(_study, _ada));
        await Plans.SaveAsync(_study, Plan(100));
        await new StudyStore(Db, Clock).SetStateAsync(_study.StudyId, StudyState.Closed);

        await Assert.ThrowsAsync<RefusedException>(() => Plans.LockAsync(_study, _ada));

        Assert.Null(await Plans.FindLockedAsync(_study.StudyId));
    }

    [SkippableFact]
    public async Task Amend_LockedPlan_AddsAVersionAndKeepsTheOneBefore()
    {
        await Plans.SaveAsync(_study, Plan(100));
        await Assert.ThrowsAsync<RefusedException>(() => Plans.AmendAsync(_study, Plan(200), "Why not", _ada)); // not locked yet
        await Plans.LockAsync(_study, _ada);
        await Assert.ThrowsAsync<RefusedException>(() => Plans.AmendAsync(_study, Plan(200), "  ", _ada));
        Clock.Advance(TimeSpan.FromHours(1));

        await Plans.AmendAsync(_study, Plan(200), " Ties were more. ", _ada);

        var versions = await Plans.ListAsync(_study.StudyId);
        Assert.Equal([(1, 100, null), (2, 200, "Ties were more.")], versions.Select(version => (version.Version, version.Plan.PlannedComparisons!.Value, version.Reason)));
        Assert.Equal(TimeSpan.FromHours(1), versions[1].LockedAt - versions[0].LockedAt);
        Assert.Equal(2, (await Plans.FindLockedAsync(_study.StudyId))!.Version);
        Assert.NotEqual(versions[0].Sha256, versions[1].Sha256);
    }

    [SkippableFact]
    public async Task Plan_EverySetting_ComesBackAsItWas()
    {
        var plan = new AnalysisPlan
        {
            Family = [Axis.Appeal],
            WithLinked = true,
            Test = PlannedTest.VoteNetWinRate,
            Significance = 0.01,
            Margin = 0.05,
            ExclusionRules = ["side_bias", "manual"],
            PlannedComparisons = 600,
            Power = new PowerAssumptions { VotesPerComparison = 5, Raters = 20, TieShare = 0.45, PromptCorrelation = 0.4, RaterCorrelation = 0.02, Significance = 0.01, Power = 0.9 },
        };

        await Plans.SaveAsync(_study, plan);

        var read = Assert.Single(await Plans.ListAsync(_study.StudyId)).Plan;
        Assert.Equal(plan with { Family = [], ExclusionRules = [] }, read with { Family = [], ExclusionRules = [] });
        Assert.Equal(plan.Family, read.Family);
        Assert.Equal(plan.ExclusionRules, read.ExclusionRules);
    }

    [SkippableFact]
    public async Task Export_StudyWithPlans_HasThemInItsManifestWithWhatIsHashed()
    {
        await Plans.SaveAsync(_study, Plan(100));
        var folder = Directory.CreateTempSubdirectory("pixelpost-plan-").FullName;
        try
        {
            Assert.Equal(0, (await ManifestAsync(Path.Combine(folder, "before"))).GetArrayLength()); // what is not locked is no plan
            await Plans.LockAsync(_study, _ada);
            await Plans.AmendAsync(_study, Plan(200), "Ties were more.", _ada);

            var plans = (await ManifestAsync(Path.Combine(folder, "after"))).EnumerateArray().ToList();

            Assert.Equal([1, 2], plans.Select(plan => plan.GetProperty("version").GetInt32()));
            Assert.Equal("Ties were more.", plans[1].GetProperty("reason").GetString());
            Assert.All(plans, plan => Assert.Equal(plan.GetProperty("sha256").GetString(), PlanStore.Hash(plan.GetProperty("content").GetString()!)));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [SkippableFact]
    public async Task Report_ExportedStudy_SaysWhatIsAsPlannedAndWhatIsNot()
    {
        await Plans.SaveAsync(_study, Plan(1) with { Family = [Axis.Flaws] });
        await Plans.LockAsync(_study, _ada);
        await Seeds.VoteAsync(_study, 1, Axis.Flaws, "a");
        var folder = Directory.CreateTempSubdirectory("pixelpost-plan-").FullName;
        try
        {
            await ManifestAsync(folder);
            var votes = Path.Combine(folder, "votes.csv");
            Assert.Empty((await ReadAsync(votes))!.Departures);
            Assert.Equal(0, (await ReadAsync(votes))!.VotesBefore);

            Directory.Delete(folder, recursive: true);
            await Seeds.VoteAsync(_study, 1, Axis.Appeal, "a");
            await Plans.AmendAsync(_study, Plan(2) with { Family = [Axis.Flaws] }, "More.", _ada);
            await ManifestAsync(folder);
            Assert.Equal(
                [
                    "Appeal is outside the planned family: its test is exploratory.",
                    "Flaws: 1 of the planned 2 comparisons are compared. This is a look before the planned n.",
                ],
                (await ReadAsync(votes))!.Departures);

            var manifest = Path.Combine(folder, "manifest.json");
            await File.WriteAllTextAsync(manifest, (await File.ReadAllTextAsync(manifest)).Replace("planned_comparisons\\u0022:2", "planned_comparisons\\u0022:1", StringComparison.Ordinal));
            Assert.Contains("does not have the hash", (await ReadAsync(votes))!.Departures[0], StringComparison.Ordinal);
            await File.AppendAllTextAsync(votes, "\n"); // it is not the exported file any more
            Assert.Null(await ReadAsync(votes));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task<FilePlan?> ReadAsync(string votes)
    {
        var file = await VoteFileReader.ReadAsync(votes);
        return (await VoteReport.OfAsync(file, new ReportRequest(), FilePlan.Find(votes, file.Facts.Sha256))).Plan;
    }

    private async Task<JsonElement> ManifestAsync(string folder)
    {
        await using var services = new ServiceCollection().AddPortal(new PortalOptions { Data = folder }).AddSingleton(Db).AddSingleton<TimeProvider>(Clock).BuildServiceProvider();
        await services.GetRequiredService<StudyExport>().WriteFolderAsync(_study, folder, ExportFormat.Csv, Clock.GetUtcNow());
        return JsonDocument.Parse(await File.ReadAllTextAsync(Path.Combine(folder, "manifest.json"))).RootElement.GetProperty("analysis_plans");
    }

    private async Task ExecuteAsync(string sql)
    {
        await using var connection = await Db.OpenAsync();
        await connection.ExecuteAsync(sql);
    }

    private static AnalysisPlan Plan(int comparisons) => new() { Family = [Axis.Flaws, Axis.Appeal], Test = PlannedTest.SignTest, PlannedComparisons = comparisons };
}
