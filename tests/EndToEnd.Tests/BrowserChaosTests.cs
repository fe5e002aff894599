namespace PixelPost.EndToEnd.Tests;

/// <summary>Real browsers whose network is cut and whose tabs are killed while people answer in them.</summary>
[Collection(Chromium.Collection)]
public sealed class BrowserChaosTests(Chromium chromium)
{
    private const int Steps = 9;

    /// <summary>Few in a run of all tests, which has other things to do; PIXELPOST_BROWSERS=10 is the full size.</summary>
    private static readonly int Browsers = int.TryParse(Environment.GetEnvironmentVariable("PIXELPOST_BROWSERS"), out var browsers) ? browsers : 4;

    private static readonly string[] Keys = ["ArrowLeft", "ArrowRight", "ArrowDown"];

    [SkippableFact]
    public async Task Answers_NetworkCutAndTabsKilled_AllArriveOnce()
    {
        Chromium.SkipWhereMissing();
        await using var portal = await PortalProcess.StartAsync();
        var link = $"/r/{await portal.DemonstrationLinkAsync()}";

        var people = await Task.WhenAll(Enumerable.Range(1, Browsers).Select(seed => RateAsync(portal, link, seed)));

        foreach (var (pseudonym, answers) in people)
        {
            var stored = await portal.QueryAsync<string>($"""
                SELECT vote.choice_screen FROM counting_vote vote JOIN rater ON rater.rater_id = vote.rater_id
                WHERE rater.pseudonym = '{pseudonym}' ORDER BY vote.voted_at
                """);
            AssertSame(answers, stored);
        }
        Assert.Equal(0, (await portal.QueryAsync<long>("SELECT COUNT(*) FROM vote_statement s WHERE NOT EXISTS (SELECT 1 FROM vote WHERE vote.vote_id = s.vote_id)")).Single());
    }

    /// <summary>One person: answers, the network is cut at times, and the tab is killed at times, also while answers wait in it.</summary>
    private async Task<(string Pseudonym, IReadOnlyList<Answer> Answers)> RateAsync(PortalProcess portal, string link, int seed)
    {
        var random = new Random(seed);
        var answers = new List<Answer>();
        await using var person = await chromium.VisitAsync(portal, width: 1280, height: 720);
        await person.Page.BeginAsync(link);
        var pseudonym = (await person.Page.Locator("#rate").GetAttributeAsync("data-rater"))!;
        for (var step = 0; step < Steps; step++)
        {
            switch (random.Next(4))
            {
                case 0: // without network, and the tab dies with answers that nobody else has
                    await person.Context.SetOfflineAsync(true);
                    await AnswerAsync();
                    await person.Page.Locator("#status").Filter(new() { HasText = "offline: your answers are kept on this device" }).WaitForAsync();
                    await KillTabAsync(person);
                    await person.Context.SetOfflineAsync(false);
                    await ComeBackAsync();
                    break;
                case 1: // the network is back before the tab notices much
                    await person.Context.SetOfflineAsync(true);
                    await AnswerAsync();
                    await person.Context.SetOfflineAsync(false);
                    break;
                case 2: // the tab dies as the key goes down: that answer has been written or not
                    await person.Page.WaitForPairAsync();
                    answers.Add(Press(out var key) with { MayBeMissing = true });
                    await person.Page.Keyboard.PressAsync(key);
                    await KillTabAsync(person);
                    await ComeBackAsync();
                    break;
                default:
                    await AnswerAsync();
                    break;
            }
        }
        await person.Page.SavedAsync();
        return (pseudonym, answers);

        Answer Press(out string key)
        {
            key = Keys[random.Next(Keys.Length)];
            return new Answer(key switch { "ArrowLeft" => "left", "ArrowRight" => "right", _ => "tie" });
        }

        async Task AnswerAsync()
        {
            answers.Add(Press(out var key));
            await person.Page.AnswerAsync(key);
        }

        async Task ComeBackAsync()
        {
            await person.Page.GotoAsync(link);
            await person.Page.WaitForPairAsync();
        }
    }

    /// <summary>Ends the process behind the tab, so that no handler of the page runs, and opens another tab.</summary>
    private static async Task KillTabAsync(Visitor person)
    {
        var crashed = new TaskCompletionSource();
        person.Page.Crash += (_, _) => crashed.TrySetResult();
        var devtools = await person.Context.NewCDPSessionAsync(person.Page);
        _ = devtools.SendAsync("Page.crash").ContinueWith(task => task.Exception, TaskScheduler.Default); // never answered
        await crashed.Task.WaitAsync(TimeSpan.FromSeconds(30));
        await person.ReopenAsync();
    }

    /// <summary>Every answer is stored once and in its order; those that died with their tab may be missing.</summary>
    private static void AssertSame(IReadOnlyList<Answer> given, IReadOnlyList<string> stored)
    {
        var possible = new HashSet<int> { 0 }; // how many of the stored ones the answers so far may have given
        foreach (var answer in given)
        {
            var next = possible.Where(at => at < stored.Count && stored[at] == answer.Choice).Select(at => at + 1).ToHashSet();
            if (answer.MayBeMissing)
                next.UnionWith(possible);
            possible = next;
        }
        Assert.True(possible.Contains(stored.Count), $"Given: {string.Join(", ", given.Select(answer => answer.Choice + (answer.MayBeMissing ? "?" : "")))}. Stored: {string.Join(", ", stored)}.");
    }

    private sealed record Answer(string Choice, bool MayBeMissing = false);
}
