using System.Text;
using System.Text.Json;
using PixelPost.EvalPortal.Bundles.Pages;
using PixelPost.EvalPortal.Bundles.Tables;
using PixelPost.EvalPortal.Database;
using PixelPost.EvalPortal.Images;
using PixelPost.EvalPortal.Quality;
using PixelPost.EvalPortal.Reports.Documents;
using PixelPost.EvalPortal.Studies;

namespace PixelPost.EvalPortal.Bundles;

/// <summary>
/// Makes bundles. Tables are read row by row, of one moment, into a folder; a portal of their own computes the numbers and the pages from
/// them; images go from where they are kept straight into the zip.
/// </summary>
public sealed class BundleExport(Db db, BundleStore marks, BundleKey key, ImageFiles files, TimeProvider clock)
{
    /// <summary>Prepares all of a bundle but the zip itself. Linked studies go together, whichever of them is named.</summary>
    /// <exception cref="RefusedException">The study is a pilot, or an image file is missing.</exception>
    internal async Task<PreparedBundle> PrepareAsync(Study study, LeftOut leftOut, Action<BundleProgress>? tell, CancellationToken cancel)
    {
        if (study.PilotOfStudyId is not null)
            throw new RefusedException($"'{study.Name}' is a pilot: its votes count nowhere, and it has no bundle. Its tables can be exported.");
        await marks.IdentifyAsync(study.StudyId, study.StudyGroupId, cancel);
        var bundle = new PreparedBundle(key, files, clock.GetUtcNow(), leftOut);
        try
        {
            await WriteTablesAsync(bundle, study, tell, cancel);
            await ComputeAsync(bundle, tell, cancel);
            return bundle;
        }
        catch
        {
            bundle.Dispose();
            throw;
        }
    }

    /// <summary>Writes a bundle to a file, which is there whole or not at all.</summary>
    /// <exception cref="RefusedException">There is such a file, or the study has no bundle.</exception>
    internal async Task<BundleManifest> WriteFileAsync(Study study, string path, LeftOut leftOut, Action<BundleProgress>? tell, CancellationToken cancel)
    {
        if (File.Exists(path))
            throw new RefusedException($"{path} exists: a bundle does not write over another file. Choose another name.");
        var part = $"{path}.{Guid.NewGuid():N}.part";
        try
        {
            BundleManifest manifest;
            using (var bundle = await PrepareAsync(study, leftOut, tell, cancel))
            await using (var file = new FileStream(part, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None, 1 << 16, FileOptions.Asynchronous))
                manifest = await bundle.WriteAsync(file, tell, cancel);
            File.Move(part, path, overwrite: false);
            return manifest;
        }
        catch
        {
            File.Delete(part);
            throw;
        }
    }

    private async Task WriteTablesAsync(PreparedBundle bundle, Study study, Action<BundleProgress>? tell, CancellationToken cancel)
    {
        await using var connection = await db.OpenAsync(cancel);
        await using var moment = await db.BeginReadingAsync(connection, cancel);
        var reader = new BundleTableReader(moment, study.StudyId, study.StudyGroupId, bundle.LeftOut);
        var configuration = new List<string>();
        foreach (var (i, table) in BundleTables.All.Index())
        {
            tell?.Invoke(new BundleProgress("Reading", i, BundleTables.All.Count));
            var rows = reader.ReadAsync(table, cancel).Select(row => bundle.Note(table, row));
            if (table.IsConfiguration)
            {
                var (json, count) = await BundleTableFile.ToJsonAsync(table, rows);
                configuration.Add($"  \"{table.Name}\": {json.Replace("\n", "\n  ", StringComparison.Ordinal)}");
                bundle.Rows[table.Name] = count;
            }
            else
            {
                await using var file = bundle.Create(table.FileName);
                bundle.Rows[table.Name] = await BundleTableFile.WriteCsvAsync(table, rows, file, cancel);
            }
        }
        await bundle.AddAsync(BundleManifest.StudyName, Encoding.UTF8.GetBytes($"{{\n{string.Join(",\n", configuration)}\n}}\n"), cancel);
    }

    private static async Task ComputeAsync(PreparedBundle bundle, Action<BundleProgress>? tell, CancellationToken cancel)
    {
        using var study = JsonDocument.Parse(await File.ReadAllBytesAsync(bundle.PathOf(BundleManifest.StudyName), cancel));
        var contents = new BundleContents(study.RootElement, bundle.ReadTableAsync);
        bundle.Studies.AddRange(contents.Studies().Select(one => one.Name));
        var hashes = new Dictionary<string, string>();
        foreach (var table in BundleTables.All.Where(table => !table.IsConfiguration))
            hashes[table.FileName] = await bundle.HashAsync(table.FileName, cancel);
        var nowhere = new BundleOrigin("nowhere", "", bundle.MadeAt);
        await using var portal = await BundlePortal.OpenAsync(contents, nowhere, tell is null ? null : (done, total) => tell(new BundleProgress("Reading it again", done, total)), cancel);
        tell?.Invoke(new BundleProgress("Computing its numbers", 0, 1));
        var numbers = await BundleNumbers.OfAsync(portal.Services, portal.StudyIds, hashes, cancel);
        await bundle.AddAsync(BundleManifest.NumbersName, numbers.Write(), cancel);

        var view = new ResultView(ResultView.SourceOf(numbers.Studies), Exclusions.Applied);
        var pages = new BundlePages(portal.Services, bundle);
        await pages.WriteAsync(BundleNumbers.Document(numbers.Title, numbers.Studies, view), numbers.Studies, tell, cancel);
        await bundle.AddAsync("README.txt", Encoding.UTF8.GetBytes(BundleReadme.Text(numbers.Title, bundle)), cancel);
    }
}
