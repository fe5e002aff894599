namespace PixelPost.Stats.Tests;

/// <summary>When a ranking is refused, and in what words.</summary>
public class ComparisonGraphTests
{
    private static readonly string[] Names = ["Ada", "Bo", "Cy", "Di"];

    public static TheoryData<string, string> Cases => GoldenFile.Cases("bt_small.json");

    public static TheoryData<TieTreatment, bool> EveryModel => RankingData.EveryModel;

    [Theory, MemberData(nameof(Cases))]
    public void Of_GoldenTable_HasTheExpectedComponents(string file, string id)
    {
        var (input, expected) = GoldenFile.Case(file, id);
        var graph = ComparisonGraph.Of(RankingData.Table(input), TieTreatment.Half);
        if (!expected.TryGetProperty("mle_exists", out _))
        {
            Assert.Equal((1, 1, null), (graph.Components, graph.Groups, graph.Reason));
            return;
        }

        Assert.Equal(expected.Number("strongly_connected_components"), graph.Components);
        Assert.Equal(expected.Number("weakly_connected_components"), graph.Groups);
        Assert.Equal(
            expected.GetProperty("weak_component_label_of_each_system").EnumerateArray().Select(label => label.GetInt32()), graph.GroupOf);
    }

    [Fact]
    public void Fit_SystemThatNeverLost_NamesIt()
    {
        var ranking = BradleyTerry.Fit(RankingData.SmallTable("separation-undefeated-system"), new(TieTreatment.Half));

        Assert.Null(ranking.LogStrengths);
        Assert.Null(ranking.Ranks);
        Assert.Equal("A never lost to or tied with any other system, so nothing limits how strong it is.", ranking.Reason);
    }

    [Fact]
    public void Fit_SystemsNeverCompared_NamesBothSides()
    {
        var ranking = BradleyTerry.Fit(RankingData.SmallTable("separation-two-blocks-disconnected"), new(TieTreatment.Half));

        Assert.Equal("No vote compares A and B with C and D, so their strengths have no common scale.", ranking.Reason);
    }

    [Fact]
    public void Fit_SystemThatNeverWon_NamesTheSmallerSide()
    {
        var table = new PairTable(4, [new PairCount(0, 1, 1, 0, 1), new(1, 2, 1, 0, 1), new(2, 3, 2, 0, 0)], Names);

        Assert.Equal("Di never won against any other system, so nothing limits how weak it is.", BradleyTerry.Fit(table, new(TieTreatment.Dropped)).Reason);
    }

    /// <summary>A tie joins two systems unless it is dropped.</summary>
    [Fact]
    public void Fit_TiesAlone_JoinSystemsOnlyWhereTheyCount()
    {
        var table = new PairTable(4, [new PairCount(0, 1, 1, 0, 1), new(1, 2, 0, 3, 0), new(2, 3, 2, 0, 2)], Names);

        Assert.Null(BradleyTerry.Fit(table, new(TieTreatment.Half)).Reason);
        Assert.Equal(
            "No decided vote compares Ada and Bo with Cy and Di, so their strengths have no common scale.",
            BradleyTerry.Fit(table, new(TieTreatment.Dropped)).Reason);
    }

    [Fact]
    public void Fit_ManySystemsApart_ListsFewNames()
    {
        var table = new PairTable(9, [new PairCount(1, 2, 1, 0, 1)]);

        Assert.Equal(
            "No vote compares system 0 with system 1, system 2, system 3, system 4 and 4 more, so their strengths have no common scale.",
            BradleyTerry.Fit(table, new(TieTreatment.Half)).Reason);
    }

    [Theory, MemberData(nameof(EveryModel))]
    public void Fit_NoVotes_IsUndefinedInEveryFigure(TieTreatment ties, bool side)
    {
        var ranking = BradleyTerry.Fit(new PairTable(3, Array.Empty<PairVote>()), new(ties, side));
        var errors = StrengthCovariance.Naive(ranking);

        Assert.NotNull(ranking.Reason);
        Assert.Null(ranking.LogLikelihood);
        Expect.Undefined(errors.Strength(0).Estimate);
        Expect.Undefined(errors.Difference(0, 1).Estimate);
        Assert.Null(errors.Covariance(0, 1));
    }

    [Theory]
    [InlineData(TieTreatment.Davidson)]
    [InlineData(TieTreatment.RaoKupper)]
    public void Fit_TieModelWithoutTies_SaysSo(TieTreatment ties)
    {
        Assert.Contains("No vote is a tie", BradleyTerry.Fit(RankingData.SmallTable("stigler-citations"), new(ties)).Reason);
    }

    /// <summary>
    /// The graph is connected by ties, yet one system never lost: the gap and the tie parameter grow without limit together.
    /// </summary>
    [Theory]
    [InlineData(TieTreatment.Davidson, false)]
    [InlineData(TieTreatment.RaoKupper, false)]
    [InlineData(TieTreatment.Davidson, true)]
    [InlineData(TieTreatment.RaoKupper, true)]
    public void Fit_TieModelWithWinsOneWay_HasNoFiniteTieParameter(TieTreatment ties, bool side)
    {
        var table = new PairTable(2, [new PairCount(0, 1, 5, 5, 0), new PairCount(1, 0, 0, 4, 3)]);

        Assert.Null(ComparisonGraph.Of(table, ties).Reason);
        Assert.Contains("nothing limits how large the tie parameter is", BradleyTerry.Fit(table, new(ties, side)).Reason);
    }

    [Theory]
    [InlineData(TieTreatment.Davidson)]
    [InlineData(TieTreatment.RaoKupper)]
    public void Fit_TieModelOnTiesAlone_HasNoFiniteTieParameter(TieTreatment ties)
    {
        var table = new PairTable(3, [new PairCount(0, 1, 0, 4, 0), new(1, 2, 0, 4, 0)]);

        Assert.Contains("nothing limits how large the tie parameter is", BradleyTerry.Fit(table, new(ties)).Reason);
    }

    [Fact]
    public void Fit_SideEffectWithOneOrderOnly_CannotTellThemApart()
    {
        var table = new PairTable(3, [new PairCount(0, 1, 4, 0, 3), new(1, 2, 2, 1, 4)]);
        var model = new RankingModel(TieTreatment.Half, SideEffect: true);

        Assert.Contains("cannot tell the side effect from the strengths", BradleyTerry.Fit(table, model).Reason);
        Assert.Contains("cannot tell the side effect from the strengths", BradleyTerry.FitBiasReduced(table, model).Reason);
        Assert.Null(BradleyTerry.Fit(table, model with { SideEffect = false }).Reason);
        Assert.NotNull(BradleyTerry.SideEffectTest(table, TieTreatment.Half).Reason);
    }

    [Fact]
    public void Fit_LeftImageAlwaysWins_HasNoFiniteSideEffect()
    {
        var table = new PairTable(3, [new PairCount(0, 1, 4, 0, 0), new(1, 0, 3, 0, 0), new(1, 2, 2, 0, 0), new(2, 1, 5, 0, 0)]);

        Assert.Contains("nothing limits how large the side effect is", BradleyTerry.Fit(table, new(TieTreatment.Dropped, SideEffect: true)).Reason);
        Assert.Null(BradleyTerry.Fit(table, new(TieTreatment.Dropped)).Reason);
    }

    /// <summary>
    /// On tables with hardly a vote each fit is either refused or reaches a finite maximum: the check lets nothing through that has none.
    /// </summary>
    [Theory, MemberData(nameof(EveryModel))]
    public void Fit_SparseTables_NeverFailToConverge(TieTreatment ties, bool side)
    {
        var random = new Random(7);
        var (refused, fitted) = (0, 0);
        for (var study = 0; study < 2_000; study++)
        {
            var systems = random.Next(2, 5);
            var votes = RankingData.Simulate(
                random, new(TieTreatment.Davidson), [.. Enumerable.Range(0, systems).Select(i => i / 2.0)], random.Next(3, 16), tie: 0.7);
            var ranking = BradleyTerry.Fit(new PairTable(systems, votes), new(ties, side));
            refused += ranking.Reason is null ? 0 : 1;
            fitted += ranking.LogStrengths is null ? 0 : 1;
            Assert.True(ranking.LogStrengths?.All(strength => Math.Abs(strength) < 50) ?? true);
        }

        Assert.Equal(2_000, refused + fitted);
        Assert.True(refused > 100 && fitted > 100);
    }
}
