namespace PixelPost.Stats;

/// <summary>
/// Votes on pairs with the prompt and the rater of each: what a ranking needs whose error allows for votes hanging together.
/// </summary>
public sealed class PairVotes
{
    /// <summary>Takes the votes up, in one pass.</summary>
    /// <param name="systems">Number of systems, at least 2.</param>
    /// <param name="votes">Each on two of the systems.</param>
    /// <param name="names">What to call each system in a reason; "system 0" and so on if left out.</param>
    /// <exception cref="ArgumentOutOfRangeException">Fewer than two systems, or a vote names a system that is not among them.</exception>
    /// <exception cref="ArgumentException">The number of names is not that of the systems.</exception>
    public PairVotes(int systems, IEnumerable<PairVote> votes, IReadOnlyList<string>? names = null)
    {
        var all = votes as IReadOnlyCollection<PairVote> ?? [.. votes];
        Table = new PairTable(systems, all, names);
        (Slots, PromptOf, RaterOf) = (new int[all.Count], new int[all.Count], new int[all.Count]);
        Dictionary<long, int> prompts = [], raters = [];
        var index = 0;
        foreach (var vote in all)
        {
            Slots[index] = Table.Slot(vote.Left, vote.Right, vote.Outcome);
            PromptOf[index] = Number(prompts, vote.Prompt);
            RaterOf[index] = Number(raters, vote.Rater);
            index++;
        }

        (Prompts, RaterIds) = (prompts.Count, [.. raters.Keys]);
    }

    /// <summary>The same votes without their clusters.</summary>
    public PairTable Table { get; }

    /// <summary>Number of votes.</summary>
    public int Count => Slots.Length;

    /// <summary>Number of prompts with a vote.</summary>
    public int Prompts { get; }

    /// <summary>Number of raters with a vote.</summary>
    public int Raters => RaterIds.Count;

    /// <summary>What identifies each rater, in the order they came.</summary>
    public IReadOnlyList<long> RaterIds { get; }

    /// <summary>Of each vote, where <see cref="Table"/> counts it.</summary>
    internal int[] Slots { get; }

    /// <summary>Of each vote, its prompt from 0 to <see cref="Prompts"/> − 1.</summary>
    internal int[] PromptOf { get; }

    /// <summary>Of each vote, its rater from 0 to <see cref="Raters"/> − 1.</summary>
    internal int[] RaterOf { get; }

    /// <summary>The identifiers met so far, numbered from 0 in the order they came.</summary>
    internal static int Number(Dictionary<long, int> numbers, long identifier)
    {
        if (!numbers.TryGetValue(identifier, out var number))
            numbers.Add(identifier, number = numbers.Count);
        return number;
    }
}
