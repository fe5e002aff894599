using System.Globalization;
using PixelPost.EvalPortal.Reports;
using PixelPost.EvalPortal.Reports.Reading;

namespace PixelPost.EvalPortal.Tests.Reports;

/// <summary>Votes that people gave elsewhere, in the folder that PIXELPOST_VOTE_SETS names; the figures are those of its README.</summary>
public sealed class PublicVotesTests
{
    /// <summary>Votes, items, systems and raters; 0 where the set does not say.</summary>
    [SkippableTheory]
    [InlineData("llmfao.csv", 8_931, 13, 59, 124, 3_471)]
    [InlineData("lightfield_quality.csv.gz", 26_580, 14, 37, 29, 0)]
    [InlineData("genai_bench_arena_image_generation.csv", 1_735, 1_735, 2, 0, 429)]
    [InlineData("tifa160_derived_pairs.csv.gz", 7_980, 160, 5, 5, 3_534)]
    [InlineData("imagereward_test_derived_pairs.csv.gz", 7_230, 466, 2, 0, 831)]
    [InlineData("genai_bench_ratings_derived_pairs.csv.gz", 23_715, 527, 6, 3, 10_112)]
    public async Task Report_PublicSet_HasTheCountsOfItsReadme(string name, int votes, int items, int systems, int raters, int ties)
    {
        var report = await ReportAsync(name);

        var axis = Assert.Single(report.Axes);
        Assert.Equal(
            (votes, items, systems, raters, ties),
            (report.File.Counted, axis.Clusters.Prompts, report.Systems.Count, axis.Clusters.Raters ?? 0, axis.Ties));
        Assert.Empty(report.File.Unusable);
    }

    [SkippableTheory]
    [InlineData("tifa160_derived_pairs.csv.gz", "text_alignment", "sd2dot1 0.615 sd1dot5 0.554 mini-dalle 0.494 sd1dot1 0.437 vq-diffusion 0.400")]
    [InlineData("imagenhub_text_to_image_derived_pairs.csv.gz", "text_alignment", "DALLE3 0.663 Midjourney 0.546 DeepFloydIF 0.525 SDXL 0.494 DALLE 0.451 SD 0.426 OpenJourney 0.395")]
    [InlineData("imagenhub_text_to_image_derived_pairs.csv.gz", "visual_flaws", "Midjourney 0.771 DALLE3 0.638 SDXL 0.460 DALLE 0.442 DeepFloydIF 0.442 OpenJourney 0.407 SD 0.340")]
    [InlineData("genai_bench_ratings_derived_pairs.csv.gz", "text_alignment", "DALLE_3 0.654 Midjourney_6 0.586 DeepFloyd_I_XL_v1 0.488 SDXL_Base 0.459 SDXL_Turbo 0.448 SDXL_2_1 0.364")]
    public async Task Report_PublicSet_HasTheWinRatesOfItsReadme(string name, string axis, string expected)
    {
        var systems = (await ReportAsync(name)).Axes.Single(result => result.Axis == axis).Systems;

        Assert.Equal(expected, string.Join(' ', systems.OrderByDescending(system => system.WinRate)
            .Select(system => $"{system.System} {system.WinRate!.Value.ToString("0.000", CultureInfo.InvariantCulture)}")));
    }

    /// <summary>The heaviest distortion of the light fields is the worst, as its authors say.</summary>
    [SkippableFact]
    public async Task Report_LightFields_RanksTheHeaviestDistortionLast()
    {
        var ranking = (await ReportAsync("lightfield_quality.csv.gz")).Axes[0].Ranking!;

        Assert.Equal("HEVC-24", ranking.Systems![^1].System);
    }

    private static async Task<VoteReport> ReportAsync(string name)
    {
        var folder = Environment.GetEnvironmentVariable("PIXELPOST_VOTE_SETS");
        Skip.If(string.IsNullOrEmpty(folder), "PIXELPOST_VOTE_SETS does not name the folder of public votes");
        var path = Path.Combine(folder!, name);
        Skip.IfNot(File.Exists(path), $"{path} does not exist");
        return await VoteReport.OfAsync(await VoteFileReader.ReadAsync(path), new ReportRequest());
    }
}
