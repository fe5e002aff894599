using PixelPost.EvalPortal.Bundles;
using PixelPost.EvalPortal.Dashboards;
using PixelPost.EvalPortal.Reports.Sources;

namespace PixelPost.EvalPortal.Commands;

/// <summary>The part of <c>report study.zip</c> that checks a bundle and computes its numbers again, without a portal.</summary>
internal static class BundleReport
{
    private const int ShownDifferences = 50;

    /// <summary>Checks the signature, every file and every number, and says what it found.</summary>
    /// <returns>The studies, with the title of their report.</returns>
    /// <exception cref="RefusedException">Something is altered, missing or additional, or another number comes out.</exception>
    public static async Task<(string Title, IReadOnlyList<StudyData> Studies)> CheckAsync(string path, CancellationToken cancel)
    {
        var tell = BundleCommands.Telling();
        using var bundle = BundleFile.Open(path);
        await bundle.DemandWholeAsync((done, total) => tell(new BundleProgress("Bytes checked", done, total)), cancel);
        Console.WriteLine($"{bundle.Name} is as it was made: {Figures.Count(bundle.Manifest.Files.Count, "file")} with the hashes of the manifest, and nothing else. Signed with {bundle.Fingerprint}.");

        using var study = BundleManifest.Parse(bundle.ReadAll(BundleManifest.StudyName), bundle.Name, BundleManifest.StudyName);
        var contents = new BundleContents(study.RootElement, bundle.ReadTableAsync);
        var origin = new BundleOrigin(bundle.Fingerprint!, bundle.Manifest.ContentSha256(), bundle.Manifest.MadeAt);
        var (numbers, same, different) = await BundleImport.RehearseAsync(bundle, contents, origin, tell, cancel);
        if (bundle.Manifest.AnalysisVersion != BundleManifest.Analysis)
            Console.WriteLine($"Its numbers are of version {bundle.Manifest.AnalysisVersion} of the analysis, and this program has {BundleManifest.Analysis}: they may differ.");
        if (different.Count > 0)
        {
            throw new RefusedException(
                $"{Figures.Whole(same)} values come out as {BundleManifest.NumbersName} has them, and {Figures.Whole(different.Count)} do not:{Environment.NewLine}"
                + string.Join(Environment.NewLine, different.Take(ShownDifferences)) + (different.Count > ShownDifferences ? $"{Environment.NewLine}and {different.Count - ShownDifferences} more" : ""));
        }
        Console.WriteLine($"All {Figures.Whole(same)} values come out exactly as {BundleManifest.NumbersName} has them.{Environment.NewLine}");
        return (numbers.Title, numbers.Studies);
    }
}
