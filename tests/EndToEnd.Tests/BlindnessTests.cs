using System.Collections.Concurrent;
using System.Text;
using System.Text.RegularExpressions;
using Microsoft.Playwright;

namespace PixelPost.EndToEnd.Tests;

/// <summary>What a rater's browser gets must not tell which system made an image.</summary>
[Collection(Chromium.Collection)]
public sealed partial class BlindnessTests(Chromium chromium)
{
    private const int Votes = 24;
    private const int Raters = 25;

    [SkippableFact]
    public async Task RaterPages_InAllThatTheBrowserGets_TellNothing()
    {
        Chromium.SkipWhereMissing();
        await using var portal = await PortalProcess.StartAsync();
        await using var rater = await chromium.VisitAsync(portal, width: 1280, height: 720);
        var told = new ConcurrentQueue<(string Where, string What)>();
        var reading = new ConcurrentBag<Task>();
        rater.Context.Response += (_, response) => reading.Add(KeepAsync(response, told));

        await rater.Page.BeginAsync($"/r/{await portal.DemonstrationLinkAsync()}", beforeLeaving: async () =>
        {
            await rater.Page.WaitForLoadStateAsync(LoadState.NetworkIdle); // its scripts too
            await Task.WhenAll(reading); // what a page got is gone with it
        });
        var screens = new StringBuilder();
        var keys = Rater.Keys(seed: 1);
        for (var vote = 0; vote < Votes; vote++)
        {
            screens.AppendLine(await rater.Page.ContentAsync());
            await rater.Page.AnswerAsync(keys());
        }
        told.Enqueue(("the page", screens.ToString()));
        await Task.WhenAll(reading);

        var secrets = await SecretsAsync(portal);
        Assert.True(told.Count(part => part.Where.EndsWith("/left", StringComparison.Ordinal)) >= Votes);
        foreach (var (where, what) in told)
            Assert.Empty(secrets.Where(secret => secret.IsMatch(what)).Select(secret => $"{where} tells {secret}"));
        rater.AssertNothingWentWrong();
    }

    [SkippableFact]
    public async Task Images_AsServed_HoldPixelsOnlyAndAreTheOnesOfTheStoredSide()
    {
        Chromium.SkipWhereMissing();
        await using var portal = await PortalProcess.StartAsync();
        await using var rater = await chromium.VisitAsync(portal);
        await rater.Page.BeginAsync($"/r/{await portal.DemonstrationLinkAsync()}");

        // The pairs that the browser holds; it is given the same ones whenever it asks.
        var pairs = await portal.QueryAsync<(string Assignment, string Left, string Right)>("""
            SELECT a.assignment_id,
                   CASE WHEN a.left_is_b THEN b.sha256 ELSE i.sha256 END,
                   CASE WHEN a.left_is_b THEN i.sha256 ELSE b.sha256 END
            FROM assignment a
            JOIN comparison c ON c.comparison_id = a.comparison_id
            JOIN image i ON i.image_id = c.image_a_id
            JOIN image b ON b.image_id = c.image_b_id
            """);
        Assert.NotEmpty(pairs);
        foreach (var (assignment, left, right) in pairs)
        {
            foreach (var (side, sha256) in (IEnumerable<(string, string)>)[("left", left), ("right", right)])
            {
                var answer = await rater.Page.APIRequest.GetAsync($"/rate/{await portal.DemonstrationLinkAsync()}/images/{assignment}/{side}");
                var bytes = await answer.BodyAsync();
                Assert.Equal(sha256, Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(bytes)));
                Assert.Empty(ChunksOf(bytes).Except(["IHDR", "PLTE", "IDAT", "IEND", "pHYs", "sRGB", "gAMA", "cHRM", "bKGD", "sBIT"]));
                Assert.DoesNotContain(answer.Headers.Keys, name => name is "last-modified" or "etag" or "content-disposition");
            }
        }
        rater.AssertNothingWentWrong();
    }

    [SkippableFact]
    public async Task Sides_OverManyRaters_AreDrawnAtRandomAndStayWithTheAssignment()
    {
        Skip.If(PortalProcess.WhyNoDemonstration is not null, PortalProcess.WhyNoDemonstration);
        await using var portal = await PortalProcess.StartAsync();
        var link = await portal.DemonstrationLinkAsync();
        using var first = await HttpRater.BeginAsync(portal, link);
        var handed = await first.NextAsync();
        var before = await SidesAsync(portal);
        for (var i = 1; i < Raters; i++)
        {
            using var rater = await HttpRater.BeginAsync(portal, link);
            await rater.NextAsync();
        }

        var again = await first.NextAsync();
        var sides = await SidesAsync(portal);

        Assert.Equal(handed.Pairs, again.Pairs);
        Assert.Equal(before, sides.Where(before.Contains));
        Assert.Equal(Raters * handed.Pairs.Count, sides.Count);
        Assert.InRange((double)sides.Count(side => side.LeftIsB) / sides.Count, 0.25, 0.75); // fair coins leave this range once in a billion times
    }

    private static Task<IReadOnlyList<(string Assignment, bool LeftIsB)>> SidesAsync(PortalProcess portal) =>
        portal.QueryAsync<(string, bool)>("SELECT assignment_id, left_is_b FROM assignment ORDER BY assignment_id");

    private static async Task KeepAsync(IResponse response, ConcurrentQueue<(string, string)> told)
    {
        var headers = await response.AllHeadersAsync();
        var parts = new List<string> { response.Url, string.Join('\n', headers.Select(header => $"{header.Key}: {header.Value}")) };
        if (response.Status is >= 200 and < 300 && headers.GetValueOrDefault("content-type") is not (null or "image/png" or "font/woff2")) // for images see below
            parts.Add(await response.TextAsync());
        told.Enqueue((response.Url, string.Join('\n', parts)));
    }

    /// <summary>What must not be told: systems, models and prompts by name, hashes of models and images, seeds.</summary>
    private static async Task<IReadOnlyList<Regex>> SecretsAsync(PortalProcess portal)
    {
        const string Names = """
            SELECT name FROM system UNION SELECT name FROM model UNION SELECT weights_sha256 FROM model UNION SELECT folder FROM model
            UNION SELECT sha256 FROM image UNION SELECT model_sha256 FROM image UNION SELECT scheduler FROM image UNION SELECT name FROM study
            """;
        var names = await portal.QueryAsync<string?>(Names);
        var prompts = await portal.QueryAsync<string>("SELECT text FROM prompt");
        // A prompt of one word, such as "key" or "star", is also a word of the page and of its style sheet.
        return
        [
            .. names.OfType<string>().Concat(prompts.Where(prompt => prompt.Contains(' ', StringComparison.Ordinal)))
                .Select(text => new Regex(Regex.Escape(text), RegexOptions.IgnoreCase)),
            SeedField(),
        ];
    }

    private static IEnumerable<string> ChunksOf(byte[] png)
    {
        for (var at = 8; at + 8 <= png.Length;)
        {
            yield return Encoding.ASCII.GetString(png, at + 4, 4);
            at += 12 + (int)System.Buffers.Binary.BinaryPrimitives.ReadUInt32BigEndian(png.AsSpan(at, 4));
        }
    }

    [GeneratedRegex("\"(seed|model|system|prompt_?id|comparison_?id|image_?id|left_?is_?b)\"\\s*:", RegexOptions.IgnoreCase)]
    private static partial Regex SeedField();
}
