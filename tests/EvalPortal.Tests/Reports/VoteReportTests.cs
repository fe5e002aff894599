using System.Text.Json;
using PixelPost.EvalPortal.Reports;
using PixelPost.EvalPortal.Reports.Output;
using PixelPost.EvalPortal.Studies;
using PixelPost.EvalPortal.Tests.Dashboards;
using PixelPost.Stats;

namespace PixelPost.EvalPortal.Tests.Reports;

public sealed class VoteReportTests
{
    /// <summary>695 votes of 30 raters on 150 prompts as a file; the figures are R's and scipy's.</summary>
    [Theory]
    [InlineData("appeal", Axis.Appeal)]
    [InlineData("flaws", Axis.Flaws)]
    public async Task Of_ReferenceVotesAsAFile_MatchesOtherImplementations(string name, Axis axis)
    {
        var expected = ReferenceVotes.Expected(axis);

        var report = await VoteText.ReportAsync(Reference(), new ReportRequest { Axis = name });

        var pair = Assert.Single(report.Axes).HeadToHead!;
        Assert.Equal(
            (expected.GetProperty("A").GetInt32(), expected.GetProperty("B").GetInt32(), expected.GetProperty("tie").GetInt32()),
            (pair.Votes.A, pair.Votes.B, pair.Votes.Tie));
        Assert.Equal((695, 150, 150, 30), (pair.Clusters.Votes, pair.Clusters.Comparisons, pair.Clusters.Prompts, pair.Clusters.Raters));
        Assert.Equal(expected.GetProperty("net_win_rate").GetDouble(), pair.VoteNetWinRate.Estimate.Value!.Value, 1e-9);
        Assert.Equal(expected.GetProperty("t95_two_way_cr1")[0].GetDouble(), pair.VoteNetWinRate.Estimate.Interval!.Lower, 1e-9);
        Assert.Equal(expected.GetProperty("t95_two_way_cr1")[1].GetDouble(), pair.VoteNetWinRate.Estimate.Interval!.Upper, 1e-9);
        var left = expected.GetProperty("side_bias").GetProperty("left_wins").GetInt32();
        Assert.Equal((2.0 * left - pair.Votes.Decided) / pair.Votes.Compared, report.Axes[0].LeftPreference!.Estimate.Value!.Value, 1e-12);
    }

    /// <summary>The results page and the report are made from the same votes by the same functions.</summary>
    [Fact]
    public async Task Of_ReferenceVotesAsAFile_SaysWhatTheResultsPageSays()
    {
        var page = EvalPortal.Dashboards.StudyReport.Of(ReferenceVotes.Read(Axis.Appeal), EvalPortal.Dashboards.VoteSource.Real).Axes[0];

        var pair = (await VoteText.ReportAsync(Reference(), new ReportRequest { Axis = "appeal" })).Axes[0].HeadToHead!;

        Assert.Equal(page.Decisions, pair.Decisions);
        Assert.Equal(page.NetWinRate, pair.NetWinRate);
        Assert.Equal(page.SignTest.PValue, pair.Test.PValue);
        Assert.Equal(page.Agreement.NominalAlpha.Value, pair.Agreement.NominalAlpha.Value);
    }

    /// <summary>By hand: x wins 2, y 1, one split (a against b), one reject: net (2 − 1)/4.</summary>
    [Fact]
    public async Task Of_SmallFile_MatchesHandCount()
    {
        var pair = (await VoteText.ReportAsync(VoteText.Pairs(
            "p1 ann x y a", "p1 ben x y a", "p1 cat x y b", "p2 ann y x b", "p3 ann x y b", "p4 ann x y a", "p4 ben x y b", "p5 ann x y reject"))).Axes[0].HeadToHead!;

        Assert.Equal(new OutcomeCounts(a: 2, b: 1, tie: 0, reject: 1, split: 1), pair.Decisions);
        Assert.Equal(1 / 4.0, pair.NetWinRate.Value);
        Assert.Equal(new OutcomeCounts(a: 4, b: 3, tie: 0, reject: 1), pair.Votes);
        Assert.Equal(1 / 7.0, pair.VoteNetWinRate.Estimate.Value!.Value, 1e-15);
        Assert.Equal(1 / 5.0, pair.Rates.Reject.Value);
    }

    /// <summary>Ann says a three times on one comparison: three votes, and one towards the decision and the agreement.</summary>
    [Fact]
    public async Task Of_RepeatedVotes_CountAsVotesAndOnceTowardsTheDecision()
    {
        var report = await VoteText.ReportAsync(VoteText.Pairs("p1 ann x y a", "p1 ann x y a", "p1 ann y x b", "p1 ben x y b", "p1 cat x y b"));

        var pair = report.Axes[0].HeadToHead!;
        Assert.Equal((3, 2), (pair.Votes.A, pair.Votes.B));
        Assert.Equal(new OutcomeCounts(a: 0, b: 1, tie: 0), pair.Decisions);
        Assert.Equal(1 / 3.0, pair.Agreement.Percent.Value!.Value, 1e-15);
        Assert.Contains("2 votes repeat", string.Join(' ', ReportWords.Notes(report, report.Axes[0])), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Of_SystemsExchanged_ChangesTheSigns()
    {
        var rows = Rows(seed: 3, systems: 2);

        var (forth, back) = (await PairAsync("s0", "s1"), await PairAsync("s1", "s0"));

        Assert.Equal(-forth.NetWinRate.Value, back.NetWinRate.Value);
        Assert.Equal(-forth.VoteNetWinRate.Estimate.Interval!.Lower, back.VoteNetWinRate.Estimate.Interval!.Upper, 1e-15);
        Assert.Equal(forth.Test.PValue, back.Test.PValue);
        Assert.Equal((forth.Decisions.A, forth.Decisions.B), (back.Decisions.B, back.Decisions.A));

        async Task<HeadToHead> PairAsync(string a, string b) =>
            (await VoteText.ReportAsync(rows, new ReportRequest { SystemA = a, SystemB = b })).Axes[0].HeadToHead!;
    }

    /// <summary>By hand: 8 of 8 gives 2/2⁸ on one axis, 6 of 7 gives 16/2⁷ on the other, a third has no test; Holm multiplies by 3 and 2.</summary>
    [Fact]
    public async Task Of_SeveralAxes_AreOneFamilyWhetherOrNotTheyCanBeTested()
    {
        var rows = Enumerable.Range(0, 8).Select(i => $"flaws,{i},x,y,a")
            .Concat("aaaaaab".Select((letter, i) => $"appeal,{i},x,y,{letter}"))
            .Append("realism,1,x,y,tie");

        var axes = (await VoteText.ReportAsync("axis,item_id,system_a,system_b,winner\n" + string.Join('\n', rows))).Axes;

        Assert.Equal(["appeal", "flaws", "realism"], axes.Select(axis => axis.Axis));
        Assert.Equal(2 * 16 / 128.0, axes[0].HeadToHead!.AdjustedPValue!.Value, 1e-12);
        Assert.Equal(3 * 2 / 256.0, axes[1].HeadToHead!.AdjustedPValue!.Value, 1e-12);
        Assert.Null(axes[2].HeadToHead!.AdjustedPValue);
        Assert.NotNull(axes[2].HeadToHead!.Test.Reason);
    }

    [Fact]
    public async Task Of_SeveralComparisonsOfAPrompt_TestsByPrompt()
    {
        var rows = Enumerable.Range(0, 40).Select(i => $"{i},{i / 4},x,y,{(i % 3 == 0 ? 'b' : 'a')}");

        var pair = (await VoteText.ReportAsync("item_id,prompt_id,system_a,system_b,winner\n" + string.Join('\n', rows))).Axes[0].HeadToHead!;

        Assert.Contains("cluster-robust by prompt", pair.NetWinRate.Method, StringComparison.Ordinal);
        Assert.Contains("cluster-robust by prompt", pair.Test.Method, StringComparison.Ordinal);
        Assert.NotNull(pair.Test.PValue);
    }

    [Fact]
    public async Task Of_Margin_TestsDecisionsAndVotes()
    {
        var report = await VoteText.ReportAsync(Rows(seed: 5, systems: 2), new ReportRequest { Margin = 0.3 });

        var pair = report.Axes[0].HeadToHead!;
        Assert.Equal(NonInferiority.NetWinRateWald(pair.Decisions, 0.3), pair.Margin);
        Assert.Equal(0.3, pair.VoteMargin!.Margin);
        Assert.NotNull(pair.VoteMargin.NonInferiorityPValue);
        Assert.Contains("30.0", report.Methods.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Of_ManySystems_RanksThemAndComparesTwoOnlyWhenAsked()
    {
        var rows = Rows(seed: 1, systems: 4);

        var (field, pair) = (await VoteText.ReportAsync(rows), await VoteText.ReportAsync(rows, new ReportRequest { SystemA = "s2", SystemB = "s0" }));

        Assert.Null(field.Pair);
        Assert.Null(field.Axes[0].HeadToHead);
        Assert.Equal(["s0", "s1", "s2", "s3"], field.Axes[0].Ranking!.Systems!.Select(system => system.System).Order(StringComparer.Ordinal));
        Assert.Equal(("s2", "s0"), (pair.Pair!.A, pair.Pair.B));
        Assert.Equal(pair.Axes[0].HeadToHead!.Votes.Total, pair.Axes[0].HeadToHead!.Clusters.Votes);
        Assert.InRange(pair.Axes[0].HeadToHead!.Votes.Total, 1, field.Axes[0].Clusters.Votes - 1);
        Assert.Equal(2 * field.Axes[0].Clusters.Votes, field.Axes[0].Systems.Sum(system => system.Votes.Total));
    }

    [Fact]
    public async Task Notes_FewRaters_SpeakOfTheFiguresThatTheReportHas()
    {
        var rows = Rows(seed: 1, systems: 4);
        var (field, pair) = (await VoteText.ReportAsync(rows), await VoteText.ReportAsync(rows, new ReportRequest { SystemA = "s2", SystemB = "s0" }));

        var (ofField, ofPair) = (string.Join(' ', ReportWords.Notes(field, field.Axes[0])), string.Join(' ', ReportWords.Notes(pair, pair.Axes[0])));

        Assert.Contains("Intervals of ranks and the chance of being best speak of these", ofField, StringComparison.Ordinal);
        Assert.DoesNotContain("test of the decisions", ofField, StringComparison.Ordinal);
        Assert.Contains("test of the decisions", ofPair, StringComparison.Ordinal);
    }

    /// <summary>The ranking is the library's on the same votes.</summary>
    [Fact]
    public async Task Of_ManySystems_RankingIsThatOfTheLibrary()
    {
        var file = await VoteText.ReadAsync(Rows(seed: 2, systems: 4));
        var votes = new PairVotes(4, file.Votes.Where(vote => vote.Winner != Outcome.Reject).Select(vote => new PairVote(
            vote.SystemA, vote.SystemB,
            vote.Winner switch { Outcome.A => PairOutcome.Left, Outcome.B => PairOutcome.Right, _ => PairOutcome.Tie },
            vote.Prompt, vote.Rater)));
        var fit = BradleyTerry.Fit(votes.Table, new RankingModel(TieTreatment.Davidson));
        var errors = StrengthCovariance.Clustered(fit, votes, Clustering.TwoWay);

        var ranking = (await VoteReport.OfAsync(file, new ReportRequest())).Axes[0].Ranking!;

        Assert.True(ranking.ModelsTies);
        Assert.All(ranking.Systems!, system =>
        {
            var index = system.System[1] - '0';
            Assert.Equal(errors.Strength(index).Estimate, system.LogStrength);
            Assert.Equal(fit.Ranks![index], system.Rank);
            Assert.InRange(system.Rank, system.BestRank!.Value, system.WorstRank!.Value);
        });
        Assert.Equal(1, ranking.Systems!.Sum(system => system.ProbabilityBest!.Value), 1e-9);
    }

    [Fact]
    public async Task Of_SystemThatNeverLost_SaysWhyThereIsNoRanking()
    {
        var report = await VoteText.ReportAsync(VoteText.Pairs("p1 ann x y a", "p2 ann x z a", "p1 ben y z a", "p2 ben z y a"));

        Assert.Null(report.Axes[0].Ranking!.Systems);
        Assert.Contains("x never lost", report.Axes[0].Ranking!.Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--axis: the file has no axis 'looks'", "looks", null, null, null)]
    [InlineData("--a: the file has no system 's9'; did you mean 's0'?", null, "s9", "s1", null)]
    [InlineData("--b is missing", null, "s0", null, null)]
    [InlineData("--a and --b are both 's0'", null, "s0", "s0", null)]
    [InlineData("--margin compares two systems and the file has 4", null, null, null, 0.05)]
    public async Task Of_WhatTheFileHasNot_IsRefused(string expected, string? axis, string? a, string? b, double? margin)
    {
        var file = await VoteText.ReadAsync(Rows(seed: 1, systems: 4));

        var refusal = await Assert.ThrowsAsync<RefusedException>(() => VoteReport.OfAsync(file, new ReportRequest { Axis = axis, SystemA = a, SystemB = b, Margin = margin }));

        Assert.Contains(expected, refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Of_OneOfTwoSystemsNamed_TakesTheOther()
    {
        var report = await VoteText.ReportAsync(VoteText.Pairs("p1 ann x y a"), new ReportRequest { SystemB = "x" });

        Assert.Equal(new SystemPair("y", "x", ByDefault: false), report.Pair);
    }

    [Fact]
    public async Task WriteAsync_Json_HasTheNumbersOfTheLibrary()
    {
        var report = await VoteText.ReportAsync(VoteText.Pairs(
            "p1 ann x y a", "p2 ann x y a", "p3 ann x y a", "p4 ann x y b", "p5 ann x y tie", "p6 ann x y reject", "p7 ann x y oops"));
        using var stream = new MemoryStream();

        await JsonReport.WriteAsync(report, stream);

        var json = JsonDocument.Parse(stream.ToArray()).RootElement;
        var counts = new OutcomeCounts(a: 3, b: 1, tie: 1, reject: 1);
        var (file, pair) = (json.GetProperty("report").GetProperty("file"), json.GetProperty("report").GetProperty("axes")[0].GetProperty("head_to_head"));
        var tango = NetWinRate.Tango(counts);
        Assert.Equal(1, json.GetProperty("format_version").GetInt32());
        Assert.Equal(tango.Value, pair.GetProperty("net_win_rate").GetProperty("value").GetDouble());
        Assert.Equal(tango.Interval!.Lower, pair.GetProperty("net_win_rate").GetProperty("interval").GetProperty("lower").GetDouble());
        Assert.Equal(SignTest.TiesDropped(counts).PValue, pair.GetProperty("test").GetProperty("p_value").GetDouble());
        Assert.Equal(Rate.Wilson(3, 5).Interval!.Upper, pair.GetProperty("rates").GetProperty("a_wins").GetProperty("interval").GetProperty("upper").GetDouble());
        Assert.Equal(JsonValueKind.Null, pair.GetProperty("agreement").GetProperty("percent").GetProperty("value").ValueKind);
        Assert.NotEqual(JsonValueKind.Null, pair.GetProperty("agreement").GetProperty("percent").GetProperty("reason").ValueKind);
        Assert.Equal((7, 6), (file.GetProperty("rows").GetInt32(), file.GetProperty("counted").GetInt32()));
        Assert.Equal(8, file.GetProperty("unusable")[0].GetProperty("lines")[0].GetInt32());
        Assert.Equal("oops", file.GetProperty("unusable")[0].GetProperty("values")[0].GetString());
    }

    [Fact]
    public async Task WriteAsync_SameFileTwice_GivesTheSameBytes()
    {
        var rows = Rows(seed: 4, systems: 3);
        using MemoryStream first = new(), second = new();

        await JsonReport.WriteAsync(await VoteText.ReportAsync(rows), first);
        await JsonReport.WriteAsync(await VoteText.ReportAsync(rows), second);

        Assert.Equal(first.ToArray(), second.ToArray());
    }

    /// <summary>Votes of five raters on 30 prompts among some systems, of which those with a higher number are better.</summary>
    internal static string Rows(int seed, int systems)
    {
        var random = new Random(seed);
        return VoteText.Pairs(
            from prompt in Enumerable.Range(0, 30)
            from a in Enumerable.Range(0, systems)
            from b in Enumerable.Range(a + 1, systems - a - 1)
            from rater in Enumerable.Range(0, 5)
            where random.Next(3) > 0
            let answer = random.Next(10) switch { < 4 => "b", < 7 => "a", < 9 => "tie", _ => "reject" }
            select $"p{prompt} r{rater} s{a} s{b} {answer}");
    }

    /// <summary>The reference votes with the columns of the export.</summary>
    private static string Reference()
    {
        var rows = File.ReadLines(Path.Combine(AppContext.BaseDirectory, "Golden", "ab_votes.csv")).Skip(1).Select(line => line.Split(','));
        return "axis,item_id,prompt_id,rater_id,left_system,system_a,system_b,winner\n" + string.Join('\n',
            from row in rows
            from answer in new[] { (Axis: "appeal", Winner: row[3]), (Axis: "flaws", Winner: row[4]) }
            select $"{answer.Axis},{row[0]},{row[0]},{row[1]},{(row[2] == "1" ? "A" : "B")},A,B,{answer.Winner.ToLowerInvariant()}");
    }
}
