using System.Security.Claims;
using Bunit;
using Microsoft.Extensions.DependencyInjection;
using MudBlazor;
using MudBlazor.Services;
using PixelPost.EvalPortal.Accounts;
using PixelPost.EvalPortal.Database;
using PixelPost.EvalPortal.Tests.Database;

namespace PixelPost.EvalPortal.Tests.Accounts;

public sealed class PeoplePageTests() : DatabaseTests(DatabaseKind.Sqlite)
{
    private readonly BunitContext _browser = new();
    private long _admin;

    private InvitationStore Invitations => new(Db, Clock);
    private AccountStore Accounts => new(Db, Clock);

    public override async Task InitializeAsync()
    {
        await base.InitializeAsync();
        var token = await Invitations.AddAsync(Role.Admin, email: null, createdByAccountId: null, TimeSpan.FromHours(1));
        _admin = await Invitations.RedeemAsync(token, "ada@example.org", "Ada", "hash");
        _browser.Services.AddMudServices();
        _browser.Services.AddSingleton(Accounts).AddSingleton(Invitations).AddSingleton(new SignInStore(Db, Clock));
        _browser.JSInterop.Mode = JSRuntimeMode.Loose;
        var user = _browser.AddAuthorization().SetAuthorized("Ada");
        user.SetClaims(new Claim(ClaimTypes.NameIdentifier, $"{_admin}"));
        user.SetPolicies(AccountSetup.AdminOnly);
        _browser.Render<MudPopoverProvider>();
    }

    public override async Task DisposeAsync()
    {
        await _browser.DisposeAsync();
        await base.DisposeAsync();
    }

    [Fact]
    public async Task MakeLink_ForAnAddress_ShowsALinkThatWorks()
    {
        var page = _browser.Render<PeoplePage>();

        await page.Find("input[type=email]").ChangeAsync("Bob@example.org");
        await Button(page, "Make link").ClickAsync();

        var link = page.FindAll("input[readonly]").Select(input => input.GetAttribute("value")).Single(value => value!.Contains("/invitation/", StringComparison.Ordinal));
        var invitation = await Invitations.FindOpenAsync(link!.Split('/')[^1]);
        Assert.Equal(("bob@example.org", Role.Researcher), (invitation!.Email, invitation.Role));
        Assert.Contains("bob@example.org", page.Markup, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Close_LastAdmin_SaysWhyNot()
    {
        var page = _browser.Render<PeoplePage>();

        await Button(page, "Close").ClickAsync();

        Assert.Contains("The last admin's account cannot be closed", page.Find(".mud-alert").TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Withdraw_OpenLink_EmptiesTheList()
    {
        var token = await Invitations.AddAsync(Role.Researcher, "bob@example.org", _admin, TimeSpan.FromDays(1));
        var page = _browser.Render<PeoplePage>();

        await Button(page, "Withdraw").ClickAsync();

        Assert.Null(await Invitations.FindOpenAsync(token));
        Assert.DoesNotContain("bob@example.org", page.Markup, StringComparison.Ordinal);
    }

    private static AngleSharp.Dom.IElement Button(IRenderedComponent<PeoplePage> page, string text) =>
        page.FindAll("button").First(button => button.TextContent.Trim() == text);
}
