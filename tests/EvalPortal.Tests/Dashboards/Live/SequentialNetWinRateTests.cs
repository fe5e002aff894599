using PixelPost.EvalPortal.Dashboards;
using PixelPost.Stats;

namespace PixelPost.EvalPortal.Tests.Dashboards.Live;

public sealed class SequentialNetWinRateTests
{
    [Fact]
    public void Of_CompletePrompts_AreTakenInAsTheyWereCompleted()
    {
        var table = At(Table.Of("aab", "bbb", "ttt", "aa") with { VotesPerComparison = 3 }, [30, 10, 20, 5]);

        var sequential = StudyReport.Of(table, VoteSource.Real).Axes[0].Sequential;

        Assert.Equal(3, sequential.Prompts); // the last has two votes of three
        Assert.Equal(new EmpiricalBernsteinSequence().AddAll([-1, 0, 1]), sequential.Estimate);
    }

    [Fact]
    public void Of_PromptWithTwoComparisons_IsOneCaseOnceBothAreComplete()
    {
        var table = Table.Of("a", "b", "a") with
        {
            VotesPerComparison = 1,
            Comparisons = [Table.Comparison(0, prompt: 1), Table.Comparison(1, prompt: 1), Table.Comparison(2, prompt: 2)],
        };

        Assert.Equal(new EmpiricalBernsteinSequence().AddAll([0, 1]), StudyReport.Of(table, VoteSource.Real).Axes[0].Sequential.Estimate);
        var without = table with { Votes = [.. table.Votes.Where(vote => vote.ComparisonId != 1)] };
        Assert.Equal(1, StudyReport.Of(without, VoteSource.Real).Axes[0].Sequential.Prompts);
    }

    [Fact]
    public void Of_RejectedOrNothing_IsNoCase()
    {
        var table = Table.Of("rr", "") with { VotesPerComparison = 2 };

        var sequential = StudyReport.Of(table, VoteSource.Real).Axes[0].Sequential;

        Assert.Equal((0, null), (sequential.Prompts, sequential.Estimate.Value));
    }

    private static VoteTable At(VoteTable table, int[] minutes) => table with
    {
        Votes = [.. table.Votes.Select(vote => vote with { ReceivedAt = DateTimeOffset.UnixEpoch.AddMinutes(minutes[vote.ComparisonId] + vote.RaterId) })],
    };
}
