using AngleSharp.Dom;
using Bunit;
using Microsoft.AspNetCore.Components.Forms;
using Microsoft.AspNetCore.Components.Web;
using Microsoft.Extensions.DependencyInjection;
using MudBlazor;
using MudBlazor.Services;
using NetVips;
using PixelPost.EvalPortal.Accounts;
using PixelPost.EvalPortal.Bundles;
using PixelPost.EvalPortal.Dashboards;
using PixelPost.EvalPortal.Database;
using PixelPost.EvalPortal.Guidelines;
using PixelPost.EvalPortal.Images;
using PixelPost.EvalPortal.Rating;
using PixelPost.EvalPortal.Rounds;
using PixelPost.EvalPortal.Studies;
using PixelPost.EvalPortal.Tests.Database;
using PixelPost.EvalPortal.VoteImports;

namespace PixelPost.EvalPortal.Tests.Guidelines;

public sealed class GuidelinesPageTests() : DatabaseTests(DatabaseKind.Sqlite)
{
    private readonly BunitContext _browser = new();
    private readonly DirectoryInfo _data = Directory.CreateTempSubdirectory("pixelpost-guidelines-");
    private Study _study = null!;

    private GuidelineStore Guidelines => new(Db, Clock);

    public override async Task InitializeAsync()
    {
        await base.InitializeAsync();
        _study = await TrainedStudy.AddDraftAsync(Seeds, Db, Clock);
        _browser.Services.AddMudServices();
        _browser.Services.AddSingleton(Db).AddSingleton<TimeProvider>(Clock).AddSingleton(new DataFolder(_data.FullName));
        _browser.Services.AddSingleton<StudyStore>().AddSingleton<LineageStore>().AddSingleton<StudyAccess>().AddSingleton<VoteImportStore>().AddSingleton<BundleStore>().AddSingleton<GuidelineStore>();
        _browser.Services.AddSingleton<TrainingRecordStore>().AddSingleton<ImageFiles>().AddStudyPages();
        _browser.JSInterop.Mode = JSRuntimeMode.Loose;
        _browser.JSInterop.SetupModule("./point.js").Setup<double[]>("size", _ => true).SetResult([200, 100]);
        _browser.Render<MudPopoverProvider>();
    }

    public override async Task DisposeAsync()
    {
        await _browser.DisposeAsync();
        _data.Delete(recursive: true);
        await base.DisposeAsync();
    }

    [Fact]
    public async Task Add_ExampleWithImagesAnswerAndPlace_IsKeptAndShown()
    {
        var page = Open();
        Assert.Contains("raters read the instructions alone", page.Markup, StringComparison.Ordinal);

        await Button(page, "Add example to the guidelines").ClickAsync();
        await SubmitAsync(page);
        Assert.Equal(["Choose two images.", "Say what the right answer is.", "Say why, in a sentence or two: raters read it."], page.FindAll(".mud-alert-message div").Select(Text));

        Upload(page, 0, "not an image"u8.ToArray());
        page.WaitForAssertion(() => Assert.Contains("cannot be read as a PNG, JPEG or WebP image", page.Find(".mud-alert").TextContent, StringComparison.Ordinal));
        Upload(page, 0, Png(1));
        Upload(page, 1, Png(2));
        page.WaitForAssertion(() => Assert.Equal(2, page.FindAll(".point img").Count));
        await page.FindAll("input[type=radio]")[4].ClickAsync(); // after the two questions: left, tie, right
        await page.Find("textarea").ChangeAsync("The eyes are of two sizes.");
        await page.FindAll(".point")[0].ClickAsync(new MouseEventArgs { Detail = 1, OffsetX = 50, OffsetY = 80 });
        Assert.Single(page.FindAll(".point svg"));
        await SubmitAsync(page);

        var example = Assert.Single(await Guidelines.ListAsync(_study.StudyId));
        Assert.Equal((Axis.Flaws, ExampleUse.Guidelines, Choice.Right, "The eyes are of two sizes."), (example.Axis, example.UsedIn, example.Answer, example.Explanation));
        Assert.Equal((Side.Left, 0.25, 0.8), (example.FlawSide, example.FlawX!.Value, example.FlawY!.Value));
        Assert.True(File.Exists(new ImageFiles(new DataFolder(_data.FullName)).PathOf(example.LeftSha256)));
        Assert.Equal(["✗ Worse", "✓ Better"], page.FindAll(".example-list figcaption").Select(Text));
        Assert.Empty(page.FindAll(".example-form"));
    }

    [Fact]
    public async Task Add_ToAQuestionThatShowsPrompts_TakesThePromptToo()
    {
        var page = Open();
        await Button(page, "Add example to the training").ClickAsync();
        Assert.Single(page.FindAll("textarea"));
        await page.FindAll("input[type=radio]")[1].ClickAsync(); // appeal, which shows prompts
        await SubmitAsync(page);
        Assert.Contains("Write down the prompt: raters see it with this question.", page.FindAll(".mud-alert-message div").Select(Text));

        Upload(page, 0, Png(1));
        Upload(page, 1, Png(2));
        page.WaitForAssertion(() => Assert.Equal(2, page.FindAll(".point img").Count));
        await page.FindAll("textarea")[0].ChangeAsync(" a fox ");
        await page.FindAll("textarea")[1].ChangeAsync("The colours are calmer.");
        await page.FindAll("input[type=radio]")[2].ClickAsync();
        await SubmitAsync(page);

        Assert.Equal("a fox", Assert.Single(await Guidelines.ListAsync(_study.StudyId)).Prompt);
        Assert.Equal("“a fox”", Text(page.Find(".example-list bdi").ParentElement!));
    }

    [Fact]
    public async Task Point_ByKey_TakesTheMiddle()
    {
        var example = TrainedStudy.Example(_study, ExampleUse.Training, 1);
        await Guidelines.SaveAsync(example);
        var page = Open();
        await Button(page, "Edit: reason 1").ClickAsync();

        await page.FindAll(".point")[1].ClickAsync(new MouseEventArgs { Detail = 0 });
        await SubmitAsync(page);

        var changed = Assert.Single(await Guidelines.ListAsync(_study.StudyId));
        Assert.Equal(example with { FlawSide = Side.Right, FlawX = 0.5, FlawY = 0.5 }, changed);
    }

    [Fact]
    public async Task MoveDeleteAndPassMark_OfADraft_ChangeIt()
    {
        var examples = Enumerable.Range(1, 3).Select(i => TrainedStudy.Example(_study, ExampleUse.Training, i)).ToList();
        foreach (var example in examples)
            await Guidelines.SaveAsync(example);
        var page = Open();
        Assert.Contains("Who has at least 3 of 3 right goes on.", page.Markup, StringComparison.Ordinal);
        Assert.True(Button(page, "Move up: reason 1").HasAttribute("disabled"));

        await Button(page, "Move down: reason 1").ClickAsync();
        await page.Find(".pass-mark input").ChangeAsync("2");
        Assert.Contains("Who has at least 2 of 3 right goes on.", page.Markup, StringComparison.Ordinal);
        await Button(page, "Delete: reason 3").ClickAsync();
        Assert.Equal(3, (await Guidelines.ListAsync(_study.StudyId)).Count); // asked first
        await page.FindAll("button").Single(button => Text(button) == "Delete it").ClickAsync();

        Assert.Equal([examples[1], examples[0]], await Guidelines.ListAsync(_study.StudyId));
        Assert.Equal(2, await Guidelines.FindPassMarkAsync(_study.StudyId));
    }

    [Fact]
    public async Task StudyThatWasOpened_Page_SaysThatAllIsFixedAndShowsRaters()
    {
        await Guidelines.SaveAsync(TrainedStudy.Example(_study, ExampleUse.Training, 1));
        await new StudyStore(Db, Clock).SetStateAsync(_study.StudyId, StudyState.Running);
        await using var writer = new DbWriter(Db);
        var (raters, training) = (new RaterStore(Db, Clock), new TrainingStore(Db, writer, Clock));
        var (id, _) = await raters.AddAsync("Firefox");
        var session = await raters.ConsentAsync(id, _study.StudyId);
        await training.BeginAsync(session, new Random(1));
        var pair = (await training.ListOpenAsync(session, 1))[0].TrainingPairId;
        await training.AnswerAsync(session, Guid.CreateVersion7(), TrainedStudy.Answer(pair, Choice.Tie, Clock.GetUtcNow()));

        var page = Open();

        Assert.Contains("fixed since the study was opened", page.Markup, StringComparison.Ordinal);
        Assert.DoesNotContain(page.FindAll("button"), button => Text(button) is "Edit" or "Delete" or "Add example");
        Assert.Equal([(await raters.FindAsync(id))!.Pseudonym, "0 of 1", "–", "missed once"], page.FindAll("#raters ~ .mud-simple-table td").Select(Text));
    }

    [Fact]
    public async Task Save_StudyOpenedMeanwhile_SaysWhy()
    {
        await Guidelines.SaveAsync(TrainedStudy.Example(_study, ExampleUse.Training, 1));
        var page = Open();
        await Button(page, "Edit: reason 1").ClickAsync();
        await new StudyStore(Db, Clock).SetStateAsync(_study.StudyId, StudyState.Running);

        await SubmitAsync(page);

        Assert.Contains("fixed once a study has been opened", page.Find(".mud-alert").TextContent, StringComparison.Ordinal);
    }

    private IRenderedComponent<GuidelinesPage> Open() => _browser.Render<GuidelinesPage>(page => page.Add(p => p.StudyId, _study.StudyId));

    private static Task SubmitAsync(IRenderedComponent<GuidelinesPage> page) => page.Find(".example-form").SubmitAsync();

    private static void Upload(IRenderedComponent<GuidelinesPage> page, int side, byte[] file) =>
        page.FindComponents<InputFile>()[side].UploadFiles(InputFileContent.CreateFromBinary(file, "a.png", contentType: "image/png"));

    private static byte[] Png(int number) => (NetVips.Image.Black(16, 8, bands: 3) + number).Cast(Enums.BandFormat.Uchar).Copy(interpretation: Enums.Interpretation.Srgb).PngsaveBuffer();

    private static IElement Button(IRenderedComponent<GuidelinesPage> page, string label) => page.FindAll($"button[aria-label='{label}']").Single();

    private static string Text(INode node) => string.Join(' ', node.TextContent.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
}
