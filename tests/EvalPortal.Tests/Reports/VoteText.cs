using System.Text;
using PixelPost.EvalPortal.Dashboards;
using PixelPost.EvalPortal.Reports;
using PixelPost.EvalPortal.Reports.Reading;

namespace PixelPost.EvalPortal.Tests.Reports;

/// <summary>Files of votes that are written for a test and read by the program.</summary>
internal static class VoteText
{
    public static Task<VoteFile> ReadAsync(string text, VoteSource? source = null, string name = "votes.csv") =>
        ReadAsync(Encoding.UTF8.GetBytes(text), source, name);

    public static async Task<VoteFile> ReadAsync(byte[] bytes, VoteSource? source = null, string name = "votes.csv")
    {
        var folder = Directory.CreateTempSubdirectory("pixelpost-report-");
        try
        {
            var path = Path.Combine(folder.FullName, name);
            await File.WriteAllBytesAsync(path, bytes);
            return await VoteFileReader.ReadAsync(path, source);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    public static async Task<VoteReport> ReportAsync(string text, ReportRequest? request = null) =>
        await VoteReport.OfAsync(await ReadAsync(text), request ?? new ReportRequest());

    /// <summary>The sentence with which a file is refused.</summary>
    public static async Task<string> RefusalAsync(string text) =>
        (await Assert.ThrowsAsync<RefusedException>(() => ReadAsync(text))).Message;

    /// <summary>Pairs with a choice: one row per word such as <c>"p1 r1 x y a"</c>, which is prompt, rater, two systems and answer.</summary>
    public static string Pairs(params IEnumerable<string> rows) =>
        "item_id,rater_id,system_a,system_b,choice\n" + string.Concat(rows.Select(row => row.Replace(' ', ',') + "\n"));
}
