using PixelPost.EvalPortal.Database;

namespace PixelPost.Tests.Shared.Chaos;

/// <summary>Size and harshness of a <see cref="ChaosRun"/>.</summary>
internal sealed record ChaosSettings
{
    /// <summary>Answers that are to count in the end; rounded to whole comparisons.</summary>
    public int Votes { get; init; } = 100_000;

    /// <summary>People who rate at the same time, each with a connection and a cookie of their own.</summary>
    public int Raters { get; init; } = 100;

    /// <summary>How often the portal's process is ended at once, as by kill -9, and started again.</summary>
    public int Kills { get; init; } = 5;

    /// <summary>Where the portal keeps its rows.</summary>
    public DatabaseKind Database { get; init; } = DatabaseKind.Sqlite;

    /// <summary>Of every thing that goes wrong on the way the same draw.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>Share of the requests that never reach the portal, and as many of its answers that never come back.</summary>
    public double Dropped { get; init; } = 0.05;

    /// <summary>Share of the requests that arrive twice at once, and as many of which a copy arrives late, after what was sent later.</summary>
    public double Repeated { get; init; } = 0.05;

    /// <summary>Share of the answers that the rater takes back and gives anew.</summary>
    public double Undone { get; init; } = 0.03;

    /// <summary>Share of the pairs of which the rater fetches an image, to know by its pixels which system stands left.</summary>
    public double Seen { get; init; } = 0.05;
}
