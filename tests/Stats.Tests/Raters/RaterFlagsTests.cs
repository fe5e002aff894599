namespace PixelPost.Stats.Tests;

/// <summary>The whole report on a simulated study: honest raters, and one of each kind that should stand out.</summary>
public class RaterFlagsTests
{
    private const int Honest = 20;
    private const long LeftPresser = 100;
    private const long Guesser = 101;
    private const long Hurried = 102;

    private static readonly IReadOnlyList<RaterQuality> Raters = RaterQuality.OfAll(Simulate());

    [Fact]
    public void Of_SimulatedStudy_FindsEachKindAndNoHonestRater()
    {
        var flags = RaterFlags.Of(Raters, FamilyAdjustment.BenjaminiHochberg);
        var kinds = flags.ToLookup(flag => flag.Rater, flag => flag.Kind);

        Assert.Superset(
            new HashSet<RaterFlagKind> { RaterFlagKind.SideBias, RaterFlagKind.Streak, RaterFlagKind.LowAgreement, RaterFlagKind.LowSelfConsistency },
            kinds[LeftPresser].ToHashSet());
        Assert.Superset(
            new HashSet<RaterFlagKind> { RaterFlagKind.LowAgreement, RaterFlagKind.LowGoldAccuracy, RaterFlagKind.LowSelfConsistency },
            kinds[Guesser].ToHashSet());
        Assert.Equal([RaterFlagKind.FastAnswers, RaterFlagKind.FastRater], kinds[Hurried]);
        Assert.DoesNotContain(flags, flag => flag.Rater < Honest);
    }

    [Fact]
    public void Of_EveryFlag_ExplainsItselfWithItsNumbers()
    {
        var raters = Raters.ToDictionary(rater => rater.Rater);
        foreach (var flag in RaterFlags.Of(Raters, FamilyAdjustment.BenjaminiHochberg))
        {
            var rater = raters[flag.Rater];
            string[] numbers = flag.Kind switch
            {
                RaterFlagKind.LowAgreement => [$"{rater.Agreement.Agreement.Hits} of {rater.Agreement.Agreement.Cases}", "at random"],
                RaterFlagKind.LowGoldAccuracy => [$"{rater.Gold.Hits} of {rater.Gold.Cases}"],
                RaterFlagKind.LowSelfConsistency => [$"{rater.Repeats.Consistency.Hits} of {rater.Repeats.Consistency.Cases}", $"{rater.Repeats.SameSide}."],
                RaterFlagKind.SideBias => [$"{rater.Side.LeftWins} times", $"{rater.Side.RightWins} times"],
                RaterFlagKind.Streak => [$"{rater.Streak.Longest} times in a row", $"{rater.Streak.Decided} answers"],
                RaterFlagKind.FastAnswers => [$"{rater.Speed.Fast} of {rater.Speed.Timed}"],
                _ => ["robust standard deviations"],
            };

            Assert.All(numbers, number => Assert.Contains(number, flag.Sentence));
            Assert.EndsWith(".", flag.Sentence);
            Assert.DoesNotContain("NaN", flag.Sentence);
            Assert.Equal(flag.PValue is null, flag.Kind is RaterFlagKind.FastAnswers or RaterFlagKind.FastRater);
            if (flag.PValue is { } p)
                Assert.True(flag.AdjustedPValue >= p && flag.AdjustedPValue <= 0.05 && flag.Sentence.Contains("adjusted"));
        }
    }

    /// <summary>The adjustment is the caller's, over all raters at once, and decides.</summary>
    [Fact]
    public void Of_AdjustmentThatClaimsNothing_LeavesOnlyTheSpeedRules()
    {
        var families = new List<int>();
        var flags = RaterFlags.Of(Raters, family =>
        {
            families.Add(family.Count);
            return [.. family.Select(p => p is null ? (double?)null : 1)];
        });

        Assert.All(flags, flag => Assert.Null(flag.PValue));
        Assert.NotEmpty(flags);
        Assert.Equal(Enumerable.Repeat(Raters.Count, 5), families);
    }

    [Fact]
    public void Of_LooserRules_FlagMore()
    {
        var loose = new RaterFlagRules { SignificanceLevel = 0.5, FastShare = 0, RobustZ = 0 };

        Assert.True(RaterFlags.Of(Raters, family => family, loose).Count > RaterFlags.Of(Raters, family => family).Count);
    }

    [Fact]
    public void OfAll_EveryRater_IsInOnceWithAllVotes()
    {
        var votes = Simulate();

        Assert.Equal(votes.Select(vote => vote.Rater).Distinct(), Raters.Select(rater => rater.Rater));
        Assert.Equal(votes.Count, Raters.Sum(rater => rater.Votes));
        Assert.All(Raters, rater => Assert.Equal(votes.Count(vote => vote.Rater == rater.Rater), rater.Votes));
        Assert.Empty(RaterQuality.OfAll([]));
        Assert.Empty(RaterFlags.Of([], FamilyAdjustment.BenjaminiHochberg));
    }

    /// <summary>
    /// 60 comparisons, 30 of them shown again the other way round, and 15 of gold, by every rater: honest ones see the better image
    /// with probability 0.95 in 2 to 6 seconds.
    /// </summary>
    private static List<RaterVote> Simulate()
    {
        var random = new Random(20240917);
        var better = Enumerable.Range(0, 75).Select(_ => random.Next(2) == 0 ? Outcome.A : Outcome.B).ToArray();
        var votes = new List<RaterVote>();
        foreach (var rater in Enumerable.Range(0, Honest).Select(i => (long)i).Concat([LeftPresser, Guesser, Hurried]))
        {
            var sides = better.Select(_ => random.Next(2) == 0).ToArray();
            for (var i = 0; i < 75; i++)
                Add(rater, i, better[i], sides[i], gold: i >= 60 ? better[i] : null, repeatOf: null);
            for (var i = 0; i < 30; i++)
                Add(rater, 100 + i, better[i], !sides[i], gold: null, repeatOf: i);
        }

        return votes;

        void Add(long rater, int comparison, Outcome right, bool aOnLeft, Outcome? gold, long? repeatOf)
        {
            var wrong = right == Outcome.A ? Outcome.B : Outcome.A;
            votes.Add(new RaterVote
            {
                Comparison = comparison,
                Rater = rater,
                AOnLeft = aOnLeft,
                Outcome = rater switch
                {
                    LeftPresser => aOnLeft ? Outcome.A : Outcome.B,
                    Guesser => random.Next(2) == 0 ? Outcome.A : Outcome.B,
                    _ => random.NextDouble() < 0.95 ? right : wrong,
                },
                Order = comparison,
                ResponseMs = rater == Hurried ? random.Next(200, 900) : random.Next(2_000, 6_000),
                Gold = gold,
                RepeatOf = repeatOf,
            });
        }
    }
}
