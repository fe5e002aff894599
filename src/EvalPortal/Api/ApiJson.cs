using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using PixelPost.Training.Contracts;

namespace PixelPost.EvalPortal.Api;

/// <summary>How the records of the API are called in JSON: as the columns of exports, in snake_case, with words for states.</summary>
internal static class ApiJson
{
    private static readonly JsonStringEnumConverter Words = new(JsonNamingPolicy.SnakeCaseLower, allowIntegerValues: false);

    /// <summary>Teaches the portal's JSON these names, for the records of the API and of job folders alone: raters' pages have their own.</summary>
    public static void Teach(JsonSerializerOptions json) =>
        json.TypeInfoResolverChain.Insert(0, new DefaultJsonTypeInfoResolver { Modifiers = { Rename } });

    private static void Rename(JsonTypeInfo type)
    {
        if (type.Kind != JsonTypeInfoKind.Object || !IsOurs(type.Type))
            return;
        foreach (var property in type.Properties)
        {
            property.Name = JsonNamingPolicy.SnakeCaseLower.ConvertName(property.Name);
            if (property.PropertyType.IsEnum)
                property.CustomConverter = Words;
        }
    }

    private static bool IsOurs(Type type) =>
        type.Namespace is { } name && (name.StartsWith(typeof(ApiJson).Namespace!, StringComparison.Ordinal) || name == typeof(JobStatus).Namespace);
}
