using Bunit;
using PixelPost.EvalPortal.Plans;
using PixelPost.EvalPortal.Studies;
using PixelPost.EvalPortal.Tests.Database;

namespace PixelPost.EvalPortal.Tests.Studies;

/// <summary>Analysis plans on the pages of studies.</summary>
public sealed class PlanPageTests : StudyPageTestBase
{
    [Fact]
    public async Task Create_WithPlannedNumber_WritesAPlanDownAndACloneTakesItOver()
    {
        var (a, b) = await Seeds.SystemsAsync("a fox", "a hen");
        Navigation.NavigateTo($"/studies/new?a={a}&b={b}");
        var page = Browser.Render<NewStudyPage>();
        // 2 comparisons of 5 votes by 20 raters: 10 votes, worth 10/(1 + 4 × 0.4) = 3.85 of 0.45 ties; nothing can be found
        Assert.Contains("they say as much as 4 independent ones (design effect 2.60)", page.Markup, StringComparison.Ordinal);
        Assert.Contains("too few to find anything", page.Markup, StringComparison.Ordinal);

        await page.Find("input[type=text]").ChangeAsync("Round 1");
        await Planned(page).ChangeAsync("600");
        Assert.Contains("600 comparisons with 5 votes each are 3,000 votes.", page.Markup, StringComparison.Ordinal);
        await Button(page, "Create study").ClickAsync();

        var plans = new PlanStore(Db, Clock);
        var study = Assert.Single(await Studies.ListAsync());
        var plan = Assert.Single(await plans.ListAsync(study.StudyId));
        Assert.Null(plan.LockedAt);
        Assert.Equal((600, 20, 0.4), (plan.Plan.PlannedComparisons!.Value, plan.Plan.Power!.Raters, plan.Plan.Power.PromptCorrelation));
        Assert.Equal([Axis.Flaws, Axis.Appeal], plan.Plan.Family);

        Navigation.NavigateTo($"/studies/new?from={study.StudyId}");
        var copy = Browser.Render<NewStudyPage>();
        Assert.Equal("600", Planned(copy).GetAttribute("value"));
        await copy.FindAll("input[type=checkbox]")[0].ChangeAsync(false); // does not ask about flaws
        await Button(copy, "Create study").ClickAsync();
        Assert.Equal([Axis.Appeal], Assert.Single(await plans.ListAsync((await Studies.ListAsync())[0].StudyId)).Plan.Family);

        static AngleSharp.Dom.IElement Planned(IRenderedComponent<NewStudyPage> form) => form.FindComponent<PowerForm>().FindAll("input")[0];
    }

    [Fact]
    public async Task Plan_WrittenLockedAndAmended_StandsWithHashAndReasons()
    {
        var study = await Seeds.StudyAsync("a fox", "a hen");
        var page = Browser.Render<PlanPage>(p => p.Add(one => one.StudyId, study.StudyId));

        await page.FindAll("fieldset input")[0].ChangeAsync(false); // flaws is outside the family
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
        await page.FindAll("fieldset input")[0].ChangeAsync(true);
        await Button(page, "Add amendment").ClickAsync();
        Assert.Contains("Say why the plan is amended", page.Find(".mud-alert").TextContent, StringComparison.Ordinal);
        await page.FindAll("textarea").Last(area => area.GetAttribute("readonly") is null).ChangeAsync("Flaws matter as well.");
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

        var page = Browser.Render<PlanPage>(p => p.Add(one => one.StudyId, study.StudyId));

        Assert.Contains("no plan was locked", page.Markup, StringComparison.Ordinal);
        Assert.Empty(page.FindAll("button"));
    }
}
