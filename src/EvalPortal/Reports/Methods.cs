namespace PixelPost.EvalPortal.Reports;

/// <summary>How a report was computed: its conventions one by one, and the same as text for a paper.</summary>
public sealed record Methods
{
    internal static readonly Methods None = new() { Conventions = [], Text = "", References = [] };

    /// <summary>Estimand, ties, clusters, family of tests and what was left out.</summary>
    public required IReadOnlyList<Convention> Conventions { get; init; }

    /// <summary>The methods paragraph.</summary>
    public required string Text { get; init; }

    /// <summary>What the paragraph cites, by year.</summary>
    public required IReadOnlyList<Reference> References { get; init; }

    internal static Methods Of(VoteReport report)
    {
        var text = new MethodsText(report);
        return new Methods
        {
            Conventions = MethodsConventions.Of(report),
            Text = text.Write(),
            References = text.References,
        };
    }
}

/// <summary>One convention: what it is about and what it says.</summary>
public sealed record Convention(string About, string Says);
