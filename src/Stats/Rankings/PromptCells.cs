namespace PixelPost.Stats;

/// <summary>The counts of each prompt as a short list, so that a resample costs prompts × pairs per prompt, not votes.</summary>
internal sealed class PromptCells
{
    private readonly int[] _starts;
    private readonly (int Slot, int Count)[] _counts;

    public PromptCells(PairVotes votes, PairCells cells)
    {
        var byPrompt = new ClusteredVotes(votes.PromptOf);
        Prompts = byPrompt.Clusters;
        Slots = cells.Count * PairTable.Outcomes;
        _starts = new int[Prompts + 1];
        var counts = new List<(int Slot, int Count)>(votes.Count);
        var placeOf = new int[Slots];
        Array.Fill(placeOf, -1);
        for (var prompt = 0; prompt < Prompts; prompt++)
        {
            foreach (var vote in byPrompt.In(prompt))
            {
                var slot = cells.Slot(votes.Slots[vote]);
                if (placeOf[slot] < _starts[prompt]) // not met in this prompt
                {
                    placeOf[slot] = counts.Count;
                    counts.Add((slot, 0));
                }

                counts[placeOf[slot]] = (slot, counts[placeOf[slot]].Count + 1);
            }

            _starts[prompt + 1] = counts.Count;
        }

        _counts = [.. counts];
    }

    public int Prompts { get; }

    /// <summary>Length of a table of counts.</summary>
    public int Slots { get; }

    /// <summary>Adds the counts of a prompt as often as it was drawn.</summary>
    public void Add(int prompt, int times, Span<int> counts)
    {
        foreach (var (slot, count) in _counts.AsSpan(_starts[prompt].._starts[prompt + 1]))
            counts[slot] += times * count;
    }
}

/// <summary>
/// A small generator, so that each resample can have its own: the result does not depend on which thread draws it.
/// </summary>
/// <remarks>Steele, Lea and Flood (2014), "Fast splittable pseudorandom number generators", OOPSLA.</remarks>
internal struct SplitMix64(ulong seed)
{
    private ulong _state = seed;

    /// <summary>A whole number from 0 to <paramref name="below"/> − 1.</summary>
    public int Next(int below)
    {
        _state += 0x9E3779B97F4A7C15;
        var bits = _state;
        bits = (bits ^ (bits >> 30)) * 0xBF58476D1CE4E5B9;
        bits = (bits ^ (bits >> 27)) * 0x94D049BB133111EB;
        bits ^= bits >> 31;
        return (int)Math.BigMul(bits, (ulong)below, out _);
    }
}
