using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using PixelPost.Training.Contracts;

namespace PixelPost.Training;

/// <summary>The command is not one the worker knows; the message says which is probably meant.</summary>
internal sealed class UsageException(string message) : Exception(message);

/// <summary>An option of a verb, given as <c>--name value</c>, or as <c>--name</c> alone.</summary>
/// <param name="Name">Without the dashes.</param>
/// <param name="Value">What it takes, for the help; empty where it is given alone.</param>
/// <param name="Summary">What it does, for the help.</param>
/// <param name="Required">Whether the verb needs it.</param>
internal sealed record Option(string Name, string Value, string Summary, bool Required = false)
{
    /// <summary>Whether it is given alone.</summary>
    public bool IsFlag => Value.Length == 0;

    /// <summary>One option per property of a settings record: <c>--batch-size</c> for <c>BatchSize</c>.</summary>
    public static IEnumerable<Option> Of<T>() where T : new() =>
        JsonSerializer.SerializeToNode(new T(), ContractJson.File)!.AsObject()
            .Select(p => new Option(p.Key.Replace('_', '-'), "N", $"default {p.Value!.ToJsonString()}"));
}

/// <summary>One thing the worker can do.</summary>
/// <param name="Name">One or two words.</param>
/// <param name="Summary">For the help.</param>
/// <param name="Options">What it takes.</param>
/// <param name="Run">Does it.</param>
internal sealed record Verb(string Name, string Summary, IReadOnlyList<Option> Options, Func<Arguments, WorkerExit> Run);

/// <summary>The options given to a verb.</summary>
internal sealed class Arguments(IReadOnlyDictionary<string, string> given)
{
    /// <summary>The value of a required option.</summary>
    public string this[string name] => given[name];

    /// <summary>Whether an option is given.</summary>
    public bool Has(string name) => given.ContainsKey(name);

    /// <summary>The value of an option, or <paramref name="otherwise"/> where it is not given.</summary>
    public string Text(string name, string otherwise) => given.GetValueOrDefault(name, otherwise);

    /// <summary>A settings record with the given options in it, checked like a job's settings.</summary>
    public T Settings<T>() where T : new()
    {
        var known = Option.Of<T>().Select(o => o.Name).ToHashSet(StringComparer.Ordinal);
        var json = new JsonObject();
        foreach (var (name, text) in given.Where(g => known.Contains(g.Key)))
            json[name.Replace('-', '_')] = text is "true" or "false" || double.TryParse(text, CultureInfo.InvariantCulture, out _) ? JsonNode.Parse(text) : JsonValue.Create(text);
        return ContractJson.Parse<T>(json.ToJsonString(), "command line");
    }
}

/// <summary>Strict reading of a command: every word must be known.</summary>
internal static class CommandLine
{
    /// <summary>Finds the verb, reads its options, runs it; or prints help.</summary>
    /// <exception cref="UsageException">A word is not known, or a required option is missing.</exception>
    public static WorkerExit Run(IReadOnlyList<Verb> verbs, IReadOnlyList<string> words)
    {
        if (words.Count == 0 || words is ["--help"] or ["-h"] or ["help"])
        {
            Console.WriteLine(Help(verbs));
            return words.Count == 0 ? WorkerExit.BadJob : WorkerExit.Done;
        }

        var name = string.Join(' ', words.TakeWhile(w => !w.StartsWith('-')));
        var verb = verbs.FirstOrDefault(v => v.Name == name)
            ?? throw new UsageException($"'{name}' is not something the worker does{Nearest.Hint(name, verbs.Select(v => v.Name))}");
        var options = words.Skip(name.Split(' ').Length).ToList();
        if (options is ["--help"] or ["-h"])
        {
            Console.WriteLine(Help(verb));
            return WorkerExit.Done;
        }
        return verb.Run(new Arguments(Read(verb, options)));
    }

    private static Dictionary<string, string> Read(Verb verb, List<string> words)
    {
        var given = new Dictionary<string, string>(StringComparer.Ordinal);
        for (var i = 0; i < words.Count; i++)
        {
            var name = words[i].StartsWith("--", StringComparison.Ordinal) ? words[i][2..] : throw new UsageException($"'{words[i]}' is in the place of an option, such as --{verb.Options[0].Name}.");
            var option = verb.Options.FirstOrDefault(o => o.Name == name) ?? throw new UsageException($"'{verb.Name}' has no option --{name}{Nearest.Hint(name, verb.Options.Select(o => o.Name))}");
            if (!option.IsFlag && ++i == words.Count) throw new UsageException($"--{name} needs a value.");
            if (!given.TryAdd(name, option.IsFlag ? "" : words[i])) throw new UsageException($"--{name} is given twice.");
        }
        if (verb.Options.FirstOrDefault(o => o.Required && !given.ContainsKey(o.Name)) is { } missing)
            throw new UsageException($"'{verb.Name}' needs --{missing.Name} {missing.Value}.");
        return given;
    }

    private static string Help(IReadOnlyList<Verb> verbs) =>
        "PixelPost.Training VERB [--option value ...]\n\n"
        + string.Join('\n', verbs.Select(v => $"  {v.Name,-22}{v.Summary}"))
        + "\n\nPixelPost.Training VERB --help lists a verb's options. Exit codes: "
        + string.Join(", ", Enum.GetValues<WorkerExit>().Select(e => $"{(int)e} {JsonNamingPolicy.SnakeCaseLower.ConvertName(e.ToString()).Replace('_', ' ')}")) + ".";

    private static string Help(Verb verb) =>
        $"PixelPost.Training {verb.Name}{string.Concat(verb.Options.Where(o => o.Required).Select(o => $" --{o.Name} {o.Value}"))}\n\n{verb.Summary}\n"
        + string.Concat(verb.Options.Select(o => $"\n  --{o.Name + " " + o.Value,-28}{o.Summary}"));
}
