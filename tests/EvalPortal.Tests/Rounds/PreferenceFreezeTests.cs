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

    [Theory]
    // what the reference protocol decides stands in the test above
    [InlineData("conflicts.most_appeal", "aab", "bbt", "b")]
    [InlineData("conflicts.most_appeal", "aaa", "ttt", "a")]
    [InlineData("conflicts.leave_out", "aab", "bbt", "conflict")]
    [InlineData("conflicts.leave_out", "aaa", "aab", "a")]
    [InlineData("ties.leave_out", "ttt", "bba", "tie")]
    [InlineData("ties.leave_out", "abt", "aaa", "split")]
    [InlineData("ties.leave_out", "aaa", "", "a")]
    [InlineData("rejects.other_axis", "bbb", "rrr", "b")]
    [InlineData("rejects.other_axis", "rrr", "ttt", "reject")]
    [InlineData("votes.3", "aa", "", "few")]
    [InlineData("votes.3", "aa", "bbb", "b")] // flaws have too few votes to decide
    [InlineData("votes.3", "", "", "unvoted")]
    [InlineData("agreement.60", "aab", "", "a")]
    [InlineData("agreement.70", "aab", "bbb", "low")] // flaws decide, and not clearly enough
    [InlineData("agreement.100", "aaa", "", "a")]
    [InlineData("agreement.60", "aattr", "", "split")] // there is no chosen image to agree on
    public void Apply_RulesOfOnesOwn_AreFollowedAndCounted(string rules, string flaws, string appeal, string expected)
    {
        var (pairs, leftOut) = PreferenceFreeze.Apply([Votes(1, flaws, appeal)], AxisRule.FlawsThenAppeal, PreferenceRules.Parse(rules));

        Assert.Equal(1, pairs.Count + leftOut.Total());
        Assert.Equal(expected, leftOut switch
        {
            { Ties: 1 } => "tie",
            { Splits: 1 } => "split",
            { Rejects: 1 } => "reject",
            { Conflicts: 1 } => "conflict",
            { LowAgreement: 1 } => "low",
            { TooFewVotes: 1 } => "few",
            { Unvoted: 1 } => "unvoted",
            _ => pairs[0].ChosenSha256[..1],
        });
    }

    [Fact]
    public void Apply_AnyRules_AddUpToAllComparisonsAndNeverAddPairs()
    {
        var random = new Random(7);
        var votes = Enumerable.Range(1, 300).Select(i => Votes(i, Draw(random), Draw(random))).ToList();
        var (protocol, _) = PreferenceFreeze.Apply(votes, AxisRule.FlawsThenAppeal);
        for (var i = 0; i < 50; i++)
        {
            var rules = new PreferenceRules
            {
                Conflicts = (ConflictRule)random.Next(3),
                Ties = (TieRule)random.Next(2),
                MinVotes = random.Next(1, 5),
                MinAgreement = random.NextDouble(),
            };

            var (pairs, leftOut) = PreferenceFreeze.Apply(votes, AxisRule.FlawsThenAppeal, rules);

            Assert.Equal(300, pairs.Count + leftOut.Total());
            Assert.Equal(Enumerable.Range(1, pairs.Count), pairs.Select(pair => pair.PairNumber));
            Assert.All(pairs, pair => Assert.True(pair.VotesChosen >= rules.MinAgreement * votes[(int)pair.ComparisonId - 1].Votes[pair.Axis].Count));
            if (rules.MinVotes == 1)
                Assert.Empty(pairs.Select(pair => pair.ComparisonId).Except(protocol.Select(pair => pair.ComparisonId)));
            Assert.Equal(rules with { MinAgreement = 0 }, PreferenceRules.Parse((rules with { MinAgreement = 0 }).ToText()));
        }
    }

    [Theory]
    [InlineData("", true)]
    [InlineData("votes.3,agreement.62.5,excluded.counted,conflicts.most_appeal,ties.leave_out,rejects.other_axis", false)]
    [InlineData("nonsense,votes.x,agreement.-1,conflicts.nothing,.", true)]
    public void Rules_OfAnAddress_AreReadAndUnknownOnesAreThoseOfTheProtocol(string text, bool isProtocol)
    {
        var rules = PreferenceRules.Parse(text);

        Assert.Equal(isProtocol, rules.IsProtocol);
        Assert.Equal(rules, PreferenceRules.Parse(rules.ToText()));
        Assert.Equal(isProtocol, rules.ToWords(AxisRule.FlawsThenAppeal).Length == 0);
    }

    [Fact]
    public void Compare_TwoSets_CountsSameOppositeAndWhatOnlyOneHas()
    {
        var (first, _) = PreferenceFreeze.Apply([Votes(1, "a", ""), Votes(2, "a", ""), Votes(3, "a", "")], AxisRule.Flaws);
        var (second, _) = PreferenceFreeze.Apply([Votes(1, "a", ""), Votes(2, "b", ""), Votes(4, "a", ""), Votes(5, "a", "")], AxisRule.Flaws);

        var comparison = SetComparison.Of(first, second);

        Assert.Equal((1, 1, 1, 2), (comparison.Same, comparison.Opposite.Count, comparison.OnlyFirst.Count, comparison.OnlySecond.Count));
        Assert.Equal(("prompt 2", "a2"), (comparison.Opposite[0].Prompt, comparison.Opposite[0].ChosenSha256));
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
