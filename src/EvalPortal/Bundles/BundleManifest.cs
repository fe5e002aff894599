using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using PixelPost.EvalPortal.Bundles.Tables;

namespace PixelPost.EvalPortal.Bundles;

/// <summary>What a bundle holds: <c>manifest.json</c>, the last file but its signature. It alone tells of when and by what the bundle was made.</summary>
internal sealed record BundleManifest
{
    public const string FileName = "manifest.json", SignatureName = "manifest.sig", StudyName = "study.json", NumbersName = "reference.json";

    /// <summary>Tells a bundle from every other zip with a manifest.</summary>
    public const string KnownKind = "pixelpost study bundle";

    /// <summary>Version of the layout of the zip.</summary>
    public const int Format = 1;

    /// <summary>Version of how numbers are computed; one that changes a number raises it.</summary>
    public const int Analysis = 1;

    private static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        WriteIndented = true,
        NewLine = "\n",
        RespectRequiredConstructorParameters = true,
        RespectNullableAnnotations = true,
    };

    public required string Kind { get; init; }

    public required int FormatVersion { get; init; }

    /// <summary>See <see cref="BundleTables.Version"/>.</summary>
    public required int TablesVersion { get; init; }

    public required int AnalysisVersion { get; init; }

    public required string AppVersion { get; init; }

    /// <summary>The moment whose rows it holds.</summary>
    public required DateTimeOffset MadeAt { get; init; }

    /// <summary>The studies in it.</summary>
    public required IReadOnlyList<string> Studies { get; init; }

    /// <summary>What was left out on request.</summary>
    public required IReadOnlyList<string> LeftOut { get; init; }

    /// <summary>Rows of every table.</summary>
    public required IReadOnlyDictionary<string, long> Rows { get; init; }

    /// <summary>Columns of every table, with what stands in them.</summary>
    public required IReadOnlyDictionary<string, IReadOnlyList<string>> Columns { get; init; }

    /// <summary>Every other file, in the order in which they stand in the zip.</summary>
    public required IReadOnlyList<BundleEntry> Files { get; init; }

    /// <summary>SHA-256 over what the bundle says of its studies: tables, settings and images, and not what is made of them.</summary>
    public string ContentSha256()
    {
        var said = Files.Where(file => file.Path == StudyName || file.Path.StartsWith("images/", StringComparison.Ordinal) || BundleTables.All.Any(table => table.FileName == file.Path));
        var lines = said.Select(file => $"{file.Sha256} {file.Path}\n").Order(StringComparer.Ordinal);
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Concat(lines))));
    }

    /// <summary>The columns of the tables that this program knows.</summary>
    public static IReadOnlyDictionary<string, IReadOnlyList<string>> KnownColumns { get; } = BundleTables.All.ToDictionary(
        table => table.Name,
        table => (IReadOnlyList<string>)[.. table.Number is null ? [] : (string[])[$"{table.Number}: its number in this bundle"], .. table.Columns.Select(Words)]);

    public byte[] Write() => JsonSerializer.SerializeToUtf8Bytes(this, Json);

    public static byte[] Write(BundleSignature signature) => JsonSerializer.SerializeToUtf8Bytes(signature, Json);

    /// <summary>Reads a manifest.</summary>
    /// <exception cref="RefusedException">It is none, or of a version that this program does not know.</exception>
    public static BundleManifest Read(byte[] bytes, string bundle)
    {
        using var versions = Parse(bytes, bundle, FileName);
        if (!versions.RootElement.TryGetProperty("kind", out var kind) || kind.ValueKind != JsonValueKind.String || kind.GetString() != KnownKind)
            throw new RefusedException($"{bundle} is no study bundle: its {FileName} is that of something else.");
        Demand("format_version", Format);
        Demand("tables_version", BundleTables.Version);
        return Deserialise<BundleManifest>(bytes, bundle, FileName);

        void Demand(string name, int known)
        {
            if (!versions.RootElement.TryGetProperty(name, out var version) || version.ValueKind != JsonValueKind.Number || !version.TryGetInt32(out var number) || number != known)
                throw new RefusedException($"{bundle} has {name} {(version.ValueKind == JsonValueKind.Undefined ? "missing" : version.GetRawText())}, and this PixelPost reads {known}: use one that fits.");
        }
    }

    /// <summary>Reads what stands beside a manifest.</summary>
    /// <exception cref="RefusedException">It is no signature.</exception>
    public static BundleSignature ReadSignature(byte[] bytes, string bundle) => Deserialise<BundleSignature>(bytes, bundle, SignatureName);

    /// <summary>Reads JSON of a bundle.</summary>
    /// <exception cref="RefusedException">It is none.</exception>
    public static JsonDocument Parse(byte[] bytes, string bundle, string file)
    {
        try
        {
            var json = JsonDocument.Parse(bytes, new JsonDocumentOptions { MaxDepth = 64, AllowDuplicateProperties = false });
            if (json.RootElement.ValueKind == JsonValueKind.Object)
                return json;
            json.Dispose();
        }
        catch (JsonException exception)
        {
            throw new RefusedException($"{bundle}: {file} cannot be read: {exception.Message}", exception);
        }
        throw new RefusedException($"{bundle}: {file} is no object.");
    }

    private static T Deserialise<T>(byte[] bytes, string bundle, string file)
    {
        try
        {
            return JsonSerializer.Deserialize<T>(bytes, Json) ?? throw new RefusedException($"{bundle}: {file} says nothing.");
        }
        catch (JsonException exception)
        {
            throw new RefusedException($"{bundle}: {file} is not as this version writes it: {exception.Message}", exception);
        }
    }

    private static string Words(BundleColumn column) =>
        $"{column.Name}: {(column.Refers is { } other ? $"number of {other}" : column.Type.ToString().ToLowerInvariant())}{(column.IsOptional ? ", may be empty" : "")}";
}

/// <summary>A file of a bundle.</summary>
/// <param name="Path">With <c>/</c>.</param>
/// <param name="Bytes">Its length.</param>
/// <param name="Sha256">Lower-case hex.</param>
internal sealed record BundleEntry(string Path, long Bytes, string Sha256);
