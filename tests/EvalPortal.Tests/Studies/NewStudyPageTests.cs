using Bunit;
using PixelPost.EvalPortal.Studies;
using PixelPost.EvalPortal.Tests.Database;

namespace PixelPost.EvalPortal.Tests.Studies;

/// <summary>New studies: by hand, by preset, as a clone.</summary>
public sealed class NewStudyPageTests : StudyPageTestBase
{
    [Fact]
    public async Task Create_NamedStudyOfTwoSystems_MakesADraftWithItsPairs()
    {
        var (a, b) = await Seeds.SystemsAsync("a fox", "a hen");
        Navigation.NavigateTo($"/studies/new?a={a}&b={b}");
        var page = Browser.Render<NewStudyPage>();
        Assert.Contains("2 comparisons", page.Markup, StringComparison.Ordinal);

        await page.Find("input[type=text]").ChangeAsync("Round 1");
        await page.FindAll("input[type=checkbox]")[0].ChangeAsync(false); // does not ask about flaws
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
        var page = Browser.Render<NewStudyPage>();

        await page.Find("input[type=text]").ChangeAsync(taken.Name);
        await Button(page, "Create study").ClickAsync();

        Assert.Contains("There is a study called", page.Find(".mud-alert").TextContent, StringComparison.Ordinal);
        Assert.Single(await Studies.ListAsync());
    }

    [Fact]
    public async Task Create_NothingFilledIn_SaysWhatIsMissing()
    {
        await Seeds.SystemsAsync("a fox");
        var page = Browser.Render<NewStudyPage>();

        await Button(page, "Create study").ClickAsync();

        Assert.Equal(["Give the study a name.", "Choose two systems."], page.FindAll(".mud-alert-message div").Select(fault => fault.TextContent));
    }

    [Fact]
    public async Task New_SystemsWithUnequalPrompts_WarnsWhatIsLeftOut()
    {
        var (a, b) = (await Seeds.SystemAsync(await Seeds.PromptSetAsync("a fox"), [1]), await Seeds.SystemAsync(await Seeds.PromptSetAsync("a hen"), [1]));
        Navigation.NavigateTo($"/studies/new?a={a}&b={b}");

        var page = Browser.Render<NewStudyPage>();

        Assert.Contains("no images for the same prompts", page.Find("[role=status]").TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Create_PresetOfThePaper_MakesLinkedStudiesThatStandTogether()
    {
        var (a, b) = await Seeds.SystemsAsync("a fox", "a hen");
        Navigation.NavigateTo($"/studies/new?preset=pixel-space&a={a}&b={b}");
        var page = Browser.Render<NewStudyPage>();

        await page.Find("input[type=text]").ChangeAsync("Paper");
        await Button(page, "Create studies").ClickAsync();
        Assert.Equal(
            [
                "Alignment: Choose what raters are asked.",
                "Preference: No prompt has 5 images of the system: show fewer at once, or choose other systems.",
            ],
            page.FindAll(".mud-alert-message div").Select(fault => fault.TextContent));
        foreach (var part in (string[])["Alignment", "Preference"])
            await page.Find($"section[aria-label='{part}'] input[type=checkbox]").ChangeAsync(false);
        await Button(page, "Create studies").ClickAsync();

        var studies = (await Studies.ListAsync()).Reverse().ToList();
        Assert.EndsWith($"/groups/{studies[0].StudyGroupId}", Navigation.Uri, StringComparison.Ordinal);
        Assert.Equal(["Paper: flaws", "Paper: appeal"], studies.Select(study => study.Name));
        Assert.All(studies, study => Assert.Equal((5, false), (study.VotesPerComparison, Assert.Single(study.Axes).PromptVisible)));

        var list = Browser.Render<StudiesPage>();
        var together = list.FindAll("tbody").Single();
        Assert.Equal("Paper", together.QuerySelector("th a")!.TextContent);
        Assert.Equal(["Paper: flaws", "Paper: appeal"], together.QuerySelectorAll("td a").Select(link => link.TextContent));

        var group = Browser.Render<StudyGroupPage>(p => p.Add(one => one.GroupId, studies[0].StudyGroupId!.Value));
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
        var page = Browser.Render<NewStudyPage>();

        await page.Find("input[type=text]").ChangeAsync("Board");
        await Button(page, "Create studies").ClickAsync();
        Assert.Contains("Choose 3 to 8 systems", page.Find(".mud-alert").TextContent, StringComparison.Ordinal);
        for (var i = 0; i < 3; i++)
            await page.FindAll("fieldset input")[i].ChangeAsync(true);
        Assert.Contains("3 linked studies, one for every two systems, with 6 comparisons in all.", page.Find("fieldset + [role=status]").TextContent, StringComparison.Ordinal);
        Assert.Contains("30 votes in all.", page.Markup, StringComparison.Ordinal);
        await Button(page, "Create studies").ClickAsync();

        var studies = await Studies.ListAsync();
        Assert.Equal(3, studies.Count);
        Assert.Equal(3, studies.Select(study => (study.SystemAId, study.SystemBId)).Distinct().Count());
        Assert.All(studies, study => Assert.Equal(("leaderboard/two", Axis.Appeal), (study.Preset, Assert.Single(study.Axes).Axis)));
        var group = Browser.Render<StudyGroupPage>(p => p.Add(one => one.GroupId, studies[0].StudyGroupId!.Value));
        Assert.Contains("Ranking by appeal", group.Markup, StringComparison.Ordinal);
        Assert.Contains("No person has voted yet.", group.Markup, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Clone_OfAStudy_BeginsWithItsSettings()
    {
        var original = await Seeds.StudyAsync("a fox", "a hen");
        Assert.NotNull(Overview(original.StudyId).Find($"a[href='/studies/new?from={original.StudyId}']"));
        Navigation.NavigateTo($"/studies/new?from={original.StudyId}");
        var page = Browser.Render<NewStudyPage>();

        Assert.Equal($"{original.Name}, copy", page.Find("input[type=text]").GetAttribute("value"));
        await Button(page, "Create study").ClickAsync();

        var copy = (await Studies.ListAsync())[0];
        Assert.EndsWith($"/studies/{copy.StudyId}", Navigation.Uri, StringComparison.Ordinal);
        Assert.Equal(original.Axes, copy.Axes);
        Assert.Equal(
            original with { Axes = [] },
            copy with { Axes = [], StudyId = original.StudyId, Name = original.Name, LinkToken = original.LinkToken, State = original.State, OpenedAt = original.OpenedAt, CreatedByAccountId = null });
    }
}
