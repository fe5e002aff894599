using PixelPost.EvalPortal.Quality;
using PixelPost.Stats;

namespace PixelPost.EvalPortal.Tests.Quality;

public sealed class ExclusionAlarmsTests
{
    // ten people with a vote each
    private static readonly Dictionary<long, int> Votes = Enumerable.Range(0, 10).ToDictionary(rater => (long)rater, _ => 1);

    [Fact]
    public void Of_JustATenthByARuleAndAFifthInAll_IsQuiet() =>
        Assert.Empty(Of(Excluded(0, RaterFlagKind.Streak), Excluded(1, RaterFlagKind.SideBias)));

    [Fact]
    public void Of_MoreThanAFifth_SaysHowMuch() =>
        Assert.Contains(
            "30.0 % (3 of 10) of people's votes, more than a fifth",
            Assert.Single(Of(Excluded(0, RaterFlagKind.Streak), Excluded(1, RaterFlagKind.SideBias), Excluded(2, null))).Replace('\u00A0', ' '),
            StringComparison.Ordinal);

    [Theory]
    [InlineData(RaterFlagKind.LowAgreement, "The rule 'low agreement' alone leaves out 20.0 % (2 of 10)")]
    [InlineData(null, "Exclusion by hand alone leaves out 20.0 % (2 of 10)")]
    public void Of_MoreThanATenthByOneRule_NamesIt(RaterFlagKind? rule, string words) =>
        Assert.StartsWith(words, Assert.Single(Of(Excluded(0, rule), Excluded(1, rule))).Replace('\u00A0', ' '), StringComparison.Ordinal);

    [Fact]
    public void Of_LiftedOrSimulated_IsQuiet()
    {
        var lifted = Excluded(0, null) with { LiftedAt = DateTimeOffset.UnixEpoch, LiftedBy = "Ada" };

        Assert.Empty(Of([lifted, lifted with { RaterId = 1 }, lifted with { RaterId = 2 }, .. Enumerable.Range(10, 10).Select(rater => Excluded(rater, null))]));
    }

    private static IReadOnlyList<string> Of(params Exclusion[] exclusions) => ExclusionAlarms.Of(Votes, exclusions);

    private static Exclusion Excluded(long rater, RaterFlagKind? flag) => new()
    {
        ExclusionId = rater + 1,
        StudyId = 1,
        RaterId = rater,
        Pseudonym = $"R-{rater}",
        Simulated = false,
        Flag = flag,
        Reason = "Pressed one key.",
        ExcludedBy = "Ada",
        ExcludedAt = DateTimeOffset.UnixEpoch,
    };
}
