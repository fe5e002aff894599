using System.Text;
using PixelPost.EvalPortal.Rounds;
using PixelPost.EvalPortal.Studies;
using PixelPost.Stats;

namespace PixelPost.EvalPortal.Tests.Rounds;

public sealed class PreferenceFreezeTests
{
    [Theory]
    // flaws, appeal → which image is chosen (or why none is) under: flaws, appeal, flaws then appeal
    [InlineData("aab", "bbt", "a", "b", "a")] // conflict: fewer flaws decides
    [InlineData("ttt", "bba", "tie", "b", "b")]
    [InlineData("abt", "aaa", "split", "a", "a")]
    [InlineData("abt", "ttt", "split", "tie", "split")]
    [InlineData("ttt", "ttt", "tie", "tie", "tie")]
    [InlineData("bbb", "rrr", "b", "reject", "reject")]
    [InlineData("rrr", "aaa", "reject", "a", "reject")]
    [InlineData("", "aaa", "unvoted", "a", "a")]
    [InlineData("", "", "unvoted", "unvoted", "unvoted")]
    public void Apply_Votes_FollowsTheRule(string flaws, string appeal, string byFlaws, string byAppeal, string byBoth)
    {
        Assert.Equal(byFlaws, Decide(AxisRule.Flaws, flaws, appeal));
        Assert.Equal(byAppeal, Decide(AxisRule.Appeal, flaws, appeal));
        Assert.Equal(byBoth, Decide(AxisRule.FlawsThenAppeal, flaws, appeal));
    }

    [Fact]
    public void Apply_Decisive_CountsTheVotesOfTheDecidingAxis()
    {
        var (pairs, _) = PreferenceFreeze.Apply([Votes(1, "ttt", "bbbat")], AxisRule.FlawsThenAppeal);

        var pair = Assert.Single(pairs);
        Assert.Equal((Axis.Appeal, 3, 1, 1), (pair.Axis, pair.VotesChosen, pair.VotesRejected, pair.VotesTie));
        Assert.Equal((12L, 11L, "b1", "a1"), (pair.ChosenImageId, pair.RejectedImageId, pair.ChosenSha256, pair.RejectedSha256));
    }

    [Fact]
    public void Apply_SystemsSwapped_SwapsChosenAndRejected()
    {
        var random = new Random(5);
        var votes = Enumerable.Range(1, 200).Select(i => (Flaws: Draw(random), Appeal: Draw(random))).ToList();

        var (pairs, leftOut) = PreferenceFreeze.Apply(votes.Select((v, i) => Votes(i, v.Flaws, v.Appeal)), AxisRule.FlawsThenAppeal);
        var (swapped, swappedOut) = PreferenceFreeze.Apply(votes.Select((v, i) => Votes(i, Swap(v.Flaws), Swap(v.Appeal))), AxisRule.FlawsThenAppeal);

        Assert.Equal(pairs.Select(p => (p.ComparisonId, p.ChosenImageId)), swapped.Select(p => (p.ComparisonId, p.RejectedImageId)));
        Assert.Equal(leftOut, swappedOut);
        Assert.Equal(200, pairs.Count + leftOut.Total());
        Assert.Equal(Enumerable.Range(1, pairs.Count), pairs.Select(p => p.PairNumber));
    }

    [Fact]
    public void ToFile_Pairs_IsTheJobsFileByteForByte()
    {
        var (pairs, _) = PreferenceFreeze.Apply([Votes(1, "aaa", ""), Votes(2, "bbb", "")], AxisRule.Flaws);

        var file = Encoding.UTF8.GetString(PreferenceFreeze.ToFile(pairs));

        Assert.Equal(
            """
            {"pair_id":"1","prompt":"prompt 1","chosen":"images/a1.png","rejected":"images/b1.png","chosen_sha256":"a1","rejected_sha256":"b1","weight":1}
            {"pair_id":"2","prompt":"prompt 2","chosen":"images/b2.png","rejected":"images/a2.png","chosen_sha256":"b2","rejected_sha256":"a2","weight":1}

            """.ReplaceLineEndings("\n"),
            file);
        // printf of these two lines, piped to sha256sum
        Assert.Equal("0f29788acf4baa62c80e4ecf86c551945a0ac5c03d67a6612cb8a3c54aca7a3b", PreferenceFreeze.Sha256(pairs));
    }

    private static string Decide(AxisRule rule, string flaws, string appeal)
    {
        var (pairs, leftOut) = PreferenceFreeze.Apply([Votes(1, flaws, appeal)], rule);
        Assert.Equal(1, pairs.Count + leftOut.Total());
        return leftOut switch
        {
            { Ties: 1 } => "tie",
            { Splits: 1 } => "split",
            { Rejects: 1 } => "reject",
            { Unvoted: 1 } => "unvoted",
            _ => pairs[0].ChosenSha256[..1],
        };
    }

    private static ComparisonVotes Votes(int number, string flaws, string appeal) => new()
    {
        Comparison = new Comparison
        {
            ComparisonId = number,
            StudyId = 1,
            Position = number,
            PromptId = number,
            Prompt = $"prompt {number}",
            ImageAId = number * 10 + 1,
            ImageASha256 = $"a{number}",
            ImageBId = number * 10 + 2,
            ImageBSha256 = $"b{number}",
        },
        Votes = new Dictionary<Axis, IReadOnlyList<Outcome>> { [Axis.Flaws] = Outcomes(flaws), [Axis.Appeal] = Outcomes(appeal) },
    };

    private static Outcome[] Outcomes(string votes) =>
        [.. votes.Select(vote => vote switch { 'a' => Outcome.A, 'b' => Outcome.B, 't' => Outcome.Tie, _ => Outcome.Reject })];

    private static string Draw(Random random) => new(random.GetItems("abtr".AsSpan(), random.Next(0, 6)));

    private static string Swap(string votes) => new([.. votes.Select(vote => vote switch { 'a' => 'b', 'b' => 'a', _ => vote })]);
}
