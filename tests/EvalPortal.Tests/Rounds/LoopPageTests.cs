using System.Security.Claims;
using AngleSharp.Dom;
using Bunit;
using Bunit.TestDoubles;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.DependencyInjection;
using MudBlazor;
using MudBlazor.Services;
using PixelPost.EvalPortal.Accounts;
using PixelPost.EvalPortal.Database;
using PixelPost.EvalPortal.TrainingJobs;

namespace PixelPost.EvalPortal.Tests.Rounds;

/// <summary>The pages of the loop in a browser's place, signed in.</summary>
public abstract class LoopPageTests() : LoopTests(DatabaseKind.Sqlite)
{
    private BunitAuthorizationContext _user = null!;

    protected BunitContext Browser { get; } = new();

    /// <summary>Where the last click led, from the root of the site.</summary>
    protected string Address => "/" + Navigation.ToBaseRelativePath(Navigation.Uri);

    private NavigationManager Navigation => Get<NavigationManager>();

    public override async Task InitializeAsync()
    {
        await base.InitializeAsync();
        var token = await Get<InvitationStore>().AddAsync(Role.Researcher, email: null, createdByAccountId: null, TimeSpan.FromHours(1));
        var account = await Get<InvitationStore>().RedeemAsync(token, "ada@example.org", "Ada", "hash");
        _user.SetAuthorized("Ada").SetClaims(new Claim(ClaimTypes.NameIdentifier, $"{account}"));
        Browser.Render<MudPopoverProvider>();
    }

    public override async Task DisposeAsync()
    {
        await Browser.DisposeAsync();
        await base.DisposeAsync();
    }

    protected override IServiceProvider Build(Action<IServiceCollection> addPortal)
    {
        addPortal(Browser.Services);
        Browser.Services.AddMudServices();
        Browser.Services.AddScoped<JobSession>();
        Browser.JSInterop.Mode = JSRuntimeMode.Loose;
        _user = Browser.AddAuthorization();
        return Browser.Services;
    }

    /// <summary>Opens a page; an address gives it its query.</summary>
    protected IRenderedComponent<T> Open<T>(string address, Action<ComponentParameterCollectionBuilder<T>> parameters) where T : IComponent
    {
        Navigation.NavigateTo(address);
        return Browser.Render(parameters);
    }

    protected static IElement Button<T>(IRenderedComponent<T> page, string text) where T : IComponent =>
        page.FindAll("button, a.mud-button-root").Single(button => button.TextContent.Trim() == text);

    protected static bool HasButton<T>(IRenderedComponent<T> page, string text) where T : IComponent =>
        page.FindAll("button, a.mud-button-root").Any(button => button.TextContent.Trim() == text);

    /// <summary>The input that a label names.</summary>
    protected static IElement Input<T>(IRenderedComponent<T> page, string label) where T : IComponent
    {
        var element = page.FindAll("label").Single(candidate => candidate.TextContent.Trim() == label);
        return page.Find($"#{element.GetAttribute("for")}");
    }

    /// <summary>The radio button of a choice.</summary>
    protected static IElement Choice<T>(IRenderedComponent<T> page, string name) where T : IComponent =>
        page.FindAll(".choices label").Single(label => label.QuerySelector("b")!.TextContent == name).QuerySelector("input")!;
}
