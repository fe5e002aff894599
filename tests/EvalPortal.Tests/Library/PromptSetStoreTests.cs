using PixelPost.EvalPortal.Database;
using PixelPost.EvalPortal.Library;
using PixelPost.EvalPortal.Tests.Database;

namespace PixelPost.EvalPortal.Tests.Library;

public sealed class PromptSetStoreOnSqlite() : PromptSetStoreTests(DatabaseKind.Sqlite);

public sealed class PromptSetStoreOnPostgres() : PromptSetStoreTests(DatabaseKind.Postgres);

public abstract class PromptSetStoreTests(DatabaseKind kind) : DatabaseTests(kind)
{
    private PromptSetStore PromptSets => new(Db, Clock);

    [SkippableFact]
    public async Task Add_Set_KeepsOrderAndText()
    {
        var id = await PromptSets.AddAsync(Animals("'Ein Fuchs', sagt \"sie\"", " Ωmega\ncat "));

        var prompts = await PromptSets.ListPromptsAsync(id);

        Assert.Equal([(1, "'Ein Fuchs', sagt \"sie\"", "animals"), (2, " Ωmega\ncat ", "animals")], prompts.Select(p => (p.Position, p.Text, p.Category!)));
        var set = Assert.Single(await PromptSets.ListAsync());
        Assert.Equal((id, "Animals", "own", "MIT", 2, Clock.GetUtcNow()), (set.PromptSetId, set.Name, set.Source, set.Licence, set.PromptCount, set.CreatedAt));
    }

    [SkippableFact]
    public async Task Add_NameThatIsTaken_IsRefusedWhole()
    {
        await PromptSets.AddAsync(Animals("a fox"));

        var refused = await Assert.ThrowsAsync<RefusedException>(() => PromptSets.AddAsync(Animals("a hen", "a cat")));

        Assert.Contains("'Animals'", refused.Message, StringComparison.Ordinal);
        Assert.Equal(1, Assert.Single(await PromptSets.ListAsync()).PromptCount);
    }

    private static NewPromptSet Animals(params string[] prompts) => new()
    {
        Name = "Animals",
        Source = "own",
        Licence = "MIT",
        Prompts = [.. prompts.Select(text => new NewPrompt(text, "animals"))],
    };

    [SkippableFact]
    public async Task FindTexts_OfSomePrompts_ThoseThatThereAre()
    {
        var prompts = await new PromptSetStore(Db, Clock).ListPromptsAsync(await Seeds.PromptSetAsync("a fox", "a hen", "a dog"));

        var texts = await new PromptSetStore(Db, Clock).FindTextsAsync([prompts[0].PromptId, prompts[2].PromptId, prompts[2].PromptId, 99]);

        Assert.Equal(["a dog", "a fox"], texts.Values.Order());
        Assert.Equal("a dog", texts[prompts[2].PromptId]);
    }

    [SkippableFact]
    public async Task Take_SameSetAgain_ChangesNothingAndAnotherUnderItsNameIsRefused()
    {
        var set = new NewPromptSet { Name = "Birds", Prompts = [new NewPrompt("a hen", "farm", "h"), new NewPrompt("an owl")] };
        var (id, isNew) = await PromptSets.TakeAsync(set);

        Assert.Equal((id, false), await PromptSets.TakeAsync(set));
        await Assert.ThrowsAsync<RefusedException>(() => PromptSets.TakeAsync(set with { Prompts = [new NewPrompt("a hen", "farm", "x"), new NewPrompt("an owl")] }));

        Assert.True(isNew);
        Assert.Equal(["h", null], (await PromptSets.ListPromptsAsync(id)).Select(prompt => prompt.Label));
    }

    [SkippableFact]
    public async Task ListUses_OfASetInAStudy_NamesWhatStandsOnIt()
    {
        var study = await Seeds.StudyAsync("a fox", "a hen");
        var unused = await PromptSets.AddAsync(Animals("a fox"));

        var uses = (await PromptSets.ListUsesAsync()).ToDictionary(use => use.PromptSetId);

        var used = Assert.Single(uses.Values, use => use.PromptSetId != unused);
        Assert.Equal(2, used.Systems.Count);
        Assert.Equal([(study.StudyId, study.Name)], used.Studies);
        Assert.Equal((0, 0, "animals"), (uses[unused].Systems.Count, uses[unused].Studies.Count, Assert.Single(uses[unused].Categories)));
    }
}
