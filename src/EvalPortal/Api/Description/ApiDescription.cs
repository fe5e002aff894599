using System.Text.Json.Nodes;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;
using PixelPost.EvalPortal.Api.Keys;
using PixelPost.EvalPortal.Api.Requests;
using PixelPost.EvalPortal.Reports;

namespace PixelPost.EvalPortal.Api.Description;

/// <summary>The OpenAPI document: what the endpoints say of themselves, with the scope of each and an example of its body.</summary>
internal static class ApiDescription
{
    private const string Scheme = "key";

    public static void AddApiDescription(this IServiceCollection services) => services.AddOpenApi("v1", openApi =>
    {
        openApi.OpenApiVersion = OpenApiSpecVersion.OpenApi3_1;
        openApi.ShouldInclude = described => described.RelativePath is { } path && $"/{path}".StartsWith($"{ApiSetup.Root}/", StringComparison.Ordinal);
        openApi.AddDocumentTransformer((document, _, _) => DescribeAsync(document));
        openApi.AddOperationTransformer(DescribeAsync);
        openApi.AddSchemaTransformer(DocComments.DescribeAsync);
        openApi.AddSchemaTransformer((schema, _, _) =>
        {
            // The portal could read numbers from text too, which nobody has to know.
            if (schema.Type is { } type && (type & (JsonSchemaType.Integer | JsonSchemaType.Number)) != 0)
                (schema.Type, schema.Pattern) = (type & ~JsonSchemaType.String, null);
            return Task.CompletedTask;
        });
    });

    /// <summary>It holds nothing of the portal but its endpoints, so that it is there for everybody.</summary>
    public static void MapApiDescription(this IEndpointRouteBuilder routes) =>
        routes.MapOpenApi($"{ApiSetup.Root}/openapi.json").AllowAnonymous();

    private static Task DescribeAsync(OpenApiDocument document)
    {
        document.Info = new OpenApiInfo
        {
            Title = "PixelPost",
            Version = MethodsText.Version,
            Description = "What a script needs to go once round the loop: bring in images, run a study, read votes and results, train. "
                + "Send a key with every request; keys are made under Account, API keys. Refusals are application/problem+json (RFC 9457). "
                + "Names are those of the exported tables.",
            License = new OpenApiLicense { Name = "MIT", Identifier = "MIT" },
        };
        document.Tags = new HashSet<OpenApiTag>(Groups.All.Select(group => new OpenApiTag { Name = group.Name, Description = group.About }));
        document.Components ??= new();
        document.Components.SecuritySchemes = new Dictionary<string, IOpenApiSecurityScheme>
        {
            [Scheme] = new OpenApiSecurityScheme { Type = SecuritySchemeType.Http, Scheme = "bearer", Description = $"A key, such as {ApiKeyStore.Prefix}…. Each operation names the scope that it needs." },
        };
        return Task.CompletedTask;
    }

    private static Task DescribeAsync(OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken cancel)
    {
        var metadata = context.Description.ActionDescriptor.EndpointMetadata;
        if (metadata.OfType<RequiredScope>().SingleOrDefault() is { } required)
            operation.Security = [new OpenApiSecurityRequirement { [new OpenApiSecuritySchemeReference(Scheme, context.Document)] = [required.Scope.Word()] }];
        Parameters.Describe(operation);
        if (metadata.OfType<ExampleBody>().SingleOrDefault() is { } example && operation.RequestBody?.Content?["application/json"] is { } json)
            json.Example = JsonNode.Parse(example.Json);
        if (metadata.OfType<FileBody>().SingleOrDefault() is { } file)
        {
            operation.RequestBody = new OpenApiRequestBody
            {
                Required = true,
                Description = file.About,
                Content = new Dictionary<string, OpenApiMediaType> { ["application/octet-stream"] = new OpenApiMediaType() },
            };
        }
        if (metadata.OfType<Creates>().SingleOrDefault() is { } creates)
        {
            (operation.Parameters ??= []).Add(new OpenApiParameter
            {
                Name = Idempotency.Header,
                In = ParameterLocation.Header,
                Required = creates.IsNeeded,
                Description = "A text of your own, such as a new UUID. Sent again with the same one, the request gets the first answer again and makes nothing.",
                Schema = new OpenApiSchema { Type = JsonSchemaType.String },
            });
        }
        return Task.CompletedTask;
    }
}
