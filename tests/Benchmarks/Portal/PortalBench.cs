using System.Diagnostics;
using System.Globalization;
using System.Net;
using Microsoft.Playwright;
using PixelPost.Benchmarks.Votes;
using PixelPost.EvalPortal;
using PixelPost.EvalPortal.Database;
using PixelPost.Tests.Shared;

namespace PixelPost.Benchmarks.Portal;

/// <summary>What a researcher waits for in a study with very many votes, over real HTTP and in Chromium, and what the portal holds meanwhile.</summary>
internal static class PortalBench
{
    private const int Looks = 10;

    /// <summary>Measures and prints a table.</summary>
    /// <param name="votes">About how many votes the study has.</param>
    public static async Task<int> RunAsync(int votes)
    {
        long study = 0;
        string link = "", token = "";
        var made = Stopwatch.StartNew();
        await using var portal = await PortalProcess.StartAsync(
            async data =>
            {
                using (var db = Db.Sqlite(new DataFolder(data).Database))
                {
                    study = await MillionVoteStudy.AddAsync(db, votes);
                    await using var connection = await db.OpenAsync();
                    link = await Dapper.SqlMapper.ExecuteScalarAsync<string>(connection, "SELECT link_token FROM study WHERE study_id = @StudyId", new { StudyId = study }) ?? "";
                }
                token = (await RatingBench.AddRatersAsync(new PortalOptions { Data = data }, study, 1))[0];
            },
            "--demo", "false");
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"SQLite, {votes:N0} votes on two axes, {MillionVoteStudy.Raters} raters, {Environment.ProcessorCount} processors; made and started in {made.Elapsed.TotalSeconds:F0} s\n"));

        var cookies = await FirstAdmin.BecomeAsync(portal);
        using var client = new HttpClient(new HttpClientHandler { CookieContainer = cookies }) { BaseAddress = portal.Address, Timeout = TimeSpan.FromMinutes(5) };
        using var browser = new HttpClient(new SocketsHttpHandler { UseCookies = false }) { BaseAddress = portal.Address };
        await MeasureAsync(portal, client, study, new LoadRater(browser, link, token));
        await FollowAsync(portal, cookies, study, new LoadRater(browser, link, token));
        RatingBench.Row("memory of the portal: now, and at most", $"{portal.ResidentBytes >> 20} MB, {portal.MostResidentBytes >> 20} MB", "500 MB");
        return 0;
    }

    private static async Task MeasureAsync(PortalProcess portal, HttpClient client, long study, LoadRater rater)
    {
        var look = new Looking(portal, client);
        RatingBench.Row("memory of the portal before anybody looks", $"{portal.ResidentBytes >> 20} MB", "");
        var results = $"/studies/{study}/results";
        RatingBench.Row("results page, first time", Told(await look.TimesAsync(results, 1)), "");
        RatingBench.Row("results page after that", Told(await look.TimesAsync(results, Looks)), "1 s");
        RatingBench.Row("memory of the portal", $"{portal.ResidentBytes >> 20} MB", "500 MB");
        var after = new List<Look>();
        for (var i = 0; i < 3; i++)
        {
            await rater.AnswerAsync();
            after.Add(await look.TimeAsync(results));
        }
        RatingBench.Row("results page, one vote later", Told(after), "5 s");
        foreach (var by in (string[])["category", "prompt", "flaw", "screen", "group"])
        {
            var address = $"{results}/slices?by={by}";
            RatingBench.Row($"slices by {by}: first, then", $"{Told(await look.TimesAsync(address, 1))}; {Told(await look.TimesAsync(address, Looks))}", "");
        }
        foreach (var (words, query) in ((string, string)[])
        [
            ("newest", ""), ("in the middle of the list", "?after=2026-01-05T00:00:00.000Z_00000000-0000-0000-0000-000000000000"), ("by outcome", "?axis=flaws&outcome=a"),
            ("rejected", "?outcome=reject"), ("of a rater", "?rater=R-77"), ("on a comparison", "?comparison=1000"), ("on a prompt", "?prompt=77"),
            ("in a category", "?category=category+3"), ("by flaw and phone", "?flaw=hands&screen=phone"), ("that do not count", "?show=not_counted"),
        ])
        {
            RatingBench.Row($"votes, {words}", Told(await look.TimesAsync($"/studies/{study}/votes{query}", Looks)), "");
        }
        RatingBench.Row("exclusion sets compared: first, then", $"{Told(await look.TimesAsync($"{results}/exclusions", 1))}; {Told(await look.TimesAsync($"{results}/exclusions", Looks))}", "");
        RatingBench.Row("a comparison", Told(await look.TimesAsync($"{results}/1000", Looks)), "");
    }

    /// <summary>From a vote to the page that somebody has left open.</summary>
    private static async Task FollowAsync(PortalProcess portal, CookieContainer cookies, long study, LoadRater rater)
    {
        if (InstalledChromium.WhyNot is { } whyNot)
        {
            RatingBench.Row("an open page shows a further vote", whyNot, "5 s");
            return;
        }
        using var playwright = await Playwright.CreateAsync();
        await using var chromium = await playwright.Chromium.LaunchAsync(new() { ExecutablePath = InstalledChromium.Program, Args = ["--disable-gpu"] });
        await using var context = await FirstAdmin.BrowseAsync(chromium, portal, cookies);
        var page = await context.NewPageAsync();
        page.SetDefaultTimeout(120_000);
        await page.GotoAsync(new Uri(portal.Address, $"/studies/{study}/results").ToString());
        await page.Locator(".live .figures").WaitForAsync();
        await Task.Delay(TimeSpan.FromSeconds(20)); // what is read once, such as alarms, is done
        var took = new List<double>();
        for (var i = 0; i < 5; i++)
        {
            var before = await page.Locator(".card a[href*='/votes?']").AllInnerTextsAsync();
            var began = Stopwatch.GetTimestamp();
            await rater.AnswerAsync();
            await page.WaitForFunctionAsync(
                "before => { const now = [...document.querySelectorAll(\".card a[href*='/votes?']\")].map(link => link.innerText); return now.length > 0 && now.join() !== before.join(); }", before);
            took.Add(Stopwatch.GetElapsedTime(began).TotalSeconds);
        }
        RatingBench.Row("an open page shows a further vote", string.Create(CultureInfo.InvariantCulture, $"mean {took.Average():F2} s, slowest {took.Max():F2} s of {took.Count}"), "5 s");
    }

    /// <summary>How long somebody waited for a page, and what the portal's processors spent meanwhile, on it and on everything else.</summary>
    /// <param name="MostBytes">The most memory that the portal has held until then.</param>
    private sealed record Look(double Seconds, double Processor, long MostBytes);

    private sealed class Looking(PortalProcess portal, HttpClient client)
    {
        public async Task<IReadOnlyList<Look>> TimesAsync(string address, int times)
        {
            var looks = new List<Look>();
            for (var i = 0; i < times; i++)
                looks.Add(await TimeAsync(address));
            return looks;
        }

        public async Task<Look> TimeAsync(string address)
        {
            var (began, spent) = (Stopwatch.GetTimestamp(), portal.ProcessorTime);
            using var answer = await client.GetAsync(address);
            answer.EnsureSuccessStatusCode();
            await answer.Content.ReadAsByteArrayAsync();
            return new Look(Stopwatch.GetElapsedTime(began).TotalSeconds, (portal.ProcessorTime - spent).TotalSeconds, portal.MostResidentBytes);
        }
    }

    private static string Told(IReadOnlyList<Look> looks) => string.Create(
        CultureInfo.InvariantCulture,
        $"{(looks.Count == 1 ? "" : "mean ")}{looks.Average(look => look.Seconds):F2} s{(looks.Count == 1 ? "" : $", slowest {looks.Max(look => look.Seconds):F2} s")} (processor {looks.Average(look => look.Processor):F2} s; at most {looks.Max(look => look.MostBytes) >> 20} MB by then)");
}
