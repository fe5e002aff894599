using PixelPost.EvalPortal.Dashboards;
using PixelPost.EvalPortal.Studies;

namespace PixelPost.EvalPortal.Tests.Dashboards;

/// <summary>Votes in blocks are what a sorted list of them would be.</summary>
public sealed class SortedVotesTests
{
    private static readonly Comparer<CountingVote> Order = Comparer<CountingVote>.Create(CountingVote.Compare);

    [Theory]
    [InlineData(1, 0)]
    [InlineData(2, 1)]
    [InlineData(3, SortedVotes.Most)]
    [InlineData(4, 3 * SortedVotes.Most + 1)]
    public void Build_AnyOrder_Sorts(int seed, int votes)
    {
        var random = new Random(seed);
        var drawn = Draw(random, votes);
        random.Shuffle(drawn);

        // Nearly all votes may be on few comparisons, and some on others than were announced.
        foreach (var (first, last) in new[] { (0L, 299L), (0, 1_000_000), (100, 101) })
        {
            var builder = new SortedVotes.Builder(first, last, votes);
            foreach (var vote in drawn)
                builder.Add(vote);
            var built = builder.Build();
            Assert.Equal(drawn.Order(Order), built);
            Assert.Equal(votes, built.Count);
        }
    }

    [Theory]
    [InlineData(1, 0, 5)]
    [InlineData(2, 3, 3)]
    [InlineData(3, SortedVotes.Most, 1)]
    [InlineData(4, 4 * SortedVotes.Most, 1)]
    [InlineData(5, 4 * SortedVotes.Most, 40)]
    [InlineData(6, 4 * SortedVotes.Most, 5_000)]
    public void With_VotesAnew_IsTheListWithThem(int seed, int votes, int touches)
    {
        var random = new Random(seed);
        var list = Draw(random, votes).ToList();
        var sorted = new SortedVotes(list);
        for (var round = 0; round < 3; round++)
        {
            var touched = new HashSet<(long ComparisonId, long RaterId, Axis Axis)>(Draw(random, touches).Select(Key));
            touched.UnionWith(list.Where(_ => random.Next(list.Count) < touches).Select(Key));
            CountingVote[] anew = [.. touched.Where(_ => random.Next(3) > 0).Select(key => Table.Vote(key.ComparisonId, key.RaterId, "abtr"[random.Next(4)], key.Axis))];
            random.Shuffle(anew);

            var before = list.ToArray();
            list = [.. list.Where(vote => !touched.Contains(Key(vote))).Concat(anew).Order(Order)];
            var changed = sorted.With(touched, anew);
            Assert.Equal(list, changed);
            Assert.Equal(list.Count, changed.Count);
            Assert.Equal(before, sorted); // what shows it still is not disturbed
            sorted = changed;
        }
    }

    [Fact]
    public void WhereSelectGroupBy_AsOfAList()
    {
        var list = Draw(new Random(7), 3 * SortedVotes.Most);
        var sorted = new SortedVotes(list);
        bool Wanted(CountingVote vote) => vote.RaterId != 3 && vote.ComparisonId > 70;
        CountingVote Mark(CountingVote vote) => vote.RaterId == 5 ? vote with { Simulated = true } : vote;

        Assert.Equal(list.Where(Wanted), sorted.Where(Wanted));
        Assert.Equal(list.Count(Wanted), sorted.Where(Wanted).Count);
        Assert.Equal(list.Select(Mark), sorted.Select(Mark));
        var groups = SortedVotes.GroupBy(sorted, vote => $"{vote.RaterId % 4}");
        Assert.Equal(4, groups.Count);
        Assert.All(groups, group => Assert.Equal(list.Where(vote => $"{vote.RaterId % 4}" == group.Key), group.Value));
    }

    /// <summary>So many votes, no two of a rater on a comparison and axis, in order.</summary>
    private static CountingVote[] Draw(Random random, int votes)
    {
        var drawn = new Dictionary<(long, long, Axis), CountingVote>();
        while (drawn.Count < votes)
        {
            var vote = Table.Vote(random.Next(300), random.Next(40), "abtr"[random.Next(4)], random.Next(2) == 0 ? Axis.Flaws : Axis.Appeal);
            drawn[Key(vote)] = vote;
        }
        return [.. drawn.Values.Order(Order)];
    }

    private static (long ComparisonId, long RaterId, Axis Axis) Key(CountingVote vote) => (vote.ComparisonId, vote.RaterId, vote.Axis);
}
