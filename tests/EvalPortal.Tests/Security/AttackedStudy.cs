using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using AngleSharp.Html.Parser;
using Dapper;
using Microsoft.Extensions.DependencyInjection;
using PixelPost.EvalPortal.Database;
using PixelPost.EvalPortal.Participants;
using PixelPost.EvalPortal.Studies;
using PixelPost.EvalPortal.Tests.Database;
using PixelPost.EvalPortal.Tests.Rating;

namespace PixelPost.EvalPortal.Tests.Security;

/// <summary>A study with a victim and an attacker, who are both raters in it, and a second study beside it.</summary>
public sealed class AttackedStudy : IAsyncLifetime
{
    private const string NoVote = "00000000-0000-0000-0000-000000000000";

    public PortalServer Portal { get; } = new();

    public Seeds Seeds { get; private set; } = null!;

    public Study Study { get; private set; } = null!;

    public Study OtherStudy { get; private set; } = null!;

    /// <summary>Has answered one pair and holds others.</summary>
    public HttpClient Victim { get; private set; } = null!;

    /// <summary>Has answered one pair, and holds another.</summary>
    public HttpClient Attacker { get; private set; } = null!;

    /// <summary>Has a place in the other study only.</summary>
    public HttpClient Foreigner { get; private set; } = null!;

    /// <summary>Has no cookie.</summary>
    public HttpClient Stranger { get; private set; } = null!;

    /// <summary>Secret of the attacker's cookie.</summary>
    public string AttackersToken { get; private set; } = "";

    public Guid VictimsVote { get; private set; }

    public Guid VictimsPair { get; private set; }

    /// <summary>The attacker's pair that has no answer.</summary>
    public Guid AttackersPair { get; private set; }

    public Guid AttackersVote { get; private set; }

    public Guid ForeignPair { get; private set; }

    public string Page => $"/r/{Study.LinkToken}";

    public string Api => $"/api/rate/{Study.LinkToken}";

    public string Images => $"/rate/{Study.LinkToken}/images";

    /// <summary>Where a new vote goes.</summary>
    public string NewVote => $"{Api}/votes/{Guid.CreateVersion7()}";

    public async Task InitializeAsync()
    {
        await Portal.InitializeAsync();
        Seeds = new Seeds(Get<Db>(), Get<TimeProvider>());
        (Study, OtherStudy) = (await AddStudyAsync(), await AddStudyAsync());
        Stranger = Portal.Client();
        (Victim, _) = await BeginAsync(Study);
        (Attacker, AttackersToken) = await BeginAsync(Study);
        (Foreigner, _) = await BeginAsync(OtherStudy);
        ForeignPair = (await PairsAsync(Foreigner, OtherStudy))[0];

        var victims = await PairsAsync(Victim, Study);
        (VictimsPair, VictimsVote) = (victims[1], Guid.CreateVersion7());
        await SucceedAsync(Victim.PutAsJsonAsync($"{Api}/votes/{VictimsVote}", Vote(victims[0])));
        await SucceedAsync(Victim.PutAsJsonAsync($"{Api}/statement", new[] { new { VoteId = VictimsVote, State = "received", Retracted = false } }));
        var attackers = await PairsAsync(Attacker, Study);
        (AttackersPair, AttackersVote) = (attackers[1], Guid.CreateVersion7());
        await SucceedAsync(Attacker.PutAsJsonAsync($"{Api}/votes/{AttackersVote}", Vote(attackers[0])));
    }

    public Task DisposeAsync() => Portal.DisposeAsync();

    public T Get<T>() where T : notnull => Portal.Services.GetRequiredService<T>();

    /// <summary>A running study of three prompts and both axes.</summary>
    public async Task<Study> AddStudyAsync() =>
        (await RatedStudy.AddAsync(Seeds, Get<Db>(), Get<TimeProvider>(), prompts: 3, votes: 50)).Study;

    /// <summary>Somebody who has agreed and read the instructions, with the secret of their cookie.</summary>
    public async Task<(HttpClient Rater, string Token)> BeginAsync(Study study)
    {
        var cookies = new CookieContainer();
        var rater = Portal.Client(cookies);
        await rater.SubmitAsync($"/r/{study.LinkToken}", [], "form");
        await rater.SubmitAsync($"/r/{study.LinkToken}", [], "form");
        return (rater, cookies.GetCookies(Portal.Address)["pixelpost-rater"]!.Value);
    }

    /// <summary>The hidden fields of a page's form, for sending it in another way.</summary>
    public async Task<string> FormTokenAsync(HttpClient client)
    {
        var page = await new HtmlParser().ParseDocumentAsync(await client.GetStringAsync(Page));
        var field = page.QuerySelector("[name=__RequestVerificationToken]") ?? throw new InvalidOperationException(page.Body!.TextContent);
        return field.GetAttribute("value")!;
    }

    /// <summary>A vote as a browser sends it, on the attacker's open pair unless another is named, with some fields changed.</summary>
    public JsonObject Vote(Guid? pair = null, params (string Name, JsonNode? Value)[] changes)
    {
        var now = DateTimeOffset.UtcNow;
        var vote = JsonSerializer.SerializeToNode(
            new
            {
                AssignmentId = pair ?? AttackersPair,
                Choice = "left",
                ResponseMs = 1_500,
                ShownAt = now.AddMilliseconds(-1_500),
                DecodedLeftAt = now.AddSeconds(-2),
                DecodedRightAt = now.AddSeconds(-2),
                VotedAt = now,
                Input = "key",
                AppVersion = "0.1.0",
            },
            JsonSerializerOptions.Web)!.AsObject();
        foreach (var (name, value) in changes)
            vote[name] = value;
        return vote;
    }

    /// <summary>A vote on the attacker's open pair with one field as it is written here, which need not be JSON.</summary>
    public string VoteWith(string name, string value) =>
        Vote(null, (name, NoVote)).ToJsonString().Replace($"\"{NoVote}\"", value, StringComparison.Ordinal);

    /// <summary>All that an attack must leave as it is.</summary>
    public async Task<string> StateAsync()
    {
        const string Sql = """
            SELECT 'vote ' || vote_id || assignment_id || choice_screen AS line FROM vote
            UNION ALL SELECT 'retraction ' || vote_id FROM vote_retraction
            UNION ALL SELECT 'flaw ' || vote_id FROM vote_flaw
            UNION ALL SELECT 'statement ' || vote_id || session_id || state FROM vote_statement
            UNION ALL SELECT 'withdrawal ' || session_id FROM withdrawal
            UNION ALL SELECT 'session ' || session_id FROM session
            UNION ALL SELECT 'rater ' || rater_id FROM rater
            UNION ALL SELECT 'participant ' || participant_id FROM participant
            ORDER BY line
            """;
        await using var connection = await Get<Db>().OpenAsync();
        return string.Join('\n', await connection.QueryAsync<string>(Sql));
    }

    /// <summary>A personal link that was given out, without the study's own part.</summary>
    public async Task<string> InvitationAsync(Study study)
    {
        var invitations = Get<RaterInvitationStore>();
        await invitations.AddAsync(study.StudyId, 1, createdByAccountId: null);
        return invitations.Query(study.StudyId, (await invitations.ListAsync(study.StudyId))[^1].Number);
    }

    private static async Task<List<Guid>> PairsAsync(HttpClient rater, Study study) =>
        [.. (await rater.GetFromJsonAsync<JsonElement>($"/api/rate/{study.LinkToken}/next")).GetProperty("pairs").EnumerateArray().Select(pair => pair.GetProperty("assignmentId").GetGuid())];

    private static async Task SucceedAsync(Task<HttpResponseMessage> answer) => (await answer).EnsureSuccessStatusCode();
}
