using PixelPost.EvalPortal.Dashboards;
using PixelPost.EvalPortal.Studies;

namespace PixelPost.EvalPortal.Api.Endpoints;

/// <summary>All systems of linked studies on one scale, for one question.</summary>
public sealed record RankingResource
{
    public required Axis Axis { get; init; }
    public required int Votes { get; init; }
    public required int Raters { get; init; }

    /// <summary>Model and fit in words.</summary>
    public required string Method { get; init; }

    /// <summary>The strongest first; none for the reason.</summary>
    public required IReadOnlyList<RankedSystemResource> Systems { get; init; }

    /// <summary>Why there is no ranking.</summary>
    public string? Reason { get; init; }

    internal static RankingResource Of(Leaderboard board) => new()
    {
        Axis = board.Axis,
        Votes = board.Votes,
        Raters = board.Raters,
        Method = board.Ranking.Method,
        Reason = board.Ranking.Reason,
        Systems = [.. (board.Ranking.Systems ?? []).Select(system => new RankedSystemResource
        {
            System = system.System,
            Rank = system.Rank,
            BestRank = system.BestRank,
            WorstRank = system.WorstRank,
            ProbabilityBest = system.ProbabilityBest,
            LogStrength = EstimateResource.Of(system.LogStrength),
            Rating = system.Rating,
        })],
    };
}

/// <summary>A system's place in a ranking.</summary>
public sealed record RankedSystemResource
{
    public required string System { get; init; }

    /// <summary>From 1.</summary>
    public required int Rank { get; init; }

    /// <summary>Best place in the middle 95 % of the resamples of the prompts.</summary>
    public int? BestRank { get; init; }

    /// <summary>Worst place in the middle 95 % of the resamples of the prompts.</summary>
    public int? WorstRank { get; init; }

    /// <summary>Share of the resamples in which it is the best.</summary>
    public double? ProbabilityBest { get; init; }

    /// <summary>Natural logarithm of its strength against the average system.</summary>
    public required EstimateResource LogStrength { get; init; }

    /// <summary>The same as points of chess ratings: 1000 is the average system.</summary>
    public double? Rating { get; init; }
}
