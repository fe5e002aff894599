using System.Text.Json;
using System.Text.RegularExpressions;

namespace PixelPost.Tests.Shared;

/// <summary>What a rater's browser sends, for raters without one.</summary>
internal static partial class RaterRequests
{
    /// <summary>JSON as the portal's pages write and read it.</summary>
    public static readonly JsonSerializerOptions Web = new(JsonSerializerDefaults.Web);

    /// <summary>Opens a study's link, agrees, and starts.</summary>
    /// <param name="client">Keeps its cookies.</param>
    /// <param name="link">What comes after <c>/r/</c>.</param>
    public static async Task BeginAsync(HttpClient client, string link)
    {
        foreach (var form in new[] { "consent", "start" })
        {
            var page = await client.GetStringAsync($"/r/{link}");
            var token = AntiforgeryField().Match(page).Groups[1].Value;
            using var body = new FormUrlEncodedContent(new Dictionary<string, string> { ["__RequestVerificationToken"] = token });
            using var answer = await client.PostAsync($"/r/{link}/{form}", body);
            answer.EnsureSuccessStatusCode();
        }
    }

    /// <summary>A vote that is given now, after a second; sent again, it is the same to the letter.</summary>
    public static string Vote(Guid assignmentId, Guid? supersedes, string choice)
    {
        var now = DateTimeOffset.UtcNow;
        var vote = new
        {
            assignmentId,
            supersedes,
            choice,
            Reason = choice == "reject" ? "other" : null,
            ResponseMs = 1_000,
            ShownAt = now.AddSeconds(-1),
            DecodedLeftAt = now.AddSeconds(-2),
            DecodedRightAt = now.AddSeconds(-2),
            VotedAt = now,
            Input = "key",
            ViewportW = 1440,
            ViewportH = 900,
            Dpr = 1,
            AppVersion = "0.1.0",
        };
        return JsonSerializer.Serialize(vote, Web);
    }

    [GeneratedRegex("name=\"__RequestVerificationToken\" value=\"([^\"]+)\"")]
    private static partial Regex AntiforgeryField();
}
