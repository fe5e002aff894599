using System.Text.Json;
using MathNet.Numerics;

namespace PixelPost.Stats.Tests;

public class DawidSkeneTests
{
    private const string File = "dawid_skene.json";
    private const double Tolerance = 1e-6;
    private const double ConfusionTolerance = 1e-5;
    private const int Seed = 20240917;

    public static TheoryData<string, string> Cases => GoldenFile.Cases(File);

    // compared below; the rest of a case says how its tool got there
    private static readonly string[] Compared =
        ["prior", "log_likelihood", "posterior_items_by_class", "confusion_rater_true_observed", "after_first_em_step", "label"];

    [Theory, MemberData(nameof(Cases))]
    public void Golden_EveryCase_HasTheFiguresThatAreCompared(string file, string id)
    {
        var names = GoldenFile.Case(file, id).Expected.EnumerateObject().Select(figure => figure.Name).ToList();

        Assert.Empty(Compared.Except(names));
        Assert.All(names.Except(Compared), name => Assert.True(name.StartsWith("iterations_") || name.StartsWith("crowdkit_"), name));
    }

    [Theory, MemberData(nameof(Cases))]
    public void Fit_GoldenVotes_MatchesEveryFigure(string file, string id)
    {
        var (input, expected) = GoldenFile.Case(file, id);
        var fit = DawidSkene.Fit(input.GetProperty("classes").GetArrayLength(), Votes(input));

        AssertClose(expected.Numbers("prior")!, fit.Prior, Tolerance);
        Assert.Equal(expected.Number("log_likelihood")!.Value, fit.LogLikelihood, Tolerance);
        var items = fit.Items.ToDictionary(item => item.Item);
        foreach (var (item, posterior) in expected.GetProperty("posterior_items_by_class").EnumerateArray().Index())
            AssertClose(Row(posterior), items[item].Posterior, Tolerance);

        var classes = input.GetProperty("classes").EnumerateArray().Select(name => name.GetString()).ToList();
        foreach (var (item, label) in expected.GetProperty("label").EnumerateArray().Index())
            Assert.Equal(classes.IndexOf(label.GetString()), items[item].Category);

        var raters = fit.Raters.ToDictionary(rater => rater.Rater);
        foreach (var (rater, confusion) in expected.GetProperty("confusion_rater_true_observed").EnumerateArray().Index())
        {
            foreach (var (truth, row) in confusion.EnumerateArray().Index())
                AssertClose(Row(row), raters[rater].Confusion[truth]!, ConfusionTolerance);
        }
    }

    /// <summary>No posterior can change by more than 1, so at tolerance 1 the fit stops after its first step.</summary>
    [Theory, MemberData(nameof(Cases))]
    public void Fit_ToleranceOne_IsTheFirstStepFromTheSharesOfAnswers(string file, string id)
    {
        var (input, expected) = GoldenFile.Case(file, id);
        var fit = DawidSkene.Fit(input.GetProperty("classes").GetArrayLength(), Votes(input), tolerance: 1);

        Assert.Equal(1, fit.Iterations);
        var items = fit.Items.ToDictionary(item => item.Item);
        foreach (var (item, posterior) in expected.GetProperty("after_first_em_step").GetProperty("posterior_items_by_class").EnumerateArray().Index())
            AssertClose(Row(posterior), items[item].Posterior, Tolerance);
    }

    /// <summary>Dawid and Skene (1979): 45 patients, five anaesthetists, one of whom rated three times.</summary>
    [Fact]
    public void Fit_Anaesthetists_MatchesThePublishedPriors()
    {
        var published = JsonDocument.Parse(System.IO.File.ReadAllText(GoldenFile.PathOf(File))).RootElement.GetProperty("cases").EnumerateArray()
            .Single(item => item.TryGetProperty("published", out _));
        var fit = DawidSkene.Fit(4, Votes(published.GetProperty("input")));

        AssertClose(Row(published.GetProperty("published").GetProperty("prior_published")), fit.Prior, 0.005);
    }

    /// <summary>Lengthened steps lead where plain ones do, written here as in the paper.</summary>
    [Theory]
    [InlineData(2, 100, 8)]
    [InlineData(3, 60, 15)]
    [InlineData(4, 250, 6)]
    public void Fit_SimulatedVotes_IsWhatPlainEmFinds(int categories, int items, int raters)
    {
        var votes = Simulate(categories, items, raters, new Random(Seed), rater => 0.45 + 0.5 * rater / raters).Votes;
        var fit = DawidSkene.Fit(categories, votes);
        var (posteriors, logLikelihood, iterations) = PlainEm(categories, votes);

        Assert.Equal(logLikelihood, fit.LogLikelihood, Tolerance);
        foreach (var item in fit.Items)
            AssertClose(posteriors[item.Item], item.Posterior, Tolerance);
        Assert.True(fit.Iterations <= iterations, $"{fit.Iterations} lengthened steps, {iterations} plain ones.");
    }

    /// <summary>Three careful raters among seven, four of whom nearly guess: the model finds out whom to believe.</summary>
    [Fact]
    public void Fit_FewGoodRaters_IsRightMoreOftenThanTheMajority()
    {
        var (votes, truths) = Simulate(3, 400, 7, new Random(Seed), rater => rater < 3 ? 0.92 : 0.40);
        var fit = DawidSkene.Fit(3, votes);
        var right = fit.Items.Count(item => item.Category == truths[item.Item]);
        var majority = votes.GroupBy(vote => vote.Item).Count(item =>
            item.CountBy(vote => vote.Category).MaxBy(answer => answer.Value).Key == truths[item.Key]);

        Assert.True(right > majority + 10, $"{right} against {majority} of 400.");
        Assert.Equal([0, 1, 2], fit.Raters.OrderByDescending(rater => rater.Accuracy).Take(3).Select(rater => rater.Rater).Order());
        foreach (var rater in fit.Raters)
            Assert.Equal(rater.Rater < 3 ? 0.92 : 0.40, rater.Accuracy, 0.1);
        Assert.Empty(fit.Cautions);
    }

    [Fact]
    public void Fit_EverythingRelabelledAndReordered_IsTheSameFit()
    {
        var votes = Simulate(3, 80, 9, new Random(Seed), _ => 0.7).Votes;
        var fit = DawidSkene.Fit(3, votes);
        var changed = DawidSkene.Fit(3, [.. votes.Select(vote => (900 - 7 * vote.Item, -vote.Rater, (vote.Category + 1) % 3)).Reverse()]);

        var items = changed.Items.ToDictionary(item => item.Item);
        foreach (var item in fit.Items)
        {
            var other = items[900 - 7 * item.Item].Posterior;
            AssertClose(item.Posterior, [other[1], other[2], other[0]], Tolerance);
        }

        Assert.Equal(fit.LogLikelihood, changed.LogLikelihood, Tolerance);
    }

    [Fact]
    public void Fit_EveryItemTwice_DoublesTheLikelihoodOnly()
    {
        var votes = Simulate(3, 80, 9, new Random(Seed), _ => 0.7).Votes;
        var (fit, twice) = (DawidSkene.Fit(3, votes), DawidSkene.Fit(3, [.. votes, .. votes.Select(vote => (vote.Item + 1000, vote.Rater, vote.Category))]));

        Assert.Equal(2 * fit.LogLikelihood, twice.LogLikelihood, Tolerance);
        AssertClose(fit.Prior, twice.Prior, Tolerance);
        foreach (var (rater, other) in fit.Raters.Zip(twice.Raters))
            AssertClose(rater.Confusion[0]!, other.Confusion[0]!, ConfusionTolerance);
    }

    /// <summary>2,000 answers to each of four items: their product is far below the smallest double, their logarithms are not.</summary>
    [Fact]
    public void Fit_ThousandsOfAnswersPerItem_DoesNotUnderflow()
    {
        var random = new Random(Seed);
        var votes = Enumerable.Range(0, 8_000).Select(i => ((long)(i % 4), (long)(i / 4 % 50), random.NextDouble() < 0.6 ? i % 2 : 1 - i % 2)).ToList();
        var fit = DawidSkene.Fit(2, votes);

        Assert.Equal([0, 1, 0, 1], fit.Items.OrderBy(item => item.Item).Select(item => item.Category));
        Assert.InRange(fit.LogLikelihood, -8_000 * Math.Log(2), -8_000 * 0.6);
    }

    [Fact]
    public void Fit_Result_AddsUp()
    {
        var votes = Simulate(3, 80, 9, new Random(Seed), _ => 0.7).Votes;
        var fit = DawidSkene.Fit(3, votes);

        Assert.Equal(1, fit.Prior.Sum(), 1e-12);
        Assert.All(fit.Items, item => Assert.Equal(1, item.Posterior.Sum(), 1e-12));
        Assert.Equal(votes.Count, fit.Raters.Sum(rater => rater.Votes));
        Assert.InRange(fit.LastChange, 0, 1e-10);
        foreach (var rater in fit.Raters)
        {
            Assert.Equal(rater.Votes, rater.VotesByTruth.Sum(), 1e-9);
            Assert.All(rater.Confusion, row => Assert.Equal(1, row!.Sum(), 1e-12));
        }
    }

    [Fact]
    public void Fit_OneAnswerPerItem_SaysThatNothingIsLearned()
    {
        var fit = DawidSkene.Fit(2, [(1, 1, 0), (2, 1, 1), (3, 2, 0)]);

        Assert.Contains(fit.Cautions, caution => caution.Contains("two answers"));
        Assert.All(fit.Raters, rater => Assert.Equal(1, rater.Accuracy));
    }

    [Fact]
    public void Fit_CategoryNobodyNames_HasNoRowAndSaysSo()
    {
        var fit = DawidSkene.Fit(3, [(1, 1, 0), (1, 2, 0), (2, 1, 1), (2, 2, 1)]);

        Assert.Equal(0, fit.Prior[2]);
        Assert.Null(fit.Raters[0].Confusion[2]);
        Assert.Contains(fit.Cautions, caution => caution.Contains("category 2"));
    }

    /// <summary>Half of the items get only 0, half get four 1 of ten: the second kind becomes category 1 although it is mostly called 0.</summary>
    [Fact]
    public void Fit_CategoryMostlyCalledByAnotherName_SaysSo()
    {
        var votes = Enumerable.Range(0, 2_000).Select(i => (Item: (long)(i / 10), Rater: (long)(i % 10), Category: 0)).ToList();
        for (var i = 0; i < 1_000; i++)
            votes[i] = votes[i] with { Category = (i % 10 + i / 10) % 10 < 4 ? 1 : 0 };

        Assert.Contains(DawidSkene.Fit(2, votes).Cautions, caution => caution.Contains("changed places"));
    }

    [Fact]
    public void Fit_TwoRatersWhoDisagreeOnce_LeavesTheItemOpen()
    {
        var fit = DawidSkene.Fit(2, [(7, 1, 0), (7, 2, 1)]);

        Assert.Null(fit.Items.Single().Category);
        AssertClose([0.5, 0.5], fit.Items.Single().Posterior, Tolerance);
    }

    [Fact]
    public void Fit_LimitReached_ThrowsAndSaysHowFarItWas()
    {
        var votes = Simulate(3, 80, 9, new Random(Seed), _ => 0.6).Votes;

        Assert.Contains("not converged", Assert.Throws<NonConvergenceException>(() => DawidSkene.Fit(3, votes, iterationLimit: 3)).Message);
    }

    [Fact]
    public void Arguments_OutsideTheirRange_Throw()
    {
        Assert.Throws<ArgumentException>(() => DawidSkene.Fit(2, []));
        Assert.Throws<ArgumentOutOfRangeException>(() => DawidSkene.Fit(1, [(1, 1, 0)]));
        Assert.Throws<ArgumentOutOfRangeException>(() => DawidSkene.Fit(2, [(1, 1, 2)]));
        Assert.Throws<ArgumentOutOfRangeException>(() => DawidSkene.Fit(2, [(1, 1, 0)], tolerance: 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => DawidSkene.Fit(2, [(1, 1, 0)], iterationLimit: 0));
    }

    private static (long Item, long Rater, int Category)[] Votes(JsonElement input) =>
        [.. input.GetProperty("triples_item_rater_class").EnumerateArray().Select(vote => (vote[0].GetInt64(), vote[1].GetInt64(), vote[2].GetInt32()))];

    private static double[] Row(JsonElement numbers) => [.. numbers.EnumerateArray().Select(number => number.GetDouble())];

    private static void AssertClose(IReadOnlyList<double> expected, IReadOnlyList<double> actual, double tolerance)
    {
        Assert.Equal(expected.Count, actual.Count);
        foreach (var (value, other) in expected.Zip(actual))
            Assert.Equal(value, other, tolerance);
    }

    /// <summary>Raters who see the truth with the given probability, and otherwise guess among the rest.</summary>
    private static (List<(long Item, long Rater, int Category)> Votes, Dictionary<long, int> Truths) Simulate(
        int categories, int items, int raters, Random random, Func<int, double> accuracy)
    {
        var truths = Enumerable.Range(0, items).ToDictionary(item => (long)item, _ => random.Next(categories));
        var votes =
            from item in truths
            from rater in Enumerable.Range(0, raters)
            select (item.Key, (long)rater, random.NextDouble() < accuracy(rater) ? item.Value : (item.Value + random.Next(1, categories)) % categories);
        return (votes.ToList(), truths);
    }

    private static (Dictionary<long, double[]> Posteriors, double LogLikelihood, int Iterations) PlainEm(
        int categories, List<(long Item, long Rater, int Category)> votes)
    {
        var all = Enumerable.Range(0, categories).ToArray();
        var items = votes.GroupBy(vote => vote.Item).ToDictionary(item => item.Key, item => item.ToList());
        var posteriors = items.ToDictionary(
            item => item.Key, item => Array.ConvertAll(all, j => item.Value.Count(vote => vote.Category == j) / (double)item.Value.Count));
        for (var iteration = 1; ; iteration++)
        {
            var prior = Array.ConvertAll(all, j => posteriors.Values.Average(row => row[j]));
            var confusion = votes.GroupBy(vote => vote.Rater).ToDictionary(
                rater => rater.Key,
                rater => Array.ConvertAll(all, j => Array.ConvertAll(
                    all, k => rater.Where(vote => vote.Category == k).Sum(vote => posteriors[vote.Item][j]) / rater.Sum(vote => posteriors[vote.Item][j]))));

            var (change, logLikelihood) = (0.0, 0.0);
            foreach (var (item, answers) in items)
            {
                var joint = Array.ConvertAll(all, j => answers.Aggregate(prior[j], (p, vote) => p * confusion[vote.Rater][j][vote.Category]));
                logLikelihood += Math.Log(joint.Sum());
                var row = Array.ConvertAll(joint, p => p / joint.Sum());
                change = Math.Max(change, row.Zip(posteriors[item]).Max(pair => Math.Abs(pair.First - pair.Second)));
                posteriors[item] = row;
            }

            if (change < 1e-11)
                return (posteriors, logLikelihood, iteration);
        }
    }
}
