using System.Text.Json;
using PixelPost.EvalPortal.Database;

namespace PixelPost.EvalPortal.Backups;

/// <summary>What a backup holds: <c>manifest.json</c> in its folder, written last, so that a backup without one is not whole.</summary>
internal sealed record BackupManifest
{
    /// <summary>Name of the manifest's file.</summary>
    public const string FileName = "manifest.json";

    /// <summary>Version of this layout.</summary>
    public const int Format = 1;

    private static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        WriteIndented = true,
        NewLine = "\n",
        RespectRequiredConstructorParameters = true,
        RespectNullableAnnotations = true,
    };

    public required int FormatVersion { get; init; }

    public required string AppVersion { get; init; }

    /// <summary>The moment whose rows it holds.</summary>
    public required DateTimeOffset MadeAt { get; init; }

    public required DatabaseKind Database { get; init; }

    public required int SchemaVersion { get; init; }

    /// <summary>Votes in it, erased ones not among them.</summary>
    public required long Votes { get; init; }

    /// <summary>The database first, then the files of the data folder in the order of their paths.</summary>
    public required IReadOnlyList<BackupFile> Files { get; init; }

    /// <summary>Models that lie outside the data folder: they are not in the backup.</summary>
    public required IReadOnlyList<string> Outside { get; init; }

    /// <summary>Reads the manifest of a backup.</summary>
    /// <exception cref="RefusedException">There is none, or not one that this program can read.</exception>
    public static async Task<BackupManifest> ReadAsync(string folder, CancellationToken cancel)
    {
        var path = Path.Combine(folder, FileName);
        if (!File.Exists(path))
            throw new RefusedException($"{folder} is no backup, or one that was not finished: there is no {FileName} in it.");
        try
        {
            await using var file = File.OpenRead(path);
            var manifest = await JsonSerializer.DeserializeAsync<BackupManifest>(file, Json, cancel);
            if (manifest is { FormatVersion: Format })
                return manifest;
            throw new RefusedException($"{path} is of layout {manifest?.FormatVersion}, and this PixelPost reads layout {Format}: use a newer one.");
        }
        catch (JsonException exception)
        {
            throw new RefusedException($"{path} cannot be read: {exception.Message}", exception);
        }
    }

    /// <summary>Writes the manifest; one that was there before is replaced at once.</summary>
    public async Task WriteAsync(string folder, CancellationToken cancel)
    {
        var path = Path.Combine(folder, FileName);
        await using (var file = File.Create($"{path}.part"))
            await JsonSerializer.SerializeAsync(file, this, Json, cancel);
        File.Move($"{path}.part", path, overwrite: true);
    }
}

/// <summary>A file of a backup.</summary>
/// <param name="Path">Relative to the backup's folder and to the data folder, with <c>/</c>.</param>
/// <param name="Bytes">Its length.</param>
/// <param name="Sha256">Lower-case hex.</param>
internal sealed record BackupFile(string Path, long Bytes, string Sha256);
