using System.Net;
using Microsoft.Extensions.DependencyInjection;
using PixelPost.EvalPortal.Accounts;

namespace PixelPost.EvalPortal.Tests.Accounts;

public sealed class SignInTests : IAsyncLifetime
{
    private readonly PortalServer _portal = new();

    public Task InitializeAsync() => _portal.InitializeAsync();

    public Task DisposeAsync() => _portal.DisposeAsync();

    [Fact]
    public async Task FirstAdminLink_FilledIn_SignsInOnceAndIsPrintedNoMore()
    {
        using var client = _portal.Client();
        var link = new Uri(_portal.FirstAdminLink!).PathAndQuery;

        var answer = await client.SubmitAsync(link, Filled("ada@example.org"));

        Assert.Equal(HttpStatusCode.Redirect, answer.StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync("/people")).StatusCode);
        Assert.Contains("This link cannot be used", await client.GetStringAsync(link), StringComparison.Ordinal);
        await _portal.RestartAsync();
        Assert.Null(_portal.FirstAdminLink);
    }

    [Fact]
    public async Task FirstAdminLink_NotUsed_IsPrintedAnewAtEachStart()
    {
        var first = new Uri(_portal.FirstAdminLink!).PathAndQuery;

        await _portal.RestartAsync();

        using var client = _portal.Client();
        Assert.Contains("This link cannot be used", await client.GetStringAsync(first), StringComparison.Ordinal);
        Assert.Contains("Make account", await client.GetStringAsync(new Uri(_portal.FirstAdminLink!).PathAndQuery), StringComparison.Ordinal);
    }

    [Fact]
    public async Task SignIn_RightPassword_GoesWhereThePersonWanted()
    {
        await AddAccountAsync("ada@example.org");
        using var client = _portal.Client();
        var asked = await client.GetAsync("/account");

        var answer = await client.SubmitAsync(asked.Headers.Location!.PathAndQuery, new()
        {
            ["Form.Email"] = "Ada@example.org",
            ["Form.Password"] = "correct horse",
        });

        Assert.Equal("/account", answer.Headers.Location!.OriginalString.Replace(_portal.Address.GetLeftPart(UriPartial.Authority), "", StringComparison.Ordinal));
        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync("/account")).StatusCode);
    }

    [Theory]
    [InlineData("ada@example.org", "wrong horse")]
    [InlineData("eve@example.org", "correct horse")]
    public async Task SignIn_WrongPair_SaysNotWhichOfThem(string email, string password)
    {
        await AddAccountAsync("ada@example.org");
        using var client = _portal.Client();

        var answer = await client.SubmitAsync("/sign-in", new() { ["Form.Email"] = email, ["Form.Password"] = password });

        Assert.Contains("do not go together", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Redirect, (await client.GetAsync("/account")).StatusCode);
    }

    [Fact]
    public async Task SignIn_ManyGuesses_AreSlowedDown()
    {
        using var client = _portal.Client();
        var guess = new Dictionary<string, string> { ["Form.Email"] = "ada@example.org", ["Form.Password"] = "" };

        for (var i = 0; i < 10; i++)
            Assert.Equal(HttpStatusCode.OK, (await client.SubmitAsync("/sign-in", guess)).StatusCode);
        var answer = await client.SubmitAsync("/sign-in", guess);

        Assert.Equal(HttpStatusCode.TooManyRequests, answer.StatusCode);
        Assert.Contains("Too many tries", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("https://evil.example")]
    [InlineData("//evil.example")]
    [InlineData("/\\evil.example")]
    public async Task SignIn_LinkThatLeadsElsewhere_StaysHere(string elsewhere)
    {
        await AddAccountAsync("ada@example.org");
        using var client = _portal.Client();

        var answer = await client.SubmitAsync($"/sign-in?return={Uri.EscapeDataString(elsewhere)}", new()
        {
            ["Form.Email"] = "ada@example.org",
            ["Form.Password"] = "correct horse",
        });

        Assert.Equal(HttpStatusCode.Redirect, answer.StatusCode);
        Assert.DoesNotContain("evil", answer.Headers.Location!.OriginalString, StringComparison.Ordinal);
    }

    [Fact]
    public async Task SignIn_FormFromElsewhere_IsRefused()
    {
        using var client = _portal.Client();

        var answer = await client.PostAsync("/sign-in", new FormUrlEncodedContent([new("_handler", "sign-in"), new("Form.Email", "a@b.c")]));

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
    }

    [Fact]
    public async Task ChangePassword_SignedInElsewhere_EndsThatSignIn()
    {
        await AddAccountAsync("ada@example.org");
        using var here = await SignInAsync("ada@example.org", "correct horse");
        using var elsewhere = await SignInAsync("ada@example.org", "correct horse");

        var answer = await here.SubmitAsync("/account", new() { ["Form.Present"] = "correct horse", ["Form.New"] = "battery staple" });

        Assert.Contains("Your password is changed", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, (await here.GetAsync("/account")).StatusCode);
        Assert.Equal(HttpStatusCode.Redirect, (await elsewhere.GetAsync("/account")).StatusCode);
        using var again = await SignInAsync("ada@example.org", "battery staple");
        Assert.Equal(HttpStatusCode.OK, (await again.GetAsync("/account")).StatusCode);
    }

    [Fact]
    public async Task Account_SignedInTwice_ListsBothAndSignsTheOtherOut()
    {
        await AddAccountAsync("ada@example.org");
        using var here = await SignInAsync("ada@example.org", "correct horse");
        using var elsewhere = await SignInAsync("ada@example.org", "correct horse");

        var page = await here.GetStringAsync("/account");
        Assert.Contains("this browser", page, StringComparison.Ordinal);
        var answer = await here.SubmitAsync("/account", [], form: ".sign-ins li:has(button) form");

        Assert.DoesNotContain("Sign out everywhere else", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, (await here.GetAsync("/account")).StatusCode);
        Assert.Equal(HttpStatusCode.Redirect, (await elsewhere.GetAsync("/account")).StatusCode);
    }

    [Theory]
    [InlineData("ada@example.org")]
    [InlineData("nobody@example.org")]
    public async Task SignIn_ManyWrongPasswords_MakesWait_WhoeverItIs_ButNotWhereTheOwnerWasBefore(string email)
    {
        await AddAccountAsync("ada@example.org");
        using var known = await SignInAsync("ada@example.org", "correct horse");
        var failures = _portal.Services.GetRequiredService<SignInFailureStore>();
        for (var i = 0; i < SignInFailureStore.Free; i++)
            await failures.TryAsync($"address {email}");
        using var stranger = _portal.Client();

        var answer = await stranger.SubmitAsync("/sign-in", new() { ["Form.Email"] = email, ["Form.Password"] = "correct horse" });
        Assert.Contains("Too many wrong passwords", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);

        var again = await known.SubmitAsync("/sign-in", new() { ["Form.Email"] = "ada@example.org", ["Form.Password"] = "correct horse" });
        Assert.Equal(HttpStatusCode.Redirect, again.StatusCode);
    }

    [Fact]
    public async Task Invitation_PasswordThatIsTriedFirst_IsRefused()
    {
        using var client = _portal.Client();
        var filled = Filled("ada@example.org");
        filled["Form.Password"] = "Password1234!";

        var answer = await client.SubmitAsync(new Uri(_portal.FirstAdminLink!).PathAndQuery, filled);

        Assert.Contains("first that anybody would try", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Empty(await _portal.Services.GetRequiredService<AccountStore>().ListAsync());
    }

    [Fact]
    public async Task Disable_SignedInAccount_EndsItsSignIn()
    {
        var id = await AddAccountAsync("ada@example.org");
        using var client = await SignInAsync("ada@example.org", "correct horse");

        await _portal.Services.GetRequiredService<AccountStore>().DisableAsync(id);

        Assert.Equal(HttpStatusCode.Redirect, (await client.GetAsync("/account")).StatusCode);
        using var again = await SignInAsync("ada@example.org", "correct horse");
        Assert.Equal(HttpStatusCode.Redirect, (await again.GetAsync("/account")).StatusCode);
    }

    [Fact]
    public async Task People_Researcher_IsForbidden()
    {
        using var client = await _portal.SignedInClientAsync(Role.Researcher);

        var answer = await client.GetAsync("/people");

        Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
        Assert.Contains("This page is for admins", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task SignOut_WithAndWithoutTheFormsToken_OnlyTheFirstCounts()
    {
        using var client = await _portal.SignedInClientAsync(Role.Admin);

        Assert.Equal(HttpStatusCode.BadRequest, (await client.PostAsync("/sign-out", null)).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync("/people")).StatusCode);
        var answer = await client.SubmitAsync("/people", [], form: "header form");

        Assert.Equal("/sign-in", answer.Headers.Location!.OriginalString);
        Assert.Equal(HttpStatusCode.Redirect, (await client.GetAsync("/people")).StatusCode);
    }

    private async Task<long> AddAccountAsync(string email)
    {
        var invitations = _portal.Services.GetRequiredService<InvitationStore>();
        var token = await invitations.AddAsync(Role.Researcher, email: null, createdByAccountId: null, TimeSpan.FromHours(1));
        return await invitations.RedeemAsync(token, email, "Ada", Passwords.Hash("correct horse"));
    }

    private async Task<HttpClient> SignInAsync(string email, string password)
    {
        var client = _portal.Client();
        await client.SubmitAsync("/sign-in", new() { ["Form.Email"] = email, ["Form.Password"] = password });
        return client;
    }

    private static Dictionary<string, string> Filled(string email) => new()
    {
        ["Form.Email"] = email,
        ["Form.DisplayName"] = "Ada",
        ["Form.Password"] = "correct horse",
    };
}
