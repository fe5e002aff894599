using PixelPost.EvalPortal.Quality;

namespace PixelPost.EvalPortal.Tests.Quality;

public sealed class StudyCourseTests
{
    [Fact]
    public void Of_BlocksByWhatIsAskedFor_AreFullOneAfterTheOther()
    {
        var course = StudyCourse.Of(Votes(130), wanted: 250);

        Assert.Equal((5, 50), (course.Planned, course.BlockVotes));
        Assert.Equal([50, 50, 30], course.Blocks.Select(block => block.All.Votes));
        Assert.Equal([0, 50, 100], course.Blocks.Select(block => (int)(block.From - course.Blocks[0].From).TotalMinutes));
        Assert.Equal(2, course.Full.Count());
        Assert.Equal(course.Blocks.Take(2).Select(block => block.All.Votes), StudyCourse.Of(Votes(100), 250).Blocks.Select(block => block.All.Votes));
    }

    [Fact]
    public void Of_MoreThanWasAskedFor_IsInTheLastBlock() =>
        Assert.Equal([50, 70], StudyCourse.Of(Votes(120), wanted: 100).Blocks.Select(block => block.All.Votes));

    [Fact]
    public void Of_SmallOrYoungStudy_HasNoChangeToTell()
    {
        Assert.Equal(1, StudyCourse.Of(Votes(60), wanted: 99).Planned);
        Assert.Empty(StudyCourse.Of(Votes(99), wanted: 1_000).Changes);
        Assert.Empty(StudyCourse.Of([], wanted: 0).Blocks);
    }

    [Fact]
    public void Of_ChecksAmongTheVotes_FillNoBlock()
    {
        var check = new CourseVote(1, DateTimeOffset.UnixEpoch, new CourseTallies { [CourseMeasure.MissedGold] = new HitCount(1, 1) });

        var course = StudyCourse.Of(Votes(60).SelectMany(vote => (CourseVote[])[check, vote]), wanted: 100);

        Assert.Equal([(50, 50), (10, 10)], course.Blocks.Select(block => (block.All.Votes, block.All[CourseMeasure.MissedGold].Cases)));
    }

    /// <summary>Everybody rejects more and more, from a tenth to a half.</summary>
    [Fact]
    public void Changes_EverybodyDrifts_IsToldAndTheRestIsUnknown()
    {
        var course = Courses.Draw(new Random(20240917), raters: 30, votes: 50, atATime: 30, place => 0.2 + 0.8 * place, CourseMeasure.Rejected);

        var rejected = course.Changes.Single(change => change.Measure == CourseMeasure.Rejected);
        Assert.True(rejected.AdjustedPValue < 0.01 && rejected.Change.Later > rejected.Change.Earlier);
        Assert.Null(course.Changes.Single(change => change.Measure == CourseMeasure.Agreement).AdjustedPValue);
    }

    private static IEnumerable<CourseVote> Votes(int number) => Enumerable.Range(0, number).Select(i => Courses.Vote(i % 7, i, CourseMeasure.Rejected, i % 3 == 0));
}
