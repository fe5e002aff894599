using System.Globalization;

namespace PixelPost.EvalPortal.Library;

/// <summary>How the prompts of a file of questions meet those of a prompt set: by their text, or by their place where it gives no text.</summary>
public sealed record QuestionMatch
{
    /// <summary>The questions of each prompt that has some, in the order of the set.</summary>
    public required IReadOnlyList<(long PromptId, IReadOnlyList<NewQuestion> Questions)> Prompts { get; init; }

    /// <summary>Prompts of the file that the set does not have.</summary>
    public required IReadOnlyList<QuestionedPrompt> NotInSet { get; init; }

    /// <summary>Prompts of the set that the file asks nothing about.</summary>
    public required IReadOnlyList<Prompt> NotAsked { get; init; }

    /// <summary>Matches. Where several prompts are the same, the first meets the first, the second the second, and the last all that are left.</summary>
    public static QuestionMatch Of(QuestionFile file, IReadOnlyList<Prompt> prompts)
    {
        var byKey = file.Prompts.GroupBy(Key).ToDictionary(group => group.Key, group => group.ToList());
        var met = new HashSet<QuestionedPrompt>(ReferenceEqualityComparer.Instance);
        var matched = new List<(long, IReadOnlyList<NewQuestion>)>();
        var notAsked = new List<Prompt>();
        var seen = new Dictionary<string, int>();
        foreach (var prompt in prompts)
        {
            var found = new[] { prompt.Text.Trim(), PlaceKey(prompt.Position.ToString(CultureInfo.InvariantCulture)) }
                .Select(byKey.GetValueOrDefault).FirstOrDefault(group => group is not null);
            if (found is null)
            {
                notAsked.Add(prompt);
                continue;
            }
            var number = seen[Key(found[0])] = seen.GetValueOrDefault(Key(found[0])) + 1;
            var asked = found[Math.Min(number, found.Count) - 1];
            met.Add(asked);
            matched.Add((prompt.PromptId, asked.Questions));
        }
        return new QuestionMatch { Prompts = matched, NotInSet = [.. file.Prompts.Where(prompt => !met.Contains(prompt))], NotAsked = notAsked };
    }

    private static string Key(QuestionedPrompt prompt) => prompt.Text ?? PlaceKey(prompt.Id!);

    private static string PlaceKey(string place) => $"\0{place}"; // no prompt begins so
}
