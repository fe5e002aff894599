using PixelPost.EvalPortal.Quality;

namespace PixelPost.EvalPortal.Tests.Quality;

/// <summary>Studies whose votes are drawn at random.</summary>
internal static class Courses
{
    private static readonly DateTimeOffset Start = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    /// <summary>
    /// A study in which some raters at a time give the same number of votes each, one after the other. A rater's share of hits is one of
    /// their own, from none to twice, times a level that may depend on the place in the study, from 0 to 1.
    /// </summary>
    public static StudyCourse Draw(Random random, int raters, int votes, int atATime, Func<double, double> level, params CourseMeasure[] measures)
    {
        var spread = Enumerable.Range(0, raters).Select(_ => 2 * random.NextDouble() * random.NextDouble()).ToArray(); // most low, some high
        var left = Enumerable.Repeat(votes, raters).ToArray();
        return StudyCourse.Of(Enumerable.Range(0, raters * votes).Select(i =>
        {
            var active = Enumerable.Range(0, raters).Where(rater => left[rater] > 0).Take(atATime).ToList();
            var rater = active[random.Next(active.Count)];
            left[rater]--;
            var tallies = new CourseTallies { Votes = 1 };
            foreach (var measure in measures)
                tallies[measure] = HitCount.Of(random.NextDouble() < Math.Min(1, spread[rater] * level((double)i / (raters * votes))));
            return new CourseVote(rater, Start.AddMinutes(i), tallies);
        }), raters * votes);
    }

    /// <summary>A vote that is or is not a hit, a minute after the one before.</summary>
    public static CourseVote Vote(long rater, int minute, CourseMeasure measure, bool hit) =>
        new(rater, Start.AddMinutes(minute), new CourseTallies { Votes = 1, [measure] = HitCount.Of(hit) });
}
