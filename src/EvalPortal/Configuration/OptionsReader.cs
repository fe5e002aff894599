using System.Collections;
using System.Globalization;
using System.Reflection;
using System.Text.Json;
using PixelPost.Training.Contracts;

namespace PixelPost.EvalPortal.Configuration;

/// <summary>
/// Fills option records from appsettings, environment and command line, and collects everything that is wrong so that it
/// can be told at once. <c>Database.Kind</c> is <c>--database-kind</c>, <c>PIXELPOST_DATABASE_KIND</c> and
/// <c>"PixelPost": { "Database": { "Kind": … } }</c>: case and the separators <c>- _ :</c> do not matter.
/// </summary>
public sealed class OptionsReader
{
    private const string EnvironmentPrefix = "PIXELPOST_";

    // read by the worker, which inherits them, and by the tests
    private static readonly HashSet<string> OthersVariables = new(
        [.. WorkerVariables.All, "PIXELPOST_REFERENCE", "PIXELPOST_FEATURES", "PIXELPOST_SCREENSHOTS", "PIXELPOST_BROWSER_LOG", "PIXELPOST_BROWSERS", "PIXELPOST_VOTE_SETS", "PIXELPOST_PROMPT_SETS"], StringComparer.OrdinalIgnoreCase);

    private readonly Dictionary<string, (string Name, string? Value)> _values = [];
    private readonly List<string> _known = [];
    private readonly List<string> _faults = [];
    private readonly Queue<string> _operands = [];

    /// <summary>Reads the three sources; of two that name the same option the later one counts: settings, environment, arguments.</summary>
    /// <param name="settings">The portal's section of the settings file.</param>
    /// <param name="environment">All environment variables.</param>
    /// <param name="arguments">
    /// The command line: a verb or none, then <c>--name value</c> or <c>--name=value</c>; <c>--name</c> without a value switches on
    /// what can be on or off; what stands alone is an operand.
    /// </param>
    public OptionsReader(IConfiguration settings, IDictionary environment, IReadOnlyList<string> arguments)
    {
        foreach (var (key, value) in settings.AsEnumerable(makePathsRelative: true))
        {
            if (value is not null)
                Set(key, $"{key} in appsettings.json", value);
        }
        foreach (DictionaryEntry variable in environment)
        {
            var name = (string)variable.Key;
            if (OthersVariables.Contains(name))
                continue;
            if (name.StartsWith(EnvironmentPrefix, StringComparison.OrdinalIgnoreCase) && variable.Value is string { Length: > 0 } value)
                Set(name[EnvironmentPrefix.Length..], name, value);
        }
        var options = arguments;
        if (arguments.Count > 0 && !arguments[0].StartsWith('-'))
        {
            Verb = arguments[0];
            options = [.. arguments.Skip(1)];
        }
        ReadArguments(options);
    }

    /// <summary>What to do: the first argument, <c>serve</c> when there is none.</summary>
    public string Verb { get; } = "serve";

    /// <summary>Fills a record's properties; whatever is not named keeps its default.</summary>
    public T Read<T>() where T : new() => (T)Read(typeof(T), path: "");

    /// <summary>The next operand, such as a file to read; null when there is none left. An operand that nobody takes is a fault.</summary>
    public string? TakeOperand() => _operands.TryDequeue(out var operand) ? operand : null;

    /// <summary>Adds what a record's own rules found wrong.</summary>
    public void AddFaults(IEnumerable<string> faults) => _faults.AddRange(faults);

    /// <summary>Call after every record is read.</summary>
    /// <exception cref="RefusedException">Something was wrong, or an option is left that no record knows.</exception>
    public void ThrowIfFaulty()
    {
        foreach (var (key, unknown) in _values)
            _faults.Add($"{unknown.Name}: there is no such option{Nearest.Hint(key, _known)}");
        var faults = _operands.Select(operand => $"{operand}: an option starts with --.").Concat(_faults).ToList();
        if (faults.Count > 0)
            throw new RefusedException(string.Join(Environment.NewLine, faults));
    }

    private void ReadArguments(IReadOnlyList<string> arguments)
    {
        for (var i = 0; i < arguments.Count; i++)
        {
            if (!arguments[i].StartsWith("--", StringComparison.Ordinal))
            {
                _operands.Enqueue(arguments[i]);
                continue;
            }
            var parts = arguments[i].Split('=', 2);
            if (parts.Length == 2)
                Set(parts[0], parts[0], parts[1]);
            else if (i + 1 < arguments.Count && !arguments[i + 1].StartsWith("--", StringComparison.Ordinal))
                Set(parts[0], parts[0], arguments[++i]);
            else
                Set(parts[0], parts[0], value: null);
        }
    }

    private void Set(string key, string name, string? value) => _values[Key(key)] = (name, value);

    private object Read(Type type, string path)
    {
        var record = Activator.CreateInstance(type)!;
        foreach (var property in type.GetProperties(BindingFlags.Public | BindingFlags.Instance).Where(p => p.CanWrite))
        {
            var option = path + property.Name;
            if (property.PropertyType.IsClass && property.PropertyType != typeof(string))
                property.SetValue(record, Read(property.PropertyType, option));
            else
                ReadValue(record, property, option);
        }
        return record;
    }

    private void ReadValue(object record, PropertyInfo property, string option)
    {
        _known.Add(JsonNamingPolicy.KebabCaseLower.ConvertName(option));
        if (!_values.Remove(Key(option), out var given))
            return;

        var type = Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType;
        if (given.Value is null && type != typeof(bool))
            _faults.Add($"{given.Name}: a value is missing after it.");
        else if (Parse(type, given.Value ?? "on") is { } value)
            property.SetValue(record, value);
        else
            _faults.Add($"{given.Name}: '{given.Value}' is not {Expected(type)}.");
    }

    private static object? Parse(Type type, string text) => type switch
    {
        _ when type == typeof(string) => text,
        _ when type == typeof(bool) => text.ToLowerInvariant() switch
        {
            "on" or "true" or "yes" or "1" => true,
            "off" or "false" or "no" or "0" => false,
            _ => null,
        },
        _ when type == typeof(int) => int.TryParse(text, CultureInfo.InvariantCulture, out var number) ? number : null,
        _ when type == typeof(double) => double.TryParse(text, CultureInfo.InvariantCulture, out var number) ? number : null,
        _ when type.IsEnum => Enum.TryParse(type, text, ignoreCase: true, out var member) && Enum.IsDefined(type, member) ? member : null,
        _ => throw new ArgumentException($"An option cannot be of type {type.Name}.", nameof(type)),
    };

    private static string Expected(Type type) => type switch
    {
        _ when type == typeof(bool) => "on or off",
        _ when type == typeof(int) => "a whole number",
        _ when type == typeof(double) => "a number",
        _ => string.Join(" or ", Enum.GetNames(type).Select(name => name.ToLowerInvariant())),
    };

    private static string Key(string name) =>
        name.Replace("-", "", StringComparison.Ordinal).Replace("_", "", StringComparison.Ordinal)
            .Replace(":", "", StringComparison.Ordinal).ToLowerInvariant();
}
