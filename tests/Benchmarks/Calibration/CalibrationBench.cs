using PixelPost.Stats;

namespace PixelPost.Benchmarks.Calibration;

/// <summary>Do 95 % intervals cover 95 times in a hundred, and do tests at 5 % err 5 times in a hundred? Measured on studies whose truth is known.</summary>
internal static class CalibrationBench
{
    private const double Level = 0.05;

    /// <summary>Prints every table.</summary>
    /// <param name="studies">Studies per scenario.</param>
    public static void Run(int studies)
    {
        Console.WriteLine("| scenario | |\n|---|---|");
        foreach (var scenario in Scenario.All)
            Console.WriteLine($"| {scenario.Name} | {scenario.Description} |");
        foreach (var table in (CalibrationTable[])[Votes(), Decisions(), FalseClaims()])
            table.Run(studies);
    }

    private static CalibrationTable Votes() => new("Intervals that cover: net win rate of votes", 0.95, Scenario.All,
    [
        Covers("**by prompt and rater, cr1**", Net, study => ClusteredNetWinRate.Of(study.Scores, Clustering.TwoWay).Estimate),
        Covers("by prompt and rater, cr0", Net, study => ClusteredNetWinRate.Of(study.Scores, Clustering.TwoWay, ClusterCorrection.Cr0).Estimate),
        Covers("by prompt, cr1", Net, study => ClusteredNetWinRate.Of(study.Scores, Clustering.ByPrompt).Estimate),
        Covers("by rater, cr1", Net, study => ClusteredNetWinRate.Of(study.Scores, Clustering.ByRater).Estimate),
        Covers("prompt bootstrap, BCa", Net, study => study.Bootstrap.Bca),
        Covers("prompt bootstrap, percentile", Net, study => study.Bootstrap.Percentile),
        Covers("t, votes taken as independent", Net, study => NetWinRate.StudentT(study.VoteCounts)),
    ]);

    private static CalibrationTable Decisions() => new("Intervals that cover: decisions", 0.95, Scenario.All,
    [
        Covers("**net win rate, Tango**", DecisionNet, study => NetWinRate.Tango(study.Decisions)),
        Covers("net win rate, t", DecisionNet, study => NetWinRate.StudentT(study.Decisions)),
        Covers("net win rate, normal", DecisionNet, study => NetWinRate.Normal(study.Decisions)),
        Covers("**win rate, Wilson**", DecisionWin, study => Rate.Wilson(study.Decisions.A, study.Decisions.Compared)),
        Covers("win rate, Clopper-Pearson", DecisionWin, study => Rate.ClopperPearson(study.Decisions.A, study.Decisions.Compared)),
    ]);

    private static CalibrationTable FalseClaims() => new("False claims: equal systems called different", Level, [.. Scenario.All.Select(scenario => scenario.WithoutDifference())],
    [
        Claims("**votes, by prompt and rater**", study => ClusteredNetWinRate.Of(study.Scores, Clustering.TwoWay).PValue),
        Claims("votes, by prompt", study => ClusteredNetWinRate.Of(study.Scores, Clustering.ByPrompt).PValue),
        Claims("**decisions, sign test, ties dropped**", study => SignTest.TiesDropped(study.Decisions).PValue),
        Claims("decisions, sign test, mid-p", study => SignTest.MidP(study.Decisions).PValue),
        Claims("decisions, sign test, ties split", study => SignTest.TiesSplit(study.Decisions).PValue),
    ]);

    private static double Net(Scenario scenario) => scenario.Vote.NetWinRate;

    private static double DecisionNet(Scenario scenario) => scenario.Decision.NetWinRate;

    private static double DecisionWin(Scenario scenario) => scenario.Decision.WinRate;

    private static Figure Covers(string name, Func<Scenario, double> truth, Func<SimulatedStudy, Estimate> estimate) =>
        new(name, study => estimate(study).Interval?.Contains(truth(study.Scenario)));

    // an undefined test claims nothing
    private static Figure Claims(string name, Func<SimulatedStudy, double?> pValue) => new(name, study => pValue(study) <= Level);
}
