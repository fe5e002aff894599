using System.Text.Json;
using PixelPost.EvalPortal.Tests.Reports.Documents;

namespace PixelPost.EvalPortal.Tests.Reports;

public sealed class ReportCommandTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("pixelpost-report-");

    private string Votes => Path.Combine(_folder.FullName, "votes.csv");

    public ReportCommandTests() => File.WriteAllText(Votes, VoteReportTests.Rows(seed: 1, systems: 2));

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task Report_FileOfVotes_WritesJsonAndPage()
    {
        var (json, html) = (Path.Combine(_folder.FullName, "report.json"), Path.Combine(_folder.FullName, "report.html"));

        Assert.Equal(0, await Program.Main(["report", Votes, "--margin", "0.1", "--json", json, "--html", html]));

        Assert.Equal("votes.csv", JsonDocument.Parse(await File.ReadAllBytesAsync(json)).RootElement.GetProperty("report").GetProperty("file").GetProperty("name").GetString());
        Assert.Contains("</html>", await File.ReadAllTextAsync(html), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Report_FileOfVotes_LeavesNothingElseBehind()
    {
        Assert.Equal(0, await Program.Main(["report", Votes]));

        Assert.Equal(["votes.csv"], _folder.EnumerateFileSystemInfos().Select(entry => entry.Name));
    }

    [Fact]
    public async Task Report_FileOfAnyKindWithAFolder_WritesItsDocuments()
    {
        var reports = Path.Combine(_folder.FullName, "reports");

        Assert.Equal(0, await Program.Main(["report", Votes, "--out", reports, "--format", "pdf,md"]));

        Assert.Equal(["report.md", "report.pdf"], Directory.GetFiles(reports).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        var rows = ReportTables.OfMarkdown(await File.ReadAllTextAsync(Path.Combine(reports, "report.md")));
        var pdf = PdfText.Read(await File.ReadAllBytesAsync(Path.Combine(reports, "report.pdf"))).Dense;
        Assert.All(rows.SelectMany(row => row.Split(" ¦ ")), cell => Assert.Contains(ReportTables.Dense(cell), pdf, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData()]
    [InlineData("VOTES", "another.csv")]
    [InlineData("missing.csv")]
    [InlineData("VOTES", "--margin", "0")]
    [InlineData("VOTES", "--margin", "1")]
    [InlineData("VOTES", "--a", "s7", "--b", "s1")]
    [InlineData("VOTES", "--axis", "looks")]
    [InlineData("VOTES", "--votes", "few")]
    [InlineData("VOTES", "--json", "/nowhere/report.json")]
    [InlineData("VOTES", "--html", "VOTES")]
    [InlineData("VOTES", "--jsn", "report.json")]
    [InlineData("VOTES", "--format", "pdf")]
    [InlineData("VOTES", "--out", "nowhere", "--format", "docx")]
    [InlineData("VOTES", "--exclusions", "none")]
    [InlineData("/tmp", "--axis", "flaws")]
    [InlineData("EMPTY")]
    public async Task Report_WhatCannotWork_EndsWithACode(params string[] arguments)
    {
        var before = await File.ReadAllTextAsync(Votes);

        Assert.Equal(2, await Program.Main(["report", .. arguments.Select(argument => argument switch { "VOTES" => Votes, "EMPTY" => _folder.CreateSubdirectory("empty").FullName, _ => argument })]));

        Assert.Equal(before, await File.ReadAllTextAsync(Votes));
    }

    [Fact]
    public async Task Report_NoFileOfVotes_EndsWithACode()
    {
        await File.WriteAllTextAsync(Votes, "country,population\nx,1\n");

        Assert.Equal(2, await Program.Main(["report", Votes]));
    }
}
