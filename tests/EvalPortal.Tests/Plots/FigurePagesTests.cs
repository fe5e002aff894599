using System.Net;
using System.Xml.Linq;
using AngleSharp.Dom;
using AngleSharp.Html.Dom;
using AngleSharp.Html.Parser;
using Dapper;
using Microsoft.Extensions.DependencyInjection;
using NetVips;
using PixelPost.EvalPortal.Accounts;
using PixelPost.EvalPortal.Database;
using PixelPost.EvalPortal.Images;
using PixelPost.EvalPortal.Studies;
using PixelPost.EvalPortal.Tests.Database;

namespace PixelPost.EvalPortal.Tests.Plots;

/// <summary>The pages of figures and their files, followed as a person does.</summary>
public sealed class FigurePagesTests : IAsyncLifetime
{
    private readonly PortalServer _portal = new();
    private Seeds _seeds = null!;
    private HttpClient _browser = null!;

    public async Task InitializeAsync()
    {
        await _portal.InitializeAsync();
        _seeds = new Seeds(_portal.Services.GetRequiredService<Db>(), TimeProvider.System);
        _browser = await _portal.SignedInClientAsync(Role.Admin);
    }

    public async Task DisposeAsync()
    {
        _browser.Dispose();
        await _portal.DisposeAsync();
    }

    [Fact]
    public async Task Figures_OfVotes_HaveTablesAndFilesThatSayTheSame()
    {
        var study = await VotedAsync();

        var page = await OpenAsync($"/studies/{study.StudyId}/figures");

        Assert.Equal(["outcomes", "forest", "flaw-types", "flaw-places"], page.QuerySelectorAll("figure.plot-frame").Select(figure => figure.Id));
        foreach (var figure in page.QuerySelectorAll("figure.plot-frame"))
        {
            Assert.Equal(2, figure.QuerySelectorAll("svg.chart[aria-label]").Length); // for a desk and for a phone
            Assert.NotEmpty(figure.QuerySelectorAll("details table tbody tr"));
            var links = figure.QuerySelectorAll(".plot-files a").Select(link => link.GetAttribute("href")!).ToList();
            Assert.Equal(5, links.Count);
            var svg = await _browser.GetAsync(links[0]);
            Assert.Equal("image/svg+xml", svg.Content.Headers.ContentType!.MediaType);
            Assert.StartsWith($"study-", svg.Content.Headers.ContentDisposition!.FileNameStar, StringComparison.Ordinal);
            Assert.EndsWith($"{figure.Id}.svg", svg.Content.Headers.ContentDisposition.FileNameStar, StringComparison.Ordinal);
            Assert.Contains(study.Name, XDocument.Parse(await svg.Content.ReadAsStringAsync()).Root!.Value, StringComparison.Ordinal);
            using var light = Image.NewFromBuffer(await _browser.GetByteArrayAsync(links[1]));
            using var dark = Image.NewFromBuffer(await _browser.GetByteArrayAsync(links[3]));
            Assert.Equal((light.Width, light.Height), (dark.Width, dark.Height));
            Assert.True(light.Avg() > 128 && dark.Avg() < 128);
            var csv = (await _browser.GetStringAsync(links[4])).Split("\r\n", StringSplitOptions.RemoveEmptyEntries);
            Assert.Equal(figure.QuerySelectorAll("details tbody tr").Length, csv.Length - 1);
        }
        Assert.Contains("Left of the votes that chose an image: 66.7 %", Text(page.Body), StringComparison.Ordinal); // all see A left, and 2 of 3 choose it
    }

    [Fact]
    public async Task Figures_FlawsByType_LeadToTheImagesWithThem()
    {
        var study = await VotedAsync();

        var page = await OpenAsync($"/studies/{study.StudyId}/figures");
        Assert.Equal(["All 2", "Hands and limbs 1", "Text 1"], page.QuerySelectorAll("nav[aria-label='Type of flaw'] a").Select(Text));
        page = await ClickAsync(page, "Text 1");
        var row = Assert.Single(page.QuerySelectorAll("#flaws tbody tr"));
        Assert.Equal(["a hen", "0", "1", "0", "text 1"], row.Children.Select(Text));
        var address = row.QuerySelector("a")!.GetAttribute("href")!;
        Assert.Contains("flaw=text", address, StringComparison.Ordinal);

        page = await OpenAsync(address);
        var maps = page.QuerySelectorAll(".item-image .chart");
        Assert.StartsWith("No flaw was placed", maps[0].GetAttribute("aria-label"), StringComparison.Ordinal);
        Assert.Contains("at 50.0 % from the left and 25.0 % from the top", maps[1].GetAttribute("aria-label")!.Replace('\u00A0', ' '), StringComparison.Ordinal);
        Assert.Contains("worst flaw: minor text in the right image", page.QuerySelectorAll(".votes tbody td:last-child").Select(Text));
        Assert.Equal(["Text", "minor", "50.0 %", "25.0 %"], page.QuerySelectorAll(".plot-numbers tbody td").Skip(1).Select(Text));
    }

    /// <summary>Image files are made for this one: the saved map has the image inside.</summary>
    [Fact]
    public async Task Item_FlawMap_IsSavedWithTheImage()
    {
        var study = await VotedAsync();
        var file = _portal.Services.GetRequiredService<ImageFiles>().Keep(Samples.Chequered(), "chequered");
        await ExecuteAsync($"UPDATE image SET sha256 = '{file.Sha256}', width = 64, height = 48");

        var page = await ClickAsync(await ClickAsync(await OpenAsync($"/studies/{study.StudyId}/figures"), "Text 1"), "a hen");
        var link = page.QuerySelectorAll(".plot-files a").Last(anchor => Text(anchor) == "PNG").GetAttribute("href")!;
        var answer = await _browser.GetAsync(link);

        Assert.EndsWith("flaws-2-flaws-b.png", answer.Content.Headers.ContentDisposition!.FileNameStar, StringComparison.Ordinal);
        using var image = Image.NewFromBuffer(await answer.Content.ReadAsByteArrayAsync());
        Assert.Equal(2 * (640 + 48), image.Width);
        Assert.Contains("data:image/png;base64,", await _browser.GetStringAsync(link.Replace(".png", ".svg", StringComparison.Ordinal)), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.NotFound, (await _browser.GetAsync(link.Replace("flaws-b", "flaws-c", StringComparison.Ordinal))).StatusCode);
    }

    [Fact]
    public async Task Figures_NoVotes_SayWhatToDo()
    {
        var study = await _seeds.StudyAsync("a fox");

        var page = await OpenAsync($"/studies/{study.StudyId}/figures");

        Assert.Empty(page.QuerySelectorAll("figure"));
        Assert.Contains("There are no figures yet", Text(page.Body), StringComparison.Ordinal);
        Assert.Equal($"/studies/{study.StudyId}", page.QuerySelectorAll("main a").Single(link => Text(link) == "Send raters the link").GetAttribute("href"));
    }

    [Fact]
    public async Task Systems_OfLinkedStudies_AreRankedAndLeadToTheirVotes()
    {
        var (group, studies) = await LinkedAsync();

        var page = await OpenAsync($"/groups/{group}/systems?axis=appeal");

        Assert.Equal(["ranking", "matrix", "forest"], page.QuerySelectorAll("figure").Select(figure => figure.Id));
        var names = page.QuerySelectorAll("#ranking tbody tr td:nth-child(4)").Select(Text).ToList();
        Assert.Equal(3, names.Count);
        // the better of each pair won 6 of 8
        var cells = page.QuerySelectorAll("#matrix tbody tr").Select(cell => string.Join(' ', cell.Children.Select(Text))).ToList();
        Assert.Equal([$"{names[0]} {names[1]} 6 0 2 8 0 75.0 %", $"{names[1]} {names[0]} 2 0 6 8 0 25.0 %", $"{names[1]} {names[2]} 6 0 2 8 0 75.0 %", $"{names[2]} {names[1]} 2 0 6 8 0 25.0 %"], cells);
        Assert.Equal(
            studies.Select(id => $"/studies/{id}/results?axis=appeal#comparisons"),
            page.QuerySelectorAll("#matrix svg a").Select(link => link.GetAttribute("href")!).Distinct().Order(StringComparer.Ordinal));
        Assert.Contains("Sides on appeal", page.QuerySelectorAll("h2").Select(Text));
        Assert.Contains("No person has voted yet on flaws.", Text((await ClickAsync(page, "Flaws")).Body), StringComparison.Ordinal);

        var csv = await _browser.GetStringAsync($"/groups/{group}/figures/appeal/forest.csv");
        Assert.Equal(5, csv.Split("\r\n", StringSplitOptions.RemoveEmptyEntries).Length); // decisions and votes of two pairs
        Assert.Equal(HttpStatusCode.NotFound, (await _browser.GetAsync($"/groups/{group}/figures/flaws/ranking.svg")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await _browser.GetAsync($"/groups/{group}/figures/beauty/ranking.svg")).StatusCode);
    }

    [Fact]
    public async Task Figures_Stranger_IsSentToSignIn()
    {
        var study = await VotedAsync();
        using var stranger = _portal.Client();

        foreach (var address in (string[])["figures", "figures/outcomes.svg", "results/1/figures/flaws-a.png"])
            Assert.Equal(HttpStatusCode.Redirect, (await stranger.GetAsync($"/studies/{study.StudyId}/{address}")).StatusCode);
    }

    /// <summary>Three votes on flaws, two of which pointed one out: hands in A, text in B.</summary>
    private async Task<Study> VotedAsync()
    {
        var study = await _seeds.StudyAsync("a fox", "a hen", "a cat");
        await _seeds.VoteAsync(study, 1, Axis.Flaws, "a");
        await _seeds.VoteAsync(study, 2, Axis.Flaws, "b");
        await _seeds.VoteAsync(study, 3, Axis.Flaws, "a");
        await ExecuteAsync("""
            INSERT INTO vote_flaw (vote_id, flaw_type, flaw_severity, flaw_side, flaw_x, flaw_y, received_at)
            SELECT v.vote_id, CASE c.position WHEN 1 THEN 'hands' ELSE 'text' END, CASE c.position WHEN 1 THEN 'major' ELSE 'minor' END,
              CASE c.position WHEN 1 THEN 'left' ELSE 'right' END, 0.5, 0.25, v.received_at
            FROM vote v
            JOIN comparison c ON c.comparison_id = v.comparison_id
            WHERE c.position < 3
            """);
        return study;
    }

    private async Task<(long Group, IReadOnlyList<long> Studies)> LinkedAsync()
    {
        var set = await _seeds.PromptSetAsync([.. Enumerable.Range(1, 8).Select(i => $"a fox number {i}")]);
        var systems = new List<long>();
        foreach (var seed in (int[])[1, 2, 3])
            systems.Add(await _seeds.SystemAsync(set, [seed]));
        var studies = _portal.Services.GetRequiredService<StudyStore>();
        var group = await studies.AddGroupAsync(new NewStudyGroup("Board", "leaderboard",
            [await _seeds.DraftAsync(systems[0], systems[1]), await _seeds.DraftAsync(systems[1], systems[2])]));
        var linked = await studies.ListGroupAsync(group);
        foreach (var study in linked)
        {
            for (var comparison = 1; comparison <= 8; comparison++)
                await _seeds.VoteAsync(study, comparison, Axis.Appeal, comparison <= 6 ? "b" : "a");
        }
        return (group, [.. linked.Select(study => study.StudyId)]);
    }

    private async Task ExecuteAsync(string sql)
    {
        await using var connection = await _portal.Services.GetRequiredService<Db>().OpenAsync();
        await connection.ExecuteAsync(sql);
    }

    private async Task<IHtmlDocument> OpenAsync(string address) => await new HtmlParser().ParseDocumentAsync(await _browser.GetStringAsync(address));

    private Task<IHtmlDocument> ClickAsync(IHtmlDocument page, string link) =>
        OpenAsync(page.QuerySelectorAll("main a").First(anchor => Text(anchor) == link).GetAttribute("href")!);

    /// <summary>The words a person reads.</summary>
    private static string Text(INode? node) => string.Join(' ', node!.TextContent.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
}
