using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using static System.Net.HttpStatusCode;

namespace PixelPost.EvalPortal.Tests.Security;

/// <summary>
/// Every attack on the rater's side that was tried, and what must come of it: this answer, no stack trace, the headers that every
/// answer has, and nothing in the database that was not there before.
/// </summary>
/// <remarks>
/// What an attacker could learn is in <see cref="RaterBlindnessTests"/>, floods are in <see cref="RaterFloodTests"/>, links and ids
/// of participants in <see cref="RaterLinkAttackTests"/>, HTML in what researchers write in <see cref="RaterInjectionTests"/>.
/// </remarks>
public sealed class RaterAttackTests(AttackedStudy study) : IClassFixture<AttackedStudy>
{
    private delegate Task<HttpResponseMessage> Send(AttackedStudy s);

    // The secrets of cookies ---------------------------------------------------------------------------------------------
    private static readonly Dictionary<string, (HttpStatusCode Expected, Send Send)> Cookies = new()
    {
        ["no cookie"] = (Unauthorized, s => s.Stranger.GetAsync($"{s.Api}/next")),
        ["a made-up cookie"] = (Unauthorized, s => WithCookieAsync(s, new string('A', 22))),
        ["an empty cookie"] = (Unauthorized, s => WithCookieAsync(s, "")),
        ["a cookie one letter short"] = (Unauthorized, s => WithCookieAsync(s, s.AttackersToken[..^1])),
        ["a cookie one letter long"] = (Unauthorized, s => WithCookieAsync(s, s.AttackersToken + "A")),
        ["a cookie with one bit changed"] = (Unauthorized, s => WithCookieAsync(s, (char)(s.AttackersToken[0] ^ 1) + s.AttackersToken[1..])),
        ["a cookie in other letters"] = (Unauthorized, s => WithCookieAsync(s, new string([.. s.AttackersToken.Select(c => char.IsLower(c) ? char.ToUpperInvariant(c) : char.ToLowerInvariant(c))]))),
        ["SQL in a cookie"] = (Unauthorized, s => WithCookieAsync(s, "x'%20OR%20'1'='1")),
        ["a cookie of 16 KB"] = (Unauthorized, s => WithCookieAsync(s, new string('A', 16_000))),
        ["a rater of another study"] = (Unauthorized, s => s.Foreigner.GetAsync($"{s.Api}/next")),
        ["a secret under another study's name"] = (Unauthorized, s => s.Stranger.SendAsync("GET", $"/api/rate/{s.OtherStudy.LinkToken}/next", null, null, ("Cookie", $"pixelpost-rater.{s.OtherStudy.LinkToken}={s.AttackersToken}"))),
        ["the cookie in the address"] = (Unauthorized, s => s.Stranger.GetAsync($"{s.Api}/next?pixelpost-rater={s.AttackersToken}")),
        ["the cookie as a bearer token"] = (Unauthorized, s => s.Stranger.SendAsync("GET", $"{s.Api}/next", null, null, ("Authorization", $"Bearer {s.AttackersToken}"))),
    };

    // Links and paths ----------------------------------------------------------------------------------------------------
    private static readonly Dictionary<string, (HttpStatusCode Expected, Send Send)> Paths = new()
    {
        ["a link that is none"] = (NotFound, s => s.Stranger.GetAsync("/r/AAAAAAAAAAAAAAAAAAAAAA")),
        ["a link one letter short"] = (NotFound, s => s.Stranger.GetAsync(s.Page[..^1])),
        ["a link in capitals"] = (NotFound, s => s.Stranger.GetAsync($"/r/{s.Study.LinkToken.ToUpperInvariant()}")),
        ["a wildcard as link"] = (NotFound, s => s.Stranger.GetAsync("/r/%25")),
        ["SQL as link"] = (NotFound, s => s.Stranger.GetAsync("/r/x'%20OR%20'1'='1")),
        ["NUL in a link"] = (BadRequest, s => s.Stranger.SendAsync("GET", $"{s.Page}%00")),
        ["line breaks in a link"] = (NotFound, s => s.Stranger.SendAsync("GET", $"{s.Page}%0d%0aSet-Cookie:%20x=y")),
        ["a way up in a link"] = (NotFound, s => s.Stranger.SendAsync("GET", "/r/..%2f..%2fstudies")),
        ["a way up in the path"] = (Redirect, s => s.Attacker.SendAsync("GET", $"{s.Images}/{s.AttackersPair}/..%2f..%2f..%2fpixelpost.db")),
        ["a link of 4,000 letters"] = (NotFound, s => s.Stranger.GetAsync($"/r/{new string('A', 4_000)}")),
        ["an address of 16,000 letters"] = (RequestUriTooLong, s => s.Stranger.GetAsync($"/r/{new string('A', 16_000)}")),
        ["script in a link"] = (NotFound, s => s.Stranger.GetAsync("/r/%22%3E%3Cscript%3Ealert(1)%3C%2Fscript%3E")),
        ["a path in another case and with a slash"] = (Redirect, s => s.Attacker.GetAsync($"{s.Images.ToUpperInvariant()}/")),
        ["a page of the own page that is no number"] = (OK, s => s.Attacker.GetAsync($"{s.Page}/mine?page=x")),
        ["a page of the own page beyond numbers"] = (OK, s => s.Attacker.GetAsync($"{s.Page}/mine?page=99999999999999999999")),
        ["a page of the own page below one, twice"] = (OK, s => s.Attacker.GetAsync($"{s.Page}/mine?page=-5&page=-6")),
        ["the list of studies"] = (Redirect, s => s.Attacker.GetAsync("/")),
        ["an export"] = (Redirect, s => s.Attacker.GetAsync($"/studies/{s.Study.StudyId}/export/votes.csv")),
        ["the list of whom to pay"] = (Redirect, s => s.Attacker.GetAsync($"/studies/{s.Study.StudyId}/pay.csv")),
        ["the researcher's addresses of images"] = (Redirect, s => s.Attacker.GetAsync($"/images/{new string('0', 64)}.png")),
    };

    // Images -------------------------------------------------------------------------------------------------------------
    private static readonly Dictionary<string, (HttpStatusCode Expected, Send Send)> Images = new()
    {
        ["an image of somebody else's pair"] = (NotFound, s => s.Attacker.GetAsync($"{s.Images}/{s.VictimsPair}/left")),
        ["an image of another study's pair"] = (NotFound, s => s.Attacker.GetAsync($"{s.Images}/{s.ForeignPair}/left")),
        ["an image without a cookie"] = (Unauthorized, s => s.Stranger.GetAsync($"{s.Images}/{s.AttackersPair}/left")),
        ["an image of a guessed pair"] = (NotFound, s => s.Attacker.GetAsync($"{s.Images}/{Guid.NewGuid()}/left")),
        ["an image by its number"] = (Redirect, s => s.Attacker.GetAsync($"{s.Images}/1/left")),
        ["an image by its system"] = (Redirect, s => s.Attacker.GetAsync($"{s.Images}/{s.AttackersPair}/a")),
        ["an image by another name"] = (Redirect, s => s.Attacker.GetAsync($"{s.Images}/{s.AttackersPair}/left.png")),
    };

    // What belongs to others ---------------------------------------------------------------------------------------------
    private static readonly Dictionary<string, (HttpStatusCode Expected, Send Send)> Others = new()
    {
        ["a vote on somebody else's pair"] = (Forbidden, s => PutAsync(s, s.NewVote, s.Vote(s.VictimsPair))),
        ["a vote on another study's pair"] = (NotFound, s => PutAsync(s, s.NewVote, s.Vote(s.ForeignPair))),
        ["a vote on a guessed pair"] = (NotFound, s => PutAsync(s, s.NewVote, s.Vote(Guid.NewGuid()))),
        ["a vote under somebody else's id"] = (Conflict, s => PutAsync(s, $"{s.Api}/votes/{s.VictimsVote}", s.Vote())),
        ["a vote in place of somebody else's"] = (Conflict, s => PutAsync(s, s.NewVote, s.Vote(null, ("supersedes", s.VictimsVote)))),
        ["a vote in place of one on another pair"] = (Conflict, s => PutAsync(s, s.NewVote, s.Vote(null, ("supersedes", s.AttackersVote)))),
        ["another answer under one's own id"] = (Conflict, s => PutAsync(s, $"{s.Api}/votes/{s.AttackersVote}", s.Vote(null, ("choice", "right")))),
        ["somebody else's vote taken back"] = (Forbidden, s => PutAsync(s, $"{s.Api}/votes/{s.VictimsVote}/retraction", [])),
        ["an unknown vote taken back"] = (NotFound, s => PutAsync(s, $"{s.NewVote}/retraction", [])),
        ["a flaw of somebody else's vote"] = (Forbidden, s => PutAsync(s, $"{s.Api}/votes/{s.VictimsVote}/flaw", new JsonObject { ["type"] = "hands" })),
        ["a statement about somebody else's vote"] = (NoContent, s => s.Attacker.SendAsync("PUT", $"{s.Api}/statement", $$"""[{"voteId":"{{s.VictimsVote}}","state":"refused","retracted":true}]""")),
        ["somebody else's vote through another study"] = (NotFound, s => s.Foreigner.SendAsync("PUT", $"/api/rate/{s.OtherStudy.LinkToken}/votes/{s.VictimsVote}/retraction", "{}")),
        ["a withdrawal without a place"] = (Redirect, async s => await PostFormAsync(s.Stranger, $"{s.Page}/withdraw", ("__RequestVerificationToken", await s.FormTokenAsync(s.Stranger)), ("erase", "yes"))),
    };

    // Bodies -------------------------------------------------------------------------------------------------------------
    private static readonly Dictionary<string, (HttpStatusCode Expected, Send Send)> Bodies = new()
    {
        ["a vote of 100 KB"] = (BadRequest, s => RawAsync(s, s.Vote(null, ("appVersion", new string('x', 100_000))).ToJsonString())),
        ["a vote of 100 KB that does not tell its length"] = (BadRequest, s => s.Attacker.SendContentAsync("PUT", s.NewVote, Unmeasured(100_000), "application/json")),
        ["a statement of 100 KB"] = (BadRequest, s => s.Attacker.SendAsync("PUT", $"{s.Api}/statement", $"[{new string(' ', 100_000)}]")),
        ["a form of 100 KB"] = (BadRequest, s => PostFormAsync(s.Attacker, $"{s.Page}/withdraw", ("erase", new string('x', 100_000)))),
        ["a form of 100 KB that does not tell its length"] = (BadRequest, s => s.Attacker.SendContentAsync("POST", $"{s.Page}/start", Unmeasured(100_000), "application/x-www-form-urlencoded")),
        ["a form of 2,000 fields"] = (BadRequest, s => s.Attacker.SendAsync("POST", $"{s.Page}/start", string.Concat(Enumerable.Repeat("&a=", 2_000)), "application/x-www-form-urlencoded")),
        ["a form in pieces that do not end"] = (BadRequest, s => s.Attacker.SendAsync("POST", $"{s.Page}/start", "--x\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n", "multipart/form-data; boundary=x")),
        ["JSON 2,000 levels deep"] = (BadRequest, s => RawAsync(s, s.VoteWith("reason", new string('[', 2_000) + new string(']', 2_000)))),
        ["no JSON"] = (BadRequest, s => RawAsync(s, "left")),
        ["JSON that is cut off"] = (BadRequest, s => RawAsync(s, s.Vote().ToJsonString()[..^1])),
        ["JSON with a comment"] = (BadRequest, s => RawAsync(s, "/* */" + s.Vote().ToJsonString())),
        ["bytes that are no UTF-8"] = (BadRequest, s => s.Attacker.SendContentAsync("PUT", s.NewVote, new ByteArrayContent([.. "{\"choice\":\""u8, 0xff, 0xfe, .. "\"}"u8]), "application/json")),
        ["nothing"] = (BadRequest, s => s.Attacker.SendAsync("PUT", s.NewVote)),
        ["null"] = (BadRequest, s => RawAsync(s, "null")),
        ["a list"] = (BadRequest, s => RawAsync(s, "[]")),
        ["a vote as text"] = (BadRequest, s => s.Attacker.SendAsync("PUT", s.NewVote, s.Vote().ToJsonString(), "text/plain")),
        ["a vote as a form"] = (BadRequest, s => s.Attacker.SendAsync("PUT", s.NewVote, "choice=left", "application/x-www-form-urlencoded")),
        ["a vote of no type"] = (BadRequest, s => s.Attacker.SendAsync("PUT", s.NewVote, s.Vote().ToJsonString(), null)),
        ["an unknown character set"] = (BadRequest, s => s.Attacker.SendAsync("PUT", s.NewVote, s.Vote().ToJsonString(), "application/json; charset=utf-7")),
        ["a field twice"] = (BadRequest, s => RawAsync(s, s.Vote().ToJsonString().Replace("\"choice\":\"left\"", "\"choice\":\"left\",\"choice\":\"right\"", StringComparison.Ordinal))),
        ["a field twice in other letters"] = (BadRequest, s => RawAsync(s, s.Vote().ToJsonString().Replace("\"choice\":\"left\"", "\"choice\":\"left\",\"Choice\":\"right\"", StringComparison.Ordinal))),
        ["a statement of one vote twice"] = (BadRequest, s => s.Attacker.SendAsync("PUT", $"{s.Api}/statement", $"[{string.Join(',', Enumerable.Repeat($$"""{"voteId":"{{s.AttackersVote}}","state":"waiting"}""", 2))}]")),
    };

    // Values -------------------------------------------------------------------------------------------------------------
    private static readonly Dictionary<string, (HttpStatusCode Expected, Send Send)> Values = new()
    {
        ["a choice by number"] = (BadRequest, s => RawAsync(s, s.VoteWith("choice", "0"))),
        ["a choice that is none"] = (BadRequest, s => RawAsync(s, s.VoteWith("choice", "\"a\""))),
        ["two choices"] = (BadRequest, s => RawAsync(s, s.VoteWith("choice", "\"left, right\""))),
        ["null for a version"] = (BadRequest, s => RawAsync(s, s.VoteWith("appVersion", "null"))),
        ["NUL in a version"] = (UnprocessableEntity, s => RawAsync(s, s.VoteWith("appVersion", "\"1\\u0000\""))),
        ["a line break in a version"] = (UnprocessableEntity, s => RawAsync(s, s.VoteWith("appVersion", "\"1\\r\\nx\""))),
        ["half a character in a version"] = (BadRequest, s => RawAsync(s, s.VoteWith("appVersion", "\"\\ud800\""))),
        ["a version of 41 letters"] = (UnprocessableEntity, s => RawAsync(s, s.VoteWith("appVersion", $"\"{new string('x', 41)}\""))),
        ["a time that is none"] = (BadRequest, s => RawAsync(s, s.VoteWith("shownAt", "\"yesterday\""))),
        ["a time beyond times"] = (BadRequest, s => RawAsync(s, s.VoteWith("votedAt", "\"99999-01-01T00:00:00Z\""))),
        ["an answer before the images"] = (UnprocessableEntity, s => RawAsync(s, s.VoteWith("votedAt", "\"0001-01-01T00:00:00Z\""))),
        ["a negative response time"] = (UnprocessableEntity, s => RawAsync(s, s.VoteWith("responseMs", "-1"))),
        ["a response time of 2^31"] = (BadRequest, s => RawAsync(s, s.VoteWith("responseMs", "2147483648"))),
        ["a response time with a fraction"] = (BadRequest, s => RawAsync(s, s.VoteWith("responseMs", "0.5"))),
        ["a response time of a thousand digits"] = (BadRequest, s => RawAsync(s, s.VoteWith("responseMs", new string('9', 1_000)))),
        ["more visible than there was time"] = (UnprocessableEntity, s => RawAsync(s, s.VoteWith("visibleMs", "2000000000"))),
        ["a ratio that is no number"] = (BadRequest, s => RawAsync(s, s.VoteWith("dpr", "NaN"))),
        ["a ratio that is no number, in quotes"] = (BadRequest, s => RawAsync(s, s.VoteWith("dpr", "\"NaN\""))),
        ["an infinite ratio"] = (UnprocessableEntity, s => RawAsync(s, s.VoteWith("dpr", "1e999"))),
        ["an infinite zoom"] = (UnprocessableEntity, s => RawAsync(s, s.VoteWith("maxZoom", "1e999"))),
        ["a negative zoom"] = (UnprocessableEntity, s => RawAsync(s, s.VoteWith("maxZoom", "-1"))),
        ["a window of no width"] = (UnprocessableEntity, s => RawAsync(s, s.VoteWith("viewportW", "0"))),
        ["a billion flickers"] = (UnprocessableEntity, s => RawAsync(s, s.VoteWith("toggles", "1000000000"))),
        ["a reason without a rejection"] = (UnprocessableEntity, s => RawAsync(s, s.VoteWith("reason", "\"unsafe\""))),
        ["a vote id that is random"] = (BadRequest, s => PutAsync(s, $"{s.Api}/votes/{Guid.NewGuid()}", s.Vote())),
        ["a vote id of zeros"] = (BadRequest, s => PutAsync(s, $"{s.Api}/votes/{Guid.Empty}", s.Vote())),
        ["a vote id that is none"] = (Unauthorized, s => PutAsync(s, $"{s.Api}/votes/1", s.Vote())),
        ["a flaw beside the image"] = (UnprocessableEntity, s => s.Attacker.SendAsync("PUT", $"{s.Api}/votes/{s.AttackersVote}/flaw", """{"side":"left","x":1e999,"y":0}""")),
        ["a flaw that tells nothing"] = (UnprocessableEntity, s => s.Attacker.SendAsync("PUT", $"{s.Api}/votes/{s.AttackersVote}/flaw", "{}")),
    };

    // Requests from other sites and of other kinds. What the portal does not offer at all is answered as to anybody who is not signed in.
    private static readonly Dictionary<string, (HttpStatusCode Expected, Send Send)> Requests = new()
    {
        ["consent without the form's token"] = (BadRequest, s => PostFormAsync(s.Stranger, $"{s.Page}/consent", ("viewportW", "1"))),
        ["a start without the form's token"] = (BadRequest, s => PostFormAsync(s.Attacker, $"{s.Page}/start")),
        ["a withdrawal without the form's token"] = (BadRequest, s => PostFormAsync(s.Attacker, $"{s.Page}/withdraw", ("erase", "yes"))),
        ["a withdrawal with another browser's token"] = (BadRequest, async s => await PostFormAsync(s.Attacker, $"{s.Page}/withdraw", ("erase", "yes"), ("__RequestVerificationToken", await s.FormTokenAsync(s.Stranger)))),
        ["a withdrawal as JSON"] = (BadRequest, s => s.Attacker.SendAsync("POST", $"{s.Page}/withdraw", """{"erase":"yes"}""")),
        ["a withdrawal by its address alone"] = (Redirect, s => s.Attacker.GetAsync($"{s.Page}/withdraw?erase=yes")),
        ["a form sent to the page itself"] = (BadRequest, s => PostFormAsync(s.Attacker, s.Page, ("erase", "yes"))),
        ["a vote that another site's form can send"] = (Unauthorized, s => s.Attacker.SendAsync("POST", s.NewVote, s.Vote().ToJsonString(), "text/plain", ("Origin", "https://evil.example"))),
        ["a vote in the name of another method"] = (Unauthorized, s => s.Attacker.SendAsync("POST", s.NewVote, s.Vote().ToJsonString(), "application/json", ("X-HTTP-Method-Override", "PUT"))),
        ["another site asking whether it may"] = (Unauthorized, s => s.Attacker.SendAsync("OPTIONS", s.NewVote, null, null, ("Origin", "https://evil.example"), ("Access-Control-Request-Method", "PUT"))),
        ["a vote read back"] = (Unauthorized, s => s.Attacker.GetAsync($"{s.Api}/votes/{s.AttackersVote}")),
        ["a vote deleted"] = (Unauthorized, s => s.Attacker.DeleteAsync($"{s.Api}/votes/{s.AttackersVote}")),
        ["the next pair by PUT"] = (Unauthorized, s => s.Attacker.SendAsync("PUT", $"{s.Api}/next", "{}")),
        ["the head of an image"] = (Redirect, s => s.Attacker.SendAsync("HEAD", $"{s.Images}/{s.AttackersPair}/left")),
        ["the request sent back"] = (Unauthorized, s => s.Attacker.SendAsync("TRACE", $"{s.Api}/next")),
        ["another host's name"] = (NotFound, s => s.Stranger.SendAsync("GET", "/r/none", null, null, ("Host", "evil.example"))),
    };

    private static readonly Dictionary<string, (HttpStatusCode Expected, Send Send)> All =
        new((IEnumerable<KeyValuePair<string, (HttpStatusCode, Send)>>)[.. Cookies, .. Paths, .. Images, .. Others, .. Bodies, .. Values, .. Requests]);

    public static TheoryData<string> Names => [.. All.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Attack_IsRefusedAndChangesNothing(string attack)
    {
        var before = await study.StateAsync();

        using var answer = await All[attack].Send(study);

        var body = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.StatusCode == All[attack].Expected, $"{attack}: {(int)answer.StatusCode} {body}");
        Assert.Equal(before, await study.StateAsync());
        Assert.DoesNotContain("   at ", body, StringComparison.Ordinal); // a stack trace
        Assert.DoesNotContain("<script>", body, StringComparison.OrdinalIgnoreCase);
        if (answer.StatusCode == Redirect)
            Assert.Matches($"^({Regex.Escape(study.Page)}|{Regex.Escape(study.Portal.Address.ToString())}sign-in\\?.*)$", answer.Headers.Location!.OriginalString);
        else if (answer.Headers.Any(header => header.Key != "Date" && header.Key != "Connection")) // what is no HTTP is answered before the portal is asked
            SafeHeaders.Check(answer);
    }

    private static Task<HttpResponseMessage> WithCookieAsync(AttackedStudy s, string token) =>
        s.Stranger.SendAsync("GET", $"{s.Api}/next", null, null, ("Cookie", $"pixelpost-rater={token}"));

    private static Task<HttpResponseMessage> PutAsync(AttackedStudy s, string path, JsonObject body) => s.Attacker.SendAsync("PUT", path, body.ToJsonString());

    private static Task<HttpResponseMessage> RawAsync(AttackedStudy s, string body) => s.Attacker.SendAsync("PUT", s.NewVote, body);

    private static Task<HttpResponseMessage> PostFormAsync(HttpClient client, string path, params (string Name, string Value)[] fields) =>
        client.PostAsync(path, new FormUrlEncodedContent(fields.Select(field => KeyValuePair.Create(field.Name, field.Value))));

    /// <summary>A body whose length is not told first.</summary>
    private static StreamContent Unmeasured(int bytes) => new(new UnseekableStream(Encoding.ASCII.GetBytes("a=" + new string('x', bytes))));

    private sealed class UnseekableStream(byte[] bytes) : MemoryStream(bytes)
    {
        public override bool CanSeek => false;
    }
}
