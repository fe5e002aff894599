using System.Globalization;
using PixelPost.Stats;

namespace PixelPost.Benchmarks.Speed;

/// <summary>What the statistics cost on large studies, beside other people's software where it is installed.</summary>
internal static class SpeedBench
{
    private const int Prompts = 1_000;

    /// <summary>Measures and prints a table.</summary>
    /// <param name="peers">Whether to time the peers too.</param>
    public static void Run(bool peers)
    {
        var pairs = Path.Combine(AppContext.BaseDirectory, "Golden", "large_bt.csv");
        var scores = NetWinRateStudy();
        List<Measured> all = [.. Rankings(pairs), BcaBootstrap(scores), RaterModel(), MillionVotes.Report()];
        if (peers)
        {
            var totals = WriteTotals(scores);
            all.AddRange(Peers.Run(pairs, totals));
            File.Delete(totals);
        }

        Console.WriteLine($"{Environment.ProcessorCount} processors, .NET {Environment.Version}. Median of repeated runs after a first one; a figure of a peer should equal ours, but for the draws of a bootstrap.\n");
        Measured.Print(all);
    }

    /// <summary>100 systems, 200,000 votes, dealt to 1,000 prompts.</summary>
    private static IEnumerable<Measured> Rankings(string path)
    {
        var counts = File.ReadLines(path).Skip(1).Select(PairCountOf).ToList();
        var systems = counts.Max(count => Math.Max(count.Left, count.Right)) + 1;
        var table = new PairTable(systems, counts);
        var model = new RankingModel(TieTreatment.Half);
        yield return Measured.Of("BT fit", 0.005, () => Difference(BradleyTerry.Fit(table, model)));
        yield return Measured.Of("Davidson fit", null, () => Difference(BradleyTerry.Fit(table, new(TieTreatment.Davidson))));

        var random = new Random(1);
        var votes = new PairVotes(systems, counts.SelectMany(Votes).Select(vote => new PairVote(vote.Left, vote.Right, vote.Outcome, random.Next(Prompts))).ToList());
        yield return Measured.Of("BT bootstrap, 1,000 replicates", 1, () => RankingBootstrap.ByPrompt(votes, model, new Random(1), 1_000).Difference(0, 1).StandardError!.Value);
    }

    private static double Difference(Ranking ranking) => ranking.LogStrengths![0] - ranking.LogStrengths[1];

    private static PairCount PairCountOf(string line)
    {
        var fields = line.Split(',').Select(field => int.Parse(field, CultureInfo.InvariantCulture)).ToArray();
        return new(fields[0], fields[1], LeftWins: fields[2], Ties: fields[3], RightWins: fields[4]);
    }

    private static IEnumerable<(int Left, int Right, PairOutcome Outcome)> Votes(PairCount count) =>
        Enumerable.Repeat((count.Left, count.Right, PairOutcome.Left), (int)count.LeftWins)
            .Concat(Enumerable.Repeat((count.Left, count.Right, PairOutcome.Tie), (int)count.Ties))
            .Concat(Enumerable.Repeat((count.Left, count.Right, PairOutcome.Right), (int)count.RightWins));

    /// <summary>150 prompts, 5 votes each.</summary>
    private static List<ClusteredScore> NetWinRateStudy()
    {
        var model = new StudyModel { Strengths = [0.4, 0], Prompts = 150, Raters = 30, PromptSd = 1, TieWidth = 0.4 };
        return [.. StudySimulator.Votes(model, new Random(1)).Select(vote => new ClusteredScore(vote.Prompt, vote.Rater, vote.Outcome.Score()!.Value))];
    }

    private static Measured BcaBootstrap(List<ClusteredScore> scores) =>
        Measured.Of("net win rate BCa, 10,000 resamples", 0.020, () => PromptBootstrap.NetWinRate(scores, new Random(1), 10_000).Bca.Interval!.Lower);

    /// <summary>prompt,sum,count for the peers.</summary>
    private static string WriteTotals(List<ClusteredScore> scores)
    {
        var path = Path.GetTempFileName();
        File.WriteAllLines(path, scores.GroupBy(score => score.Prompt).Select(prompt => $"{prompt.Key},{prompt.Sum(score => score.Score)},{prompt.Count()}").Prepend("prompt,sum,count"));
        return path;
    }

    /// <summary>20,000 items, 200 raters of whom some guess, 5 votes on each item.</summary>
    private static Measured RaterModel()
    {
        var random = new Random(1);
        var accuracies = Enumerable.Range(0, 200).Select(_ => 0.4 + 0.55 * random.NextDouble()).ToArray();
        var votes = new List<(long Item, long Rater, int Category)>();
        for (var item = 0; item < 20_000; item++)
        {
            var truth = random.Next(3);
            for (var i = 0; i < 5; i++)
            {
                var rater = (item * 5 + i * 37 + random.Next(37)) % 200;
                votes.Add((item, rater, random.NextDouble() < accuracies[rater] ? truth : (truth + 1 + random.Next(2)) % 3));
            }
        }

        return Measured.Of("Dawid-Skene, 100,000 votes", 1, () => DawidSkene.Fit(3, votes, tolerance: 1e-6).LogLikelihood);
    }
}
