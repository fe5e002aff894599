using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Routing;
using Microsoft.OpenApi;
using PixelPost.EvalPortal.Api.Keys;

namespace PixelPost.EvalPortal.Tests.Api;

/// <summary>What holds of every endpoint of the API, whoever adds one.</summary>
public sealed partial class ApiEndpointsTests(ApiPortal portal) : IClassFixture<ApiPortal>
{
    [Fact]
    public async Task Endpoint_Each_DemandsAScopeAndIsDescribed()
    {
        var document = await portal.Script(null).ReadAsync("openapi.json");
        var described = 0;

        foreach (var endpoint in portal.Endpoints)
        {
            var (method, path) = (Method(endpoint), Described(endpoint));
            var scope = endpoint.Metadata.GetMetadata<RequiredScope>()?.Scope.Word();
            Assert.True(scope is not null, $"{method} {path} demands no scope: add .Needs(…).");
            Assert.Null(endpoint.Metadata.GetMetadata<IAllowAnonymous>());
            Assert.Contains(endpoint.Metadata.OfType<IAuthorizeData>(), rule => rule.Policy == $"api {scope}");
            var operation = document["paths"]![path]?[method.ToLowerInvariant()];
            Assert.True(operation is not null, $"{method} {path} is not in the document.");
            Assert.Equal(scope, (string?)operation["security"]![0]!["key"]![0]);
            Assert.False(string.IsNullOrEmpty((string?)operation["summary"]), $"{method} {path} does not say what it does: add .Tell(…).");
            described++;
        }
        Assert.Equal(described, document["paths"]!.AsObject().Sum(path => path.Value!.AsObject().Count));
        Assert.True(described > 40);
    }

    [Fact]
    public async Task Endpoint_Each_RefusesKeysWithoutItsScope()
    {
        var without = new Dictionary<ApiScope, HttpClient>();
        foreach (var scope in ApiScopes.All)
            without[scope] = await portal.ScriptAsync([.. ApiScopes.All.Except([scope])]);

        foreach (var endpoint in portal.Endpoints)
        {
            var scope = endpoint.Metadata.GetRequiredMetadata<RequiredScope>().Scope;
            var path = Named().Replace(Described(endpoint), endpoint.RoutePattern.RawText!.Contains(":guid", StringComparison.Ordinal) ? $"{Guid.Empty}" : "1");
            var body = endpoint.Metadata.GetMetadata<Microsoft.AspNetCore.Http.Metadata.IAcceptsMetadata>() is null ? null : "{}";

            var stranger = await portal.Script(null).SendAsync(new HttpMethod(Method(endpoint)), path, body);
            Assert.Contains("needs a key", await stranger.RefusalAsync(401), StringComparison.Ordinal);
            Assert.StartsWith("Bearer", stranger.Headers.WwwAuthenticate.Single().Scheme, StringComparison.Ordinal);
            var refused = await without[scope].SendAsync(new HttpMethod(Method(endpoint)), path, body);
            Assert.Contains($"scope {scope.Word()}", await refused.RefusalAsync(403), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Document_IsValidOpenApi()
    {
        var text = await portal.Script(null).GetStringAsync("openapi.json");

        var read = OpenApiDocument.Parse(text, "json");

        Assert.Empty(read.Diagnostic!.Errors);
        Assert.Empty(read.Diagnostic.Warnings);
        Assert.StartsWith("3.1", (string?)JsonNode.Parse(text)!["openapi"], StringComparison.Ordinal);
        var operations = read.Document!.Paths.SelectMany(path => path.Value.Operations!.Values).ToList();
        Assert.Equal(operations.Count, operations.Select(operation => operation.OperationId).Distinct().Count());
        var groups = read.Document.Tags!.Select(tag => tag.Name).ToHashSet();
        Assert.All(operations, operation => Assert.Contains(operation.Tags!.Single().Name, groups));
        Assert.All(operations, operation => Assert.Contains("429", operation.Responses!.Keys));
        Assert.All(
            operations.SelectMany(operation => operation.Parameters ?? []).Where(parameter => parameter.In == ParameterLocation.Query),
            parameter => Assert.False(string.IsNullOrEmpty(parameter.Description), $"{parameter.Name} does not say what it is: add it to Parameters."));
    }

    [Fact]
    public async Task Document_NamesFieldsAsExportsDo()
    {
        var schemas = (await portal.Script(null).ReadAsync("openapi.json"))["components"]!["schemas"]!;

        var study = schemas["StudyResource"]!["properties"]!.AsObject();
        Assert.Contains("system_a", study);
        Assert.Equal(["draft", "running", "paused", "closed"], Enumerated(schemas, study["state"]!));
        Assert.Equal("integer", (string?)study["votes_per_comparison"]!["type"]);
        Assert.Contains("name", schemas["NewStudyBody"]!["required"]!.AsArray().Select(name => (string)name!));
    }

    private static IEnumerable<string?> Enumerated(JsonNode schemas, JsonNode schema) =>
        ((string?)schema["$ref"] is { } name ? schemas[name.Split('/')[^1]]! : schema)["enum"]!.AsArray().Select(word => (string?)word);

    private static string Method(RouteEndpoint endpoint) => endpoint.Metadata.GetRequiredMetadata<IHttpMethodMetadata>().HttpMethods.Single();

    /// <summary>The path as the document has it: without what restricts its parts.</summary>
    private static string Described(RouteEndpoint endpoint) => Restricted().Replace($"/{endpoint.RoutePattern.RawText!.Trim('/')}", "{$1}");

    [GeneratedRegex(@"\{(\w+):\w+\}")]
    private static partial Regex Restricted();

    [GeneratedRegex(@"\{\w+\}")]
    private static partial Regex Named();
}
