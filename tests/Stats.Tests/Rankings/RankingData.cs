using System.Globalization;
using System.Text.Json;

namespace PixelPost.Stats.Tests;

/// <summary>Golden and simulated votes on pairs.</summary>
internal static class RankingData
{
    public static readonly IReadOnlyDictionary<string, RankingModel> Models =
        (from ties in new[] { ("bt_ties_dropped", TieTreatment.Dropped), ("bt_ties_half", TieTreatment.Half), ("davidson", TieTreatment.Davidson), ("rao_kupper", TieTreatment.RaoKupper) }
         from side in new[] { ("", false), ("_order", true) }
         select (Name: ties.Item1 + side.Item1, Model: new RankingModel(ties.Item2, side.Item2)))
        .ToDictionary(pair => pair.Name, pair => pair.Model);

    public static TheoryData<TieTreatment, bool> EveryModel
    {
        get
        {
            var data = new TheoryData<TieTreatment, bool>();
            foreach (var model in Models.Values)
                data.Add(model.Ties, model.SideEffect);
            return data;
        }
    }

    /// <summary>The "input" of bt_small.json.</summary>
    public static PairTable Table(JsonElement input)
    {
        string[] names = [.. input.GetProperty("systems").EnumerateArray().Select(name => name.GetString()!)];
        var rows = input.GetProperty("rows_left_right_leftwins_ties_rightwins").EnumerateArray()
            .Select(row => row.EnumerateArray().Select(number => number.GetInt32()).ToArray());
        return new PairTable(names.Length, rows.Select(row => new PairCount(row[0], row[1], row[2], row[3], row[4])), names);
    }

    public static PairTable SmallTable(string id = "five-systems-simulated") => Table(GoldenFile.Case("bt_small.json", id).Input);

    public static PairTable LargeTable() => new(100, File.ReadLines(GoldenFile.PathOf("large_bt.csv")).Skip(1)
        .Select(line => line.Split(',').Select(number => int.Parse(number, CultureInfo.InvariantCulture)).ToArray())
        .Select(row => new PairCount(row[0], row[1], row[2], row[3], row[4])));

    /// <summary>votes_clustered.csv: vote, rater ("r18"), prompt ("p032"), left, right, outcome.</summary>
    public static IReadOnlyList<PairVote> ClusteredVotes() => [.. File.ReadLines(GoldenFile.PathOf("votes_clustered.csv")).Skip(1)
        .Select(line => line.Split(','))
        .Select(row => new PairVote(
            int.Parse(row[3], CultureInfo.InvariantCulture),
            int.Parse(row[4], CultureInfo.InvariantCulture),
            Enum.Parse<PairOutcome>(row[5], ignoreCase: true),
            long.Parse(row[2].AsSpan(1), CultureInfo.InvariantCulture),
            long.Parse(row[1].AsSpan(1), CultureInfo.InvariantCulture)))];

    /// <summary>What a golden file expects of a case that has no input of its own, and the file's tolerance of that name.</summary>
    public static JsonElement Expected(string file, string id) => Root(file).GetProperty("cases").EnumerateArray()
        .Single(item => item.GetProperty("id").GetString() == id).GetProperty("expected");

    public static double Tolerance(string file, string name) => Root(file).GetProperty("tolerance").GetProperty(name).GetDouble();

    /// <summary>Votes drawn from a model: tie is ν or θ.</summary>
    public static IEnumerable<PairVote> Simulate(
        Random random, RankingModel model, double[] strengths, int votes, double side = 0, double tie = 0, int prompts = 1, int raters = 1)
    {
        for (var vote = 0; vote < votes; vote++)
        {
            var left = random.Next(strengths.Length);
            var right = (left + 1 + random.Next(strengths.Length - 1)) % strengths.Length;
            var eta = strengths[left] - strengths[right] + side;
            var (win, lose) = model.Ties switch
            {
                TieTreatment.Davidson => (Math.Exp(eta / 2) / Davidson(), Math.Exp(-eta / 2) / Davidson()),
                TieTreatment.RaoKupper => (1 / (1 + tie * Math.Exp(-eta)), 1 / (1 + tie * Math.Exp(eta))),
                _ => (1 / (1 + Math.Exp(-eta)), 1 / (1 + Math.Exp(eta))),
            };
            var draw = random.NextDouble();
            var outcome = draw < win ? PairOutcome.Left : draw < win + lose ? PairOutcome.Right : PairOutcome.Tie;
            yield return new PairVote(left, right, outcome, random.Next(prompts), random.Next(raters));

            double Davidson() => Math.Exp(eta / 2) + tie + Math.Exp(-eta / 2);
        }
    }

    private static JsonElement Root(string file) => JsonDocument.Parse(File.ReadAllText(GoldenFile.PathOf(file))).RootElement;
}
