using System.Data.Common;
using Dapper;
using PixelPost.EvalPortal.Dashboards;
using PixelPost.EvalPortal.Database;
using PixelPost.EvalPortal.Rating;
using PixelPost.EvalPortal.Rounds;
using PixelPost.EvalPortal.Studies;

namespace PixelPost.EvalPortal.Tests.Rating;

public sealed class PickVoteOnSqlite() : PickVoteTests(DatabaseKind.Sqlite);

public sealed class PickVoteOnPostgres() : PickVoteTests(DatabaseKind.Postgres);

/// <summary>Votes that pick the best and the worst of several images.</summary>
public abstract class PickVoteTests(DatabaseKind kind) : RatingStoreTests(kind)
{
    private SheetStore Sheets => field ??= new SheetStore(Db, Writer);
    private RecordedPickStore Picks => field ??= new RecordedPickStore(Db);

    /// <summary>Raters who look at the images themselves, whatever their order, pick the same images.</summary>
    [SkippableFact]
    public async Task Record_WhateverTheOrder_PicksAreKeptByImage()
    {
        var study = await PreferenceStudy.AddAsync(Seeds, Db, Clock, prompts: 6, votes: 4);
        var (orders, expected) = (new HashSet<string>(), new Dictionary<Guid, (string Best, string Worst)>());
        var random = new Random(7);
        for (var i = 0; i < 4; i++)
        {
            var rater = await study.AddRaterAsync();
            foreach (var item in (await Assignments.TakeAsync(rater, ahead: 6, random)).Pairs)
            {
                await Sheets.ListHeldAsync(rater, random);
                var images = await ShownAsync(rater, item.AssignmentId, 5);
                orders.Add(string.Join(' ', images.Select(image => images.Order().ToList().IndexOf(image))));
                var (best, worst) = (images.IndexOf(images.Max()!), images.IndexOf(images.Min()!));
                var id = Guid.CreateVersion7();
                Assert.NotNull((await Votes.RecordAsync(rater, id, study.Draft(item.AssignmentId, best + 1, worst + 1))).AcceptedAt);
                expected.Add(id, (images[best], images[worst]));
                await Sheets.ListHeldAsync(rater, random);
                Assert.Equal(images, await ShownAsync(rater, item.AssignmentId, 5)); // the order never changes
            }
        }

        Assert.Equal(24, expected.Count);
        Assert.True(orders.Count > 15, $"Only {orders.Count} different orders in 24.");
        var hashes = (await Picks.ListImagesAsync(study.Study.StudyId)).ToDictionary(image => image.ImageId, image => image.Sha256);
        var picks = await Picks.ListAsync(study.Study.StudyId);
        Assert.Equal(24, picks.Count);
        Assert.All(picks, pick => Assert.Equal(expected[pick.VoteId], (hashes[pick.BestImageId], hashes[pick.WorstImageId])));
        Assert.All(PickedItem.Of(await Picks.ListImagesAsync(study.Study.StudyId), picks), item => Assert.Equal((4, 4), (item.Chosen!.Best, item.Rejected!.Worst)));
    }

    [SkippableFact]
    public async Task Record_Picks_AreKeptOnceWithWhatWasFlagged()
    {
        var (study, rater, id) = await OneItemAsync();
        var (vote, draft) = (Guid.CreateVersion7(), study.Draft(id, 2, 5, 2, 3));

        var answers = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => Task.Run(() => Votes.RecordAsync(rater, vote, draft))));

        Assert.NotNull(Assert.Single(answers.Distinct()).AcceptedAt);
        var pick = Assert.Single(await Picks.ListAsync(study.Study.StudyId));
        Assert.True(pick is { FlawOverride: true, Counts: true, Simulated: false });
        Assert.Equal((pick.ImageIds[1], pick.ImageIds[4]), (pick.BestImageId, pick.WorstImageId));
        Assert.Equal(2, await CountAsync("vote_flagged_image"));
        Assert.Equal(["Best: image 2. Worst: image 5."], (await new OwnSheetStore(Db).ListAsync(rater))[vote].Lines);
        foreach (var other in new[] { study.Draft(id, 1, 5, 2, 3), study.Draft(id, 2, 4, 2, 3), study.Draft(id, 2, 5, 2), study.Draft(id, 2, 5), study.Draft(id, 9, 5, 2, 3) })
            Assert.Equal(Refusal.OtherContent, (await Votes.RecordAsync(rater, vote, other)).Refusal);
    }

    [SkippableFact]
    public async Task Record_PicksThatCannotBe_SaysWhyAndStoresNothing()
    {
        var (study, rater, id) = await OneItemAsync();
        var good = study.Draft(id, 1, 2);

        (VoteDraft Draft, string Why)[] cases =
        [
            (study.Draft(id, 3, 3), "cannot be the worst too"),
            (study.Draft(id, 0, 2), "places from 1 to 5"),
            (study.Draft(id, 1, 6), "places from 1 to 5"),
            (study.Draft(id, 1, 2, 6), "flagged are places from 1 to 5"),
            (study.Draft(id, 1, 2, 3, 3), "flagged once"),
            (good with { Picks = null, Answers = [] }, "tell the best and the worst"),
            (good with { Picks = null, Choice = Choice.Tie, DecodedAt = null, DecodedLeftAt = good.DecodedAt, DecodedRightAt = good.DecodedAt }, "it has no sides"),
        ];

        foreach (var (draft, why) in cases)
        {
            var answer = await Votes.RecordAsync(rater, Guid.CreateVersion7(), draft);
            Assert.Equal(Refusal.Faulty, answer.Refusal);
            Assert.Contains(why, answer.Fault, StringComparison.Ordinal);
        }
        Assert.Equal(0, await CountAsync("vote"));
        Assert.Equal(0, await CountAsync("vote_pick"));
    }

    [SkippableFact]
    public async Task Withdraw_AfterPicks_ErasesThem()
    {
        var (study, rater, id) = await OneItemAsync();
        await Votes.RecordAsync(rater, Guid.CreateVersion7(), study.Draft(id, 1, 2, 1));

        Assert.Equal(1, await new WithdrawalStore(Writer, Clock).WithdrawAsync(rater));

        Assert.Equal((0, 0), (await CountAsync("vote_pick"), await CountAsync("vote_flagged_image")));
    }

    [SkippableTheory]
    [InlineData("UPDATE vote_pick SET worst_image_id = worst_image_id")]
    [InlineData("DELETE FROM vote_pick")]
    [InlineData("DELETE FROM vote_flagged_image")]
    public async Task Pick_Changed_IsRefused(string sql)
    {
        var (study, rater, id) = await OneItemAsync();
        await Votes.RecordAsync(rater, Guid.CreateVersion7(), study.Draft(id, 1, 2, 1));
        await using var connection = await Db.OpenAsync();

        var error = await Assert.ThrowsAnyAsync<DbException>(() => connection.ExecuteAsync(sql));

        Assert.Contains("append-only", error.Message, StringComparison.Ordinal);
    }

    [SkippableFact]
    public async Task Freeze_Picks_MakesAPairOfChosenAndRejected()
    {
        var (study, rater, id) = await OneItemAsync();
        await Votes.RecordAsync(rater, Guid.CreateVersion7(), study.Draft(id, 1, 2));
        var sets = new PreferenceSetStore(Db, new ComparisonStore(Db), Picks, new AskedImageStore(Db), Clock);
        var pick = Assert.Single(await Picks.ListAsync(study.Study.StudyId));

        var set = await sets.FreezeAsync("First", study.Study.StudyId, AxisRule.Preference, VoteSource.Real, createdByAccountId: null);

        var pair = Assert.Single(await sets.ListPairsAsync(set));
        Assert.Equal((pick.BestImageId, pick.WorstImageId, 1, 1, 1.0, Axis.Preference), (pair.ChosenImageId, pair.RejectedImageId, pair.VotesChosen, pair.VotesRejected, pair.Weight, pair.Axis));
        Assert.Equal(AxisRule.Preference, (await sets.FindAsync(set))!.AxisRule);
    }

    [SkippableFact]
    public async Task ListItems_TwoSystems_TakesThemInTurn()
    {
        var study = await PreferenceStudy.AddAsync(Seeds, Db, Clock, prompts: 2);

        var images = await Picks.ListImagesAsync(study.Study.StudyId);

        Assert.Equal([3, 2], images.GroupBy(image => image.ComparisonId).Select(item => item.Count(image => image.SystemId == study.Study.SystemAId)));
    }

    private async Task<(PreferenceStudy Study, RaterSession Rater, Guid AssignmentId)> OneItemAsync()
    {
        var study = await PreferenceStudy.AddAsync(Seeds, Db, Clock);
        var rater = await study.AddRaterAsync();
        var id = (await Assignments.TakeAsync(rater, ahead: 1, new Random(1))).Pairs[0].AssignmentId;
        await Sheets.ListHeldAsync(rater, new Random(1));
        return (study, rater, id);
    }

    /// <summary>Hashes of the images as the rater sees them.</summary>
    private async Task<List<string>> ShownAsync(RaterSession rater, Guid assignmentId, int images)
    {
        var shown = new List<string>();
        for (var place = 1; place <= images; place++)
            shown.Add((await Sheets.FindImageAsync(rater, assignmentId, place))!);
        return shown;
    }
}
