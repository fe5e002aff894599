using System.Buffers.Binary;
using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;

namespace PixelPost.EvalPortal.Tests.Security;

/// <summary>Random studies, walked from the link to the withdrawal and through every refusal: nothing tells which system made an image.</summary>
public sealed class RaterBlindnessTests(AttackedStudy portal) : IClassFixture<AttackedStudy>
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    public async Task Path_OfARandomStudy_TellsNothing(int seed)
    {
        var study = await SecretStudy.AddAsync(portal, seed);

        var told = await WalkAsync(study);

        Assert.Superset(new HashSet<HttpStatusCode> { HttpStatusCode.OK, HttpStatusCode.Redirect, HttpStatusCode.NoContent, HttpStatusCode.BadRequest, HttpStatusCode.Unauthorized, HttpStatusCode.NotFound, HttpStatusCode.Conflict, HttpStatusCode.Gone, HttpStatusCode.UnprocessableEntity }, told.Select(part => part.Status).ToHashSet());
        foreach (var part in told)
        {
            var text = $"{part.Path}\n{part.Head}\n{Encoding.Latin1.GetString(part.Body)}";
            Assert.Empty(study.Secrets.Where(secret => text.Contains(secret, StringComparison.OrdinalIgnoreCase)).Select(secret => $"{part.Path} tells {secret}"));
        }
        CheckImages([.. told.Where(part => part is { Status: HttpStatusCode.OK } && part.Path.StartsWith("/rate/", StringComparison.Ordinal))]);
    }

    /// <summary>Walks the whole path and every refusal.</summary>
    private async Task<IReadOnlyCollection<Told>> WalkAsync(SecretStudy study)
    {
        var (link, api) = ($"/r/{study.Study.LinkToken}", $"/api/rate/{study.Study.LinkToken}");
        var recorder = new Recorder(new CookieContainer());
        using var rater = new HttpClient(recorder) { BaseAddress = portal.Portal.Address };
        await rater.GetAsync($"{link}x");
        await rater.GetAsync($"{link}?invitation=1.x");
        await rater.GetAsync($"{api}/next"); // has no place yet
        await rater.SubmitAsync(link, [], "form");
        await rater.SubmitAsync(link, [], "form");
        await rater.GetAsync(link);

        var vote = Guid.Empty;
        for (var pairs = await NextAsync(rater, api); pairs.Count > 0; pairs = await NextAsync(rater, api))
            foreach (var pair in pairs)
            {
                await rater.GetAsync(pair.GetProperty("left").GetString());
                await rater.GetAsync(pair.GetProperty("right").GetString());
                var assignment = pair.GetProperty("assignmentId").GetGuid();
                vote = Guid.CreateVersion7();
                await rater.SendAsync("PUT", $"{api}/votes/{vote}", portal.Vote(assignment, ("responseMs", -1)).ToJsonString());
                await rater.SendAsync("PUT", $"{api}/votes/{vote}", portal.Vote(assignment).ToJsonString());
                await rater.SendAsync("PUT", $"{api}/votes/{vote}", portal.Vote(assignment, ("choice", "right")).ToJsonString());
                await rater.SendAsync("PUT", $"{api}/votes/{vote}/flaw", """{"type":"hands","severity":"minor","side":"left","x":0.5,"y":0.5}""");
            }
        await rater.SendAsync("PUT", $"{api}/statement", $$"""[{"voteId":"{{vote}}","state":"received"}]""");
        await rater.SendAsync("PUT", $"{api}/votes/{vote}/retraction", "{}");
        await rater.GetAsync($"{api}/receipt");
        await rater.GetAsync($"{link}/mine");
        await rater.GetAsync(link); // the retracted pair, or thanks
        await rater.SubmitAsync($"{link}/mine", new() { ["erase"] = "yes" }, "form");
        await rater.GetAsync(link);
        await rater.SendAsync("PUT", $"{api}/votes/{vote}", portal.Vote().ToJsonString()); // after the withdrawal
        return recorder.Told;
    }

    /// <summary>The next pairs, with no fields but those that are known to tell nothing.</summary>
    private static async Task<IReadOnlyList<JsonElement>> NextAsync(HttpClient rater, string api)
    {
        var turn = JsonDocument.Parse(await rater.GetStringAsync($"{api}/next")).RootElement;
        var pairs = turn.GetProperty("pairs").EnumerateArray().ToList();
        Assert.Equal(["answered", "pairs", "total"], turn.EnumerateObject().Select(field => field.Name).Order());
        Assert.All(pairs, pair => Assert.Equal(["assignmentId", "flawStrip", "left", "prompt", "question", "right", "supersedes"], pair.EnumerateObject().Select(field => field.Name).Order()));
        Assert.All(pairs, pair => Assert.Equal(4, pair.GetProperty("assignmentId").GetGuid().Version)); // random: no time, no count
        Assert.All(pairs, pair => Assert.EndsWith($"/{pair.GetProperty("assignmentId").GetGuid()}/left", pair.GetProperty("left").GetString(), StringComparison.Ordinal));
        return pairs;
    }

    /// <summary>The images are alike in everything but their pixels: same headers, same chunks, same kind of colour.</summary>
    private static void CheckImages(IReadOnlyList<Told> images)
    {
        Assert.NotEmpty(images);
        foreach (var image in images)
        {
            Assert.Equal("private, max-age=86400, immutable", HeaderIn(image, "Cache-Control"));
            Assert.Equal("image/png", HeaderIn(image, "Content-Type"));
            Assert.Equal(image.Body.Length.ToString(CultureInfo.InvariantCulture), HeaderIn(image, "Content-Length"));
            Assert.Equal([.. Heads(images[0])], Heads(image));
            Assert.Matches("^IHDR(pHYs)(IDAT)+IEND$", string.Concat(ChunksOf(image.Body).Select(chunk => chunk.Type)));
            Assert.Equal([8, 2, 0, 0, 0], ChunksOf(image.Body)[0].Content[8..]);
            Assert.Equal([0, 0, 3, 0xe8, 0, 0, 3, 0xe8, 1], ChunksOf(image.Body)[1].Content);
        }
    }

    /// <summary>Names and values of headers, but for the length and the time of the answer.</summary>
    private static IEnumerable<string> Heads(Told image) =>
        image.Head.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
            .Where(line => !line.StartsWith("Date:", StringComparison.Ordinal) && !line.StartsWith("Content-Length:", StringComparison.Ordinal));

    private static string HeaderIn(Told image, string name) =>
        Assert.Single(image.Head.Split('\n', StringSplitOptions.TrimEntries), line => line.StartsWith($"{name}: ", StringComparison.Ordinal))[(name.Length + 2)..];

    private static List<(string Type, byte[] Content)> ChunksOf(byte[] png)
    {
        var chunks = new List<(string, byte[])>();
        for (var at = 8; at + 12 <= png.Length;)
        {
            var length = (int)BinaryPrimitives.ReadUInt32BigEndian(png.AsSpan(at));
            chunks.Add((Encoding.ASCII.GetString(png, at + 4, 4), png[(at + 8)..(at + 8 + length)]));
            at += 12 + length;
        }
        return chunks;
    }
}
