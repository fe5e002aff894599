using System.Buffers.Text;
using System.Net;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;
using PixelPost.EvalPortal.Participants;
using PixelPost.EvalPortal.Rating;

namespace PixelPost.EvalPortal.Tests.Security;

/// <summary>Attacks on signed links, participants' ids, addresses to go back to, and cookies.</summary>
public sealed class RaterLinkAttackTests(AttackedStudy study) : IClassFixture<AttackedStudy>
{
    private static readonly ParticipantKey Key = new([.. Enumerable.Range(0, 32).Select(i => (byte)i)]);

    [Fact]
    public void Invitation_WithAnyBitChanged_IsRefused()
    {
        var link = Key.Invitation(7, 12);
        var (number, signature) = (link[..3], Base64Url.DecodeFromChars(link.AsSpan(3)));

        Assert.Equal(12, Key.ReadInvitation(7, link));
        for (var bit = 0; bit < 8 * signature.Length; bit++)
        {
            var changed = signature.ToArray();
            changed[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.Null(Key.ReadInvitation(7, number + Base64Url.EncodeToString(changed)));
        }
    }

    [Fact]
    public void Invitation_SpeltInAnotherWay_IsRefused()
    {
        var link = Key.Invitation(7, 12);
        var signature = link[3..];
        var lastLetters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".Select(last => link[..^1] + last).Where(other => other != link);
        string[] others =
        [
            .. lastLetters, // the last letter holds four bits that stand for nothing
            $"012.{signature}", $"+12.{signature}", $" 12.{signature}", $"12\0.{signature}", $"1 2.{signature}", $"-12.{signature}", $"12.{signature}=", $"12.{signature}==", $"12.{signature} ", $"12.{signature}\0",
            $"12.{signature}.", $"12..{signature}", $".{signature}", $"12{signature}", $"11.{signature}", $"99999999999.{signature}", $"١٢.{signature}", "12.", "12", ".", "", link.ToUpperInvariant(), new string('1', 5_000),
        ];

        Assert.All(others, other => Assert.Null(Key.ReadInvitation(7, other)));
        Assert.Null(Key.ReadInvitation(8, link)); // another study
        Assert.Null(new ParticipantKey(new byte[32]).ReadInvitation(7, link)); // another portal
    }

    [Theory]
    [InlineData("{0}&{0}")]
    [InlineData("{0}&invitation=")]
    [InlineData("?invitation=&{0}")]
    [InlineData("?invitation=%00")]
    [InlineData("?invitation[]=1")]
    [InlineData("?INVITATION={1}x")]
    public async Task Invitation_TwiceOrOtherwiseInTheAddress_LetsNobodyInAsSomebodyElse(string pattern)
    {
        var query = await study.InvitationAsync(study.Study);
        var address = string.Format(System.Globalization.CultureInfo.InvariantCulture, pattern, query, query["?invitation=".Length..]).Replace("&?", "&", StringComparison.Ordinal);

        var answer = await study.Stranger.GetAsync(study.Page + address);

        // Refused, or the open link's page where the parameter is another one; never somebody's place.
        Assert.True(answer.StatusCode == HttpStatusCode.BadRequest || address.Contains("[]", StringComparison.Ordinal), $"{address}: {answer.StatusCode}");
        Assert.False(answer.Headers.TryGetValues("Set-Cookie", out var cookies) && cookies.Any(cookie => cookie.StartsWith("pixelpost-rater", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Invitation_OfAnotherStudy_IsRefused()
    {
        var query = await study.InvitationAsync(study.OtherStudy);

        Assert.Equal(HttpStatusCode.BadRequest, (await study.Stranger.GetAsync(study.Page + query)).StatusCode);
    }

    [Theory]
    [InlineData("https://sona.example.org/credit?id={participant}")]
    [InlineData("https://sona.example.org/{participant}/done")]
    public void ReturnAddress_WhateverTheIdIs_StaysAtThePanel(string template)
    {
        var entry = Entry(template);
        foreach (var id in (string[])["17-A", "@evil.example:80", "..", "~+@:.", "%2F%2Fevil.example", "x&id=y#z", "/../..//evil.example", "\r\nLocation:x"])
        {
            var address = new Uri(entry.ReturnAddress(CompletionStatus.Completed, id)!);
            Assert.Equal(("https", "sona.example.org", "", ""), (address.Scheme, address.Host, address.UserInfo, address.Fragment));
            Assert.DoesNotContain('\n', entry.ReturnAddress(CompletionStatus.Completed, id)!);
        }
    }

    [Theory]
    [InlineData("javascript:alert(1)")]
    [InlineData("data:text/html,x")]
    [InlineData("http://sona.example.org/")]
    [InlineData("//sona.example.org/")]
    [InlineData("/studies")]
    [InlineData("https://{participant}/")]
    [InlineData("https://{participant}.example.org/")]
    [InlineData("https://sona.example.org{participant}/")]
    [InlineData("https://sona.example.org@{participant}/")]
    [InlineData("https://sona.example.org:{participant}/")]
    [InlineData("https://{participant}@sona.example.org/")]
    [InlineData("https://{code}.example.org/")]
    public void CompletionAddress_ThatCouldLeadElsewhere_IsNotTaken(string address) =>
        Assert.NotEmpty(Draft(address).Faults());

    [Fact]
    public void CompletionAddress_OfAPanel_IsTaken() => Assert.Empty(Draft("https://sona.example.org/credit?id={participant}&code={code}").Faults());

    [Fact]
    public async Task Cookies_OfARater_CannotBeReadByScriptNorSentFromElsewhere()
    {
        using var rater = study.Portal.Client();
        var consent = await rater.SubmitAsync(study.Page, [], "form");
        var cookie = Assert.Single(consent.Headers.GetValues("Set-Cookie"), value => value.StartsWith("pixelpost-rater=", StringComparison.Ordinal));
        var page = await study.Portal.Client().GetAsync(study.Page);
        var formCookie = Assert.Single(page.Headers.GetValues("Set-Cookie"));

        Assert.Matches("^pixelpost-rater=[A-Za-z0-9_-]{22}; max-age=\\d+; path=/; samesite=lax; httponly$", cookie);
        Assert.EndsWith("; path=/; samesite=strict; httponly", formCookie, StringComparison.Ordinal);
    }

    [Fact]
    public void Cookies_OverHttps_AreSecure()
    {
        var context = new DefaultHttpContext();
        context.Request.Scheme = "https";

        RaterCookie.Write(context, "link", "secret");

        Assert.Contains("; secure;", context.Response.Headers.SetCookie.ToString(), StringComparison.Ordinal);
        Assert.Equal(CookieSecurePolicy.SameAsRequest, study.Get<IOptions<AntiforgeryOptions>>().Value.Cookie.SecurePolicy);
    }

    [Fact]
    public async Task Redirect_ForAKnownParticipant_StaysHereWhateverTheRequestCallsTheHost()
    {
        var query = await study.InvitationAsync(study.Study);
        using var first = study.Portal.Client();
        Assert.Equal(HttpStatusCode.Redirect, (await first.SubmitAsync(study.Page + query, [], "form")).StatusCode);

        var answer = await study.Portal.Client().SendAsync("GET", study.Page + query, null, null, ("Host", "evil.example"));

        Assert.Equal(HttpStatusCode.Redirect, answer.StatusCode);
        Assert.Equal(study.Page, answer.Headers.Location!.OriginalString);
    }

    private StudyEntry Entry(string address) => new()
    {
        StudyId = study.Study.StudyId,
        Panel = PanelKind.Other,
        ParticipantParameter = "id",
        CompletionAddress = address,
        CompletionCode = "C1",
        KeepsParticipantIds = true,
    };

    private static EntryDraft Draft(string address) => new()
    {
        Panel = PanelKind.Other,
        ParticipantParameter = "id",
        CompletionAddress = address,
        CompletionCode = "C1",
        KeepsParticipantIds = true,
    };
}
