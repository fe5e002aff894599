using PixelPost.EvalPortal.Checks;

namespace PixelPost.EvalPortal.Tests.Checks;

/// <summary>Where checks stand, over many raters and dozens.</summary>
public sealed class CheckPlanTests
{
    private const int Dozens = 20;

    public static IEnumerable<object[]> Numbers { get; } =
        from gold in Enumerable.Range(0, StudyChecks.Most + 1)
        from repeats in Enumerable.Range(0, StudyChecks.Most + 1)
        select new object[] { gold, repeats };

    [Theory]
    [MemberData(nameof(Numbers))]
    public void KindAt_EveryDozen_HasItsChecksAndNoTwoMeet(int gold, int repeats)
    {
        for (var session = 1; session <= 100; session++)
        {
            var kinds = Kinds(gold, repeats, session);
            foreach (var dozen in kinds.Chunk(CheckPlan.Dozen))
            {
                Assert.Equal((gold, repeats), (dozen.Count(kind => kind == PairKind.Gold), dozen.Count(kind => kind == PairKind.Repeat)));
                Assert.Equal((PairKind.Item, PairKind.Item), (dozen[0], dozen[^1]));
            }
            Assert.DoesNotContain(kinds.Zip(kinds.Skip(1)), pair => pair is { First: not PairKind.Item, Second: not PairKind.Item });
            Assert.DoesNotContain(PairKind.Repeat, kinds.Take(CheckPlan.RepeatDistance));
        }
    }

    [Fact]
    public void KindAt_AskedAgain_IsTheSame() => Assert.Equal(Kinds(1, 1, session: 7), Kinds(1, 1, session: 7));

    [Fact]
    public void KindAt_OtherRatersAndDozens_StandElsewhere()
    {
        var places = Enumerable.Range(1, 200).SelectMany(session => Kinds(1, 0, session).Index().Where(one => one.Item == PairKind.Gold).Select(one => one.Index % CheckPlan.Dozen));

        var counts = places.CountBy(place => place).ToDictionary();

        Assert.Equal(Enumerable.Range(1, CheckPlan.Dozen - 2), counts.Keys.Order()); // 4,000 draws of 10 places
        Assert.All(counts.Values, count => Assert.InRange(count, 300, 500));
    }

    [Fact]
    public void Among_ItemsToCome_CountsTheChecksBeforeTheLastOfThem()
    {
        var plan = new CheckPlan(new StudyChecks { GoldPerDozen = 1, RepeatsPerDozen = 1 }, sessionId: 3, block: 1);

        Assert.Equal(10, plan.Among(0, items: 50).Count); // 5 dozens of 10 items each; the last of a dozen is an item
        Assert.Empty(plan.Among(0, items: 1));
    }

    private static List<PairKind> Kinds(int gold, int repeats, long session)
    {
        var plan = new CheckPlan(new StudyChecks { GoldPerDozen = gold, RepeatsPerDozen = repeats }, session, block: 1);
        return [.. Enumerable.Range(0, Dozens * CheckPlan.Dozen).Select(plan.KindAt)];
    }
}
