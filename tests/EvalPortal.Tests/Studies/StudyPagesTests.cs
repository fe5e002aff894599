using Bunit;
using Microsoft.Extensions.DependencyInjection;
using PixelPost.EvalPortal.Dashboards.Live;
using PixelPost.EvalPortal.Participants;
using PixelPost.EvalPortal.Rating;
using PixelPost.EvalPortal.Studies;
using PixelPost.EvalPortal.Tests.Database;

namespace PixelPost.EvalPortal.Tests.Studies;

/// <summary>The list of studies and the page of one.</summary>
public sealed class StudyPagesTests : StudyPageTestBase
{
    /// <summary>Somebody else's look at the same page is under way: this one waits for it in the middle of its reading.</summary>
    [Fact]
    public async Task Overview_WhileAnotherReadsTheSame_ShowsNothingAndThenAllOfIt()
    {
        var study = await Seeds.StudyAsync("a fox");
        var (readings, ledger) = (Browser.Services.GetRequiredService<PacedReadings>(), Browser.Services.GetRequiredService<LossLedgerStore>());
        var turn = new TaskCompletionSource();
        var other = readings.ReadAsync(("ledger", study.StudyId), TimeSpan.FromSeconds(30), async cancel =>
        {
            await turn.Task;
            return await ledger.ReadAsync(study.StudyId, cancel);
        });

        var page = Browser.Render<StudyPage>(page => page.Add(p => p.StudyId, study.StudyId));
        Assert.DoesNotContain("Loss ledger", page.Markup, StringComparison.Ordinal);
        turn.SetResult();
        await other;

        page.WaitForAssertion(() => Assert.Contains("Loss ledger", page.Markup, StringComparison.Ordinal), TimeSpan.FromSeconds(30));
    }

    [Fact]
    public async Task List_Studies_LinksToEachWithItsProgress()
    {
        var study = await Seeds.StudyAsync("a fox");
        await Seeds.VoteAsync(study, 1, Axis.Flaws, "a");
        await Seeds.VoteAsync(study, 1, Axis.Flaws, "a", simulated: true);

        var page = Browser.Render<StudiesPage>();

        Assert.Equal(study.Name, page.Find($"a[href='/studies/{study.StudyId}']").TextContent);
        Assert.Contains("1 of 6 votes, and 1 simulated", page.Markup, StringComparison.Ordinal);
    }

    [Fact]
    public void List_NoStudy_OffersToMakeOne()
    {
        var page = Browser.Render<StudiesPage>();

        Assert.Contains("There is no study yet", page.Markup, StringComparison.Ordinal);
        Assert.NotNull(page.Find("a[href='/studies/new']"));
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
    public async Task Overview_MakeAPilot_MakesAMarkedStudyThatTheDraftShows()
    {
        var (a, b) = await Seeds.SystemsAsync("a fox", "a hen", "a cat");
        var id = await Studies.AddAsync(await Seeds.DraftAsync(a, b));
        var page = Overview(id);

        await page.FindComponent<PilotSection>().Find("input").ChangeAsync("2");
        await Button(page, "Make a pilot").ClickAsync();

        var pilot = (await Studies.ListAsync())[0];
        Assert.EndsWith($"/studies/{pilot.StudyId}", Navigation.Uri, StringComparison.Ordinal);
        var tried = Overview(pilot.StudyId);
        Assert.Equal("pilot", tried.Find(".study-title .simulated").TextContent);
        Assert.Contains("0 of 2", tried.Markup, StringComparison.Ordinal);
        Assert.DoesNotContain(tried.FindAll(".tabs a"), link => link.TextContent is "Plan" or "Train from these votes");
        Assert.NotNull(Overview(id).Find($"#pilots ~ .mud-simple-table a[href='/studies/{pilot.StudyId}']"));
        Assert.Single(Browser.Render<StudiesPage>().FindAll(".simulated"));

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
        await Browser.Services.GetRequiredService<LossLedgerStore>().StateAsync(session,
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

        var copied = Browser.JSInterop.Invocations["navigator.clipboard.writeText"].Single().Arguments[0];
        Assert.Equal(Navigation.ToAbsoluteUri($"/r/{study.LinkToken}").ToString(), copied);
        Assert.Contains("Copied.", page.Markup, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Overview_ProlificSetUp_GivesTheAddressToPaste()
    {
        var study = await Seeds.StudyAsync("a fox");
        await new StudyEntryStore(Db, Clock).SaveAsync(new StudyEntry { StudyId = study.StudyId, OpenLink = false, Panel = PanelKind.Prolific, CompletionCode = "C1" });

        var page = Overview(study.StudyId);

        Assert.Contains("The open link lets nobody in.", page.Markup, StringComparison.Ordinal);
        Assert.Contains("Prolific, any window", page.Markup, StringComparison.Ordinal);
        await Button(page, "Copy address").ClickAsync();
        Assert.Equal(
            Navigation.ToAbsoluteUri($"/r/{study.LinkToken}") + "?PROLIFIC_PID={{%PROLIFIC_PID%}}&STUDY_ID={{%STUDY_ID%}}&SESSION_ID={{%SESSION_ID%}}",
            Browser.JSInterop.Invocations["navigator.clipboard.writeText"].Single().Arguments[0]);
    }

    [Fact]
    public async Task Overview_WindowWithOneSide_SaysWhatIsMissingAndThenSaves()
    {
        var study = await Seeds.StudyAsync("a fox");
        var page = Overview(study.StudyId);
        var form = page.FindComponent<EntryForm>();
        var sides = form.FindAll("input[inputmode=numeric]").Take(2).ToList();

        await sides[0].ChangeAsync("1024");
        await Button(form, "Save").ClickAsync();
        Assert.Contains("both a width and a height", form.Find(".mud-alert").TextContent, StringComparison.Ordinal);
        await form.FindAll("input[inputmode=numeric]")[1].ChangeAsync("700");
        await Button(form, "Save").ClickAsync();

        Assert.Equal("1024 × 700", (await new StudyEntryStore(Db, Clock).FindAsync(study.StudyId)).SmallestWindow);
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

        var copied = Browser.JSInterop.Invocations["navigator.clipboard.writeText"].Select(call => (string)call.Arguments[0]!).ToList();
        var key = new ParticipantKey(new byte[32]);
        Assert.Equal($"{Navigation.ToAbsoluteUri($"/r/{study.LinkToken}")}?invitation={key.Invitation(study.StudyId, 3)}", copied[0]);
        Assert.Equal(9, copied[1].Split('\n').Length);
        Assert.DoesNotContain(copied[0], copied[1], StringComparison.Ordinal);
        Assert.Contains("10 made, 9 unused, 0 finished", page.Markup, StringComparison.Ordinal);
    }
}
