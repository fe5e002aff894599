using System.Globalization;
using System.Text.Json.Serialization;
using PixelPost.EvalPortal.Database;
using PixelPost.EvalPortal.Quality;

namespace PixelPost.EvalPortal.Rounds;

/// <summary>What becomes of a pair whose flaws and appeal are decided for different images.</summary>
public enum ConflictRule
{
    /// <summary>The image with fewer flaws is chosen (arXiv 2409.17565).</summary>
    FewestFlaws,

    /// <summary>The more appealing image is chosen.</summary>
    MostAppeal,

    /// <summary>The pair is left out.</summary>
    LeaveOut,
}

/// <summary>What becomes of a pair on which one question decides and the other ends in a tie or a split.</summary>
public enum TieRule
{
    /// <summary>The question that decides is followed.</summary>
    OtherAxis,

    /// <summary>The pair is left out.</summary>
    LeaveOut,
}

/// <summary>What becomes of a pair that raters reject on one question and decide on the other.</summary>
public enum RejectRule
{
    /// <summary>The pair is left out: it teaches its other difference, such as the style.</summary>
    LeaveOut,

    /// <summary>The question that decides is followed.</summary>
    OtherAxis,
}

/// <summary>How votes become pairs, beyond the axis that decides.</summary>
public sealed record PreferenceRules
{
    /// <summary>The reference protocol: every majority counts, and of two images that conflict the one with fewer flaws is chosen.</summary>
    public static readonly PreferenceRules Protocol = new();

    public ConflictRule Conflicts { get; init; }

    public TieRule Ties { get; init; }

    public RejectRule Rejects { get; init; }

    /// <summary>A question with fewer votes decides nothing.</summary>
    public int MinVotes { get; init; } = 1;

    /// <summary>Smallest share of a question's votes for the chosen image, ties and rejects among the votes; of picks and of text alignment, the smallest weight.</summary>
    public double MinAgreement { get; init; }

    /// <summary>Whether the votes of excluded raters are left out.</summary>
    public Exclusions Exclusions { get; init; }

    /// <summary>Whether they are what the reference protocol does.</summary>
    [JsonIgnore]
    public bool IsProtocol => this == Protocol;

    /// <summary>What differs from the reference protocol, in words; empty when nothing does.</summary>
    public string ToWords(AxisRule rule) => string.Join(", ", Differences(rule));

    /// <summary>What differs from the reference protocol, as it stands in an address; empty when nothing does.</summary>
    public string ToText()
    {
        var text = new List<string>();
        if (Conflicts != ConflictRule.FewestFlaws)
            text.Add($"conflicts.{Conflicts.ToText()}");
        if (Ties != TieRule.OtherAxis)
            text.Add($"ties.{Ties.ToText()}");
        if (Rejects != RejectRule.LeaveOut)
            text.Add($"rejects.{Rejects.ToText()}");
        if (MinVotes > 1)
            text.Add(string.Create(CultureInfo.InvariantCulture, $"votes.{MinVotes}"));
        if (MinAgreement > 0)
            text.Add(string.Create(CultureInfo.InvariantCulture, $"agreement.{MinAgreement * 100:0.#}"));
        if (Exclusions == Exclusions.None)
            text.Add("excluded.counted");
        return string.Join(',', text);
    }

    /// <summary>The rules of an address; what cannot be read there is as in the reference protocol.</summary>
    public static PreferenceRules Parse(string? text)
    {
        var rules = Protocol;
        foreach (var part in (text ?? "").Split(','))
        {
            var (key, value) = part.IndexOf('.', StringComparison.Ordinal) is > 0 and var dot ? (part[..dot], part[(dot + 1)..]) : (part, "");
            rules = key switch
            {
                "conflicts" => rules with { Conflicts = Enumerated<ConflictRule>(value) },
                "ties" => rules with { Ties = Enumerated<TieRule>(value) },
                "rejects" => rules with { Rejects = Enumerated<RejectRule>(value) },
                "votes" => rules with { MinVotes = int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var votes) ? Math.Max(1, votes) : 1 },
                "agreement" => rules with { MinAgreement = double.TryParse(value, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var percent) ? Math.Clamp(percent, 0, 100) / 100 : 0 },
                "excluded" => rules with { Exclusions = value == "counted" ? Exclusions.None : Exclusions.Applied },
                _ => rules,
            };
        }
        return rules;
    }

    private static T Enumerated<T>(string text) where T : struct, Enum =>
        Enum.GetValues<T>().FirstOrDefault(value => value.ToText() == text);

    private IEnumerable<string> Differences(AxisRule rule)
    {
        if (rule == AxisRule.FlawsThenAppeal && Conflicts != ConflictRule.FewestFlaws)
            yield return Conflicts == ConflictRule.MostAppeal ? "appeal before flaws" : "without conflicts";
        if (rule == AxisRule.FlawsThenAppeal && Ties == TieRule.LeaveOut)
            yield return "without half ties";
        if (rule == AxisRule.FlawsThenAppeal && Rejects == RejectRule.OtherAxis)
            yield return "half rejects kept";
        if (MinVotes > 1)
            yield return string.Create(CultureInfo.InvariantCulture, $"at least {MinVotes} votes");
        if (MinAgreement > 0)
            yield return string.Create(CultureInfo.InvariantCulture, $"at least {MinAgreement * 100:0.#} % agreement");
        if (Exclusions == Exclusions.None)
            yield return "excluded raters counted";
    }
}
