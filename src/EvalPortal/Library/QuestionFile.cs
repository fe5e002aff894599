using PixelPost.EvalPortal.Dashboards;

namespace PixelPost.EvalPortal.Library;

/// <summary>A prompt of a file of questions, with what is asked about its images.</summary>
/// <param name="Id">Its id in the file; null where the file gives none.</param>
/// <param name="Text">The prompt; null where the file gives ids only.</param>
/// <param name="Questions">Parents before their children, otherwise as in the file.</param>
public sealed record QuestionedPrompt(string? Id, string? Text, IReadOnlyList<NewQuestion> Questions)
{
    /// <summary>What to call it in a message.</summary>
    public string Name => Text is null ? $"prompt {Id}" : $"'{Text}'";
}

/// <summary>What a file of questions says: one row per question, by prompt.</summary>
public sealed record QuestionFile
{
    /// <summary>The most questions about one prompt.</summary>
    public const int MostQuestions = 100;

    /// <summary>The longest question, in characters.</summary>
    public const int LongestQuestion = 500;

    /// <summary>In the order in which they first stand in the file.</summary>
    public required IReadOnlyList<QuestionedPrompt> Prompts { get; init; }

    /// <summary>What has to be put right before the file can be stored: where, what, and what would be right.</summary>
    public required IReadOnlyList<string> Faults { get; init; }

    /// <summary>What was left out without harm: dependencies on questions that are not there.</summary>
    public required IReadOnlyList<string> Notes { get; init; }

    public int QuestionCount => Prompts.Sum(prompt => prompt.Questions.Count);

    /// <summary>Puts the rows of a file together.</summary>
    internal static QuestionFile Of(IEnumerable<QuestionRow> rows)
    {
        var faults = new List<string>();
        var notes = new List<string>();
        var byPrompt = new Dictionary<string, List<QuestionRow>>();
        foreach (var row in rows)
        {
            if (row.Fault() is { } fault)
            {
                faults.Add($"{row.Where}: {fault}");
                continue;
            }
            var key = row.PromptId ?? row.Prompt!;
            if (!byPrompt.TryGetValue(key, out var asked))
                byPrompt.Add(key, asked = []);
            if (WhyNot(row, asked) is { } clash)
                faults.Add($"{row.Where}: {clash}");
            else
                asked.Add(row);
        }
        if (byPrompt.Count == 0 && faults.Count == 0)
            faults.Add("The file has no question: under its heading it needs a row per question.");
        var prompts = byPrompt.Values
            .Where(asked => asked.Count > 0)
            .Select(asked => new QuestionedPrompt(asked[0].PromptId, asked[0].Prompt, Order(asked, faults, notes)))
            .ToList();
        return new QuestionFile { Prompts = prompts, Faults = faults, Notes = notes };
    }

    /// <summary>Why a question does not go with those that the prompt has already; null when it does.</summary>
    private static string? WhyNot(QuestionRow row, List<QuestionRow> asked)
    {
        if (asked.Find(other => other.Label == row.Label) is { } same)
            return $"question_id {row.Label} stands on {same.Where} too. Give every question of a prompt its own.";
        if (asked.Count > 0 && asked[0].Prompt != row.Prompt)
            return $"prompt_id {row.PromptId} has another prompt than on {asked[0].Where}. Give every prompt its own prompt_id.";
        return asked.Count == MostQuestions ? $"this is question {MostQuestions + 1} of its prompt. Ask at most {MostQuestions}." : null;
    }

    /// <summary>Puts parents before their children; what cannot be a parent is left out and noted.</summary>
    private static List<NewQuestion> Order(List<QuestionRow> asked, List<string> faults, List<string> notes)
    {
        var byLabel = asked.ToDictionary(row => row.Label);
        var parents = asked.ToDictionary(row => row.Label, row => Parents(row, byLabel, faults, notes));
        var waiting = new List<QuestionRow>(asked);
        var ordered = new List<NewQuestion>();
        while (waiting.Count > 0)
        {
            var next = waiting.Find(row => parents[row.Label].All(parent => waiting.TrueForAll(other => other.Label != parent)));
            if (next is null)
            {
                next = waiting[0];
                var circle = parents[next.Label].Where(parent => waiting.Exists(other => other.Label == parent)).ToList();
                notes.Add($"{next.Where}: question {next.Label} depends on {Labels(circle)}, which depends on it in turn: it is asked without that.");
                parents[next.Label] = [.. parents[next.Label].Except(circle)];
            }
            waiting.Remove(next);
            ordered.Add(new NewQuestion
            {
                Label = next.Label,
                Text = next.Text!,
                Expected = next.Expected!.Value,
                Category = next.Category,
                Parents = parents[next.Label],
            });
        }
        return ordered;
    }

    private static List<string> Parents(QuestionRow row, Dictionary<string, QuestionRow> byLabel, List<string> faults, List<string> notes)
    {
        var parents = row.DependsOn.Where(label => label != row.Label && byLabel.ContainsKey(label)).Distinct().ToList();
        var unknown = row.DependsOn.Where(label => !byLabel.ContainsKey(label)).ToList();
        if (row.DependsOn.Contains(row.Label))
            notes.Add($"{row.Where}: question {row.Label} depends on itself: it is asked without that.");
        if (unknown.Count > 0)
            notes.Add($"{row.Where}: question {row.Label} depends on {Labels(unknown)}, which the prompt does not have: it is asked without that.");
        foreach (var parent in parents.Where(parent => byLabel[parent].Expected == ExpectedAnswer.No))
            faults.Add($"{row.Where}: question {row.Label} depends on {parent}, whose right answer is no, and a question can only follow a yes. Ask {parent} the other way round.");
        return parents;
    }

    private static string Labels(IReadOnlyCollection<string> labels) => string.Join(", ", labels.Select(label => $"'{label}'"));

    /// <summary>The file in a sentence.</summary>
    public string Summary() => $"{Figures.Count(QuestionCount, "question")} about {Figures.Count(Prompts.Count, "prompt")}";
}

/// <summary>One row of a file of questions as it stands there.</summary>
internal sealed record QuestionRow
{
    /// <summary><c>line 12</c></summary>
    public required string Where { get; init; }

    public string? PromptId { get; init; }

    public string? Prompt { get; init; }

    public string Label { get; init; } = "";

    public string? Text { get; init; }

    public string ExpectedText { get; init; } = "";

    public string? Category { get; init; }

    /// <summary>Labels of other questions; 0 for none is not among them.</summary>
    public IReadOnlyList<string> DependsOn { get; init; } = [];

    /// <summary>Why the row could not be read at all; null when it could.</summary>
    public string? Unreadable { get; init; }

    public ExpectedAnswer? Expected => ExpectedText.ToUpperInvariant() switch
    {
        "YES" or "Y" or "TRUE" => ExpectedAnswer.Yes,
        "NO" or "N" or "FALSE" => ExpectedAnswer.No,
        _ => null,
    };

    /// <summary>What is wrong with the row by itself; null when nothing is.</summary>
    public string? Fault() => this switch
    {
        { Unreadable: { } reason } => reason,
        { PromptId: null, Prompt: null } => "the prompt is empty. Write it in the column prompt.",
        { Label: "" } => "question_id is empty. Number the questions of a prompt: 1, 2, 3.",
        { Text: null } => $"the text of question {Label} is empty. Write a question that is answered yes or no, or delete the row.",
        { Text.Length: > QuestionFile.LongestQuestion } => $"question {Label} has {Text!.Length} characters. Write it in {QuestionFile.LongestQuestion} at most.",
        { Expected: null } => $"expected_answer is '{ExpectedText}'. It must be yes or no.",
        _ => null,
    };
}
