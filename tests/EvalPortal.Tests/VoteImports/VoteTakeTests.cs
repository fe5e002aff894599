using Dapper;
using PixelPost.EvalPortal.Assignment;
using PixelPost.EvalPortal.Dashboards;
using PixelPost.EvalPortal.Database;
using PixelPost.EvalPortal.Quality;
using PixelPost.EvalPortal.Rating;
using PixelPost.EvalPortal.Rounds;
using PixelPost.EvalPortal.Studies;
using PixelPost.EvalPortal.Tests.Database;

namespace PixelPost.EvalPortal.Tests.VoteImports;

public sealed class VoteTakeOnSqlite() : VoteTakeTests(DatabaseKind.Sqlite);

public sealed class VoteTakeOnPostgres() : VoteTakeTests(DatabaseKind.Postgres);

/// <summary>Imported votes beside the portal's own: nothing of one may touch the other.</summary>
public abstract class VoteTakeTests(DatabaseKind kind) : DatabaseTests(kind)
{
    private const string Heading = "system_a,system_b,image_a,image_b,winner,prompt,rater_id,axis\n";

    private const string Three = Heading + "m,n,1,2,a,a fox,ann@example.org,overall\nm,n,1,2,b,a fox,bob,overall\nm,n,3,4,tie,a hen,ann@example.org,overall\n";

    private Importer Importer => field ??= new Importer(Db, Clock);

    public override async Task DisposeAsync()
    {
        Importer.Dispose();
        await base.DisposeAsync();
    }

    [SkippableFact]
    public async Task Take_Again_ChangesNothing_AndMoreAddsOnlyWhatIsNew()
    {
        var file = Importer.Write("votes.csv", Three);
        Assert.Equal(3, (await Importer.ImportAsync(file)).Added);

        var (again, added) = await Importer.ImportAsync(file);
        var (more, then) = await Importer.ImportAsync(Importer.Write("more.csv", Three + "m,n,5,6,a,a cat,ann@example.org,overall\nm,n,1,2,a,a fox,ann@example.org,overall\n"));

        Assert.Equal((3, 0, 0), (again.There, again.New, added));
        Assert.Equal((5, 3, 2), (more.Votes, more.There, then)); // ann's second vote on the fox is the same as her first: a repeat of its own
        Assert.Equal(5, (await Importer.TellAsync()).Count);
        Assert.Equal(3, (await new ComparisonStore(Db).ListAsync((await Importer.StudyAsync()).StudyId)).Count);
    }

    [SkippableFact]
    public async Task Take_BrokenOff_GoesOn()
    {
        var lines = string.Concat(Enumerable.Range(0, 2_500).Select(i => $"m,n,a{i},b{i},a,prompt {i},u{i % 9},overall\n"));
        var file = Importer.Write("votes.csv", Heading + lines);
        var order = new EvalPortal.VoteImports.VoteOrder { Path = file, FileName = "votes.csv", Study = "Outside" };
        var summary = await Importer.Check.RunAsync(order);
        using var stop = new CancellationTokenSource();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Importer.Take.RunAsync(
            order, summary, progress =>
            {
                if (progress.Votes >= 1_500)
                    stop.Cancel();
            }, stop.Token));
        var before = (await Importer.TellAsync()).Count;
        Assert.Null((await Importer.Store.FindAsync("Outside"))!.TakenAt);
        var (_, added) = await Importer.ImportAsync(file);

        Assert.Equal(1_000, before);
        Assert.Equal(1_500, added);
        Assert.NotNull((await Importer.Store.FindAsync("Outside"))!.TakenAt);
        Assert.Equal(Enumerable.Range(2, 2_500), (await Importer.TellAsync()).Select(vote => vote.Line));
    }

    [SkippableFact]
    public async Task Take_ChangedSinceTheCheck_IsRefused()
    {
        var file = Importer.Write("votes.csv", Three);
        var order = new EvalPortal.VoteImports.VoteOrder { Path = file, FileName = "votes.csv", Study = "Outside" };
        var summary = await Importer.Check.RunAsync(order);
        File.AppendAllText(file, "m,n,5,6,a,a cat,ann@example.org,overall\n");

        await Assert.ThrowsAsync<RefusedException>(() => Importer.Take.RunAsync(order, summary));

        Assert.Null(await Importer.Store.FindAsync("Outside"));
    }

    [SkippableFact]
    public async Task Take_Study_IsClosedForGood_AndAsksForNothing()
    {
        await Importer.ImportAsync(Importer.Write("votes.csv", Three));
        var study = await Importer.StudyAsync();

        Assert.Equal(StudyState.Closed, study.State);
        await Assert.ThrowsAsync<RefusedException>(() => Importer.Studies.SetStateAsync(study.StudyId, StudyState.Running));
        await using (var connection = await Db.OpenAsync())
            await Assert.ThrowsAnyAsync<System.Data.Common.DbException>(() => connection.ExecuteAsync("UPDATE study SET state = 'running' WHERE study_id = @StudyId", new { study.StudyId }));
        await using var writer = new DbWriter(Db);
        var session = await new RaterStore(Db, Clock).ConsentAsync((await new RaterStore(Db, Clock).AddAsync("Firefox")).RaterId, study.StudyId);
        Assert.Empty((await new AssignmentStore(Db, writer, Clock).TakeAsync(session, 6, new Random(1))).Pairs);
        var progress = Assert.Single(await new ProgressStore(Db).ListAsync(study.StudyId));
        Assert.Equal((2, 2, 3, 3), (progress.Comparisons, progress.Complete, progress.VotesWanted, progress.RealVotes));
        var ledger = await new LossLedgerStore(Db, writer, Clock).ReadAsync(study.StudyId);
        Assert.Equal((3, 0, 0), (ledger.Stored, ledger.Lost.Count, ledger.Refused.Count));
    }

    [SkippableFact]
    public async Task Take_Raters_AreKnownByNothingOfTheFile()
    {
        await Importer.ImportAsync(Importer.Write("votes.csv", Three));
        await Importer.ImportAsync(Importer.Write("other.csv", Three), "Elsewhere");

        var here = (await Importer.TellAsync()).Select(vote => vote.Pseudonym).ToList();
        var there = (await Importer.TellAsync("Elsewhere")).Select(vote => vote.Pseudonym).ToList();

        Assert.Equal((here[0], 2), (here[2], here.Distinct().Count()));
        Assert.Empty(here.Intersect(there)); // nor can two imports be joined by who voted
        Assert.All(here, name => Assert.Matches("^I-[0-9A-F]{16}$", name));
        await using var connection = await Db.OpenAsync();
        Assert.Equal(0, await connection.ExecuteScalarAsync<long>("SELECT COUNT(*) FROM rater WHERE token_sha256 IS NOT NULL"));
    }

    [SkippableFact]
    public async Task Take_SeveralSystems_AreLinkedStudiesWithARanking()
    {
        await Importer.ImportAsync(Importer.Write("votes.csv", Heading + "m,n,1,2,a,a fox,u,overall\no,m,5,1,a,a fox,u,overall\nn,o,2,5,b,a fox,v,overall\nm,n,1,2,b,a fox,u,visual_flaws\n"));

        var import = (await Importer.Store.FindAsync("Outside"))!;
        var studies = await Importer.Studies.ListGroupAsync(import.StudyGroupId!.Value);

        Assert.Equal(["Outside: overall, m and n", "Outside: overall, m and o", "Outside: overall, n and o", "Outside: visual_flaws, m and n"], studies.Select(study => study.Name).Order());
        Assert.Equal([Axis.Appeal, Axis.Appeal, Axis.Appeal, Axis.Flaws], studies.OrderBy(study => study.Name).Select(study => study.Axes[0].Axis));
        var results = new ResultsStore(Db, new ComparisonStore(Db));
        var tables = new List<(Study, VoteTable)>();
        foreach (var study in studies)
            tables.Add((study, await results.ReadAsync(study)));
        await using var connection = await Db.OpenAsync();
        var names = (await connection.QueryAsync<(long Id, string Name)>("SELECT system_id, name FROM system")).ToDictionary(system => system.Id, system => system.Name);
        Assert.Equal([3, 1], Leaderboard.Of(tables, names).OrderBy(board => board.Axis != Axis.Appeal).Select(board => board.Votes));
    }

    [SkippableFact]
    public async Task Take_BesideOwnStudy_LeavesItsVotesAndPairsAlone()
    {
        var own = await Seeds.StudyAsync("a fox");
        await Seeds.VoteAsync(own, 1, Axis.Flaws, "a");
        var system = await Importer.StudyAsync(own.Name);
        await using (var connection = await Db.OpenAsync())
            await connection.ExecuteAsync("UPDATE system SET name = 'm' WHERE system_id = @Id", new { Id = system.SystemAId });

        await Importer.ImportAsync(Importer.Write("votes.csv", Three));
        var refused = await Assert.ThrowsAsync<RefusedException>(() => Importer.LookAsync(Importer.Write("own.csv", Three), own.Name));

        Assert.Contains("choose another name", refused.Message, StringComparison.Ordinal);
        var imported = await Importer.StudyAsync();
        Assert.NotEqual(own.SystemAId, imported.SystemAId); // another system with the same name
        Assert.Empty(await new ComparisonStore(Db).PairUpAsync(imported.SystemAId, imported.SystemBId!.Value)); // nothing to show to raters
        Assert.Single((await new ResultsStore(Db, new ComparisonStore(Db)).ReadAsync(own)).Votes);
    }

    [SkippableFact]
    public async Task Take_Imported_FlowsIntoReportQualityAndPreferenceSets()
    {
        await Importer.ImportAsync(Importer.Write("votes.csv", Three + "m,n,1,2,a,a fox,cy,overall\n"));
        var study = await Importer.StudyAsync();

        var report = StudyReport.Of(await new ResultsStore(Db, new ComparisonStore(Db)).ReadAsync(study), VoteSource.Real);
        var answers = await new RaterAnswerStore(Db).ListAsync(study.StudyId);
        var sets = new PreferenceSetStore(Db, new ComparisonStore(Db), new RecordedPickStore(Db), new AskedImageStore(Db), Clock);
        var set = await sets.FreezeAsync("set", study.StudyId, AxisRule.Appeal, VoteSource.Real, createdByAccountId: null);

        Assert.Equal((4, 3), (report.Votes, report.Raters));
        Assert.All(answers, answer => Assert.Null(answer.ResponseMs)); // not 0 ms, which would be a speeder's
        Assert.Equal("a fox", Assert.Single(await sets.ListPairsAsync(set)).Prompt);
    }
}
