using PixelPost.EvalPortal.Rating;
using PixelPost.Stats;

namespace PixelPost.EvalPortal.Flaws;

/// <summary>How often a type of flaw was pointed out in the images of a system.</summary>
public sealed record FlawRate
{
    /// <summary>Null for all types, a click without a type among them.</summary>
    public FlawType? Type { get; init; }

    public required bool IsOfA { get; init; }

    /// <summary>Votes that pointed it out.</summary>
    public required int Flaws { get; init; }

    /// <summary>Those of them that called it major.</summary>
    public required int Major { get; init; }

    /// <summary>Share of the votes; interval clustered by prompt.</summary>
    public required Estimate Rate { get; init; }
}

/// <summary>The flaws of one comparison.</summary>
/// <param name="Flaws">In order of arrival.</param>
public sealed record FlawedItem(long ComparisonId, string Prompt, IReadOnlyList<FlawVote> Flaws);

/// <summary>What raters of a study pointed out as the worst flaw of a pair: how often, of which type, in whose images and where.</summary>
public sealed record FlawReport
{
    /// <summary>Cells of the map along each side of an image.</summary>
    public const int Cells = 8;

    /// <summary>Votes after which a flaw could be pointed out.</summary>
    public required int Votes { get; init; }

    /// <summary>Votes after which one was.</summary>
    public required int Flaws { get; init; }

    /// <summary>Those of them that name a type and click on no image: they are in no system's figures.</summary>
    public required int Unplaced { get; init; }

    public required bool CountsSimulated { get; init; }

    /// <summary>For each type, and for all, the rates of A and of B.</summary>
    public required IReadOnlyList<FlawRate> Rates { get; init; }

    /// <summary>Comparisons with flaws, those with most of them first.</summary>
    public required IReadOnlyList<FlawedItem> Items { get; init; }

    /// <summary>How many flaws lie in each cell of a system's images, row by row from the top.</summary>
    public IReadOnlyList<int> Places(bool isOfA)
    {
        var places = new int[Cells * Cells];
        foreach (var flaw in Items.SelectMany(item => item.Flaws).Where(flaw => flaw.IsOfA == isOfA))
            places[Cell(flaw.FlawY!.Value) * Cells + Cell(flaw.FlawX!.Value)]++;
        return places;

        static int Cell(double share) => Math.Min(Cells - 1, (int)(share * Cells));
    }

    /// <summary>Computes the report.</summary>
    /// <param name="votes">In order of the study's comparisons.</param>
    public static async Task<FlawReport> OfAsync(IAsyncEnumerable<FlawVote> votes, CancellationToken cancel = default)
    {
        var prompts = new Dictionary<long, int>(); // votes on each
        var (flaws, simulated) = (new List<FlawVote>(), false);
        await foreach (var vote in votes.WithCancellation(cancel))
        {
            prompts[vote.PromptId] = prompts.GetValueOrDefault(vote.PromptId) + 1;
            simulated |= vote.Simulated;
            if (vote.HasFlaw)
                flaws.Add(vote);
        }
        return new FlawReport
        {
            Votes = prompts.Values.Sum(),
            Flaws = flaws.Count,
            Unplaced = flaws.Count(flaw => flaw.IsOfA is null),
            CountsSimulated = simulated,
            Rates = [.. from type in Enum.GetValues<FlawType>().Cast<FlawType?>().Prepend(null) from isOfA in (bool[])[true, false] select RateOf(type, isOfA, flaws, prompts)],
            Items = [.. flaws.GroupBy(flaw => flaw.ComparisonId).Select(item => new FlawedItem(item.Key, item.First().Prompt, [.. item])).OrderByDescending(item => item.Flaws.Count)],
        };
    }

    private static FlawRate RateOf(FlawType? type, bool isOfA, List<FlawVote> flaws, Dictionary<long, int> prompts)
    {
        var own = flaws.Where(flaw => flaw.IsOfA == isOfA && (type is null || flaw.Type == type)).ToList();
        var hits = own.CountBy(flaw => flaw.PromptId).ToDictionary();
        return new FlawRate
        {
            Type = type,
            IsOfA = isOfA,
            Flaws = own.Count,
            Major = own.Count(flaw => flaw.IsMajor),
            Rate = AlignmentRates.Of([.. prompts.OrderBy(prompt => prompt.Key).Select(prompt => (hits.GetValueOrDefault(prompt.Key), prompt.Value))]),
        };
    }
}
