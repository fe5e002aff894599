using PixelPost.EvalPortal.Database;
using PixelPost.EvalPortal.Studies;
using PixelPost.EvalPortal.Tests.Database;

namespace PixelPost.EvalPortal.Tests.Studies;

public sealed class StudyStoreOnSqlite() : StudyStoreTests(DatabaseKind.Sqlite);

public sealed class StudyStoreOnPostgres() : StudyStoreTests(DatabaseKind.Postgres);

public abstract class StudyStoreTests(DatabaseKind kind) : DatabaseTests(kind)
{
    private StudyStore Studies => new(Db, Clock);
    private ComparisonStore Comparisons => new(Db);

    [SkippableFact]
    public async Task Add_Draft_IsFoundByIdLinkAndName()
    {
        var (a, b) = await Seeds.SystemsAsync("a fox", "a hen");
        var draft = await Seeds.DraftAsync(a, b) with { Language = "ar" };

        var id = await Studies.AddAsync(draft);

        var study = (await Studies.FindAsync(id))!;
        Assert.Equal(("ar", "ar"), (study.Language, await Studies.FindLanguageAsync(study.LinkToken)));
        Assert.Null(await Studies.FindLanguageAsync("nonsense"));
        Assert.Equal((StudyState.Draft, a, b, 3), (study.State, study.SystemAId, study.SystemBId, study.VotesPerComparison));
        Assert.Equal(draft.Axes, study.Axes);
        Assert.Equal(id, (await Studies.FindByLinkAsync(study.LinkToken))!.StudyId);
        Assert.Equal(id, (await Studies.FindByNameAsync(draft.Name))!.StudyId);
        Assert.Null(await Studies.FindByLinkAsync("nonsense"));
    }

    [SkippableFact]
    public async Task Add_TwoStudies_HaveLinksOfTheirOwn()
    {
        var first = await Seeds.StudyAsync("a fox");
        var second = await Seeds.StudyAsync("a hen");

        Assert.NotEqual(first.LinkToken, second.LinkToken);
        var listed = await Studies.ListAsync();
        Assert.Equal([second.StudyId, first.StudyId], listed.Select(study => study.StudyId));
        Assert.All(listed, study => Assert.Equal([Axis.Flaws, Axis.Appeal], study.Axes.Select(axis => axis.Axis)));
    }

    [SkippableFact]
    public async Task Add_NameThatIsTaken_IsRefusedWhole()
    {
        var (a, b) = await Seeds.SystemsAsync("a fox");
        var draft = await Seeds.DraftAsync(a, b);
        await Studies.AddAsync(draft);

        await Assert.ThrowsAsync<RefusedException>(() => Studies.AddAsync(draft));

        Assert.Single(await Studies.ListAsync());
    }

    [SkippableFact]
    public async Task Add_NothingToJudge_Throws()
    {
        var (a, b) = await Seeds.SystemsAsync("a fox");
        var draft = await Seeds.DraftAsync(a, b);

        await Assert.ThrowsAsync<ArgumentException>(() => Studies.AddAsync(draft with { Pairs = [] }));
        await Assert.ThrowsAsync<ArgumentException>(() => Studies.AddAsync(draft with { Axes = [] }));
    }

    [SkippableFact]
    public async Task SetState_ThroughItsLife_RemembersWhen()
    {
        var (a, b) = await Seeds.SystemsAsync("a fox");
        var id = await Studies.AddAsync(await Seeds.DraftAsync(a, b));
        var opened = Clock.GetUtcNow();

        await Studies.SetStateAsync(id, StudyState.Running);
        Clock.Advance(TimeSpan.FromHours(1));
        await Studies.SetStateAsync(id, StudyState.Paused);
        await Studies.SetStateAsync(id, StudyState.Running);
        await Studies.SetStateAsync(id, StudyState.Closed);

        var study = (await Studies.FindAsync(id))!;
        Assert.Equal((StudyState.Closed, opened, Clock.GetUtcNow()), (study.State, study.OpenedAt, study.ClosedAt));
    }

    [SkippableTheory]
    [InlineData(StudyState.Draft)]
    [InlineData(StudyState.Paused)]
    [InlineData(StudyState.Closed)]
    public async Task SetState_FromDraftToAnythingButRunning_IsRefused(StudyState state)
    {
        var (a, b) = await Seeds.SystemsAsync("a fox");
        var id = await Studies.AddAsync(await Seeds.DraftAsync(a, b));

        await Assert.ThrowsAsync<RefusedException>(() => Studies.SetStateAsync(id, state));

        Assert.Equal(StudyState.Draft, (await Studies.FindAsync(id))!.State);
    }

    [SkippableFact]
    public async Task SetState_ClosedStudy_StaysClosed()
    {
        var study = await Seeds.StudyAsync("a fox");
        await Studies.SetStateAsync(study.StudyId, StudyState.Closed);

        await Assert.ThrowsAsync<RefusedException>(() => Studies.SetStateAsync(study.StudyId, StudyState.Running));
    }

    [SkippableFact]
    public async Task ListComparisons_OfAStudy_HavePromptAndBothImages()
    {
        var study = await Seeds.StudyAsync("a fox", "a hen");

        var comparisons = await Comparisons.ListAsync(study.StudyId);

        Assert.Equal([(1, "a fox"), (2, "a hen")], comparisons.Select(c => (c.Position, c.Prompt)));
        Assert.Equal(4, comparisons.SelectMany(c => (string[])[c.ImageASha256, c.ImageBSha256]).Distinct().Count());
        Assert.Equal(comparisons[1], await Comparisons.FindAsync(comparisons[1].ComparisonId));
    }

    [SkippableFact]
    public async Task PairUp_SystemsOfTheSameSeeds_MeetSeedBySeed()
    {
        var set = await Seeds.PromptSetAsync("a fox", "a hen");
        var a = await Seeds.SystemAsync(set, seeds: [7, 3]);
        var b = await Seeds.SystemAsync(set, seeds: [3, 7, 9]);
        var images = new EvalPortal.Images.ImageStore(Db, Clock);
        var seedOf = (await images.ListAsync(a)).Concat(await images.ListAsync(b)).ToDictionary(image => image.ImageId, image => image.Seed);

        var pairs = await Comparisons.PairUpAsync(a, b);

        Assert.Equal([(3L, 3L), (7L, 7L), (3L, 3L), (7L, 7L)], pairs.Select(pair => (seedOf[pair.ImageAId]!.Value, seedOf[pair.ImageBId]!.Value)));
        Assert.Equal(2, pairs.Select(pair => pair.PromptId).Distinct().Count());
    }
}
