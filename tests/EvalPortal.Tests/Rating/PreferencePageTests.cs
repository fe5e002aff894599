using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using AngleSharp.Html.Parser;
using PixelPost.EvalPortal.Accounts;
using PixelPost.EvalPortal.Database;
using PixelPost.EvalPortal.Studies;
using PixelPost.EvalPortal.Tests.Database;

namespace PixelPost.EvalPortal.Tests.Rating;

/// <summary>Best and worst over HTTP, as a browser without script would.</summary>
public sealed class PreferencePageTests : SheetPageTests
{
    protected override async Task<Study> AddStudyAsync(Seeds seeds, Db db, TimeProvider clock) =>
        (await PreferenceStudy.AddAsync(seeds, db, clock, prompts: 2)).Study;

    [Fact]
    public async Task Page_Images_HavePlacesAndNoNames()
    {
        var page = await Rater.GetStringAsync($"/r/{Study.LinkToken}");
        var next = await Rater.GetStringAsync($"/api/rate/{Study.LinkToken}/next");

        Assert.NotNull((await new HtmlParser().ParseDocumentAsync(page)).QuerySelector(".grid-view #tiles"));
        var item = JsonDocument.Parse(next).RootElement.GetProperty("pairs")[0];
        var address = $"/rate/{Study.LinkToken}/images/{item.GetProperty("assignmentId").GetString()}/";
        Assert.Equal(Enumerable.Range(1, 5).Select(place => $"{address}{place}"), item.GetProperty("images").EnumerateArray().Select(image => image.GetString()));
        foreach (var secret in new[] { "System ", "seed", "sha256", "imageId" })
        {
            Assert.DoesNotContain(secret, next, StringComparison.OrdinalIgnoreCase);
            Assert.DoesNotContain(secret, page, StringComparison.OrdinalIgnoreCase);
        }
        foreach (var place in new[] { "6", "left", "right" })
            Assert.Equal(HttpStatusCode.NotFound, (await Rater.GetAsync($"{address}{place}")).StatusCode);
    }

    [Fact]
    public async Task Vote_PicksAndBadPicks_AreTakenOnceAndRefusedWithASentence()
    {
        using var researcher = await Portal.SignedInClientAsync(Role.Admin);
        var item = (await Rater.GetFromJsonAsync<JsonElement>($"/api/rate/{Study.LinkToken}/next")).GetProperty("pairs")[0];
        var address = $"/api/rate/{Study.LinkToken}/votes/{Guid.CreateVersion7()}";

        var same = await Rater.PutAsJsonAsync(address, Picks(item, 2, 2));
        var beyond = await Rater.PutAsJsonAsync(address, Picks(item, 1, 6));
        var first = await Rater.PutAsJsonAsync(address, Picks(item, 1, 5, 1));
        var other = await Rater.PutAsJsonAsync(address, Picks(item, 5, 1, 1));

        Assert.Equal(
            (HttpStatusCode.UnprocessableEntity, HttpStatusCode.UnprocessableEntity, HttpStatusCode.OK, HttpStatusCode.Conflict),
            (same.StatusCode, beyond.StatusCode, first.StatusCode, other.StatusCode));
        Assert.Contains("The best image cannot be the worst too.", await same.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Contains("Best: image 1. Worst: image 5.", await Rater.GetStringAsync($"/r/{Study.LinkToken}/mine"), StringComparison.Ordinal);
        var picks = (await researcher.GetStringAsync($"/studies/{Study.StudyId}/export/picks.csv")).Split("\r\n");
        Assert.StartsWith("pick_id,study_id,item_id,prompt_id,prompt,image_ids,best_image_id,worst_image_id,flaw_override,rater_id,rt_ms", picks[0], StringComparison.Ordinal);
        Assert.Contains(",true,R-", picks[1], StringComparison.Ordinal);
        Assert.Contains("1 vote by", await researcher.GetStringAsync($"/studies/{Study.StudyId}/results"), StringComparison.Ordinal);
        foreach (var page in new[] { "", "/quality", "/train", "/export/votes.csv" })
            Assert.Equal(HttpStatusCode.OK, (await researcher.GetAsync($"/studies/{Study.StudyId}{page}")).StatusCode);
    }

    private static object Picks(JsonElement item, int best, int worst, params int[] flagged)
    {
        var now = DateTimeOffset.UtcNow;
        return new
        {
            AssignmentId = item.GetProperty("assignmentId").GetGuid(),
            Choice = "answered",
            Picks = new { Best = best, Worst = worst, Flagged = flagged },
            ResponseMs = 1_500,
            ShownAt = now.AddMilliseconds(-1_500),
            DecodedAt = now.AddSeconds(-2),
            VotedAt = now,
            AppVersion = "0.1.0",
        };
    }
}
