using System.Data.Common;
using Dapper;
using PixelPost.EvalPortal.Checks;
using PixelPost.EvalPortal.Dashboards;
using PixelPost.EvalPortal.Database;
using PixelPost.EvalPortal.Guidelines;
using PixelPost.EvalPortal.Presets;
using PixelPost.EvalPortal.Rating;
using PixelPost.EvalPortal.Rounds;
using PixelPost.EvalPortal.Studies;
using PixelPost.EvalPortal.Tests.Guidelines;
using PixelPost.EvalPortal.Tests.Quality;
using PixelPost.EvalPortal.Tests.Rating;
using PixelPost.Stats;

namespace PixelPost.EvalPortal.Tests.Studies;

public sealed class PilotOnSqlite() : PilotTests(DatabaseKind.Sqlite);

public sealed class PilotOnPostgres() : PilotTests(DatabaseKind.Postgres);

/// <summary>Pilots: what is tried out leaves no trace in what counts.</summary>
public abstract class PilotTests(DatabaseKind kind) : RatingStoreTests(kind)
{
    private Study _draft = null!;
    private long _ada;

    private StudyStore Studies => new(Db, Clock);

    private PilotStore Pilots => new(Db, Clock);

    public override async Task InitializeAsync()
    {
        await base.InitializeAsync();
        _ada = (await JudgedStudy.AddAsync(Db, Clock, Seeds, prompts: 1)).Researcher;
        _draft = await TrainedStudy.AddDraftAsync(Seeds, Db, Clock, prompts: 9);
    }

    [SkippableFact]
    public async Task Add_OfADraft_IsAStudyOfItsOwnWithSomeOfItsComparisons()
    {
        await new GuidelineStore(Db, Clock).SaveAsync(TrainedStudy.Example(_draft, ExampleUse.Guidelines, 1));

        var pilot = (await Studies.FindAsync(await Pilots.AddAsync(_draft.StudyId, 3, _ada)))!;

        var study = (await Studies.FindAsync(_draft.StudyId))!;
        Assert.Equal(($"{_draft.Name}: pilot", StudyState.Draft, _draft.StudyId, _draft.ParentStudyId), (pilot.Name, pilot.State, pilot.PilotOfStudyId!.Value, pilot.ParentStudyId));
        Assert.Equal(pilot.StudyId, study.ParentStudyId);
        Assert.NotEqual(study.LinkToken, pilot.LinkToken);
        Assert.Equal(study.Axes, pilot.Axes);
        Assert.Equal((study.Consent, study.Instructions, study.VotesPerComparison), (pilot.Consent, pilot.Instructions, pilot.VotesPerComparison));
        Assert.Equal([1, 4, 7], await PositionsAsync(pilot)); // spread over the nine
        Assert.Single(await new GuidelineStore(Db, Clock).ListAsync(pilot.StudyId));
        Assert.Equal(9, (await new ComparisonStore(Db).ListAsync(_draft.StudyId)).Count);
    }

    [SkippableFact]
    public async Task Add_SecondPilot_HasOtherPrompts()
    {
        await Pilots.AddAsync(_draft.StudyId, 3, _ada);
        var second = (await Studies.FindAsync(await Pilots.AddAsync(_draft.StudyId, 100, _ada)))!;

        Assert.Equal($"{_draft.Name}: pilot 2", second.Name);
        Assert.Equal([2, 3, 5, 6, 8, 9], await PositionsAsync(second));
        await Assert.ThrowsAsync<RefusedException>(() => Pilots.AddAsync(_draft.StudyId, 1, _ada)); // nothing is left
        await Assert.ThrowsAsync<RefusedException>(() => Pilots.AddAsync(second.StudyId, 1, _ada)); // no pilot of a pilot
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => Pilots.AddAsync(_draft.StudyId, 0, _ada));
    }

    [SkippableFact]
    public async Task Add_StudyThatHasStarted_IsRefused()
    {
        await Studies.SetStateAsync(_draft.StudyId, StudyState.Running);

        await Assert.ThrowsAsync<RefusedException>(() => Pilots.AddAsync(_draft.StudyId, 3, _ada));
    }

    [SkippableFact]
    public async Task Add_StudyWithKnownAnswers_HasThemAsChecks()
    {
        var comparisons = await new ComparisonStore(Db).ListAsync(_draft.StudyId);
        await new StudyChecksStore(Db, Clock).SetGoldAsync(_draft.StudyId, comparisons[1].ComparisonId, Axis.Flaws, Outcome.B);

        var pilot = await Pilots.AddAsync(_draft.StudyId, 2, _ada);

        Assert.Equal(Outcome.B, Assert.Single(await new StudyChecksStore(Db, Clock).ListGoldAsync(pilot)).Winner);
        Assert.Equal(2, (await new ComparisonStore(Db).ListAsync(pilot)).Count);
    }

    [SkippableFact]
    public async Task Add_StudyOfBestAndWorst_HasItsImages()
    {
        var system = await Seeds.SystemAsync(await Seeds.PromptSetAsync("a fox", "a hen"), [1, 2, 3]);
        var study = await Studies.AddAsync(new NewStudy
        {
            Name = "Best of three",
            Consent = "Agree.",
            Instructions = "Look.",
            SystemAId = system,
            Axes = [new StudyAxis { Axis = Axis.Preference, Question = "Which is the best?", PromptVisible = true }],
            Items = await new StudyItems(Db).ListForPreferenceAsync(system, systemB: null, images: 3),
        });

        var pilot = await Pilots.AddAsync(study, 1, _ada);

        Assert.Equal(new StudyMaterial { Comparisons = 1, Prompts = 1, ImagesAtOnce = 3, TrainingPairs = 0 }, await new StudyMaterialStore(Db).ReadAsync(pilot));
    }

    [SkippableFact]
    public async Task Open_AfterAPilot_StartsCleanAndKeepsItsRatersFromWhatTheySaw()
    {
        var pilot = (await Studies.FindAsync(await Pilots.AddAsync(_draft.StudyId, 3, _ada)))!;
        await Studies.SetStateAsync(pilot.StudyId, StudyState.Running);
        var raters = new RaterStore(Db, Clock);
        var rater = (await raters.AddAsync("Firefox")).RaterId;
        await JudgeAllAsync(pilot, await raters.ConsentAsync(rater, pilot.StudyId));
        Assert.All(await new ProgressStore(Db).ListAsync(pilot.StudyId), axis => Assert.Equal(3, axis.RealVotes));

        await Studies.SetStateAsync(_draft.StudyId, StudyState.Running);

        Assert.Equal(StudyState.Closed, (await Studies.FindAsync(pilot.StudyId))!.State); // the pilot is over
        Assert.All(await new ProgressStore(Db).ListAsync(_draft.StudyId), axis => Assert.Equal((0, 9, 27), (axis.RealVotes, axis.Comparisons, axis.VotesWanted)));
        Assert.Empty(await new ProgressStore(Db).ListRatersAsync(_draft.StudyId));
        Assert.Empty((await new ResultsStore(Db, new ComparisonStore(Db)).ReadAsync(_draft)).Votes);
        Assert.Equal(0, await CountAsync($"task WHERE study_id = {_draft.StudyId} AND taken > 0")); // every place is free

        var again = await raters.ConsentAsync(rater, _draft.StudyId);
        Assert.Equal(12, await JudgeAllAsync(_draft, again)); // two questions about the six prompts they did not see
        Assert.Equal(18, await JudgeAllAsync(_draft, await raters.ConsentAsync((await raters.AddAsync("Firefox")).RaterId, _draft.StudyId)));
        Assert.Equal((1, 1), (Assert.Single(await Pilots.ListAsync(_draft.StudyId)) is var shown ? (shown.Raters, shown.CameAgain) : default));
    }

    [SkippableFact]
    public async Task Freeze_VotesOfAPilot_IsRefusedByProgramAndDatabase()
    {
        var pilot = (await Studies.FindAsync(await Pilots.AddAsync(_draft.StudyId, 3, _ada)))!;
        await Studies.SetStateAsync(pilot.StudyId, StudyState.Running);
        await Seeds.VoteAsync(pilot, 1, Axis.Flaws, "a");
        var sets = new PreferenceSetStore(Db, new ComparisonStore(Db), new RecordedPickStore(Db), new AskedImageStore(Db), Clock);

        await Assert.ThrowsAsync<RefusedException>(() => sets.FreezeAsync("Set", pilot.StudyId, AxisRule.Flaws, VoteSource.Real, _ada));
        await using var connection = await Db.OpenAsync();
        var error = await Assert.ThrowsAnyAsync<DbException>(() => connection.ExecuteAsync($"""
            INSERT INTO preference_set (name, study_id, axis_rule, vote_source, sha256, pair_count, left_out, created_at)
            VALUES ('s', {pilot.StudyId}, 'flaws', 'real', 'x', 0, '', '')
            """));
        Assert.Contains("votes of a pilot make no preference set", error.Message, StringComparison.Ordinal);
    }

    /// <summary>Votes on everything that a rater is given.</summary>
    /// <returns>How much that was.</returns>
    private async Task<int> JudgeAllAsync(Study study, RaterSession session)
    {
        var (rated, count) = (new RatedStudy(Db, Clock, study), 0);
        while ((await Assignments.TakeAsync(session, ahead: 4, new Random(1))).Pairs is [_, ..] pairs)
        {
            foreach (var pair in pairs)
            {
                await Votes.RecordAsync(session, Guid.CreateVersion7(), rated.Draft(pair.AssignmentId));
                count++;
            }
        }
        return count;
    }

    /// <summary>Which of the draft's comparisons a pilot has, by their positions there.</summary>
    private async Task<IEnumerable<int>> PositionsAsync(Study pilot)
    {
        var positions = (await new ComparisonStore(Db).ListAsync(_draft.StudyId)).ToDictionary(comparison => comparison.ImageAId, comparison => comparison.Position);
        return (await new ComparisonStore(Db).ListAsync(pilot.StudyId)).Select(comparison => positions[comparison.ImageAId]);
    }
}
