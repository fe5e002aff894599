using Bunit;
using Microsoft.Extensions.DependencyInjection;
using PixelPost.EvalPortal.Rounds;
using PixelPost.EvalPortal.Studies;
using PixelPost.EvalPortal.Systems;
using PixelPost.EvalPortal.Tests.Rounds;
using PixelPost.EvalPortal.TrainingJobs;
using PixelPost.Training.Contracts;

namespace PixelPost.EvalPortal.Tests.Systems;

/// <summary>The registry of models, and images drawn with one of them.</summary>
public sealed class ModelPagesTests : LoopPageTests
{
    protected override IServiceProvider Build(Action<IServiceCollection> addPortal) => base.Build(services =>
    {
        addPortal(services);
        services.AddTransient<NewModelSession>();
    });

    [Fact]
    public async Task Model_ThatWasTrained_ShowsWhereItIsFromAndWhatStandsOnIt()
    {
        await Seeds.VoteAsync(Study, 1, Axis.Flaws, "a");
        var job = await TrainAsync();
        await SucceedAsync();
        var tuned = (await Get<ModelStore>().FindByJobAsync(job))!;

        var page = OpenModel(tuned.ModelId);
        Assert.Equal([$"/models/{Base.ModelId}", $"/jobs/{job}", "/preference-sets/1"], page.FindAll(".facts a").Select(link => link.GetAttribute("href")));
        Assert.Contains("No study has judged its images yet.", page.Markup, StringComparison.Ordinal);
        Assert.NotEmpty(page.FindAll(".lineage-graph [aria-current=page]"));

        page = OpenModel(Base.ModelId);
        Assert.Contains("It cannot be removed, because these stand on it:", page.Markup, StringComparison.Ordinal);
        Assert.Equal([$"/jobs/{job}", $"/models/{tuned.ModelId}", "/systems", "/systems"], page.FindAll(".plain-list")[^1].QuerySelectorAll("a").Select(link => link.GetAttribute("href")));
        Assert.Equal([$"/studies/{Study.StudyId}/results", $"/studies/{Study.StudyId}/results"], page.FindAll(".plain-list")[0].QuerySelectorAll("a").Select(link => link.GetAttribute("href")));
        Assert.False(HasButton(page, "Remove"));
    }

    [Fact]
    public async Task Remove_OnlyOnceItsNameIsTyped_DeletesTheFiles()
    {
        var model = await AddModelAsync("unused");
        var page = OpenModel(model.ModelId);
        Assert.True(Button(page, "Remove").HasAttribute("disabled"));

        await Input(page, "Name of the model").InputAsync("unused");
        await Button(page, "Remove").ClickAsync();

        Assert.Equal("/models", Address);
        Assert.Null(await Get<ModelStore>().FindAsync(model.ModelId));
        Assert.False(Directory.Exists(Get<DataFolder>().Resolve(model.Folder)));
    }

    [Fact]
    public async Task Licence_Saved_IsShownInTheList()
    {
        var page = OpenModel(Base.ModelId);

        await Input(page, "Licence").ChangeAsync("MIT");
        await Button(page, "Save").ClickAsync();

        Assert.Equal("MIT", Open<ModelsPage>("/models", _ => { }).Find("td[data-label=Licence]").TextContent);
    }

    [Fact]
    public async Task NewModel_OnTheServer_IsAddedAndOpened()
    {
        ModelFiles.WriteFolder(Path.Combine(Get<DataFolder>().Import, "source"));
        var page = Open<NewModelPage>("/models/new", _ => { });

        await page.Find(".found button").ClickAsync(new());
        await Input(page, "Name of the model").ChangeAsync("from a folder");
        await Button(page, "Add model").ClickAsync();

        await page.WaitForAssertionAsync(() => Assert.StartsWith("/models/", Address, StringComparison.Ordinal));
        Assert.Equal("from a folder", (await Get<ModelStore>().ListAsync())[0].Name);
    }

    [Fact]
    public async Task NewModel_ThatIsNone_IsASentenceAndTheFormStays()
    {
        var page = Open<NewModelPage>("/models/new", _ => { });

        await Input(page, "Folder or zip on the server").ChangeAsync("/etc");
        await Input(page, "Name of the model").ChangeAsync("x");
        await Button(page, "Add model").ClickAsync();

        await page.WaitForAssertionAsync(() => Assert.Contains("Folders may be brought in from", page.Find(".mud-alert").TextContent, StringComparison.Ordinal));
        Assert.Equal("x", Input(page, "Name of the model").GetAttribute("value"));
    }

    [Fact]
    public async Task Generate_PromptsTimesSeeds_IsAJobWhoseImagesCanBeStudied()
    {
        var page = Open<GeneratePage>($"/models/{Base.ModelId}/generate", p => p.Add(x => x.ModelId, Base.ModelId));
        await Input(page, "Seeds").ChangeAsync("5, 6");
        Assert.Contains("6 images.", page.Markup, StringComparison.Ordinal);
        await Input(page, "Name of the images").ChangeAsync("new images");
        await Button(page, "Generate images").ClickAsync();

        var job = Assert.Single(await Get<JobStore>().ListAsync());
        Assert.Equal(($"/jobs/{job.JobId}", JobKind.Sample, Base.ModelId, "new images"), (Address, job.Kind, job.ModelId, job.Name));
        Assert.Equal(
            [("a fox", 5L), ("a fox", 6L), ("a hen", 5L), ("a hen", 6L), ("a cat", 5L), ("a cat", 6L)],
            ContractJson.ReadLines<PromptLine>(Folder(job).Prompts).Select(line => (line.Value.Prompt, line.Value.Seed)));

        await SucceedAsync();
        var system = (await Get<SystemStore>().FindByJobAsync(job.JobId))!;
        Assert.Equal(("new images", Base.ModelId, 6), (system.Name, system.ModelId!.Value, system.ImageCount));
        var jobPage = Open<JobPage>($"/jobs/{job.JobId}", p => p.Add(x => x.JobId, job.JobId));
        Assert.Equal($"/studies/new?a={system.SystemId}", Button(jobPage, "New study of these images").GetAttribute("href"));
    }

    [Theory]
    [InlineData("some", "pictures", "'some' is not a whole number")]
    [InlineData("1", "base, seed 1", "There is a system called 'base, seed 1' already")]
    [InlineData("1", " ", "Give the images a name.")]
    public async Task Generate_UnusableForm_IsASentenceAndNoJob(string seeds, string name, string sentence)
    {
        var page = Open<GeneratePage>($"/models/{Base.ModelId}/generate", p => p.Add(x => x.ModelId, Base.ModelId));
        await Input(page, "Seeds").ChangeAsync(seeds);
        await Input(page, "Name of the images").ChangeAsync(name);

        await Button(page, "Generate images").ClickAsync();

        Assert.Contains(sentence, page.Find(".mud-alert").TextContent, StringComparison.Ordinal);
        Assert.Empty(await Get<JobStore>().ListAsync());
    }

    [Fact]
    public void Pages_OfModelsThatAreNotThere_SaySo()
    {
        Assert.Contains("There is no such model", OpenModel(99).Markup, StringComparison.Ordinal);
        Assert.Contains("There is no such model", Open<GeneratePage>("/models/99/generate", p => p.Add(x => x.ModelId, 99)).Markup, StringComparison.Ordinal);
    }

    private IRenderedComponent<ModelPage> OpenModel(long id) => Open<ModelPage>($"/models/{id}", p => p.Add(x => x.ModelId, id));
}
