using MathNet.Numerics.RootFinding;
using PixelPost.Stats;

namespace PixelPost.Benchmarks.Calibration;

/// <summary>A kind of study, with a name that fits a table's head.</summary>
internal sealed class Scenario(string name, string description, StudyModel model)
{
    // votes on a pair that stand for its long run: rounding is far below any standard error
    private const double LongRun = 1e9;

    private readonly Lazy<IReadOnlyList<double>> _logStrengths = new(() => LogStrengthsOf(model));

    private static readonly StudyModel Usual = new()
    {
        Strengths = [0.5, 0], Prompts = 100, Raters = 40, PromptSd = 1, RaterSd = 0.3, SideBiasSd = 0.2, TieWidth = 0.4, Lapse = 0.02, Reject = 0.01,
    };

    /// <summary>A usual study, then one thing at a time made harder.</summary>
    public static IReadOnlyList<Scenario> All { get; } =
    [
        new("usual", "100 prompts, 5 votes on each, 40 raters; 2 % lapses, 1 % rejects", Usual),
        new("large", "600 prompts, 60 raters", Usual with { Prompts = 600, Raters = 60 }),
        new("no repeats", "nobody votes twice", Usual with { Raters = 0 }),
        new("many ties", "three votes of four are ties", Usual with { TieWidth = 2.6 }),
        new("one-sided", "nearly every vote is for A", Usual with { Strengths = [3.2, 0] }),
        new("side bias", "left is preferred 3 to 1, one vote in ten is a lapse", Usual with { SideBias = 1.1, Lapse = 0.1 }),
        new("20 prompts", "20 prompts only", Usual with { Prompts = 20 }),
        new("8 prompts", "8 prompts only", Usual with { Prompts = 8 }),
        new("10 raters", "10 raters with strong tastes", Usual with { Raters = 10, RaterSd = 0.6 }),
        new("5 raters", "5 raters with strong tastes, each of whom sees everything", Usual with { Raters = 5, RaterSd = 0.6 }),
    ];

    /// <summary>Those that differ in more than how far apart the systems are: the ones to change that in.</summary>
    public static IReadOnlyList<Scenario> AnyDifference { get; } = [.. All.Where(scenario => scenario.Model.Strengths[0] == Usual.Strengths[0])];

    /// <summary>The same kinds of study with five systems, one vote on each pair and prompt.</summary>
    public static IReadOnlyList<Scenario> Rankings { get; } = [.. AnyDifference.Select(scenario => scenario.WithFiveSystems())];

    /// <summary>Fits a table's head.</summary>
    public string Name { get; } = name;

    /// <summary>What is particular about it.</summary>
    public string Description { get; } = description;

    /// <summary>How its votes come about.</summary>
    public StudyModel Model { get; } = model;

    /// <summary>What the votes' figures estimate.</summary>
    public OutcomeProbabilities Vote { get; } = StudyTruth.Vote(model);

    /// <summary>How far raters agree.</summary>
    public AgreementTruth Agreement { get; } = StudyTruth.Agreement(model);

    /// <summary>Studies of this kind.</summary>
    public Column<StudyDraw> Column => new(Name, number => new StudyDraw(this, number));

    /// <summary>What the decisions' figures estimate.</summary>
    public OutcomeProbabilities Decision { get; } = StudyTruth.Decision(model);

    /// <summary>
    /// What a ranking of the votes estimates, ties as half a win: the strengths fitted to as many votes as occur in the long run.
    /// Prompts, tastes and lapses pull them together, so they are not the strengths of the model.
    /// </summary>
    public IReadOnlyList<double> LogStrengths => _logStrengths.Value;

    /// <summary>The same with equal systems: whatever is claimed is false.</summary>
    public Scenario WithoutDifference() => new(Name, Description, Model with { Strengths = [.. Model.Strengths.Select(_ => 0.0)] });

    /// <summary>The same with A behind by just <paramref name="margin"/> in the votes' net win rate: "not inferior" is false.</summary>
    public Scenario BehindBy(double margin)
    {
        double Missing(double strength) => StudyTruth.Vote(Model with { Strengths = [strength, 0] }).NetWinRate + margin;
        return new(Name, Description, Model with { Strengths = [Brent.FindRoot(Missing, -20, 20, 1e-10), 0] });
    }

    private Scenario WithFiveSystems()
    {
        var spread = Model.Strengths[0] - Model.Strengths[1];
        return new(Name, Description, Model with { Strengths = [spread, spread / 2, 0, -spread / 2, -spread], VotesPerComparison = 1 });
    }

    private static IReadOnlyList<double> LogStrengthsOf(StudyModel model)
    {
        var counts = from a in Enumerable.Range(0, model.Strengths.Count)
                     from b in Enumerable.Range(0, model.Strengths.Count)
                     where a < b
                     let vote = StudyTruth.Vote(model, a, b)
                     select new PairCount(a, b, Votes(vote.A), Votes(vote.Neither), Votes(vote.B));
        return BradleyTerry.Fit(new PairTable(model.Strengths.Count, counts), new(TieTreatment.Half)).LogStrengths!;

        static long Votes(double probability) => (long)Math.Round(LongRun * probability);
    }
}
