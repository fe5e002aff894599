using PixelPost.Training.Contracts;

namespace PixelPost.Training.Tests;

public sealed class RunHealthTests
{
    private static readonly LoopSettings Dpo = new() { Objective = Objective.Dpo }, SimPo = new(), Sft = new() { Objective = Objective.Sft };

    [Theory]
    [InlineData(1.5, 1.5, true)]  // the divergence of preference tuning
    [InlineData(1.0, 3.0, false)] // what it is for: only the rejected images become unlikely
    [InlineData(1.2, 1.2, false)]
    public void Judge_Reference_BothErrorsMustHaveOutgrownIt(double chosen, double rejected, bool warns)
    {
        var health = new RunHealth(Dpo);

        var last = Enumerable.Range(1, 10).Select(_ => health.Judge(Line(0.2 * chosen, 0.2 * rejected, reference: 0.2))).ToList()[^1];

        Assert.Equal(warns, last.Warning is not null);
        if (warns) Assert.Equal("The latent errors on chosen and on rejected images are 1.5 and 1.5 times what the reference model has: the model is forgetting how to draw. Cancel this run and train again with a lower learning_rate or a higher beta, or use a checkpoint from before.", last.Warning);
    }

    [Fact]
    public void Judge_FewLines_NoWarningYet()
    {
        var health = new RunHealth(Dpo);

        Assert.All(Enumerable.Range(1, 9), _ => Assert.Null(health.Judge(Line(1, 1, reference: 0.2)).Warning));
    }

    [Fact]
    public void Judge_NoReference_ComparesWithTheStart()
    {
        var health = new RunHealth(SimPo);

        var warnings = Enumerable.Range(0, 60).Select(step => health.Judge(Line(0.1 + 0.002 * step, 0.1 + 0.003 * step, reference: null)).Warning).ToList();

        Assert.All(warnings[..39], Assert.Null);
        Assert.StartsWith("The latent errors on chosen and on rejected images are ", warnings[^1], StringComparison.Ordinal);
        Assert.EndsWith("train again with a lower learning_rate or fewer steps, or use a checkpoint from before.", warnings[^1], StringComparison.Ordinal);
    }

    [Fact]
    public void Judge_Sft_LooksAtTheOneErrorThereIs()
    {
        var health = new RunHealth(Sft);

        var last = Enumerable.Range(0, 40).Select(step => health.Judge(Line(null, null, null, step < 30 ? 0.1 : 0.2))).ToList()[^1];

        Assert.StartsWith("The latent error is 2.0 times what it was at the start", last.Warning, StringComparison.Ordinal);
    }

    [Fact]
    public void Judge_SteadyButNoisyErrors_FewFalseAlarms()
    {
        // errors of single draws of timestep and noise are about exponential; a line is the mean of four
        var alarms = Enumerable.Range(0, 200).Count(seed =>
        {
            var (random, health) = (new Random(seed), new RunHealth(Sft));
            double Draw() => Enumerable.Range(0, 4).Average(_ => -0.1 * Math.Log(1 - random.NextDouble()));
            return Enumerable.Range(0, 100).Any(_ => health.Judge(Line(null, null, null, Draw())).Warning is not null);
        });

        Assert.InRange(alarms, 0, 10);
    }

    [Fact]
    public void Replay_LinesOfTheRunBefore_SameWarningsAsUninterrupted()
    {
        var (whole, resumed) = (new RunHealth(SimPo), new RunHealth(SimPo));
        var lines = Enumerable.Range(0, 60).Select(step => whole.Judge(Line(0.1 + 0.002 * step, 0.1 + 0.002 * step, null))).ToList();

        resumed.Replay(lines[..50]);

        Assert.Equal(lines[50..], lines[50..].Select(line => resumed.Judge(line with { Warning = null })));
        Assert.False(resumed.WarnsAnew);
        Assert.Contains(lines, line => line.Warning is not null);
    }

    [Fact]
    public void WarnsAnew_OnlyWhereAWarningBegins()
    {
        var health = new RunHealth(Dpo);

        var began = Enumerable.Range(1, 20).Where(_ => health.Judge(Line(0.4, 0.4, reference: 0.2)).Warning is not null && health.WarnsAnew).ToList();

        Assert.Equal([10], began);
    }

    private static MetricsLine Line(double? chosen, double? rejected, double? reference, double? error = null) => new()
    {
        Step = 1,
        Elapsed = 1,
        Loss = 0.7,
        PolicyError = error ?? (chosen!.Value + rejected!.Value) / 2,
        ReferenceError = reference,
        ChosenError = chosen,
        RejectedError = rejected,
        ReferenceChosenError = reference,
        ReferenceRejectedError = reference,
        GradNorm = 1,
        LearningRate = 1e-5,
        ImagesPerSecond = 4,
        ResidentBytes = 1,
        LiveTensors = 1,
    };
}
