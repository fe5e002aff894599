using System.Security.Claims;
using Bunit;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.DependencyInjection;
using MudBlazor;
using MudBlazor.Services;
using PixelPost.EvalPortal.Accounts;
using PixelPost.EvalPortal.Bundles;
using PixelPost.EvalPortal.Dashboards;
using PixelPost.EvalPortal.Dashboards.Live;
using PixelPost.EvalPortal.Database;
using PixelPost.EvalPortal.Images;
using PixelPost.EvalPortal.Library;
using PixelPost.EvalPortal.Participants;
using PixelPost.EvalPortal.Plans;
using PixelPost.EvalPortal.Presets;
using PixelPost.EvalPortal.Quality;
using PixelPost.EvalPortal.Rating;
using PixelPost.EvalPortal.Rounds;
using PixelPost.EvalPortal.Studies;
using PixelPost.EvalPortal.Systems;
using PixelPost.EvalPortal.Tests.Database;
using PixelPost.EvalPortal.VoteImports;

namespace PixelPost.EvalPortal.Tests.Studies;

/// <summary>The pages of studies in a browser without a portal, for the researcher Ada.</summary>
public abstract class StudyPageTestBase() : DatabaseTests(DatabaseKind.Sqlite)
{
    private protected BunitContext Browser { get; } = new();

    private protected StudyStore Studies => new(Db, Clock);
    private protected NavigationManager Navigation => Browser.Services.GetRequiredService<NavigationManager>();

    public override async Task InitializeAsync()
    {
        await base.InitializeAsync();
        var invitations = new InvitationStore(Db, Clock);
        var token = await invitations.AddAsync(Role.Researcher, email: null, createdByAccountId: null, TimeSpan.FromHours(1));
        var account = await invitations.RedeemAsync(token, "ada@example.org", "Ada", "hash");
        Browser.Services.AddMudServices();
        Browser.Services.AddSingleton(Db).AddSingleton<TimeProvider>(Clock);
        Browser.Services.AddSingleton<StudyStore>().AddSingleton<ComparisonStore>().AddSingleton<StudyItems>().AddSingleton<QuestionSetStore>().AddSingleton<SystemStore>().AddSingleton<ImageStore>();
        Browser.Services.AddSingleton<StudyGroupStore>().AddSingleton<StudyMaterialStore>().AddSingleton<DraftCheck>().AddTransient<StudyGroupSession>();
        Browser.Services.AddMemoryCache().AddSingleton<ReportCache>().AddSingleton<ResultsStore>();
        Browser.Services.AddSingleton<PacedReadings>().AddSingleton<LiveStore>().AddSingleton<StudyAlarms>().AddSingleton<ExclusionStore>().AddTransient<LiveSession>();
        Browser.Services.AddSingleton<PlanStore>().AddTransient<PlanSession>().AddSingleton<PowerDefaultsReader>().AddSingleton<PilotStore>();
        Browser.Services.AddSingleton<ProgressStore>().AddTransient<StudySession>().AddTransient<NewStudySession>().AddSingleton<LineageStore>().AddSingleton<StudyAccess>().AddSingleton<VoteImportStore>().AddSingleton<BundleStore>();
        Browser.Services.AddSingleton<DbWriter>().AddSingleton<LossLedgerStore>();
        Browser.Services.AddSingleton(new ParticipantKey(new byte[32])).AddSingleton<StudyEntryStore>().AddSingleton<RaterInvitationStore>();
        Browser.JSInterop.Mode = JSRuntimeMode.Loose;
        Browser.AddAuthorization().SetAuthorized("Ada").SetClaims(new Claim(ClaimTypes.NameIdentifier, $"{account}"));
        Browser.Render<MudPopoverProvider>();
    }

    public override async Task DisposeAsync()
    {
        await Browser.DisposeAsync();
        await base.DisposeAsync();
    }

    private protected IRenderedComponent<StudyPage> Overview(long studyId)
    {
        var page = Browser.Render<StudyPage>(page => page.Add(p => p.StudyId, studyId));
        // what is read beside the page of a running study is there, so that the page stands still
        if (page.FindAll(".live").Count > 0)
            page.WaitForAssertion(() => Assert.Contains("Alarms: none", page.Find(".live").TextContent, StringComparison.Ordinal), TimeSpan.FromSeconds(30));
        return page;
    }

    private protected static AngleSharp.Dom.IElement Button<T>(IRenderedComponent<T> page, string text) where T : IComponent =>
        page.FindAll("button").First(button => button.TextContent.Trim() == text);
}
