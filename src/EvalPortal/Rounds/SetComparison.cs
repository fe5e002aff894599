namespace PixelPost.EvalPortal.Rounds;

/// <summary>Two preference sets pair by pair. Pairs are told by their images, so that sets of different studies can be compared too.</summary>
public sealed record SetComparison
{
    /// <summary>Pairs of the same images of which both sets choose the same.</summary>
    public required int Same { get; init; }

    /// <summary>Pairs of the same images of which the sets choose different ones, as the first set has them.</summary>
    public required IReadOnlyList<FrozenPair> Opposite { get; init; }

    /// <summary>Pairs that only the first set has.</summary>
    public required IReadOnlyList<FrozenPair> OnlyFirst { get; init; }

    /// <summary>Pairs that only the second set has.</summary>
    public required IReadOnlyList<FrozenPair> OnlySecond { get; init; }

    /// <summary>Compares two sets.</summary>
    public static SetComparison Of(IReadOnlyList<FrozenPair> first, IReadOnlyList<FrozenPair> second)
    {
        var inFirst = first.ToLookup(Key);
        var inSecond = second.ToLookup(Key);
        var shared = first.Where(pair => inSecond.Contains(Key(pair))).ToList();
        var opposite = shared.Where(pair => inSecond[Key(pair)].All(other => other.ChosenSha256 != pair.ChosenSha256)).ToList();
        return new SetComparison
        {
            Same = shared.Count - opposite.Count,
            Opposite = opposite,
            OnlyFirst = [.. first.Where(pair => !inSecond.Contains(Key(pair)))],
            OnlySecond = [.. second.Where(pair => !inFirst.Contains(Key(pair)))],
        };
    }

    private static (string, string, string) Key(FrozenPair pair) => string.CompareOrdinal(pair.ChosenSha256, pair.RejectedSha256) < 0
        ? (pair.Prompt, pair.ChosenSha256, pair.RejectedSha256)
        : (pair.Prompt, pair.RejectedSha256, pair.ChosenSha256);
}
