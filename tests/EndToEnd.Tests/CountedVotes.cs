using System.Globalization;
using System.Numerics;

namespace PixelPost.EndToEnd.Tests;

/// <summary>
/// A study's results computed a second time, from nothing but its <c>votes.csv</c> and the definitions in
/// <c>docs/statistics.md</c>. Nothing here is shared with the portal.
/// </summary>
internal sealed class CountedVotes
{
    private readonly IReadOnlyList<string> _answers; // of each comparison: a, b, tie, reject, split

    private CountedVotes(IReadOnlyDictionary<string, string> decisions, IReadOnlyDictionary<string, int> votes)
    {
        (Decisions, Votes) = (decisions, votes);
        _answers = [.. decisions.Values];
    }

    /// <summary>The decision of each comparison that has votes, by <c>item_id</c>.</summary>
    public IReadOnlyDictionary<string, string> Decisions { get; }

    /// <summary>How many votes there are of each answer.</summary>
    public IReadOnlyDictionary<string, int> Votes { get; }

    /// <summary>Number of decided comparisons with this answer.</summary>
    public int Count(string decision) => _answers.Count(answer => answer == decision);

    /// <summary>Wins minus losses over all that were compared, ties and splits among them; in percent, as the page writes it.</summary>
    public string NetWinRate
    {
        get
        {
            var net = 100.0 * (Count("a") - Count("b")) / (_answers.Count - Count("reject"));
            return net.ToString("+0.0;-0.0;0.0", CultureInfo.InvariantCulture).Replace('-', '−');
        }
    }

    /// <summary>Exact two-sided p-value of the sign test without ties: how likely a result at least as lopsided is for a fair coin.</summary>
    public double SignTest
    {
        get
        {
            var (n, k) = (Count("a") + Count("b"), Math.Min(Count("a"), Count("b")));
            BigInteger choose = 1, tail = 0;
            for (var i = 0; i <= k; i++)
            {
                tail += choose;
                choose = choose * (n - i) / (i + 1);
            }
            return Math.Min(1, (double)(2 * tail) / Math.Pow(2, n));
        }
    }

    /// <summary>Holm's adjustment for two questions: the smaller p-value doubled, the larger one not below that.</summary>
    public static double Adjusted(double own, double other) =>
        Math.Min(1, own <= other ? 2 * own : Math.Max(own, 2 * other));

    /// <summary>A p-value as the page may write it: where it ends in a five, as 7/16 does, its last bits decide whether that is rounded up.</summary>
    public static IReadOnlyList<string> Words(double p)
    {
        return [Written(p - 1e-9), Written(p + 1e-9)];

        static string Written(double value) => value < 0.001 ? "p < 0.001" : "p = " + value.ToString("0.000", CultureInfo.InvariantCulture);
    }

    /// <summary>Counts the votes on one axis.</summary>
    /// <param name="rows">All rows of <c>votes.csv</c>.</param>
    public static CountedVotes Of(IReadOnlyList<IReadOnlyDictionary<string, string>> rows, string axis)
    {
        // Worked out from the chain of votes, not taken from the column "counts".
        var superseded = rows.Select(row => row["supersedes_vote_id"]).ToHashSet();
        var counting = rows
            .Where(row => row["axis"] == axis && row["retracted_at"] == "" && row["surplus"] == "false" && !superseded.Contains(row["vote_id"]))
            .ToList();
        return new CountedVotes(
            counting.GroupBy(row => row["item_id"], Winner).ToDictionary(item => item.Key, Majority),
            counting.GroupBy(Winner).ToDictionary(answer => answer.Key, answer => answer.Count()));
    }

    /// <summary>Reads a CSV file: fields may stand in quotes, and a quote in them is doubled.</summary>
    public static IReadOnlyList<IReadOnlyDictionary<string, string>> Read(string csv)
    {
        var lines = new List<List<string>> { new() { "" } };
        var quoted = false;
        for (var i = 0; i < csv.Length; i++)
        {
            var line = lines[^1];
            if (csv[i] == '"' && quoted && i + 1 < csv.Length && csv[i + 1] == '"')
                line[^1] += csv[i++];
            else if (csv[i] == '"')
                quoted = !quoted;
            else if (csv[i] == ',' && !quoted)
                line.Add("");
            else if (csv[i] == '\n' && !quoted)
                lines.Add([""]);
            else if (csv[i] != '\r' || quoted)
                line[^1] += csv[i];
        }
        return [.. lines.Skip(1).Where(line => line.Count > 1)
            .Select(line => lines[0].Zip(line).ToDictionary(field => field.First, field => field.Second))];
    }

    /// <summary>The winner, from the side that was chosen and what stood there.</summary>
    private static string Winner(IReadOnlyDictionary<string, string> row) => row["choice_screen"] switch
    {
        "left" => row["left_image_id"] == row["image_a_id"] ? "a" : "b",
        "right" => row["right_image_id"] == row["image_a_id"] ? "a" : "b",
        var other => other,
    };

    private static string Majority(IEnumerable<string> winners)
    {
        var ranked = winners.GroupBy(winner => winner).OrderByDescending(answer => answer.Count()).ToList();
        return ranked.Count > 1 && ranked[0].Count() == ranked[1].Count() ? "split" : ranked[0].Key;
    }
}
