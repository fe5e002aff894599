using Dapper;
using PixelPost.EvalPortal.Accounts;
using PixelPost.EvalPortal.Assignment;
using PixelPost.EvalPortal.Guidelines;
using PixelPost.EvalPortal.Images;
using PixelPost.EvalPortal.Plans;
using PixelPost.EvalPortal.Quality;
using PixelPost.EvalPortal.Rating;
using PixelPost.EvalPortal.Studies;
using PixelPost.EvalPortal.Tests.Material;
using PixelPost.EvalPortal.Tests.Rating;
using PixelPost.Stats;
using Side = PixelPost.EvalPortal.Rating.Side;

namespace PixelPost.EvalPortal.Tests.Bundles;

/// <summary>Studies of all forms, judged through the portal's own stores, with everything that can happen to votes.</summary>
internal static class BundledStudies
{
    /// <summary>Two questions about pairs: ties, rejects, splits, changes, votes taken back, flaws, gold, repeats, simulated raters, an exclusion, a lifted one, a withdrawal, an amended plan, an example.</summary>
    public static async Task<Study> PairsAsync(BundleHome home)
    {
        var (db, clock) = (home.Db, TimeProvider.System);
        var (a, b) = await home.Seeds.SystemsAsync([.. Enumerable.Range(1, 9).Select(i => $"a fox, \"number\" {i}\r\nin two lines")]);
        var studies = home.Get<StudyStore>();
        var id = await studies.AddAsync(await home.Seeds.DraftAsync(a, b));
        await home.GiveFilesAsync();
        await AddChecksAsync(home, id);
        await AddExampleAsync(home, (await studies.FindAsync(id))!);
        await studies.SetStateAsync(id, StudyState.Running);
        var study = new RatedStudy(db, clock, (await studies.FindAsync(id))!);
        var researcher = await ResearcherAsync(home);
        await AddPlanAsync(home, study.Study, researcher);

        var raters = new List<RaterSession>();
        for (var i = 0; i < 5; i++)
            raters.Add(await RateAsync(home, study, i == 4 ? await study.AddSimulatedRaterAsync() : await study.AddRaterAsync(), new Random(i)));
        var exclusions = home.Get<ExclusionStore>();
        await exclusions.ExcludeAsync(id, raters[0].RaterId, RaterFlagKind.SideBias, "Always left, says Ada.", researcher);
        await exclusions.LiftAsync(await exclusions.ExcludeAsync(id, raters[1].RaterId, flag: null, "A mistake.", researcher), researcher);
        await home.Get<WithdrawalStore>().WithdrawAsync(raters[2]);
        await home.Get<LossLedgerStore>().StateAsync(raters[3], [new StatedVote { VoteId = Guid.CreateVersion7(), State = StatedState.Waiting, Retracted = false }]);
        await studies.SetStateAsync(id, StudyState.Paused);
        return (await studies.FindAsync(id))!;
    }

    /// <summary>Questions about images of two systems.</summary>
    public static async Task<Study> AlignmentAsync(BundleHome home)
    {
        var study = await AlignmentStudy.AddAsync(home.Seeds, home.Db, TimeProvider.System, prompts: 4);
        await home.GiveFilesAsync();
        var researcher = await ResearcherAsync(home);
        await AddPlanAsync(home, study.Study, researcher);
        for (var i = 0; i < 3; i++)
        {
            var (rater, random) = (await study.AddRaterAsync(), new Random(i));
            foreach (var item in (await home.Get<AssignmentStore>().TakeAsync(rater, ahead: 7, random)).Pairs)
            {
                var sheet = (await home.Get<SheetStore>().ListHeldAsync(rater, random))[item.AssignmentId];
                var draft = random.Next(6) switch
                {
                    0 => study.Draft(sheet, Answer.No, Answer.NotAsked),
                    1 => study.Draft(sheet, Answer.Yes, Answer.CannotTell),
                    2 => study.Draft(sheet) with { Choice = Choice.Reject, Reason = RejectReason.Unsafe, Answers = null },
                    _ => study.Draft(sheet, Answer.Yes, random.Next(2) == 0 ? Answer.Yes : Answer.No),
                };
                Assert.Null((await home.Get<VoteStore>().RecordAsync(rater, Guid.CreateVersion7(), draft)).Refusal);
            }
            if (i == 0)
                await home.Get<ExclusionStore>().ExcludeAsync(study.Study.StudyId, rater.RaterId, flag: null, "Too fast.", researcher);
        }
        return study.Study;
    }

    /// <summary>Best and worst of five images by two systems.</summary>
    public static async Task<Study> PicksAsync(BundleHome home)
    {
        var study = await PreferenceStudy.AddAsync(home.Seeds, home.Db, TimeProvider.System, prompts: 5);
        await home.GiveFilesAsync();
        for (var i = 0; i < 3; i++)
        {
            var (rater, random) = (await study.AddRaterAsync(), new Random(i));
            foreach (var item in (await home.Get<AssignmentStore>().TakeAsync(rater, ahead: 5, random)).Pairs)
            {
                await home.Get<SheetStore>().ListHeldAsync(rater, random);
                var best = random.Next(5);
                var draft = random.Next(5) == 0
                    ? study.Draft(item.AssignmentId, 1, 2) with { Choice = Choice.Reject, Reason = RejectReason.NotLoaded, Picks = null }
                    : study.Draft(item.AssignmentId, best + 1, (best + 1 + random.Next(4)) % 5 + 1, best + 1);
                Assert.Null((await home.Get<VoteStore>().RecordAsync(rater, Guid.CreateVersion7(), draft)).Refusal);
            }
        }
        return study.Study;
    }

    /// <summary>Three systems, each against each, with one family of tests.</summary>
    public static async Task<IReadOnlyList<Study>> LinkedAsync(BundleHome home)
    {
        var prompts = await home.Seeds.PromptSetAsync("a fox", "=a hen", "кошка", "a dog");
        var systems = new List<long>();
        for (var seed = 1; seed <= 3; seed++)
            systems.Add(await home.Seeds.SystemAsync(prompts, [seed]));
        await home.GiveFilesAsync();
        var drafts = new List<NewStudy>();
        foreach (var (a, b) in ((int, int)[])[(0, 1), (0, 2), (1, 2)])
            drafts.Add(await home.Seeds.DraftAsync(systems[a], systems[b]));
        var studies = home.Get<StudyStore>();
        var group = await studies.AddGroupAsync(new NewStudyGroup("Three systems", "leaderboard", drafts));
        var researcher = await ResearcherAsync(home);
        foreach (var draft in await studies.ListGroupAsync(group))
        {
            await studies.SetStateAsync(draft.StudyId, StudyState.Running);
            var study = (await studies.FindAsync(draft.StudyId))!;
            var plans = home.Get<PlanStore>();
            await plans.SaveAsync(study, new AnalysisPlan { Family = [Axis.Flaws, Axis.Appeal], WithLinked = true, Test = PlannedTest.SignTest });
            await plans.LockAsync(study, researcher);
            var rated = new RatedStudy(home.Db, TimeProvider.System, study);
            for (var i = 0; i < 3; i++)
                await RateAsync(home, rated, await rated.AddRaterAsync(), new Random((int)study.StudyId * 10 + i));
        }
        return await studies.ListGroupAsync(group);
    }

    private static async Task<RaterSession> RateAsync(BundleHome home, RatedStudy study, RaterSession rater, Random random)
    {
        var (assignments, votes) = (home.Get<AssignmentStore>(), home.Get<VoteStore>());
        while ((await assignments.TakeAsync(rater, ahead: 6, random)).Pairs is { Count: > 0 } pairs)
        {
            foreach (var pair in pairs)
            {
                var vote = Guid.CreateVersion7();
                var choice = (Choice[])[Choice.Left, Choice.Right, Choice.Tie, Choice.Reject];
                Assert.Null((await votes.RecordAsync(rater, vote, study.Draft(pair.AssignmentId, choice[random.Next(4)]))).Refusal);
                switch (random.Next(6))
                {
                    case 0:
                        Assert.Null((await votes.RecordAsync(rater, Guid.CreateVersion7(), study.Draft(pair.AssignmentId, Choice.Tie) with { Supersedes = vote })).Refusal);
                        break;
                    case 1:
                        await votes.RetractAsync(rater, vote);
                        Assert.Null((await votes.RecordAsync(rater, Guid.CreateVersion7(), study.Draft(pair.AssignmentId, Choice.Right) with { Supersedes = vote })).Refusal);
                        break;
                    case 2: // refused for votes on appeal, which ask for no flaw
                        await home.Get<VoteFlawStore>().RecordAsync(rater, vote, new FlawDraft { Type = FlawType.Hands, Severity = FlawSeverity.Major, Side = Side.Left, X = 0.1 + random.NextDouble() / 2, Y = 1.0 / 3 });
                        break;
                }
            }
        }
        return rater;
    }

    private static async Task AddChecksAsync(BundleHome home, long studyId)
    {
        await using var connection = await home.Db.OpenAsync();
        await connection.ExecuteAsync("INSERT INTO study_checks (study_id, gold_per_dozen, repeats_per_dozen) VALUES (@Id, 1, 1)", new { Id = studyId });
        await connection.ExecuteAsync(
            "INSERT INTO gold (study_id, comparison_id, axis, winner) SELECT study_id, comparison_id, 'flaws', 'a' FROM comparison WHERE study_id = @Id AND position = 9", new { Id = studyId });
        await connection.ExecuteAsync("DELETE FROM task WHERE comparison_id IN (SELECT comparison_id FROM gold)");
    }

    private static async Task AddPlanAsync(BundleHome home, Study study, long researcher)
    {
        var plans = home.Get<PlanStore>();
        var plan = AnalysisPlan.For([.. study.Axes.Select(axis => axis.Axis)], twoSystems: true) with { PlannedComparisons = 30 };
        await plans.SaveAsync(study, plan);
        await plans.LockAsync(study, researcher);
        await plans.AmendAsync(study, plan with { PlannedComparisons = 4 }, "Fewer prompts, \"sadly\".", researcher);
    }

    private static async Task AddExampleAsync(BundleHome home, Study study)
    {
        var (left, right) = (home.Get<ImageFiles>().Keep(SourceFolder.Png(3, 40), "left.png"), home.Get<ImageFiles>().Keep(SourceFolder.Png(4, 40), "right.png"));
        await home.Get<GuidelineStore>().SaveAsync(new ExamplePair
        {
            ExamplePairId = Guid.NewGuid(),
            StudyId = study.StudyId,
            Axis = Axis.Flaws,
            UsedIn = ExampleUse.Guidelines,
            LeftSha256 = left.Sha256,
            LeftWidth = left.Width,
            LeftHeight = left.Height,
            RightSha256 = right.Sha256,
            RightWidth = right.Width,
            RightHeight = right.Height,
            Answer = Choice.Left,
            Explanation = "Six fingers.",
            FlawType = FlawType.Hands,
            FlawSeverity = FlawSeverity.Major,
            FlawSide = Side.Right,
            FlawX = 0.25,
            FlawY = 1.0 / 3,
        });
    }

    private static async Task<long> ResearcherAsync(BundleHome home)
    {
        var invitations = home.Get<InvitationStore>();
        var token = await invitations.AddAsync(Role.Researcher, email: null, createdByAccountId: null, TimeSpan.FromHours(1));
        return await invitations.RedeemAsync(token, $"{Guid.NewGuid():N}@example.org", "Ada Lovelace", "hash");
    }
}
