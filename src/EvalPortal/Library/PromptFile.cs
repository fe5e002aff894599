using System.Text;

namespace PixelPost.EvalPortal.Library;

/// <summary>What a file of prompts says.</summary>
public sealed record PromptFile
{
    /// <summary>Most bytes of a file.</summary>
    public const int MaxBytes = 32 << 20;

    /// <summary>Most prompts of a set.</summary>
    public const int MaxPrompts = 100_000;

    /// <summary>Most characters of a prompt.</summary>
    public const int MaxLength = 10_000;

    /// <summary>Most characters of an id or a category.</summary>
    public const int MaxNameLength = 200;

    /// <summary>In the order of the file.</summary>
    public required IReadOnlyList<NewPrompt> Prompts { get; init; }

    /// <summary>What has to be put right before the file can be stored: where, what, and what would be right.</summary>
    public required IReadOnlyList<string> Faults { get; init; }

    /// <summary>What was left out without harm.</summary>
    public required IReadOnlyList<string> Notes { get; init; }

    /// <summary>How many prompts each category has, the largest first; empty where the file names none.</summary>
    public IReadOnlyList<(string Category, int Count)> Categories() =>
        [.. Prompts.Where(prompt => prompt.Category is not null).CountBy(prompt => prompt.Category!).OrderByDescending(group => group.Value).Select(group => (group.Key, group.Value))];
}

/// <summary>
/// Reads a file of prompts: CSV with a heading, JSON lines or a JSON list, or text with a prompt in each line. The files of PartiPrompts,
/// DrawBench, GenEval, DSG, T2I-CompBench and HPSv2 load as they are.
/// </summary>
public static class PromptFileReader
{
    private static readonly RowFile Rows = new(
        new Dictionary<string, string[]>
        {
            ["prompt"] = ["prompt", "prompts", "text", "caption"],
            ["prompt_id"] = ["prompt_id", "item_id", "id"],
            ["category"] = ["category"],
            ["tag"] = ["tag"],
            ["source"] = ["source"],
            ["question"] = ["question", "question_natural_language"],
        },
        has => has("prompt") ? null : "there is no column prompt. Give the file a heading with a column prompt, or save it as .txt with a prompt in each line.");

    /// <summary>Reads a file. It never throws for what stands in it: <see cref="PromptFile.Faults"/> says what is wrong.</summary>
    /// <param name="content">All of the file.</param>
    /// <param name="fileName">A name that ends in .txt says that every line is a prompt.</param>
    public static PromptFile Read(byte[] content, string fileName)
    {
        try
        {
            var rows = fileName.EndsWith(".txt", StringComparison.OrdinalIgnoreCase) ? Lines(content) : Rows.Read(content);
            return new Reading().Of(rows);
        }
        catch (RefusedException refused)
        {
            return new PromptFile { Prompts = [], Faults = [refused.Message], Notes = [] };
        }
    }

    private static IEnumerable<FileRow> Lines(byte[] content) =>
        Encoding.UTF8.GetString(content).TrimStart('\ufeff').Split('\n').Select(line => line.Trim()).Index()
            .Where(line => line.Item.Length > 0)
            .Select(line => new FileRow { Number = line.Index + 1, Unit = "line", Values = new Dictionary<string, string> { ["prompt"] = line.Item } });

    private sealed class Reading
    {
        private readonly List<NewPrompt> _prompts = [];
        private readonly List<string> _faults = [];
        private readonly List<string> _notes = [];
        private readonly Dictionary<string, (string Text, string Where)> _byLabel = [];
        private readonly Dictionary<string, string> _byText = [];

        public PromptFile Of(IEnumerable<FileRow> rows)
        {
            foreach (var row in rows)
            {
                if ((row.Fault ?? Fault(row)) is { } fault)
                    _faults.Add($"{row.Where}: {fault}");
                else
                    Add(row, row["prompt"]!, row["prompt_id"]);
            }
            if (_prompts.Count == 0 && _faults.Count == 0)
                _faults.Add("The file has no prompt: under its heading it needs a row per prompt.");
            if (_prompts.Count > PromptFile.MaxPrompts)
                _faults.Add($"The file has {_prompts.Count:N0} prompts; a set may have {PromptFile.MaxPrompts:N0}. Split it.");
            return new PromptFile { Prompts = _prompts, Faults = _faults, Notes = _notes };
        }

        private static string? Fault(FileRow row)
        {
            if (row["prompt"] is not { } text)
                return "the prompt is empty. Write it in the column prompt, or delete the row.";
            if (text.Length > PromptFile.MaxLength)
                return $"the prompt has {text.Length:N0} characters. It may have {PromptFile.MaxLength:N0}.";
            if (row["prompt_id"]?.Length > PromptFile.MaxNameLength || Category(row)?.Length > PromptFile.MaxNameLength)
                return $"the id or the category has more than {PromptFile.MaxNameLength} characters. Make it shorter.";
            return null;
        }

        /// <summary>A file of questions repeats the prompt in every row: rows with the same id and text are one prompt.</summary>
        private void Add(FileRow row, string text, string? label)
        {
            if (label is not null && _byLabel.TryGetValue(label, out var same))
            {
                if (same.Text != text)
                    _faults.Add($"{row.Where}: prompt_id {label} has another prompt than on {same.Where}. Give every prompt its own prompt_id.");
                return;
            }
            if (label is null && !_byText.TryAdd(text, row.Where))
            {
                _notes.Add($"{row.Where}: the prompt stands on {_byText[text]} already: it is taken once.");
                return;
            }
            if (label is not null)
                _byLabel.Add(label, (text, row.Where));
            _prompts.Add(new NewPrompt(text, Category(row), label));
        }

        /// <summary>In a file of questions the column category is the question's, so there the prompt's is another.</summary>
        private static string? Category(FileRow row) => (row["question"] is null ? row["category"] : null) ?? row["tag"] ?? row["source"];
    }
}
