using PixelPost.EvalPortal.TrainingJobs;

namespace PixelPost.EvalPortal.Tests.TrainingJobs;

public sealed class CurveTests
{
    [Fact]
    public void Of_FewPoints_GoesThroughEveryOne()
    {
        var curve = Curve.Of("loss", CurveStyle.Main, [(1, 0.7), (2, null), (3, double.NaN), (4, 0.5)]);

        Assert.Equal([new CurvePoint(1, 0.7), new CurvePoint(4, 0.5)], curve.Line);
        Assert.Empty(curve.Cloud);
    }

    [Fact]
    public void Of_ManyPoints_IsTheMeanOfTheLastOnes()
    {
        // Alternates between 0 and 1: the mean of any even window is one half.
        var curve = Curve.Of("accuracy", CurveStyle.Main, Enumerable.Range(1, 100).Select(step => (step, (double?)(step % 2))));

        Assert.Equal(4, curve.Window);
        Assert.All(curve.Line.Skip(3), point => Assert.Equal(0.5, point.Value, 12));
        Assert.Equal(1, curve.Line[0].Value);
        Assert.Equal(100, curve.Cloud.Count);
    }

    [Fact]
    public void Of_MorePointsThanAScreenHas_KeepsTheLast()
    {
        var curve = Curve.Of("loss", CurveStyle.Marks, Enumerable.Range(1, 10_001).Select(step => (step, (double?)step)));

        Assert.InRange(curve.Line.Count, Curve.MaxPoints / 2, Curve.MaxPoints);
        Assert.Equal(10_001, curve.Line[^1].Step);
        Assert.Equal(10_001, curve.Points.Count);
    }

    [Theory]
    [InlineData(0.31, 0.69, new[] { 0.3, 0.4, 0.5, 0.6, 0.7 }, "0.3 0.4 0.5 0.6 0.7")]
    [InlineData(-0.004, 0.012, new[] { -0.005, 0, 0.005, 0.01, 0.015 }, "−0.005 0 0.005 0.010 0.015")]
    [InlineData(12, 88, new[] { 0.0, 20, 40, 60, 80, 100 }, "0 20 40 60 80 100")]
    [InlineData(1e-7, 4e-7, new[] { 1e-7, 2e-7, 3e-7, 4e-7 }, "1e−7 2e−7 3e−7 4e−7")]
    public void Scale_Values_HasRoundEndsAroundThem(double low, double high, double[] ticks, string labels)
    {
        var scale = CurveScale.Of([low, high]);

        Assert.Equal(ticks.Length, scale.Ticks.Count);
        foreach (var (expected, actual) in ticks.Zip(scale.Ticks))
            Assert.Equal(expected, actual, 12);
        Assert.Equal(labels, string.Join(' ', scale.Ticks.Select(scale.Label)));
        Assert.Equal((0, 1), (Math.Round(scale.Place(scale.High), 9), Math.Round(scale.Place(scale.Low), 9)));
    }

    [Theory]
    [InlineData(0.5)]
    [InlineData(0)]
    [InlineData(-3)]
    public void Scale_FlatCurve_StandsInside(double value)
    {
        var scale = CurveScale.Of([value, value]);

        Assert.InRange(scale.Place(value), 0.1, 0.9);
    }

    [Fact]
    public void Scale_Baseline_IsAlwaysOnIt()
    {
        var scale = CurveScale.Of([0.2, 0.3], include: 0);

        Assert.Contains(0.0, scale.Ticks);
    }
}
