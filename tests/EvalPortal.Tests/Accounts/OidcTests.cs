using System.Net;
using Microsoft.Extensions.DependencyInjection;
using PixelPost.EvalPortal.Accounts;

namespace PixelPost.EvalPortal.Tests.Accounts;

/// <summary>Signing in by OpenID Connect against a provider that signs with a key of its own.</summary>
public sealed class OidcTests : IAsyncLifetime
{
    private readonly OidcProvider _provider = new();
    private Role? _newAccounts = Role.Researcher;
    private string? _domains;
    private bool _passwords = true;
    private PortalServer? _portal;

    public Task InitializeAsync() => _provider.StartAsync();

    public async Task DisposeAsync()
    {
        if (_portal is not null)
            await _portal.DisposeAsync();
        await _provider.DisposeAsync();
    }

    [Fact]
    public async Task SignIn_Newcomer_GetsAnAccountAndGoesWhereTheyWanted()
    {
        using var client = await ClientAsync();

        var answer = await SignInAsync(client, "/account");

        Assert.Equal("/account", answer.Headers.Location!.OriginalString);
        Assert.Contains("You sign in with Example", await client.GetStringAsync("/account"), StringComparison.Ordinal);
        var account = Assert.Single(await Accounts.ListAsync());
        Assert.Equal(("ada@example.org", "Ada Lovelace", Role.Researcher, null), (account.Email, account.DisplayName, account.Role, account.PasswordHash));
    }

    [Fact]
    public async Task SignIn_AgainWithAnotherAddress_IsTheSameAccountBySubject()
    {
        using var first = await ClientAsync();
        await SignInAsync(first);
        _provider.User["email"] = "lovelace@elsewhere.example";
        _provider.User["email_verified"] = false;

        using var second = _portal!.Client();
        await SignInAsync(second);

        Assert.Equal(HttpStatusCode.OK, (await second.GetAsync("/account")).StatusCode);
        Assert.Single(await Accounts.ListAsync());
    }

    [Fact]
    public async Task SignIn_AddressOfAnAccount_IsLinkedToIt()
    {
        _newAccounts = null;
        using var client = await ClientAsync();
        var account = await AddAsync("ada@example.org");

        await SignInAsync(client);

        Assert.Equal(account, Assert.Single(await Accounts.ListAsync()).AccountId);
        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync("/account")).StatusCode);
    }

    [Fact]
    public async Task SignIn_UnverifiedAddress_IsRefusedAndTakesNobodysAccount()
    {
        using var client = await ClientAsync();
        await AddAsync("ada@example.org");
        _provider.User["email_verified"] = false;

        await AssertRefusedAsync(client, "unverified", "does not vouch");
    }

    [Fact]
    public async Task SignIn_ForeignDomain_IsRefused()
    {
        _domains = "example.com; example.net";
        using var client = await ClientAsync();

        await AssertRefusedAsync(client, "domain", "Addresses of your domain");
        Assert.Empty(await Accounts.ListAsync());
    }

    [Fact]
    public async Task SignIn_NobodyKnown_WhereNoneAreMade_IsRefused()
    {
        _newAccounts = null;
        using var client = await ClientAsync();

        await AssertRefusedAsync(client, "unknown", "You have no account here");
    }

    [Fact]
    public async Task SignIn_ClosedAccount_IsRefused()
    {
        using var client = await ClientAsync();
        await SignInAsync(client);
        await Accounts.DisableAsync(Assert.Single(await Accounts.ListAsync()).AccountId);

        using var again = _portal!.Client();
        await AssertRefusedAsync(again, "closed", "Your account is closed");
    }

    [Fact]
    public async Task SignIn_WrongNonce_IsRefused()
    {
        using var client = await ClientAsync();
        _provider.Nonce = "of another sign-in";

        await AssertRefusedAsync(client, "failed", "did not work");
    }

    [Fact]
    public async Task SignIn_TokenOfAnotherKey_IsRefused()
    {
        using var client = await ClientAsync();
        _provider.SignsWithAnotherKey = true;

        await AssertRefusedAsync(client, "failed", "did not work");
    }

    [Fact]
    public async Task SignIn_AnswerWithAnotherState_OrInAnotherBrowser_IsRefused()
    {
        using var client = await ClientAsync();
        var answer = await AnswerAsync(client, "/");
        using var other = _portal!.Client();

        var elsewhere = await other.GetAsync(answer);
        var changed = await client.GetAsync(answer.PathAndQuery.Replace("state=", "state=x", StringComparison.Ordinal));

        Assert.Equal("/sign-in?refused=failed", elsewhere.Headers.Location!.OriginalString);
        Assert.Equal("/sign-in?refused=failed", changed.Headers.Location!.OriginalString);
        Assert.Equal(HttpStatusCode.Redirect, (await other.GetAsync("/account")).StatusCode);
    }

    [Fact]
    public async Task SignInPage_WithoutPasswords_HasTheButtonOnly_AndTakesNone()
    {
        _passwords = false;
        using var client = await ClientAsync();

        var page = await client.GetStringAsync("/sign-in?return=https://evil.example");

        Assert.Contains("Sign in with Example", page, StringComparison.Ordinal);
        Assert.Contains("/sign-in/oidc?return=%2F\"", page, StringComparison.Ordinal);
        Assert.DoesNotContain("type=\"password\"", page, StringComparison.Ordinal);
    }

    private AccountStore Accounts => _portal!.Services.GetRequiredService<AccountStore>();

    private async Task<HttpClient> ClientAsync()
    {
        _portal = new PortalServer(configure: options => options with
        {
            PasswordSignIn = _passwords,
            Oidc = new OidcOptions
            {
                Authority = _provider.Issuer,
                ClientId = OidcProvider.ClientId,
                ClientSecret = OidcProvider.ClientSecret,
                Name = "Example",
                NewAccounts = _newAccounts,
                Domains = _domains,
            },
        });
        await _portal.InitializeAsync();
        return _portal.Client();
    }

    /// <summary>Goes to the provider and comes back, as a browser follows links.</summary>
    private static async Task<HttpResponseMessage> SignInAsync(HttpClient client, string wanted = "/") => await client.GetAsync(await AnswerAsync(client, wanted));

    /// <summary>The address with which the provider sends the browser back.</summary>
    private static async Task<Uri> AnswerAsync(HttpClient client, string wanted)
    {
        var toProvider = (await client.GetAsync($"/sign-in/oidc?return={Uri.EscapeDataString(wanted)}")).Headers.Location!;
        using var elsewhere = new HttpClient(new HttpClientHandler { AllowAutoRedirect = false });
        return (await elsewhere.GetAsync(toProvider)).Headers.Location!;
    }

    private static async Task AssertRefusedAsync(HttpClient client, string reason, string words)
    {
        var answer = await SignInAsync(client);

        Assert.Equal($"/sign-in?refused={reason}", answer.Headers.Location!.OriginalString);
        Assert.Contains(words, await client.GetStringAsync(answer.Headers.Location), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Redirect, (await client.GetAsync("/account")).StatusCode);
    }

    private async Task<long> AddAsync(string email)
    {
        var invitations = _portal!.Services.GetRequiredService<InvitationStore>();
        var token = await invitations.AddAsync(Role.Researcher, email: null, createdByAccountId: null, TimeSpan.FromHours(1));
        return await invitations.RedeemAsync(token, email, "Ada", Passwords.Hash("correct horse"));
    }
}
