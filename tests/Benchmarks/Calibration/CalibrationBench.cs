using PixelPost.Stats;

namespace PixelPost.Benchmarks.Calibration;

/// <summary>Do 95 % intervals cover 95 times in a hundred, and do tests at 5 % err 5 times in a hundred? Measured on studies whose truth is known.</summary>
internal static class CalibrationBench
{
    private const double Level = 0.05, Margin = 0.10;
    private const int Replicates = 1_000;

    /// <summary>Prints every table.</summary>
    /// <param name="studies">Studies per scenario.</param>
    public static void Run(int studies)
    {
        Console.WriteLine("| scenario | |\n|---|---|");
        foreach (var scenario in Scenario.All)
            Console.WriteLine($"| {scenario.Name} | {scenario.Description} |");
        foreach (var table in (ICalibrationTable[])[Votes(), Decisions(), FalseClaims(), FalseMargins(), Agreement(), Alignment(), FalseAlignmentMargins(), Peeking(), Rankings(), FalseRankings()])
            table.Run(studies);
    }

    private static CalibrationTable<StudyDraw> Votes() => new("Intervals that cover: net win rate of votes", 0.95, [.. Scenario.All.Select(scenario => scenario.Column)],
    [
        Covers("**by prompt and rater, cr1**", Net, study => ClusteredNetWinRate.Of(study.Scores, Clustering.TwoWay).Estimate),
        Covers("by prompt and rater, cr0", Net, study => ClusteredNetWinRate.Of(study.Scores, Clustering.TwoWay, ClusterCorrection.Cr0).Estimate),
        Covers("by prompt, cr1", Net, study => ClusteredNetWinRate.Of(study.Scores, Clustering.ByPrompt).Estimate),
        Covers("by rater, cr1", Net, study => ClusteredNetWinRate.Of(study.Scores, Clustering.ByRater).Estimate),
        Covers("prompt bootstrap, BCa", Net, study => study.Bootstrap.Bca),
        Covers("prompt bootstrap, percentile", Net, study => study.Bootstrap.Percentile),
        Covers("t, votes taken as independent", Net, study => NetWinRate.StudentT(study.VoteCounts)),
    ]);

    private static CalibrationTable<StudyDraw> Decisions() => new("Intervals that cover: decisions", 0.95, [.. Scenario.All.Select(scenario => scenario.Column)],
    [
        Covers("**net win rate, Tango**", DecisionNet, study => NetWinRate.Tango(study.Decisions)),
        Covers("net win rate, t", DecisionNet, study => NetWinRate.StudentT(study.Decisions)),
        Covers("net win rate, normal", DecisionNet, study => NetWinRate.Normal(study.Decisions)),
        Covers("**win rate, Wilson**", DecisionWin, study => Rate.Wilson(study.Decisions.A, study.Decisions.Compared)),
        Covers("win rate, Clopper-Pearson", DecisionWin, study => Rate.ClopperPearson(study.Decisions.A, study.Decisions.Compared)),
    ]);

    private static CalibrationTable<StudyDraw> FalseClaims() => new("False claims: equal systems called different", Level, [.. Scenario.AnyDifference.Select(scenario => scenario.WithoutDifference().Column)],
    [
        Claims("**votes, by prompt and rater**", study => ClusteredNetWinRate.Of(study.Scores, Clustering.TwoWay).PValue),
        Claims("votes, by prompt", study => ClusteredNetWinRate.Of(study.Scores, Clustering.ByPrompt).PValue),
        Claims("**decisions, sign test, ties dropped**", study => SignTest.TiesDropped(study.Decisions).PValue),
        Claims("decisions, sign test, mid-p", study => SignTest.MidP(study.Decisions).PValue),
        Claims("decisions, sign test, ties split", study => SignTest.TiesSplit(study.Decisions).PValue),
        Claims("**two questions, sign tests by Holm, either**", study => FamilyAdjustment.Holm(SignTests(study)).Min()),
        Claims("two questions, sign tests not adjusted, either", study => SignTests(study).Min()),
    ]);

    private static CalibrationTable<StudyDraw> FalseMargins() => new($"False claims: A called not inferior within {Margin:0.00} when it is worse by just that", Level, [.. Scenario.AnyDifference.Select(scenario => scenario.BehindBy(Margin).Column)],
    [
        Claims("**votes, by prompt and rater**", study => NonInferiority.NetWinRateClustered(study.Scores, Clustering.TwoWay, Margin).NonInferiorityPValue),
        Claims("votes, by prompt", study => NonInferiority.NetWinRateClustered(study.Scores, Clustering.ByPrompt, Margin).NonInferiorityPValue),
        Claims("votes taken as independent", study => NonInferiority.NetWinRateWald(study.VoteCounts, Margin).NonInferiorityPValue),
    ]);

    private static CalibrationTable<StudyDraw> Agreement() => new("Intervals that cover: agreement of two raters", 0.95, [.. Scenario.All.Select(scenario => scenario.Column)],
    [
        Covers("**Krippendorff's alpha, nominal, bootstrap**", scenario => scenario.Agreement.NominalAlpha, study => KrippendorffAlpha.Nominal(study.Ratings, study.Random, Replicates)),
        Covers("**Gwet's AC1, bootstrap**", scenario => scenario.Agreement.Ac1, study => GwetAc1.Of(study.Ratings, study.Random, Replicates)),
        Covers("**percent agreement, bootstrap**", scenario => scenario.Agreement.Percent, study => PercentAgreement.Of(study.Ratings, study.Random, Replicates)),
        Covers("alpha, t, linearised", scenario => scenario.Agreement.NominalAlpha, study => KrippendorffAlpha.NominalLinearised(study.Ratings)),
    ]);

    private static CalibrationTable<AlignmentStudy> Alignment() => new("Intervals that cover: difference of alignment rates, 80 % against 70 %", 0.95, AlignmentStudy.Sizes(0.8, 0.7),
    [
        new("**by prompt, cr1**", study => AlignmentRates.Compare(study.Prompts).Difference.Interval?.Contains(study.Difference)),
        new("Newcombe, answers taken as independent", study => TwoProportions.Newcombe(study.Independent).Interval?.Contains(study.Difference)),
    ]);

    private static CalibrationTable<AlignmentStudy> FalseAlignmentMargins() => new($"False claims: alignment of A called not inferior within {Margin:0.00} when it is worse by just that", Level, AlignmentStudy.Sizes(0.7, 0.7 + Margin),
    [
        new("**by prompt, cr1**", study => NonInferiority.AlignmentClustered(study.Prompts, Margin).NonInferiorityPValue <= Level),
        new("Farrington-Manning, answers taken as independent", study => NonInferiority.RatesScore(study.Independent, Margin).NonInferiorityPValue <= Level),
    ]);

    private static CalibrationTable<StudyDraw> Peeking() => new("False claims when looking after every decision: the interval leaves out 0 at some time", Level, [.. Scenario.AnyDifference.Select(scenario => scenario.WithoutDifference().Column)],
    [
        Leaves("**empirical Bernstein, always valid**", () => new EmpiricalBernsteinSequence()),
        Leaves("normal mixture, always valid", () => new NormalMixtureSequence()),
        new("beta-binomial e-value, always valid", study => new BetaBinomialEProcess().AddAll(study.DecisionScores) <= Level),
        new("Tango, looked at after every decision", PeekedTangoLeavesZero),
    ]);

    private static CalibrationTable<StudyDraw> Rankings() => new("Intervals that cover: first against second of five systems, Bradley-Terry, ties as half a win", 0.95, [.. Scenario.Rankings.Select(scenario => scenario.Column)],
    [
        Covers("**by prompt and rater, cr1**", Lead, study => StrengthCovariance.Clustered(study.Ranking, study.PairVotes, Clustering.TwoWay).Difference(0, 1).Estimate),
        Covers("by prompt, cr1", Lead, study => StrengthCovariance.Clustered(study.Ranking, study.PairVotes, Clustering.ByPrompt).Difference(0, 1).Estimate),
        Covers("**prompt bootstrap, percentile**", Lead, study => study.RankingBootstrap.Difference(0, 1)),
        Covers("sandwich, votes taken as independent", Lead, study => StrengthCovariance.Sandwich(study.Ranking, study.PairVotes.Table).Difference(0, 1).Estimate),
        Covers("from the information, votes taken as independent", Lead, study => StrengthCovariance.Naive(study.Ranking).Difference(0, 1).Estimate),
        new("rank of the second, prompt bootstrap", study => study.RankingBootstrap.Systems?[1].RankInterval is { } ranks ? ranks.Best <= 2 && ranks.Worst >= 2 : null),
    ]);

    private static CalibrationTable<StudyDraw> FalseRankings() => new("False claims: of five equal systems the first two called different", Level, [.. Scenario.Rankings.Select(scenario => scenario.WithoutDifference().Column)],
    [
        Claims("**by prompt and rater, cr1**", study => StrengthCovariance.Clustered(study.Ranking, study.PairVotes, Clustering.TwoWay).Difference(0, 1).PValue),
        Claims("by prompt, cr1", study => StrengthCovariance.Clustered(study.Ranking, study.PairVotes, Clustering.ByPrompt).Difference(0, 1).PValue),
        Claims("votes taken as independent", study => StrengthCovariance.Naive(study.Ranking).Difference(0, 1).PValue),
    ]);

    private static Figure<StudyDraw> Leaves(string name, Func<ConfidenceSequence> start) => new(name, study =>
    {
        var sequence = start();
        foreach (var score in study.DecisionScores)
        {
            sequence.Add(score);
            if (sequence.Current.Interval is { } interval && !interval.Contains(0))
                return true;
        }

        return false;
    });

    private static bool? PeekedTangoLeavesZero(StudyDraw study)
    {
        var (a, b, tie) = (0, 0, 0);
        foreach (var score in study.DecisionScores)
        {
            (a, b, tie) = (a + (score > 0 ? 1 : 0), b + (score < 0 ? 1 : 0), tie + (score == 0 ? 1 : 0));
            if (NetWinRate.Tango(new(a, b, tie)).Interval is { } interval && !interval.Contains(0))
                return true;
        }

        return false;
    }

    private static IReadOnlyList<double?> SignTests(StudyDraw study) => [SignTest.TiesDropped(study.Decisions).PValue, SignTest.TiesDropped(study.OtherAxis.Decisions).PValue];

    private static double Lead(Scenario scenario) => scenario.LogStrengths[0] - scenario.LogStrengths[1];

    private static double Net(Scenario scenario) => scenario.Vote.NetWinRate;

    private static double DecisionNet(Scenario scenario) => scenario.Decision.NetWinRate;

    private static double DecisionWin(Scenario scenario) => scenario.Decision.WinRate;

    private static Figure<StudyDraw> Covers(string name, Func<Scenario, double> truth, Func<StudyDraw, Estimate> estimate) =>
        new(name, study => estimate(study).Interval?.Contains(truth(study.Scenario)));

    // an undefined test claims nothing
    private static Figure<StudyDraw> Claims(string name, Func<StudyDraw, double?> pValue) => new(name, study => pValue(study) <= Level);
}
