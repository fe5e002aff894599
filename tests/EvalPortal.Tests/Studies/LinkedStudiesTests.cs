using PixelPost.EvalPortal.Checks;
using PixelPost.EvalPortal.Dashboards;
using PixelPost.EvalPortal.Database;
using PixelPost.EvalPortal.Guidelines;
using PixelPost.EvalPortal.Participants;
using PixelPost.EvalPortal.Presets;
using PixelPost.EvalPortal.Studies;
using PixelPost.EvalPortal.Systems;
using PixelPost.EvalPortal.Tests.Database;
using PixelPost.EvalPortal.Tests.Guidelines;
using PixelPost.Stats;

namespace PixelPost.EvalPortal.Tests.Studies;

public sealed class LinkedStudiesOnSqlite() : LinkedStudiesTests(DatabaseKind.Sqlite);

public sealed class LinkedStudiesOnPostgres() : LinkedStudiesTests(DatabaseKind.Postgres);

/// <summary>Studies that are made together, and studies that are made from another one.</summary>
public abstract class LinkedStudiesTests(DatabaseKind kind) : DatabaseTests(kind)
{
    private StudyStore Studies => new(Db, Clock);

    [SkippableFact]
    public async Task AddGroup_TwoStudies_KnowOneAnother()
    {
        var (a, b) = await Seeds.SystemsAsync("a fox");
        var drafts = new[] { await Seeds.DraftAsync(a, b) with { Preset = "pixel-space/flaws" }, await Seeds.DraftAsync(a, b) };

        var id = await Studies.AddGroupAsync(new NewStudyGroup("Paper", "pixel-space", drafts));

        var linked = await Studies.ListGroupAsync(id);
        Assert.Equal(drafts.Select(draft => draft.Name), linked.Select(study => study.Name));
        Assert.Equal(["pixel-space/flaws", null], linked.Select(study => study.Preset));
        Assert.All(linked, study => Assert.Equal((id, 2), (study.StudyGroupId!.Value, study.Axes.Count)));
        var groups = new StudyGroupStore(Db);
        Assert.Equal(("Paper", "pixel-space", Clock.GetUtcNow()), ((await groups.FindAsync(id))!.Name, (await groups.FindAsync(id))!.Preset, (await groups.FindAsync(id))!.CreatedAt));
        Assert.Equal(id, Assert.Single(await groups.ListAsync()).StudyGroupId);
        Assert.Null(await groups.FindAsync(id + 1));
    }

    [SkippableFact]
    public async Task AddGroup_OneNameIsTaken_MakesNone()
    {
        var taken = await Seeds.StudyAsync("a fox");
        var fresh = await Seeds.DraftAsync(taken.SystemAId, taken.SystemBId!.Value);

        await Assert.ThrowsAsync<RefusedException>(() => Studies.AddGroupAsync(new NewStudyGroup("Paper", "pixel-space", [fresh, fresh with { Name = taken.Name }])));
        await Assert.ThrowsAsync<ArgumentException>(() => Studies.AddGroupAsync(new NewStudyGroup("Paper", "pixel-space", [])));

        Assert.Equal(taken.StudyId, Assert.Single(await Studies.ListAsync()).StudyId);
        Assert.Empty(await new StudyGroupStore(Db).ListAsync());
    }

    [SkippableFact]
    public async Task Add_FromAnother_TakesOverWhatRatersMeetAndNobodysVotes()
    {
        var original = await TrainedStudy.AddDraftAsync(Seeds, Db, Clock, prompts: 3);
        var (guidelines, checks, entries) = (new GuidelineStore(Db, Clock), new StudyChecksStore(Db, Clock), new StudyEntryStore(Db, Clock));
        await guidelines.SaveAsync(TrainedStudy.Example(original, ExampleUse.Guidelines, 1));
        await guidelines.SaveAsync(TrainedStudy.Example(original, ExampleUse.Training, 2));
        await guidelines.SetPassMarkAsync(original.StudyId, 1);
        var comparisons = await new ComparisonStore(Db).ListAsync(original.StudyId);
        await checks.SetGoldAsync(original.StudyId, comparisons[1].ComparisonId, Axis.Appeal, Outcome.B);
        await checks.SaveAsync(original.StudyId, new StudyChecks { GoldPerDozen = 1, RepeatsPerDozen = 2 });
        await entries.SaveAsync(new StudyEntry { StudyId = original.StudyId, OpenLink = false, MinViewportW = 800, MinViewportH = 600, Panel = PanelKind.Prolific, CompletionCode = "C1", KeepsParticipantIds = true });
        await Studies.SetStateAsync(original.StudyId, StudyState.Running);
        await Seeds.VoteAsync(original, 1, Axis.Flaws, "a");

        var id = await Studies.AddAsync(await Seeds.DraftAsync(original.SystemAId, original.SystemBId!.Value) with { OriginalStudyId = original.StudyId });

        var (before, after) = (await guidelines.ListAsync(original.StudyId), await guidelines.ListAsync(id));
        Assert.Equal(before.Select(Content), after.Select(Content));
        Assert.Empty(before.Select(example => example.ExamplePairId).Intersect(after.Select(example => example.ExamplePairId)));
        Assert.Equal(1, await guidelines.FindPassMarkAsync(id));
        Assert.Equal(new StudyChecks { GoldPerDozen = 1, RepeatsPerDozen = 2 }, await checks.FindAsync(id));
        var gold = Assert.Single(await checks.ListGoldAsync(id));
        var here = (await new ComparisonStore(Db).ListAllAsync(id)).Single(comparison => comparison.ComparisonId == gold.ComparisonId);
        Assert.Equal((comparisons[1].ImageAId, Axis.Appeal, Outcome.B), (here.ImageAId, gold.Axis, gold.Winner));
        Assert.Equal(new StudyEntry { StudyId = id, MinViewportW = 800, MinViewportH = 600 }, await entries.FindAsync(id));
        Assert.Equal(StudyState.Draft, (await Studies.FindAsync(id))!.State);
        Assert.All(await new ProgressStore(Db).ListAsync(id), axis => Assert.Equal((0, 2), (axis.RealVotes, axis.Comparisons))); // the known one gets no votes
        Assert.Empty(await new ProgressStore(Db).ListRatersAsync(id));

        static (Axis, ExampleUse, string, string, string, double?) Content(ExamplePair example) =>
            (example.Axis, example.UsedIn, example.LeftSha256, example.RightSha256, example.Explanation, example.FlawX);
    }

    [SkippableFact]
    public async Task Add_FromAnotherWithoutOneOfItsQuestions_LeavesWhatBelongsToThatOut()
    {
        var original = await TrainedStudy.AddDraftAsync(Seeds, Db, Clock);
        await new GuidelineStore(Db, Clock).SaveAsync(TrainedStudy.Example(original, ExampleUse.Training, 1)); // about flaws
        await new GuidelineStore(Db, Clock).SetPassMarkAsync(original.StudyId, 1);
        var draft = await Seeds.DraftAsync(original.SystemAId, original.SystemBId!.Value);

        var id = await Studies.AddAsync(draft with { OriginalStudyId = original.StudyId, Axes = [draft.Axes[1]] });

        Assert.Empty(await new GuidelineStore(Db, Clock).ListAsync(id));
        Assert.Null(await new GuidelineStore(Db, Clock).FindPassMarkAsync(id));
    }

    [SkippableFact]
    public async Task Material_OfAStudy_CountsPromptsAndTraining()
    {
        var study = await TrainedStudy.AddDraftAsync(Seeds, Db, Clock, prompts: 3);
        await new GuidelineStore(Db, Clock).SaveAsync(TrainedStudy.Example(study, ExampleUse.Training, 1));
        await new StudyChecksStore(Db, Clock).SetGoldAsync(study.StudyId, (await new ComparisonStore(Db).ListAsync(study.StudyId))[0].ComparisonId, Axis.Flaws, Outcome.A);

        Assert.Equal(new StudyMaterial { Comparisons = 2, Prompts = 2, ImagesAtOnce = 0, TrainingPairs = 1 }, await new StudyMaterialStore(Db).ReadAsync(study.StudyId));
    }

    [SkippableFact]
    public async Task Leaderboard_OfLinkedStudies_RanksSystemsThatNeverMetToo()
    {
        var set = await Seeds.PromptSetAsync([.. Enumerable.Range(1, 8).Select(i => $"a fox number {i}")]);
        var systems = new List<long>();
        foreach (var seed in (int[])[1, 2, 3])
            systems.Add(await Seeds.SystemAsync(set, [seed]));
        var drafts = new[] { await Seeds.DraftAsync(systems[0], systems[1]), await Seeds.DraftAsync(systems[1], systems[2]) };
        var group = await Studies.AddGroupAsync(new NewStudyGroup("Board", "leaderboard", drafts));
        var linked = new List<(Study Study, VoteTable Table)>();
        foreach (var study in await Studies.ListGroupAsync(group))
        {
            // the second of the two wins mostly, and simulated raters say the opposite
            for (var comparison = 1; comparison <= 8; comparison++)
            {
                await Seeds.VoteAsync(study, comparison, Axis.Appeal, comparison <= 6 ? "b" : "a");
                await Seeds.VoteAsync(study, comparison, Axis.Appeal, "a", simulated: true);
            }
            linked.Add((study, await new ResultsStore(Db, new ComparisonStore(Db)).ReadAsync(study)));
        }
        var names = (await new SystemStore(Db, Clock).ListAsync()).ToDictionary(system => system.SystemId, system => system.Name);

        var boards = Leaderboard.Of(linked, names);

        Assert.Equal([(Axis.Flaws, 0), (Axis.Appeal, 16)], boards.Select(board => (board.Axis, board.Votes)));
        Assert.NotNull(boards[0].Ranking.Reason);
        var ranked = boards[1].Ranking.Systems!;
        Assert.Equal([names[systems[2]], names[systems[1]], names[systems[0]]], ranked.Select(system => system.System));
        // 6 of 8 wins are odds of 3 to 1 at each step
        Assert.Equal(Math.Log(3), ranked[0].LogStrength.Value!.Value - ranked[1].LogStrength.Value!.Value, 1e-6);
        Assert.Equal(Math.Log(3), ranked[1].LogStrength.Value!.Value - ranked[2].LogStrength.Value!.Value, 1e-6);
    }
}
