using System.Reflection;
using System.Xml.Linq;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace PixelPost.EvalPortal.Api.Description;

/// <summary>The comments on what the API sends and takes, from the file that the compiler writes beside the program.</summary>
internal static class DocComments
{
    private static readonly Lazy<Dictionary<string, XElement>> Members = new(() =>
        XDocument.Load(Path.Combine(AppContext.BaseDirectory, typeof(DocComments).Assembly.GetName().Name + ".xml"))
            .Descendants("member").ToDictionary(member => (string)member.Attribute("name")!));

    /// <summary>Puts the comment of a record, or of one of its properties, to its schema.</summary>
    public static Task DescribeAsync(OpenApiSchema schema, OpenApiSchemaTransformerContext context, CancellationToken cancel)
    {
        var comment = context.JsonPropertyInfo?.AttributeProvider is PropertyInfo property
            ? Summary($"P:{property.DeclaringType!.FullName}.{property.Name}") ?? Parameter(property)
            : context.ParameterDescription is null ? Summary($"T:{context.JsonTypeInfo.Type.FullName}") : null;
        schema.Description = comment ?? schema.Description;
        return Task.CompletedTask;
    }

    private static string? Summary(string member) => Members.Value.TryGetValue(member, out var found) ? Text(found.Element("summary")) : null;

    /// <summary>A positional record says of its properties what its parameters are.</summary>
    private static string? Parameter(PropertyInfo property) => Members.Value.TryGetValue($"T:{property.DeclaringType!.FullName}", out var type)
        ? Text(type.Elements("param").FirstOrDefault(parameter => (string?)parameter.Attribute("name") == property.Name))
        : null;

    /// <summary>On one line; what a comment refers to is named by its last part.</summary>
    private static string? Text(XElement? comment) => comment is null ? null : string.Join(' ', string.Concat(comment.Nodes().Select(node => node switch
    {
        XElement { HasAttributes: true } reference => reference.FirstAttribute!.Value.Split('.', ':')[^1],
        XElement element => element.Value,
        _ => node.ToString(),
    })).Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
}
