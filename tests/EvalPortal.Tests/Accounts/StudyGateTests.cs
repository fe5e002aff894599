using System.Net;
using AngleSharp.Html.Parser;
using Microsoft.AspNetCore.Components.Endpoints;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using PixelPost.EvalPortal.Accounts;
using PixelPost.EvalPortal.Database;
using PixelPost.EvalPortal.Tests.Database;

namespace PixelPost.EvalPortal.Tests.Accounts;

/// <summary>Every page and endpoint there is, asked by somebody who may not.</summary>
public sealed class StudyGateTests : IAsyncLifetime
{
    // Values that name nothing of a study by themselves. What is added to a page's address has to be in one of the two lists.
    private static readonly string[] OfNoStudy =
    [
        "modelId", "importId", "promptSetId", "systemId", "number", "table", "secret", "code", "sha256", "name", "step", "image", "figure", "format", "axis", "extension", "layout", "side", "place",
        "link", "assignmentId", "voteId", "examplePairId", "trainingPairId", "answerId", "operationId",
    ];

    // Values that name something of the study that stands before them.
    private static readonly string[] BesideAStudy = ["comparisonId", "exclusionId", "previewId"];

    // What a viewer presses changes nothing: views, files, filters and their own sign-in.
    private static readonly string[] HarmlessButtons =
        ["Show", "List", "Download", "Copy", "Close", "Keys", "Zoom", "Whole", "1:1", "flicker", "Flaws"];

    private readonly PeopledPortal _people = new();

    public Task InitializeAsync() => _people.StartAsync();

    public async Task DisposeAsync() => await _people.DisposeAsync();

    [Fact]
    public void Addresses_AllValues_AreOfAStudyOrKnownNotToBe()
    {
        var names = Routes().SelectMany(route => route.RoutePattern.Parameters).Where(value => !value.IsCatchAll).Select(value => value.Name).Distinct();

        Assert.Empty(names.Except(StudyGate.Scopes.Keys, StringComparer.OrdinalIgnoreCase).Except([.. OfNoStudy, .. BesideAStudy], StringComparer.OrdinalIgnoreCase));
        Assert.All(
            Routes().Where(route => BesideAStudy.Any(name => route.RoutePattern.GetParameter(name) is not null)),
            route => Assert.NotNull(route.RoutePattern.GetParameter("studyId")));
    }

    [Fact]
    public async Task EveryAddress_OfAStudy_DoesNotExistForAStranger()
    {
        var asked = 0;
        foreach (var (route, method, address) in OfStudies())
        {
            using var answer = await _people.Stranger.SendAsync(new HttpRequestMessage(method, address));
            Assert.True(answer.StatusCode == HttpStatusCode.NotFound, $"{method} {address} ({route.DisplayName}) answers a stranger {answer.StatusCode}");
            asked++;
        }
        Assert.True(asked > 40, $"Only {asked} addresses were asked.");
    }

    [Fact]
    public async Task EveryPage_OfAStudy_IsThereForAnAdmin_AndForAViewerWithNothingToChange()
    {
        foreach (var (route, _, address) in OfStudies().Where(asked => asked.Route.Metadata.GetMetadata<ComponentTypeMetadata>() is not null && asked.Method == HttpMethod.Get))
        {
            using var forAdmin = await _people.Admin.GetAsync(address);
            using var forViewer = await _people.Viewer.GetAsync(address);

            Assert.True(forAdmin.StatusCode == HttpStatusCode.OK, $"{address} answers an admin {forAdmin.StatusCode}");
            if (route.Metadata.GetMetadata<NeedsAttribute>() is { Access: > Access.View })
            {
                Assert.Equal(HttpStatusCode.Forbidden, forViewer.StatusCode);
                continue;
            }
            Assert.True(forViewer.StatusCode == HttpStatusCode.OK, $"{address} answers a viewer {forViewer.StatusCode}");
            var main = (await new HtmlParser().ParseDocumentAsync(await forViewer.Content.ReadAsStringAsync())).QuerySelector("main")!;
            foreach (var button in main.QuerySelectorAll("button, a.mud-button-root").Select(button => button.TextContent.Trim()))
                Assert.True(HarmlessButtons.Any(harmless => button.Contains(harmless, StringComparison.Ordinal)), $"{address} shows a viewer the button '{button}'");
        }
    }

    /// <summary>SQLite answers at once. Here every reading takes a while, and a page is drawn before all of it is there.</summary>
    [SkippableFact]
    public async Task EveryPage_OfAStudyOnPostgres_IsThereForAnAdmin()
    {
        await using var people = new PeopledPortal(new DatabaseOptions { Kind = DatabaseKind.Postgres, Connection = await MigratedDatabase.CopyOnPostgresAsync() });
        await people.StartAsync();
        Assert.Equal(_people.Values, people.Values); // the same addresses
        var pages = OfStudies().Where(asked => asked.Route.Metadata.GetMetadata<ComponentTypeMetadata>() is not null && asked.Method == HttpMethod.Get).Select(asked => asked.Address);
        var broken = new List<string>();

        foreach (var address in (string[])[.. pages, "/", "/systems", "/systems/import", "/prompts", "/questions", "/jobs", "/models", "/models/1", "/models/1/generate", "/people", "/account", "/studies/new", "/votes/import", "/audit"])
        {
            using var answer = await people.Admin.GetAsync(address);
            if (answer.StatusCode != HttpStatusCode.OK)
                broken.Add($"{address}: {answer.StatusCode}");
        }

        Assert.Empty(broken);
    }

    [Fact]
    public async Task EveryChange_BySomebodyWhoMayLook_IsForbidden()
    {
        foreach (var (_, method, address) in OfStudies().Where(asked => asked.Method != HttpMethod.Get))
        {
            using var answer = await _people.Viewer.SendAsync(new HttpRequestMessage(method, address));
            Assert.True(answer.StatusCode == HttpStatusCode.Forbidden, $"{method} {address} answers a viewer {answer.StatusCode}");
        }
    }

    [Theory]
    [InlineData("/")]
    [InlineData("/jobs")]
    [InlineData("/models/1")]
    [InlineData("/prompts")]
    public async Task Lists_Stranger_NameNothingThatTheyMayNotSee(string address)
    {
        var forStranger = await _people.Stranger.GetStringAsync(address);
        var forViewer = await _people.Viewer.GetStringAsync(address);

        foreach (var hidden in (string[])[_people.Study.Name, "A training", "Objectives", "Two linked", "To come"])
            Assert.DoesNotContain(hidden, forStranger, StringComparison.Ordinal);
        Assert.Contains(address switch { "/jobs" => "A training", "/models/1" => "pair", _ => _people.Study.Name }, forViewer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Portal_ViewerOfThePortal_GetsNoPageThatAddsAnything()
    {
        using var viewer = await _people.Portal.SignedInClientAsync(Role.Viewer);

        foreach (var address in (string[])["/studies/new", "/systems/import", "/models/new", "/votes/import", "/models/1/generate"])
            Assert.Equal(HttpStatusCode.Forbidden, (await viewer.GetAsync(address)).StatusCode);
        Assert.DoesNotContain("New study", await viewer.GetStringAsync("/"), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, (await viewer.GetAsync("/account")).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await viewer.PutAsync("/systems/imports/1/files?path=a.png&at=0", null)).StatusCode);
    }

    private IEnumerable<RouteEndpoint> Routes() => _people.Portal.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>();

    private IEnumerable<(RouteEndpoint Route, HttpMethod Method, string Address)> OfStudies() =>
        from route in Routes()
        where route.RoutePattern.Parameters.Any(value => StudyGate.Scopes.ContainsKey(value.Name))
        where route.Metadata.GetMetadata<AsksItself>() is null // the API's: ApiAccessTests
        let address = Address(route)
        from method in route.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods ?? ["GET"]
        select (route, new HttpMethod(method), address);

    private string Address(RouteEndpoint route) => "/" + string.Join('/', route.RoutePattern.PathSegments.Select(segment => string.Concat(segment.Parts.Select(part => part switch
    {
        Microsoft.AspNetCore.Routing.Patterns.RoutePatternLiteralPart literal => literal.Content,
        Microsoft.AspNetCore.Routing.Patterns.RoutePatternSeparatorPart separator => separator.Content,
        Microsoft.AspNetCore.Routing.Patterns.RoutePatternParameterPart { Name: "image" } => "000000.png",
        Microsoft.AspNetCore.Routing.Patterns.RoutePatternParameterPart { Name: "extension" } => "csv",
        Microsoft.AspNetCore.Routing.Patterns.RoutePatternParameterPart { Name: "format" } => "svg",
        Microsoft.AspNetCore.Routing.Patterns.RoutePatternParameterPart value when value.ParameterPolicies.Any(policy => policy.Content == "guid") => $"{Guid.Empty}",
        Microsoft.AspNetCore.Routing.Patterns.RoutePatternParameterPart value => _people.Values.GetValueOrDefault(value.Name, "1"),
        _ => throw new InvalidOperationException($"{route.DisplayName} has a part of an unknown kind."),
    }))));
}
