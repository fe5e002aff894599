using System.Security.Claims;
using Bunit;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.DependencyInjection;
using MudBlazor;
using MudBlazor.Services;
using PixelPost.EvalPortal.Accounts;
using PixelPost.EvalPortal.Dashboards;
using PixelPost.EvalPortal.Database;
using PixelPost.EvalPortal.Images;
using PixelPost.EvalPortal.Library;
using PixelPost.EvalPortal.Participants;
using PixelPost.EvalPortal.Plans;
using PixelPost.EvalPortal.Presets;
using PixelPost.EvalPortal.Rating;
using PixelPost.EvalPortal.Rounds;
using PixelPost.EvalPortal.Studies;
using PixelPost.EvalPortal.Systems;
using PixelPost.EvalPortal.Tests.Database;

namespace PixelPost.EvalPortal.Tests.Studies;

public sealed class StudyPagesTests() : DatabaseTests(DatabaseKind.Sqlite)
{
    private readonly BunitContext _browser = new();

    private StudyStore Studies => new(Db, Clock);
    private NavigationManager Navigation => _browser.Services.GetRequiredService<NavigationManager>();

    public override async Task InitializeAsync()
    {
        await base.InitializeAsync();
        var invitations = new InvitationStore(Db, Clock);
        var token = await invitations.AddAsync(Role.Researcher, email: null, createdByAccountId: null, TimeSpan.FromHours(1));
        var account = await invitations.RedeemAsync(token, "ada@example.org", "Ada", "hash");
        _browser.Services.AddMudServices();
        _browser.Services.AddSingleton(Db).AddSingleton<TimeProvider>(Clock);
        _browser.Services.AddSingleton<StudyStore>().AddSingleton<ComparisonStore>().AddSingleton<StudyItems>().AddSingleton<QuestionSetStore>().AddSingleton<SystemStore>().AddSingleton<ImageStore>();
        _browser.Services.AddSingleton<StudyGroupStore>().AddSingleton<StudyMaterialStore>().AddSingleton<DraftCheck>().AddTransient<StudyGroupSession>();
        _browser.Services.AddMemoryCache().AddSingleton<ReportCache>().AddSingleton<ResultsStore>();
        _browser.Services.AddSingleton<PlanStore>().AddTransient<PlanSession>().AddSingleton<PowerDefaultsReader>().AddSingleton<PilotStore>();
        _browser.Services.AddSingleton<ProgressStore>().AddTransient<StudySession>().AddTransient<NewStudySession>().AddSingleton<LineageStore>();
        _browser.Services.AddSingleton<DbWriter>().AddSingleton<LossLedgerStore>();
        _browser.Services.AddSingleton(new ParticipantKey(new byte[32])).AddSingleton<StudyEntryStore>().AddSingleton<RaterInvitationStore>();
        _browser.JSInterop.Mode = JSRuntimeMode.Loose;
        _browser.AddAuthorization().SetAuthorized("Ada").SetClaims(new Claim(ClaimTypes.NameIdentifier, $"{account}"));
        _browser.Render<MudPopoverProvider>();
    }

    public override async Task DisposeAsync()
    {
        await _browser.DisposeAsync();
        await base.DisposeAsync();
    }

    [Fact]
    public async Task List_Studies_LinksToEachWithItsProgress()
    {
        var study = await Seeds.StudyAsync("a fox");
        await Seeds.VoteAsync(study, 1, Axis.Flaws, "a");
        await Seeds.VoteAsync(study, 1, Axis.Flaws, "a", simulated: true);

        var page = _browser.Render<StudiesPage>();

        Assert.Equal(study.Name, page.Find($"a[href='/studies/{study.StudyId}']").TextContent);
        Assert.Contains("1 of 6 votes, and 1 simulated", page.Markup, StringComparison.Ordinal);
    }

    [Fact]
    public void List_NoStudy_OffersToMakeOne()
    {
        var page = _browser.Render<StudiesPage>();

        Assert.Contains("There is no study yet", page.Markup, StringComparison.Ordinal);
        Assert.NotNull(page.Find("a[href='/studies/new']"));
    }

    [Fact]
    public async Task Create_NamedStudyOfTwoSystems_MakesADraftWithItsPairs()
    {
        var (a, b) = await Seeds.SystemsAsync("a fox", "a hen");
        Navigation.NavigateTo($"/studies/new?a={a}&b={b}");
        var page = _browser.Render<NewStudyPage>();
        Assert.Contains("2 comparisons", page.Markup, StringComparison.Ordinal);

        page.Find("input[type=text]").Change("Round 1");
        page.FindAll("input[type=checkbox]")[0].Change(false); // does not ask about flaws
        await Button(page, "Create study").ClickAsync();

        var study = Assert.Single(await Studies.ListAsync());
        Assert.EndsWith($"/studies/{study.StudyId}", Navigation.Uri, StringComparison.Ordinal);
        Assert.Equal(("Round 1", StudyState.Draft, a, b), (study.Name, study.State, study.SystemAId, study.SystemBId));
        Assert.Equal(Axis.Appeal, Assert.Single(study.Axes).Axis);
        Assert.Equal(2, (await new ComparisonStore(Db).ListAsync(study.StudyId)).Count);
    }

    [Fact]
    public async Task Create_NameInUse_SaysSoAndMakesNothing()
    {
        var taken = await Seeds.StudyAsync("a fox");
        Navigation.NavigateTo($"/studies/new?a={taken.SystemAId}&b={taken.SystemBId}");
        var page = _browser.Render<NewStudyPage>();

        page.Find("input[type=text]").Change(taken.Name);
        await Button(page, "Create study").ClickAsync();

        Assert.Contains("There is a study called", page.Find(".mud-alert").TextContent, StringComparison.Ordinal);
        Assert.Single(await Studies.ListAsync());
    }

    [Fact]
    public async Task Create_NothingFilledIn_SaysWhatIsMissing()
    {
        await Seeds.SystemsAsync("a fox");
        var page = _browser.Render<NewStudyPage>();

        await Button(page, "Create study").ClickAsync();

        Assert.Equal(["Give the study a name.", "Choose two systems."], page.FindAll(".mud-alert-message div").Select(fault => fault.TextContent));
    }

    [Fact]
    public async Task New_SystemsWithUnequalPrompts_WarnsWhatIsLeftOut()
    {
        var (a, b) = (await Seeds.SystemAsync(await Seeds.PromptSetAsync("a fox"), [1]), await Seeds.SystemAsync(await Seeds.PromptSetAsync("a hen"), [1]));
        Navigation.NavigateTo($"/studies/new?a={a}&b={b}");

        var page = _browser.Render<NewStudyPage>();

        Assert.Contains("no images for the same prompts", page.Find("[role=status]").TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Create_PresetOfThePaper_MakesLinkedStudiesThatStandTogether()
    {
        var (a, b) = await Seeds.SystemsAsync("a fox", "a hen");
        Navigation.NavigateTo($"/studies/new?preset=pixel-space&a={a}&b={b}");
        var page = _browser.Render<NewStudyPage>();

        page.Find("input[type=text]").Change("Paper");
        await Button(page, "Create studies").ClickAsync();
        Assert.Equal(
            [
                "Alignment: Choose what raters are asked.",
                "Preference: No prompt has 5 images of the system: show fewer at once, or choose other systems.",
            ],
            page.FindAll(".mud-alert-message div").Select(fault => fault.TextContent));
        foreach (var part in (string[])["Alignment", "Preference"])
            page.Find($"section[aria-label='{part}'] input[type=checkbox]").Change(false);
        await Button(page, "Create studies").ClickAsync();

        var studies = (await Studies.ListAsync()).Reverse().ToList();
        Assert.EndsWith($"/groups/{studies[0].StudyGroupId}", Navigation.Uri, StringComparison.Ordinal);
        Assert.Equal(["Paper: flaws", "Paper: appeal"], studies.Select(study => study.Name));
        Assert.All(studies, study => Assert.Equal((5, false), (study.VotesPerComparison, Assert.Single(study.Axes).PromptVisible)));

        var list = _browser.Render<StudiesPage>();
        var together = list.FindAll("tbody").Single();
        Assert.Equal("Paper", together.QuerySelector("th a")!.TextContent);
        Assert.Equal(["Paper: flaws", "Paper: appeal"], together.QuerySelectorAll("td a").Select(link => link.TextContent));

        var group = _browser.Render<StudyGroupPage>(p => p.Add(one => one.GroupId, studies[0].StudyGroupId!.Value));
        Assert.Contains("has more that was not made: alignment, preference.", group.Markup, StringComparison.Ordinal);
        Assert.Equal(["2 deviations", "1 deviation"], group.FindAll("td[data-label=Preset]").Select(cell => cell.TextContent)); // 2 prompts of 600, no training
        await Button(group, "Open all for raters").ClickAsync();
        await Button(group, "Open them").ClickAsync();
        Assert.All(await Studies.ListAsync(), study => Assert.Equal(StudyState.Running, study.State));
    }

    [Fact]
    public async Task Create_Leaderboard_MakesAStudyForEveryTwoSystems()
    {
        var set = await Seeds.PromptSetAsync("a fox", "a hen");
        foreach (var seed in (int[])[1, 2, 3])
            await Seeds.SystemAsync(set, [seed]);
        Navigation.NavigateTo("/studies/new?preset=leaderboard");
        var page = _browser.Render<NewStudyPage>();

        page.Find("input[type=text]").Change("Board");
        await Button(page, "Create studies").ClickAsync();
        Assert.Contains("Choose 3 to 8 systems", page.Find(".mud-alert").TextContent, StringComparison.Ordinal);
        for (var i = 0; i < 3; i++)
            page.FindAll("fieldset input")[i].Change(true);
        Assert.Contains("3 linked studies, one for every two systems, with 6 comparisons in all.", page.Find("fieldset + [role=status]").TextContent, StringComparison.Ordinal);
        Assert.Contains("30 votes in all.", page.Markup, StringComparison.Ordinal);
        await Button(page, "Create studies").ClickAsync();

        var studies = await Studies.ListAsync();
        Assert.Equal(3, studies.Count);
        Assert.Equal(3, studies.Select(study => (study.SystemAId, study.SystemBId)).Distinct().Count());
        Assert.All(studies, study => Assert.Equal(("leaderboard/two", Axis.Appeal), (study.Preset, Assert.Single(study.Axes).Axis)));
        var group = _browser.Render<StudyGroupPage>(p => p.Add(one => one.GroupId, studies[0].StudyGroupId!.Value));
        Assert.Contains("Ranking by appeal", group.Markup, StringComparison.Ordinal);
        Assert.Contains("No person has voted yet.", group.Markup, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Overview_StudyOfAPreset_ListsItsDeviations()
    {
        var (a, b) = await Seeds.SystemsAsync("a fox");
        var id = await Studies.AddAsync(await Seeds.DraftAsync(a, b) with { Preset = "two-models" });

        var page = Overview(id);

        var rows = page.FindAll("#preset ~ .mud-simple-table")[0].QuerySelectorAll("tbody tr")
            .Select(row => string.Join('|', row.Children.Select(cell => cell.TextContent.Trim()))).ToList();
        Assert.Contains("Prompt with the question about appeal|hidden|shown", rows);
        Assert.Contains("Votes per comparison|at least 5|3", rows);
        Assert.DoesNotContain("id=\"preset\"", Overview((await Seeds.StudyAsync("a hen")).StudyId).Markup, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Clone_OfAStudy_BeginsWithItsSettings()
    {
        var original = await Seeds.StudyAsync("a fox", "a hen");
        Assert.NotNull(Overview(original.StudyId).Find($"a[href='/studies/new?from={original.StudyId}']"));
        Navigation.NavigateTo($"/studies/new?from={original.StudyId}");
        var page = _browser.Render<NewStudyPage>();

        Assert.Equal($"{original.Name}, copy", page.Find("input[type=text]").GetAttribute("value"));
        await Button(page, "Create study").ClickAsync();

        var copy = (await Studies.ListAsync())[0];
        Assert.EndsWith($"/studies/{copy.StudyId}", Navigation.Uri, StringComparison.Ordinal);
        Assert.Equal(original.Axes, copy.Axes);
        Assert.Equal(
            original with { Axes = [] },
            copy with { Axes = [], StudyId = original.StudyId, Name = original.Name, LinkToken = original.LinkToken, State = original.State, OpenedAt = original.OpenedAt, CreatedByAccountId = null });
    }

    [Fact]
    public async Task Create_WithPlannedNumber_WritesAPlanDownAndACloneTakesItOver()
    {
        var (a, b) = await Seeds.SystemsAsync("a fox", "a hen");
        Navigation.NavigateTo($"/studies/new?a={a}&b={b}");
        var page = _browser.Render<NewStudyPage>();
        // 2 comparisons of 5 votes by 20 raters: 10 votes, worth 10/(1 + 4 × 0.4) = 3.85 of 0.45 ties; nothing can be found
        Assert.Contains("they say as much as 4 independent ones (design effect 2.60)", page.Markup, StringComparison.Ordinal);
        Assert.Contains("too few to find anything", page.Markup, StringComparison.Ordinal);

        page.Find("input[type=text]").Change("Round 1");
        Planned(page).Change("600");
        Assert.Contains("600 comparisons with 5 votes each are 3,000 votes.", page.Markup, StringComparison.Ordinal);
        await Button(page, "Create study").ClickAsync();

        var plans = new PlanStore(Db, Clock);
        var study = Assert.Single(await Studies.ListAsync());
        var plan = Assert.Single(await plans.ListAsync(study.StudyId));
        Assert.Null(plan.LockedAt);
        Assert.Equal((600, 20, 0.4), (plan.Plan.PlannedComparisons!.Value, plan.Plan.Power!.Raters, plan.Plan.Power.PromptCorrelation));
        Assert.Equal([Axis.Flaws, Axis.Appeal], plan.Plan.Family);

        Navigation.NavigateTo($"/studies/new?from={study.StudyId}");
        var copy = _browser.Render<NewStudyPage>();
        Assert.Equal("600", Planned(copy).GetAttribute("value"));
        copy.FindAll("input[type=checkbox]")[0].Change(false); // does not ask about flaws
        await Button(copy, "Create study").ClickAsync();
        Assert.Equal([Axis.Appeal], Assert.Single(await plans.ListAsync((await Studies.ListAsync())[0].StudyId)).Plan.Family);

        static AngleSharp.Dom.IElement Planned(IRenderedComponent<NewStudyPage> form) => form.FindComponent<PowerForm>().FindAll("input")[0];
    }

    [Fact]
    public async Task Plan_WrittenLockedAndAmended_StandsWithHashAndReasons()
    {
        var study = await Seeds.StudyAsync("a fox", "a hen");
        var page = _browser.Render<PlanPage>(p => p.Add(one => one.StudyId, study.StudyId));

        page.FindAll("fieldset input")[0].Change(false); // flaws is outside the family
        await Button(page, "Save plan").ClickAsync();
        Assert.Contains("Saved, not locked.", page.Markup, StringComparison.Ordinal);
        await Button(page, "Lock plan").ClickAsync();
        Assert.Null((await new PlanStore(Db, Clock).FindLockedAsync(study.StudyId))?.LockedAt); // asked for once more
        await Button(page, "Lock it for good").ClickAsync();

        var locked = (await new PlanStore(Db, Clock).FindLockedAsync(study.StudyId))!;
        Assert.Equal([Axis.Appeal], locked.Plan.Family);
        Assert.Contains(locked.Sha256!, page.Markup, StringComparison.Ordinal);
        Assert.Contains("by Ada, before the first vote.", page.Markup, StringComparison.Ordinal);
        Assert.DoesNotContain(page.FindAll("button"), button => button.TextContent.Trim() is "Save plan" or "Lock plan");

        await Seeds.VoteAsync(study, 1, Axis.Flaws, "a");
        await Button(page, "Amend").ClickAsync();
        page.FindAll("fieldset input")[0].Change(true);
        await Button(page, "Add amendment").ClickAsync();
        Assert.Contains("Say why the plan is amended", page.Find(".mud-alert").TextContent, StringComparison.Ordinal);
        page.FindAll("textarea").Last(area => area.GetAttribute("readonly") is null).Change("Flaws matter as well.");
        await Button(page, "Add amendment").ClickAsync();

        Assert.Contains("Version 2 is in force", page.Markup, StringComparison.Ordinal);
        Assert.Contains("when 1 vote of people was in", page.Markup, StringComparison.Ordinal);
        Assert.Contains("Flaws matter as well.", page.Markup, StringComparison.Ordinal);
        Assert.Contains(locked.Sha256!, page.Find("details").InnerHtml, StringComparison.Ordinal); // the one before stays
    }

    [Fact]
    public async Task Plan_ClosedStudyWithoutOne_SaysSo()
    {
        var study = await Seeds.StudyAsync("a fox");
        await Studies.SetStateAsync(study.StudyId, StudyState.Closed);

        var page = _browser.Render<PlanPage>(p => p.Add(one => one.StudyId, study.StudyId));

        Assert.Contains("no plan was locked", page.Markup, StringComparison.Ordinal);
        Assert.Empty(page.FindAll("button"));
    }

    [Fact]
    public async Task Overview_MakeAPilot_MakesAMarkedStudyThatTheDraftShows()
    {
        var (a, b) = await Seeds.SystemsAsync("a fox", "a hen", "a cat");
        var id = await Studies.AddAsync(await Seeds.DraftAsync(a, b));
        var page = Overview(id);

        page.FindComponent<PilotSection>().Find("input").Change("2");
        await Button(page, "Make a pilot").ClickAsync();

        var pilot = (await Studies.ListAsync())[0];
        Assert.EndsWith($"/studies/{pilot.StudyId}", Navigation.Uri, StringComparison.Ordinal);
        var tried = Overview(pilot.StudyId);
        Assert.Equal("pilot", tried.Find(".study-title .simulated").TextContent);
        Assert.Contains("0 of 2", tried.Markup, StringComparison.Ordinal);
        Assert.DoesNotContain(tried.FindAll(".tabs a"), link => link.TextContent is "Plan" or "Train from these votes");
        Assert.NotNull(Overview(id).Find($"#pilots ~ .mud-simple-table a[href='/studies/{pilot.StudyId}']"));
        Assert.Single(_browser.Render<StudiesPage>().FindAll(".simulated"));

        await Studies.SetStateAsync(id, StudyState.Running);
        Assert.DoesNotContain(Overview(id).FindAll("button"), button => button.TextContent.Trim() == "Make a pilot");
    }

    [Fact]
    public async Task Overview_Buttons_OpenPauseResumeAndCloseTheStudy()
    {
        var (a, b) = await Seeds.SystemsAsync("a fox");
        var id = await Studies.AddAsync(await Seeds.DraftAsync(a, b));
        var page = Overview(id);

        foreach (var (button, state) in ((string, StudyState)[])[("Open for raters", StudyState.Running), ("Pause", StudyState.Paused), ("Resume", StudyState.Running)])
        {
            await Button(page, button).ClickAsync();
            Assert.Equal(state, (await Studies.FindAsync(id))!.State);
        }

        await Button(page, "Close").ClickAsync();
        Assert.Equal(StudyState.Running, (await Studies.FindAsync(id))!.State); // asked for once more
        await Button(page, "Close it for good").ClickAsync();
        Assert.Equal(StudyState.Closed, (await Studies.FindAsync(id))!.State);
        Assert.DoesNotContain(page.FindAll("button"), button => button.TextContent.Trim() is "Pause" or "Resume" or "Close" or "Open for raters");
    }

    [Fact]
    public async Task Overview_StateChangedElsewhere_SaysWhyNot()
    {
        var study = await Seeds.StudyAsync("a fox");
        var page = Overview(study.StudyId);
        await Studies.SetStateAsync(study.StudyId, StudyState.Closed);

        await Button(page, "Pause").ClickAsync();

        Assert.Contains("cannot become paused", page.Find(".mud-alert").TextContent, StringComparison.Ordinal);
        Assert.Contains("closed", page.Find(".study-state").TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Overview_VoteComesIn_ShowsItWithinASecond()
    {
        var study = await Seeds.StudyAsync("a fox");
        var page = Overview(study.StudyId);
        Assert.Contains("0 of 3 votes", page.Markup, StringComparison.Ordinal);

        await Seeds.VoteAsync(study, 1, Axis.Flaws, "a");
        Clock.Advance(TimeSpan.FromSeconds(1));

        page.WaitForAssertion(() => Assert.Contains("1 of 3 votes", page.Markup, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Overview_BrowsersAndPortalDisagree_SaysWhoseAnswersAreLost()
    {
        var study = await Seeds.StudyAsync("a fox");
        await Seeds.VoteAsync(study, 1, Axis.Flaws, "a");
        var rater = (await new RaterStore(Db, Clock).AddAsync("Firefox")).RaterId;
        var session = await new RaterStore(Db, Clock).ConsentAsync(rater, study.StudyId);
        var (lost, waiting) = (Guid.CreateVersion7(), Guid.CreateVersion7());
        await _browser.Services.GetRequiredService<LossLedgerStore>().StateAsync(session,
        [
            new StatedVote { VoteId = lost, State = StatedState.Received },
            new StatedVote { VoteId = waiting, State = StatedState.Waiting },
        ]);

        var page = Overview(study.StudyId);

        var row = page.FindAll("#ledger ~ .mud-simple-table")[0];
        Assert.Equal(["3", "1", "0", "1, last heard of just now", "0", "1"], row.QuerySelectorAll("tbody td").Select(cell => string.Join(' ', cell.TextContent.Split(default(char[]), StringSplitOptions.RemoveEmptyEntries))));
        Assert.Contains($"vote {lost}", page.Find(".mud-alert").TextContent, StringComparison.Ordinal);
        Assert.DoesNotContain(waiting.ToString(), page.Markup, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Overview_CopyLink_CopiesTheRatersAddress()
    {
        var study = await Seeds.StudyAsync("a fox");
        var page = Overview(study.StudyId);

        await Button(page, "Copy link").ClickAsync();

        var copied = _browser.JSInterop.Invocations["navigator.clipboard.writeText"].Single().Arguments[0];
        Assert.Equal(Navigation.ToAbsoluteUri($"/r/{study.LinkToken}").ToString(), copied);
        Assert.Contains("Copied.", page.Markup, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Overview_ProlificSetUp_GivesTheAddressToPaste()
    {
        var study = await Seeds.StudyAsync("a fox");
        await new StudyEntryStore(Db).SaveAsync(new StudyEntry { StudyId = study.StudyId, OpenLink = false, Panel = PanelKind.Prolific, CompletionCode = "C1" });

        var page = Overview(study.StudyId);

        Assert.Contains("The open link lets nobody in.", page.Markup, StringComparison.Ordinal);
        Assert.Contains("Prolific, any window", page.Markup, StringComparison.Ordinal);
        await Button(page, "Copy address").ClickAsync();
        Assert.Equal(
            Navigation.ToAbsoluteUri($"/r/{study.LinkToken}") + "?PROLIFIC_PID={{%PROLIFIC_PID%}}&STUDY_ID={{%STUDY_ID%}}&SESSION_ID={{%SESSION_ID%}}",
            _browser.JSInterop.Invocations["navigator.clipboard.writeText"].Single().Arguments[0]);
    }

    [Fact]
    public async Task Overview_WindowWithOneSide_SaysWhatIsMissingAndThenSaves()
    {
        var study = await Seeds.StudyAsync("a fox");
        var page = Overview(study.StudyId);
        var form = page.FindComponent<EntryForm>();
        var sides = form.FindAll("input[inputmode=numeric]").Take(2).ToList();

        sides[0].Change("1024");
        await Button(form, "Save").ClickAsync();
        Assert.Contains("both a width and a height", form.Find(".mud-alert").TextContent, StringComparison.Ordinal);
        form.FindAll("input[inputmode=numeric]")[1].Change("700");
        await Button(form, "Save").ClickAsync();

        Assert.Equal("1024 × 700", (await new StudyEntryStore(Db).FindAsync(study.StudyId)).SmallestWindow);
        Assert.Contains("at least 1024 × 700 pixels", page.Markup, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Overview_PersonalLinks_AreMadeCopiedAndRevoked()
    {
        var study = await Seeds.StudyAsync("a fox");
        var page = Overview(study.StudyId);

        await Button(page, "Make personal links").ClickAsync();
        Assert.Contains("10 made, 10 unused, 0 finished", page.Markup, StringComparison.Ordinal);
        await page.Find("button[aria-label='Copy link 3']").ClickAsync();
        await page.Find("button[aria-label='Revoke link 3']").ClickAsync();
        await Button(page, "Copy all unused").ClickAsync();

        var copied = _browser.JSInterop.Invocations["navigator.clipboard.writeText"].Select(call => (string)call.Arguments[0]!).ToList();
        var key = new ParticipantKey(new byte[32]);
        Assert.Equal($"{Navigation.ToAbsoluteUri($"/r/{study.LinkToken}")}?invitation={key.Invitation(study.StudyId, 3)}", copied[0]);
        Assert.Equal(9, copied[1].Split('\n').Length);
        Assert.DoesNotContain(copied[0], copied[1], StringComparison.Ordinal);
        Assert.Contains("10 made, 9 unused, 0 finished", page.Markup, StringComparison.Ordinal);
    }

    private IRenderedComponent<StudyPage> Overview(long studyId) => _browser.Render<StudyPage>(page => page.Add(p => p.StudyId, studyId));

    private static AngleSharp.Dom.IElement Button<T>(IRenderedComponent<T> page, string text) where T : IComponent =>
        page.FindAll("button").First(button => button.TextContent.Trim() == text);
}
