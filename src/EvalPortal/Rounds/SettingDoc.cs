using System.ComponentModel;
using System.Globalization;
using System.Reflection;
using System.Text.Json;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using PixelPost.Training.Contracts;

namespace PixelPost.EvalPortal.Rounds;

/// <summary>One hyper-parameter of training, as the job contract documents it.</summary>
public sealed partial record SettingDoc
{
    /// <summary>Its name in <c>job.json</c>.</summary>
    public required string Key { get; init; }

    /// <summary>The subject it belongs to.</summary>
    public required string Group { get; init; }

    /// <summary>What it is when nobody says otherwise, as text; empty where it is then left out.</summary>
    public required string Default { get; init; }

    /// <summary>Whether it is a number.</summary>
    public bool IsNumber => Choices.Count == 0 && double.TryParse(Default, CultureInfo.InvariantCulture, out _);

    /// <summary>What it does, with its unit.</summary>
    public required string Meaning { get; init; }

    /// <summary>The values it may have, an empty one where it may be left out; none for a number.</summary>
    public required IReadOnlyList<string> Choices { get; init; }

    /// <summary>Every hyper-parameter, in the order of <see cref="LoopSettings"/>, whose defaults and comments these are.</summary>
    public static IReadOnlyList<SettingDoc> All { get; } = Read();

    private static List<SettingDoc> Read()
    {
        // The compiler writes the comments to this file, beside the program.
        var comments = XDocument.Load(Path.Combine(AppContext.BaseDirectory, typeof(SettingDoc).Assembly.GetName().Name + ".xml"), LoadOptions.PreserveWhitespace) // a space between two names is one
            .Descendants("member").ToDictionary(member => (string)member.Attribute("name")!, member => member.Element("summary"));
        var defaults = JsonSerializer.SerializeToElement(new LoopSettings(), ContractJson.Line);
        var group = "";
        return [.. typeof(LoopSettings).GetProperties().Select(property =>
        {
            group = property.GetCustomAttribute<CategoryAttribute>()?.Category ?? group;
            var key = KeyOf(property.Name);
            var mayBeLeftOut = Nullable.GetUnderlyingType(property.PropertyType);
            return new SettingDoc
            {
                Key = key,
                Group = group,
                Default = defaults.TryGetProperty(key, out var value) ? ToText(value) : "",
                Meaning = ToText(comments[$"P:{typeof(LoopSettings).FullName}.{property.Name}"]!),
                Choices = [.. mayBeLeftOut is { IsEnum: true } ? [""] : (string[])[], .. NamesOf(mayBeLeftOut ?? property.PropertyType)],
            };
        })];
    }

    private static IEnumerable<string> NamesOf(Type type) => type.IsEnum
        ? Enum.GetValues(type).Cast<object>().Select(value => ToText(JsonSerializer.SerializeToElement(value, ContractJson.Line)))
        : type == typeof(bool) ? ["false", "true"] : [];

    private static string KeyOf(string property) => JsonNamingPolicy.SnakeCaseLower.ConvertName(property);

    private static string ToText(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Number => value.GetDouble().ToString("0.############", CultureInfo.InvariantCulture),
        JsonValueKind.True or JsonValueKind.False => value.GetRawText(),
        _ => value.GetString()!,
    };

    /// <summary>A comment's words; the properties it refers to by the names they have in <c>job.json</c>.</summary>
    private static string ToText(XElement comment) => Spaces().Replace(
        string.Concat(comment.Nodes().Select(node => node is XElement { Name.LocalName: "see" } see
            ? KeyOf(((string)see.Attribute("cref")!).Split('.')[^1])
            : node is XElement element ? element.Value : node.ToString(SaveOptions.DisableFormatting))),
        " ").Trim();

    [GeneratedRegex(@"\s+")]
    private static partial Regex Spaces();
}
