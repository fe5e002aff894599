using System.Collections.Frozen;
using PixelPost.EvalPortal.Dashboards;
using PixelPost.EvalPortal.Plans;
using PixelPost.EvalPortal.Presets;
using PixelPost.EvalPortal.Quality;
using PixelPost.EvalPortal.Studies;

namespace PixelPost.EvalPortal.Reports.Sources;

/// <summary>What a report on a study is made from. The portal reads it from its database, <c>report</c> from an exported folder.</summary>
public sealed record StudyData
{
    /// <summary>The study; of an exported one what its manifest says.</summary>
    public required Study Study { get; init; }

    /// <summary>Whether more is known of the study than its votes: a table alone does not tell of settings, plan and preset.</summary>
    public required bool IsDescribed { get; init; }

    public required string SystemA { get; init; }

    /// <summary>Empty where the study is about one system.</summary>
    public required string SystemB { get; init; }

    /// <summary>The pairs and the votes on them; empty in other forms.</summary>
    public required VoteTable Pairs { get; init; }

    /// <summary>Answers to questions about images, of the sheets that count.</summary>
    public IReadOnlyList<RecordedAnswer> Answers { get; init; } = [];

    /// <summary>Picks of best and worst that count.</summary>
    public IReadOnlyList<RecordedPick> Picks { get; init; } = [];

    /// <summary>What was picked from.</summary>
    public IReadOnlyList<PickableImage> Images { get; init; } = [];

    /// <summary>The counting votes that say that what is no pair could not be judged; null where nobody knows.</summary>
    public IReadOnlyList<(long RaterId, bool Simulated)>? Rejected { get; init; }

    /// <summary>The raters who are excluded now, with their exclusions.</summary>
    public IReadOnlyDictionary<long, long> Excluded { get; init; } = FrozenDictionary<long, long>.Empty;

    /// <summary>The exclusions in force, with their reasons; null where only who is excluded is known.</summary>
    public IReadOnlyList<Exclusion>? Exclusions { get; init; }

    /// <summary>The locked versions of its plan, oldest first.</summary>
    public IReadOnlyList<PlanVersion> Plans { get; init; } = [];

    /// <summary>Where it is not as its preset says.</summary>
    public IReadOnlyList<Deviation> Deviations { get; init; } = [];

    /// <summary>The votes of the linked studies of pairs whose tests are planned in one family with these; null where they are not at hand.</summary>
    public IReadOnlyList<VoteTable>? Linked { get; init; }

    /// <summary>The table that all of it is computed from.</summary>
    public required DataFile File { get; init; }

    /// <summary>When it was read from the database; null where nobody knows.</summary>
    public DateTimeOffset? ReadAt { get; init; }

    /// <summary>In what way it is suspect, a sentence each.</summary>
    public IReadOnlyList<string> Doubts { get; init; } = [];
}

/// <summary>A table of votes as it is exported: whoever exports the same votes gets the same bytes.</summary>
/// <param name="Name">Such as <c>votes.csv</c>.</param>
/// <param name="Sha256">Of its bytes, in hexadecimal digits.</param>
/// <param name="Rows">Under its heading.</param>
public sealed record DataFile(string Name, string Sha256, long Rows);
