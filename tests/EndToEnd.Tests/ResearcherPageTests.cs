using Microsoft.Playwright;

namespace PixelPost.EndToEnd.Tests;

/// <summary>Every page of a researcher, with something on it.</summary>
[Collection(Chromium.Collection)]
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
        { "people", "/people", "People" },
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
    public async Task LinkedStudies_ByPresetWithPilotAndLockedPlan_OpenCleanly()
    {
        Chromium.SkipWhereMissing();
        await used.UseAsync(chromium);
        var page = used.Researcher.Page;

        await page.OpenAsync("/studies/new?preset=pixel-space&a=1&b=2");
        await page.SetFieldAsync("Name", "Paper");
        await page.GetByLabel("Make the study of alignment").ClickAsync();
        await page.GetByLabel("Make the study of preference").ClickAsync();
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
        used.Researcher.AssertNothingWentWrong();
    }

    [SkippableFact]
    public async Task ComparisonPage_FromTheList_OpensCleanly()
    {
        Chromium.SkipWhereMissing();
        await used.UseAsync(chromium);
        var page = used.Researcher.Page;
        await page.GotoAsync("/studies/1/results");

        await page.Locator("a.row-link").First.ClickAsync();
        await page.Locator(".pair img").First.WaitForAsync();

        await page.AssertLooksRightAsync("comparison", dark: true);
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

    private static async Task SignInAsync(IPage page)
    {
        await page.GotoAsync("/sign-in");
        await page.GetByLabel("E-mail address").FillAsync(Researcher.Email);
        await page.GetByLabel("Password").FillAsync(Researcher.Password);
        await page.ClickButtonAsync("Sign in");
        await page.GetByRole(AriaRole.Heading, new() { Name = "Studies" }).WaitForAsync();
    }
}
