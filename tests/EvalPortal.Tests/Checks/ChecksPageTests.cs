using Bunit;
using Microsoft.Extensions.DependencyInjection;
using MudBlazor;
using MudBlazor.Services;
using PixelPost.EvalPortal.Accounts;
using PixelPost.EvalPortal.Bundles;
using PixelPost.EvalPortal.Checks;
using PixelPost.EvalPortal.Dashboards;
using PixelPost.EvalPortal.Database;
using PixelPost.EvalPortal.Rounds;
using PixelPost.EvalPortal.Studies;
using PixelPost.EvalPortal.Tests.Database;
using PixelPost.EvalPortal.VoteImports;
using PixelPost.Stats;

namespace PixelPost.EvalPortal.Tests.Checks;

public sealed class ChecksPageTests() : DatabaseTests(DatabaseKind.Sqlite)
{
    private readonly BunitContext _browser = new();

    private StudyStore Studies => new(Db, Clock);
    private StudyChecksStore Checks => new(Db, Clock);

    public override async Task InitializeAsync()
    {
        await base.InitializeAsync();
        _browser.Services.AddMudServices();
        _browser.Services.AddSingleton(Db).AddSingleton<TimeProvider>(Clock);
        _browser.Services.AddSingleton<StudyStore>().AddSingleton<ComparisonStore>().AddSingleton<StudyChecksStore>().AddSingleton<LineageStore>().AddSingleton<StudyAccess>().AddSingleton<VoteImportStore>().AddSingleton<BundleStore>();
        _browser.Services.AddStudyPages();
        _browser.JSInterop.Mode = JSRuntimeMode.Loose;
        _browser.Render<MudPopoverProvider>();
    }

    public override async Task DisposeAsync()
    {
        await _browser.DisposeAsync();
        await base.DisposeAsync();
    }

    [Theory]
    [InlineData(0, "This study has started without checks, and they are fixed from then on.")]
    [InlineData(1, "This study has started without gold; of each dozen pairs 1 is shown again to check the rater.")]
    [InlineData(2, "This study has started without gold; of each dozen pairs 2 are shown again to check the rater.")]
    public async Task Page_StartedWithoutGold_IsASentence(int repeats, string sentence)
    {
        var study = await DraftAsync();
        await Checks.SaveAsync(study, new StudyChecks { RepeatsPerDozen = repeats });
        await Studies.SetStateAsync(study, StudyState.Running);

        var page = Open(study);

        Assert.Equal(sentence, page.Find("nav.tabs ~ p").TextContent);
        Assert.Empty(page.FindAll("table, input"));
    }

    [Fact]
    public async Task Page_DraftOrStartedWithGold_HasItsPairs()
    {
        var study = await DraftAsync();
        Assert.NotEmpty(Open(study).FindAll(".gold tbody tr"));

        var comparison = (await new ComparisonStore(Db).ListAllAsync(study))[0];
        await Checks.SetGoldAsync(study, comparison.ComparisonId, Axis.Flaws, Outcome.A);
        await Studies.SetStateAsync(study, StudyState.Running);
        var page = Open(study);

        Assert.Contains("Checks are fixed since the study has started.", page.Markup, StringComparison.Ordinal);
        Assert.NotEmpty(page.FindAll(".gold tbody tr"));
    }

    private IRenderedComponent<ChecksPage> Open(long study) => _browser.Render<ChecksPage>(page => page.Add(p => p.StudyId, study));

    private async Task<long> DraftAsync()
    {
        var (a, b) = await Seeds.SystemsAsync("a fox", "a hen");
        return await Studies.AddAsync(await Seeds.DraftAsync(a, b));
    }
}
