using Microsoft.Playwright;

namespace PixelPost.EndToEnd.Tests;

/// <summary>Every page of a researcher, with something on it.</summary>
[Collection(UsedPortal.Collection)]
public sealed class ResearcherPageTests(Chromium chromium, UsedPortal used)
{
    public static TheoryData<string, string, string> Pages => new()
    {
        { "studies", "/", "Studies" },
        { "study-new", "/studies/new", "New study" },
        { "study-new-leaderboard", "/studies/new?preset=leaderboard", "New study" },
        { "study", "/studies/1", "Round 1" },
        { "study-draft", "/studies/2", "Round 2" },
        { "results", "/studies/1/results?outcome=tie", "Round 1" },
        { "results-without-votes", "/studies/2/results", "Round 2" },
        { "figures", "/studies/1/figures", "Round 1" },
        { "slices", "/studies/1/results/slices?by=prompt", "Round 1" },
        { "votes", "/studies/1/votes", "Round 1" },
        { "exclusions-compared", "/studies/1/results/exclusions", "Round 1" },
        { "quality", "/studies/1/quality", "Round 1" },
        { "quality-without-votes", "/studies/2/quality", "Round 2" },
        { "checks", "/studies/2/checks", "Round 2" },
        { "train", "/studies/1/train", "Train from the votes of Round 1" },
        { "train-without-votes", "/studies/2/train", "Train from the votes of Round 2" },
        { "preference-set", "/preference-sets/1", "" },
        { "jobs", "/jobs", "Jobs" },
        { "job-train", "/jobs/1", "" },
        { "job-sample", "/jobs/2", "" },
        { "compare", "/jobs/1/compare", "Compare old and new" },
        { "round", "/rounds/1", "Round 2: old and new model" },
        { "models", "/models", "Models" },
        { "model", "/models/1", "Fluent Emoji" },
        { "model-new", "/models/new?from=upload", "Add a model" },
        { "generate", "/models/1/generate", "Generate images" },
        { "objectives", "/preference-sets/1/ablation", "Compare several objectives" },
        { "people", "/people", "People" },
        { "study-people", "/studies/1/people", "Round 1" },
        { "audit", "/audit", "Audit" },
        { "account", "/account", "Change your password" },
    };

    [SkippableTheory]
    [MemberData(nameof(Pages))]
    public async Task Page_OnDeskAndPhoneByDayAndNight_OpensCleanly(string name, string path, string heading)
    {
        Chromium.SkipWhereMissing();
        await used.UseAsync(chromium);
        var page = used.Researcher.Page;

        await page.GotoAsync(path);
        if (await page.Locator("header.bar").CountAsync() > 0)
            await page.WaitForCircuitAsync("header");
        Assert.Contains(heading, await page.Locator("h1").InnerTextAsync(), StringComparison.Ordinal);
        await page.EvaluateAsync("() => document.querySelectorAll('main details').forEach(details => details.open = true)");

        await page.AssertLooksRightAsync(name, dark: true);
        used.Researcher.AssertNothingWentWrong();
    }

    [SkippableFact]
    public async Task ApiPage_WithAKeyOfTheAccount_TriesACall()
    {
        Chromium.SkipWhereMissing();
        await used.UseAsync(chromium);
        var page = used.Researcher.Page;

        await page.GotoAsync("/account/keys");
        await page.SetFieldAsync("What it is for", "a look round");
        await page.GetByLabel("studies:read").CheckAsync();
        await page.ClickButtonAsync("Make key");
        var key = await page.GetByLabel("Your new key").InputValueAsync();
        await page.AssertLooksRightAsync("api-keys", dark: true);
        await page.GotoAsync("/api#listStudies");
        await page.GetByLabel("Key, to try things out").FillAsync(key);
        await page.ClickButtonAsync("Try it");
        await page.GetByText("200 OK").WaitForAsync();
        Assert.Contains("\"name\": \"Round 1\"", await page.Locator("#listStudies pre").Last.InnerTextAsync(), StringComparison.Ordinal);
        used.Researcher.AssertNothingWentWrong();

        used.Researcher.Expect("Applying inline style violates"); // the page allows none, and axe sets some
        await page.AssertLooksRightAsync("api", dark: true);
        used.Researcher.AssertNothingWentWrong();
    }

    [SkippableFact]
    public async Task LinkedStudies_ByPresetWithPilotAndLockedPlan_OpenCleanly()
    {
        Chromium.SkipWhereMissing();
        await used.UseAsync(chromium);
        var page = used.Researcher.Page;

        await page.OpenAsync("/studies/new?preset=pixel-space&a=1&b=2");
        await page.SetFieldAsync("Name", "Paper");
        await LeaveOutAsync(page, "Alignment");
        await LeaveOutAsync(page, "Preference");
        await page.GetByText("What difference can it find?").First.ClickAsync();
        await page.AssertLooksRightAsync("study-new-preset", dark: true);
        await page.ClickButtonAsync("Create studies");
        await page.GetByRole(AriaRole.Heading, new() { Name = "Paper", Exact = true }).WaitForAsync();
        await page.AssertLooksRightAsync("group", dark: true);

        await page.GetByRole(AriaRole.Link, new() { Name = "Paper: flaws", Exact = true }).ClickAsync();
        await page.GetByRole(AriaRole.Heading, new() { Name = "Preset" }).WaitForAsync();
        await page.WaitForCircuitAsync();
        await page.AssertLooksRightAsync("study-with-deviations", dark: true);
        await page.ClickButtonAsync("Make a pilot");
        await page.GetByRole(AriaRole.Heading, new() { Name = "Paper: flaws: pilot" }).WaitForAsync();
        await page.AssertLooksRightAsync("pilot", dark: true);

        await page.GetByText("the study that it tries out").ClickAsync();
        await page.GetByRole(AriaRole.Link, new() { Name = "Plan", Exact = true }).ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Lock plan" }).WaitForAsync();
        await page.WaitForCircuitAsync();
        await page.AssertLooksRightAsync("plan-draft", dark: true);
        await page.ClickButtonAsync("Lock plan");
        await page.GetByRole(AriaRole.Button, new() { Name = "Not yet" }).WaitForAsync();
        await page.WaitForFunctionAsync("() => document.activeElement.textContent.trim() === 'Not yet'");
        await page.ClickButtonAsync("Lock it for good");
        await page.GetByText("Version 1 is in force").WaitForAsync();
        await page.AssertLooksRightAsync("plan-locked", dark: true);

        // What was clicked on an open page was done by whoever is signed in there.
        await page.GotoAsync("/audit?subject=plan");
        Assert.Contains("Rosalind Franklin", await page.Locator("tr", new() { HasText = "plan 1 locked" }).First.InnerTextAsync(), StringComparison.Ordinal);
        used.Researcher.AssertNothingWentWrong();
    }

    [SkippableFact]
    public async Task Viewer_OnTheOpenPageOfAStudy_HasNothingToChange()
    {
        Chromium.SkipWhereMissing();
        await used.UseAsync(chromium);
        var page = used.Researcher.Page;
        await page.OpenAsync("/people");
        await page.ClickButtonAsync("Make link");
        var link = await page.GetByLabel("Link", new() { Exact = true }).InputValueAsync();
        await using var viewer = await chromium.VisitAsync(used.Portal);
        await viewer.Page.GotoAsync(link);
        await viewer.Page.GetByLabel("E-mail address").FillAsync("viewer@example.org");
        await viewer.Page.GetByLabel("Name", new() { Exact = true }).FillAsync("Vera Rubin");
        await viewer.Page.GetByLabel("Password").FillAsync(Researcher.Password);
        await viewer.Page.ClickButtonAsync("Make account");
        await viewer.Page.GetByText("no study yet that you are in").WaitForAsync();

        await page.OpenAsync("/studies/1/people");
        await page.SetFieldAsync("E-mail address of their account", "viewer@example.org");
        await page.SelectAsync("Role", "viewer");
        await page.ClickButtonAsync("Add");
        await page.GetByRole(AriaRole.Cell, new() { Name = "Vera Rubin", Exact = true }).WaitForAsync();

        await viewer.Page.GotoAsync("/studies/1");
        await viewer.Page.GetByRole(AriaRole.Heading, new() { Name = "Progress" }).WaitForAsync();
        await Task.Delay(TimeSpan.FromSeconds(3)); // the page is drawn anew by its circuit and reads each second
        Assert.Equal(0, await viewer.Page.Locator("main").GetByRole(AriaRole.Button).Filter(new() { HasTextRegex = new("Pause|Close|Resume|Copy link") }).CountAsync());
        await viewer.Page.AssertLooksRightAsync("study-for-a-viewer", dark: true);
        viewer.AssertNothingWentWrong();
        used.Researcher.AssertNothingWentWrong();
    }

    [SkippableFact]
    public async Task ComparisonPage_FromTheList_OpensCleanlyAndIsUsedByKeys()
    {
        Chromium.SkipWhereMissing();
        await used.UseAsync(chromium);
        var page = used.Researcher.Page;
        await page.GotoAsync("/studies/1/results");

        await page.Locator("a.row-link").First.ClickAsync();
        await page.Locator(".item-pane img").First.WaitForAsync();

        await page.AssertLooksRightAsync("comparison", dark: true);
        var viewer = page.Locator("item-view");
        await page.Keyboard.PressAsync("+");
        await viewer.Locator("[data-zoom]").GetByText("125 %").WaitForAsync();
        await page.Keyboard.DownAsync("f");
        Assert.Equal(["hidden", "visible", "hidden", "visible"], await viewer.Locator(".item-image").EvaluateAllAsync<string[]>("images => images.map(i => getComputedStyle(i).visibility)"));
        await page.Keyboard.UpAsync("f");
        Assert.Equal(["visible", "hidden", "visible", "hidden"], await viewer.Locator(".item-image").EvaluateAllAsync<string[]>("images => images.map(i => getComputedStyle(i).visibility)"));
        await page.Keyboard.PressAsync("ArrowRight");
        await page.GetByText("2 of 60").WaitForAsync();
        await viewer.Locator(".item-tools").WaitForAsync(); // shown by the script that listens for keys
        await page.Keyboard.PressAsync("ArrowLeft");
        await page.GetByText("1 of 60").WaitForAsync();
        used.Researcher.AssertNothingWentWrong();
    }

    [SkippableTheory]
    [InlineData("sign-in", "/sign-in", 200)]
    [InlineData("invitation-used", "/invitation/used", 200)]
    [InlineData("no-such-page", "/no-such-page", 404)]
    public async Task PageWithoutAccount_OnDeskAndPhone_OpensCleanly(string name, string path, int status)
    {
        Chromium.SkipWhereMissing();
        await used.UseAsync(chromium);
        await using var stranger = await chromium.VisitAsync(used.Portal);
        if (status == 404)
        {
            stranger.Expect("status of 404");
            await SignInAsync(stranger.Page);
        }

        var answer = await stranger.Page.GotoAsync(path);

        Assert.Equal(status, answer!.Status);
        await stranger.Page.AssertLooksRightAsync(name, dark: true);
        stranger.AssertNothingWentWrong();
    }

    /// <summary>Takes one of the linked studies out of the form of a preset, and waits until its fields are gone.</summary>
    private static async Task LeaveOutAsync(IPage page, string study)
    {
        await page.GetByLabel($"Make the study of {study.ToLowerInvariant()}").UncheckAsync();
        await page.GetByRole(AriaRole.Heading, new() { Name = $"{study}: questions" }).WaitForAsync(new() { State = WaitForSelectorState.Detached });
    }

    private static async Task SignInAsync(IPage page)
    {
        await page.GotoAsync("/sign-in");
        await page.GetByLabel("E-mail address").FillAsync(Researcher.Email);
        await page.GetByLabel("Password").FillAsync(Researcher.Password);
        await page.ClickButtonAsync("Sign in");
        await page.GetByRole(AriaRole.Heading, new() { Name = "Studies" }).WaitForAsync();
    }
}
