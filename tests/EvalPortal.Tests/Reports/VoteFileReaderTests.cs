using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using PixelPost.EvalPortal.Dashboards;
using PixelPost.EvalPortal.Reports.Reading;
using PixelPost.Stats;

namespace PixelPost.EvalPortal.Tests.Reports;

public sealed class VoteFileReaderTests
{
    private const string Plain = "item_id,system_a,system_b,prompt,winner\n1,x,y,\"a fox, running\",a\n2,y,x,a hen,tie\n3,x,y,a dog,b\n";

    public static TheoryData<string, byte[]> Spellings => new()
    {
        { "commas", Encoding.UTF8.GetBytes(Plain) },
        { "CRLF", Encoding.UTF8.GetBytes(Plain.Replace("\n", "\r\n", StringComparison.Ordinal)) },
        { "byte order mark", [.. Encoding.UTF8.Preamble, .. Encoding.UTF8.GetBytes(Plain)] },
        { "semicolons", Encoding.UTF8.GetBytes(Separated(';')) },
        { "tabs", Encoding.UTF8.GetBytes(Separated('\t')) },
        { "Excel's hint", Encoding.UTF8.GetBytes("sep=;\n" + Separated(';')) },
        { "UTF-16", [.. Encoding.Unicode.Preamble, .. Encoding.Unicode.GetBytes(Plain)] },
        { "no line end at the end", Encoding.UTF8.GetBytes(Plain.TrimEnd()) },
        { "blanks around values and capitals", Encoding.UTF8.GetBytes(Plain.Replace(",x", " , x ", StringComparison.Ordinal).Replace("system_a", "System_A", StringComparison.Ordinal)) },
        { "gzip", Gzip(Plain) },
    };

    [Theory]
    [MemberData(nameof(Spellings))]
    public async Task ReadAsync_SameTableInAnySpelling_GivesTheSameVotes(string spelling, byte[] bytes)
    {
        var file = await VoteText.ReadAsync(bytes);

        Assert.Equal(["x", "y"], file.Systems);
        Assert.Equal([(1, Outcome.A), (2, Outcome.Tie), (3, Outcome.B)], file.Votes.Select(vote => (vote.Comparison + 1, vote.Winner)));
        Assert.Empty(file.Facts.Unusable);
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(bytes)), file.Facts.Sha256);
        Assert.NotEmpty(spelling);
    }

    /// <summary>The prompts hold line breaks, separators and quotes: a row starts on the line where its first value stands.</summary>
    [Fact]
    public async Task ReadAsync_RowsThatCannotBeUsed_AreListedByLineAndReason()
    {
        var file = await VoteText.ReadAsync(
            "prompt,system_a,system_b,winner\n"         // 1
            + "\"two\nlines\",x,y,a\n"                  // 2 and 3
            + "a \"\"fox\"\",x,y,left\n"                // 4
            + "\n"                                      // 5
            + "\"say \"\"hi\"\"\nin, two\",x,y,?\n"     // 6 and 7
            + "a hen,,y,a\n"                            // 8
            + "a hen,x,y,a,b\n"                         // 9
            + "a hen,x,x,a\n"                           // 10
            + "a hen,x\n"                               // 11
            + "a hen,x,y,b\n");                         // 12

        Assert.Equal([2, 12], file.Votes.Select(vote => vote.Line));
        Assert.Equal(
        [
            ("winner is none of a, b, tie, reject", "4 left, 6 ?"),
            ("the heading has 4 columns and the row has another number", "9 5 columns, 11 2 columns"),
            ("system_a is empty", "8"),
        ], file.Facts.Unusable.Select(Told));
        Assert.Equal([("both images are by the same system", "10 x")], file.Facts.Excluded.Select(Told));
        Assert.Equal((8, 2), (file.Facts.Rows, file.Facts.Counted));
    }

    [Fact]
    public async Task ReadAsync_CountsColumn_DecidesWhichVotesCount()
    {
        var file = await VoteText.ReadAsync(
            "vote_id,supersedes_vote_id,item_id,rater_id,system_a,system_b,winner,counts\n"
            + "v1,,1,ann,x,y,a,false\nv2,v1,1,ann,x,y,b,true\nv3,,2,ann,x,y,b,yes\n");

        Assert.Equal([3, 4], file.Votes.Select(vote => vote.Line));
        Assert.Equal([("superseded or taken back (counts is false)", "2")], file.Facts.Excluded.Select(Told));
    }

    [Fact]
    public async Task ReadAsync_SupersedingWithoutCounts_KeepsTheLatestVote()
    {
        var file = await VoteText.ReadAsync(
            "vote_id,supersedes_vote_id,item_id,rater_id,system_a,system_b,winner,retracted_at,is_training\n"
            + "v1,,1,ann,x,y,a,,\nv2,v1,1,ann,x,y,b,,\nv3,,2,ann,x,y,b,2026-01-01T00:00:00.000Z,\nv4,,3,ann,x,y,b,,true\n");

        Assert.Equal([3], file.Votes.Select(vote => vote.Line));
        Assert.Equal(3, file.Facts.Excluded.Sum(rows => rows.Count));
    }

    [Fact]
    public async Task ReadAsync_VotesOfExcludedRaters_AreLeftOutAndCounted()
    {
        var file = await VoteText.ReadAsync("item_id,rater_id,system_a,system_b,winner,counts,excluded\n1,ann,x,y,a,true,false\n1,bob,x,y,b,true,true\n");

        Assert.Equal([2], file.Votes.Select(vote => vote.Line));
        Assert.Equal([("of a rater who was excluded (excluded is true)", "3")], file.Facts.Excluded.Select(Told));
    }

    [Theory]
    [InlineData(null, 2)]
    [InlineData(VoteSource.Real, 2)]
    [InlineData(VoteSource.Simulated, 1)]
    [InlineData(VoteSource.Both, 3)]
    public async Task ReadAsync_SimulatedVotes_AreNotMixedWithPeoplesUnlessAskedFor(VoteSource? source, int expected)
    {
        var file = await VoteText.ReadAsync(
            "item_id,system_a,system_b,winner,simulated\n1,x,y,a,false\n1,x,y,b,true\n2,x,y,b,false\n", source);

        Assert.Equal(expected, file.Votes.Count);
        Assert.Equal(source is VoteSource.Simulated or VoteSource.Both, file.Facts.CountsSimulated);
        Assert.Equal(3, file.Facts.Counted + file.Facts.Excluded.Sum(rows => rows.Count));
    }

    [Fact]
    public async Task ReadAsync_OnlySimulatedVotes_CountsAndMarksThem()
    {
        var file = await VoteText.ReadAsync("item_id,system_a,system_b,winner,simulated\n1,x,y,a,true\n");

        Assert.True(file.Facts.CountsSimulated);
        Assert.Single(file.Votes);
    }

    [Fact]
    public async Task ReadAsync_SecondVoteOfARater_IsARepeatWhicheverSystemStandsFirst()
    {
        var file = await VoteText.ReadAsync(VoteText.Pairs("p1 ann x y a", "p1 ann y x a", "p1 ben x y a", "p2 ann x y a", "p1 ann x y b"));

        Assert.Equal([false, true, false, false, true], file.Votes.Select(vote => vote.IsRepeat));
    }

    [Fact]
    public async Task ReadAsync_SystemsMissingInSomeRows_LeavesThoseOut()
    {
        var file = await VoteText.ReadAsync("item_id,system_a,system_b,choice\n1,x,y,a\n2,,,b\n3,x,y,b\n");

        Assert.True(file.Facts.NamesSystems);
        Assert.Equal([("system_a and system_b are empty", "3")], file.Facts.Unusable.Select(Told));
    }

    [Theory]
    [InlineData("", "votes.csv is empty")]
    [InlineData("item_id,system_a,system_b,winner\n", "no row under it")]
    [InlineData("item_id,system_a,system_b,winner\n1,x,y,?\n2,x,y,!\n3,,y,a\n", "winner is none of a, b, tie, reject (line 2: '?' and 1 more); system_a is empty (line 4)")]
    [InlineData("item_id,system_a,system_b,winner\n1,x,y,a\n2,\"x,y,b\n3,x,y,b\n", "line 3: a quote that opens in this row is never closed")]
    [InlineData("\u0089PNG\r\n\u001a\n\0\0", "names none of the known columns")]
    [InlineData("{\"votes\": [1, 2]}", "names none of the known columns")]
    public async Task ReadAsync_WhatIsNoFileOfVotes_IsRefusedInOneSentence(string text, string expected)
    {
        var refusal = await VoteText.RefusalAsync(text);

        Assert.Contains(expected, refusal, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', refusal);
    }

    [Fact]
    public async Task ReadAsync_NoSuchFile_IsRefused() => Assert.Contains(
        "there is no such file",
        (await Assert.ThrowsAsync<RefusedException>(() => VoteFileReader.ReadAsync("/nowhere/votes.csv"))).Message,
        StringComparison.Ordinal);

    [Fact]
    public async Task ReadAsync_GzipThatEndsTooEarly_IsRefused()
    {
        var bytes = Gzip(Plain);

        await Assert.ThrowsAsync<RefusedException>(() => VoteText.ReadAsync(bytes[..20]));
    }

    private static (string Reason, string Lines) Told(RowsLeftOut rows) =>
        (rows.Reason, string.Join(", ", rows.Lines.Select((line, i) => rows.Values is { } values ? $"{line} {values[i]}" : $"{line}")));

    private static string Separated(char separator) => Plain.Replace("\"a fox, running\"", "a fox|running", StringComparison.Ordinal).Replace(',', separator);

    private static byte[] Gzip(string text)
    {
        using var stream = new MemoryStream();
        using (var gzip = new GZipStream(stream, CompressionLevel.Fastest))
            gzip.Write(Encoding.UTF8.GetBytes(text));
        return stream.ToArray();
    }
}
