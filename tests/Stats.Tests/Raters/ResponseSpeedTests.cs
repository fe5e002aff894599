namespace PixelPost.Stats.Tests;

public class ResponseSpeedTests
{
    private const int FloorMs = 1_000;

    [Fact]
    public void ByRater_FastAnswers_AreCountedBelowTheFloorOnly()
    {
        var rater = ResponseSpeed.ByRater(Times(1, 300, 999, 1_000, 5_000, 0), FloorMs)[1];

        Assert.Equal((5, 3), (rater.Timed, rater.Fast));
        Assert.Equal(Rate.Wilson(3, 5), rater.FastShare);
        Assert.Equal(999, rater.MedianMs!.Value, 1e-9);
    }

    [Fact]
    public void MedianMs_EvenNumber_IsTheGeometricMeanOfTheMiddle()
    {
        Assert.Equal(2_000, ResponseSpeed.ByRater(Times(1, 100, 1_000, 4_000, 9_000), FloorMs)[1].MedianMs!.Value, 1e-9);
    }

    /// <summary>The definition, with the others copied and sorted for each rater.</summary>
    [Theory]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(30)]
    [InlineData(31)]
    public void RobustZ_RandomTimes_EqualsTheDefinition(int raters)
    {
        var random = new Random(raters);
        var times = Enumerable.Range(0, raters).Select(_ => random.Next(500, 9_000)).ToArray();
        var speeds = ResponseSpeed.ByRater(times.SelectMany((time, rater) => Times(rater, time)), FloorMs);

        for (var rater = 0; rater < raters; rater++)
        {
            var others = times.Where((_, other) => other != rater).Select(time => Math.Log(time)).ToList();
            var median = Median(others);
            var deviation = 1.4826 * Median([.. others.Select(other => Math.Abs(other - median))]);
            Assert.Equal((Math.Log(times[rater]) - median) / deviation, speeds[rater].RobustZ!.Value, 1e-9);
        }
    }

    [Fact]
    public void RobustZ_EveryTimeTwiceAsLong_IsUnchanged()
    {
        var votes = Enumerable.Range(1, 9).SelectMany(rater => Times(rater, 700 * rater, 900 * rater, 400 * rater * rater)).ToList();
        var (speeds, slower) = (ResponseSpeed.ByRater(votes, FloorMs), ResponseSpeed.ByRater(votes.Select(vote => vote with { ResponseMs = 2 * vote.ResponseMs }), FloorMs));

        Assert.All(speeds, rater => Assert.Equal(rater.Value.RobustZ!.Value, slower[rater.Key].RobustZ!.Value, 1e-9));
    }

    /// <summary>A crowd of fast raters would hide each other in a mean and a standard deviation.</summary>
    [Fact]
    public void RobustZ_SeveralFastRaters_DoNotHideEachOther()
    {
        var random = new Random(1);
        var speeds = ResponseSpeed.ByRater(
            Enumerable.Range(0, 20).SelectMany(rater => Times(rater, rater < 4 ? 300 : random.Next(3_000, 6_000))), FloorMs);

        Assert.All(speeds, rater => Assert.Equal(rater.Key < 4, rater.Value.RobustZ < -3.5));
    }

    [Fact]
    public void ByRater_FiguresThatCannotBeHad_AreNullAndSayWhy()
    {
        var few = ResponseSpeed.ByRater([.. Times(1, 800), .. Times(2, 900), .. Times(3, 700)], FloorMs);
        var alike = ResponseSpeed.ByRater(Enumerable.Range(0, 6).SelectMany(rater => Times(rater, rater == 0 ? 50 : 900)), FloorMs);
        var untimed = ResponseSpeed.ByRater([new RaterVote { Comparison = 1, Rater = 1, Outcome = Outcome.A, AOnLeft = true }], FloorMs)[1];

        Assert.Null(few[1].RobustZ);
        Assert.Contains("Fewer than 3", few[1].Reason);
        Assert.Null(alike[0].RobustZ);
        Assert.Contains("equally fast", alike[0].Reason);
        Assert.Null(untimed.MedianMs);
        Expect.Undefined(untimed.FastShare);
        Assert.Contains("timed", untimed.Reason);
    }

    [Fact]
    public void Arguments_OutsideTheirRange_Throw()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => ResponseSpeed.ByRater([], 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => Times(1, -1).ToList());
    }

    private static IEnumerable<RaterVote> Times(long rater, params IEnumerable<int> times) => times.Select((time, i) =>
        new RaterVote { Comparison = i, Rater = rater, Outcome = Outcome.A, AOnLeft = true, ResponseMs = time });

    private static double Median(List<double> values)
    {
        values.Sort();
        return (values[(values.Count - 1) / 2] + values[values.Count / 2]) / 2;
    }
}
