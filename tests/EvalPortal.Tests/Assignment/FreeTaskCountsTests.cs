using PixelPost.EvalPortal.Assignment;

namespace PixelPost.EvalPortal.Tests.Assignment;

public sealed class FreeTaskCountsTests
{
    private readonly FreeTaskCounts _counts = new();
    private int _counted;

    [Theory]
    [InlineData(100, 2)]
    [InlineData(101, 1)]
    public async Task Count_TwiceAtOnce_IsMadeAgainWhereFewAreFree(int free, int counted)
    {
        Assert.Equal(free, await CountAsync(free, most: 1_000));
        Assert.Equal(free, await CountAsync(free, most: 1_000));

        Assert.Equal(counted, _counted);
    }

    [Fact]
    public async Task Count_OfAnotherBlockStudyOrKindOfRater_IsItsOwn()
    {
        await CountAsync(500, most: 1_000);

        Assert.Equal(400, await CountAsync(400, most: 1_000, block: 2));
        Assert.Equal(300, await CountAsync(300, most: 1_000, study: 2));
        Assert.Equal(200, await CountAsync(200, most: 1_000, simulated: true));
    }

    [Fact]
    public async Task Count_MoreThanMost_ServesWhoeverAsksForNoMore()
    {
        Assert.Equal(501, await CountAsync(800, most: 500));
        Assert.Equal(401, await CountAsync(800, most: 400));
        Assert.Equal(1, _counted);

        Assert.Equal(800, await CountAsync(800, most: 1_000));
        Assert.Equal(2, _counted);
    }

    [Fact]
    public async Task Count_AfterASecond_IsMadeAgain()
    {
        await CountAsync(500, most: 1_000);
        await Task.Delay(TimeSpan.FromSeconds(1.1));

        Assert.Equal(400, await CountAsync(400, most: 1_000));
    }

    private Task<int> CountAsync(int free, int most, int block = 1, long study = 1, bool simulated = false)
    {
        var rater = new TaskSearch.Rater { StudyId = study, RaterId = 1, SessionId = 1, Given = 0, Simulated = simulated, InSuccessor = false };
        return _counts.CountAsync(rater, block, most, () =>
        {
            _counted++;
            return Task.FromResult(Math.Min(free, most + 1));
        });
    }
}
