using System.Data.Common;
using System.Text.Json.Nodes;
using PixelPost.EvalPortal.Accounts;
using PixelPost.EvalPortal.Audit;
using PixelPost.EvalPortal.Database;
using PixelPost.EvalPortal.Images;

namespace PixelPost.EvalPortal.Bundles;

/// <summary>How far something with bundles is.</summary>
/// <param name="Doing">What is done at the moment.</param>
public sealed record BundleProgress(string Doing, long Done, long Total);

/// <summary>What an import did.</summary>
/// <param name="Studies">The studies, in order.</param>
/// <param name="IsNew">Whether they were stored now; false when they were here before.</param>
internal sealed record BundleTaken(IReadOnlyList<BundleMark> Studies, bool IsNew);

/// <summary>
/// Makes the studies of a bundle again. Nothing is stored before all of it is known to be right: every hash, every image, every row, and
/// that the same numbers come out; then all is stored at once.
/// </summary>
public sealed class BundleImport(Db db, ImageFiles files, DataFolder data, TimeProvider clock)
{
    /// <summary>Takes a bundle in; one that is here already stays as it is.</summary>
    /// <exception cref="RefusedException">It is not as it was made, cannot be right, or other studies of the same identity are here.</exception>
    internal async Task<BundleTaken> TakeAsync(BundleFile bundle, Action<BundleProgress>? tell, CancellationToken cancel)
    {
        await bundle.DemandWholeAsync(Telling(tell, "Looking whether it is as it was made"), cancel);
        using var study = BundleManifest.Parse(bundle.ReadAll(BundleManifest.StudyName), bundle.Name, BundleManifest.StudyName);
        var contents = new BundleContents(study.RootElement, bundle.ReadTableAsync);
        var origin = new BundleOrigin(bundle.Fingerprint!, bundle.Manifest.ContentSha256(), bundle.Manifest.MadeAt);
        if (await FindAsync(bundle, contents, origin, cancel) is { } here)
            return new BundleTaken(here, IsNew: false);

        var staged = Path.Combine(data.Imports, $"bundle-{Guid.NewGuid():N}");
        Directory.CreateDirectory(staged);
        try
        {
            var (_, _, different) = await RehearseAsync(bundle, contents, origin, tell, cancel);
            // Numbers of another version of the analysis need not be the same.
            if (different.Count > 0 && bundle.Manifest.AnalysisVersion == BundleManifest.Analysis)
                throw new RefusedException($"{bundle.Name}: its votes do not give its numbers, so one of them is wrong:{Environment.NewLine}{string.Join(Environment.NewLine, different.Take(20))}");
            var images = await StageAsync(bundle, contents, staged, Telling(tell, "Looking at its images"), cancel);
            await StoreAsync(contents, origin, images, staged, Telling(tell, "Storing"), cancel);
        }
        finally
        {
            Directory.Delete(staged, recursive: true);
        }
        return new BundleTaken((await FindAsync(bundle, contents, origin, cancel))!, IsNew: true);
    }

    /// <summary>The studies of a bundle, where this portal has them.</summary>
    /// <exception cref="RefusedException">It has some of them, has made them itself, or has them with other content.</exception>
    private async Task<IReadOnlyList<BundleMark>?> FindAsync(BundleFile bundle, BundleContents contents, BundleOrigin origin, CancellationToken cancel)
    {
        await using var connection = await db.OpenAsync(cancel);
        var (found, missing) = (new List<BundleMark>(), 0);
        foreach (var study in contents.Studies())
        {
            if (await BundleStore.FindAsync(connection, transaction: null, study.Identity) is not { } mark)
                missing++;
            else if (mark.Fingerprint is null)
                throw new RefusedException($"{bundle.Name} holds '{mark.Name}', which was made in this portal and is here: nothing was stored.");
            else if (mark.ContentSha256 != origin.ContentSha256)
                throw new RefusedException($"{bundle.Name} holds '{mark.Name}' with other content than this portal, which has it from a bundle of {mark.MadeAt!.Value.ToText()}. What was imported is never changed: nothing was stored.");
            else
                found.Add(mark);
        }
        return found.Count == 0 ? null
            : missing == 0 ? found
            : throw new RefusedException($"{bundle.Name} holds studies of which this portal has some and not others: nothing was stored.");
    }

    /// <summary>Stores the rows in a portal that is thrown away, and looks whether the bundle's numbers come out.</summary>
    /// <returns>The numbers, how many values are as the bundle says, and which are not.</returns>
    /// <exception cref="RefusedException">The rows cannot be right.</exception>
    internal static async Task<(BundleNumbers Numbers, int Same, IReadOnlyList<string> Different)> RehearseAsync(
        BundleFile bundle, BundleContents contents, BundleOrigin origin, Action<BundleProgress>? tell, CancellationToken cancel)
    {
        try
        {
            await using var portal = await BundlePortal.OpenAsync(contents, origin, Telling(tell, "Looking at its rows"), cancel);
            tell?.Invoke(new BundleProgress("Computing its numbers", 0, 1));
            var numbers = await BundleNumbers.OfAsync(portal.Services, portal.StudyIds, bundle.Manifest.Files.ToDictionary(file => file.Path, file => file.Sha256), cancel);
            var (same, different) = numbers.Compare(ReferenceOf(bundle));
            return (numbers, same, different);
        }
        catch (Exception exception) when (exception is not (RefusedException or OperationCanceledException))
        {
            // Whoever signed it could write rows that every rule of the database lets through and that mean nothing.
            throw new RefusedException($"{bundle.Name}: nothing can be computed from its rows: {exception.Message}", exception);
        }
    }

    /// <summary>The numbers that a bundle says.</summary>
    internal static JsonNode ReferenceOf(BundleFile bundle)
    {
        using var json = BundleManifest.Parse(bundle.ReadAll(BundleManifest.NumbersName), bundle.Name, BundleManifest.NumbersName);
        return JsonObject.Create(json.RootElement.Clone())!;
    }

    /// <summary>Decodes every image and puts those that are new where they can be taken from.</summary>
    private async Task<IReadOnlyList<string>> StageAsync(BundleFile bundle, BundleContents contents, string folder, Action<long, long>? tell, CancellationToken cancel)
    {
        var sizes = await contents.ImageSizesAsync(cancel);
        var listed = bundle.Manifest.Files.Where(file => file.Path.StartsWith(BundleImages.Folder, StringComparison.Ordinal)).ToList();
        foreach (var (i, file) in listed.Index())
        {
            cancel.ThrowIfCancellationRequested();
            tell?.Invoke(i, listed.Count);
            if (file.Path != BundleImages.PathOf(file.Sha256))
                throw new RefusedException($"{bundle.Name}: {file.Path} is not called by its hash.");
            if (!sizes.Remove(file.Sha256, out var size))
                throw new RefusedException($"{bundle.Name}: {file.Path} belongs to no image of its tables.");
            var image = files.Stage(bundle.ReadAll(file.Path, ImageFiles.MaxBytes), $"{bundle.Name}: {file.Path}", folder);
            if (image.Sha256 != file.Sha256)
                throw new RefusedException($"{bundle.Name}: {file.Path} is not a plain PNG as a portal keeps them.");
            if (size.Any(one => one != (image.Width, image.Height)))
                throw new RefusedException($"{bundle.Name}: {file.Path} has {image.Width} × {image.Height} pixels, and its tables say otherwise.");
        }
        return sizes.Count == 0 ? [.. listed.Select(file => file.Sha256)]
            : throw new RefusedException($"{bundle.Name} lacks {BundleImages.PathOf(sizes.Keys.First())}{(sizes.Count > 1 ? $" and {sizes.Count - 1} more images" : "")}, which its tables name.");
    }

    private async Task StoreAsync(BundleContents contents, BundleOrigin origin, IReadOnlyList<string> images, string staged, Action<long, long>? tell, CancellationToken cancel)
    {
        var added = images.Where(image => !File.Exists(files.PathOf(image))).ToList();
        await using var connection = await db.OpenAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        try
        {
            await contents.StoreAsync(transaction, origin, clock.GetUtcNow(), tell, cancel);
            await GiveAsync(transaction, contents, origin);
            foreach (var image in added)
                files.TakeIn(image, staged);
            await transaction.CommitAsync(CancellationToken.None); // all of it is there
        }
        catch
        {
            foreach (var path in added.Select(files.PathOf))
                File.Delete(path);
            throw;
        }
    }

    /// <summary>Whoever takes studies in administers them, as if they had made them.</summary>
    private async Task GiveAsync(DbTransaction transaction, BundleContents contents, BundleOrigin origin)
    {
        foreach (var study in contents.Studies())
        {
            var id = (await BundleStore.FindAsync(transaction.Connection!, transaction, study.Identity))!.StudyId;
            await StudyMemberStore.InsertFirstAsync(transaction, id, Actor.Current.AccountId, parentStudyId: null, clock.GetUtcNow());
            await AuditLog.RecordAsync(transaction, clock, new Change(StudyScope.Study(id), "imported") { Subject = "bundle", After = new { study.Name, SignedWith = origin.Fingerprint } });
        }
    }

    private static Action<long, long>? Telling(Action<BundleProgress>? tell, string doing) => tell is null ? null : (done, total) => tell(new BundleProgress(doing, done, total));
}
