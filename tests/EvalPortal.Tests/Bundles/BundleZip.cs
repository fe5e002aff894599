using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using PixelPost.EvalPortal.Bundles;

namespace PixelPost.EvalPortal.Tests.Bundles;

/// <summary>The files of a bundle, to look into and to change as somebody could who means harm.</summary>
internal sealed class BundleZip
{
    private BundleZip(Dictionary<string, byte[]> files) => Files = files;

    public Dictionary<string, byte[]> Files { get; }

    public static BundleZip Read(string path)
    {
        using var zip = ZipFile.OpenRead(path);
        return new BundleZip(zip.Entries.ToDictionary(entry => entry.FullName, entry =>
        {
            using var content = new MemoryStream();
            using var stream = entry.Open();
            stream.CopyTo(content);
            return content.ToArray();
        }));
    }

    public string Text(string path) => Encoding.UTF8.GetString(Files[path]);

    /// <summary>Changes a text file.</summary>
    public BundleZip Replace(string path, string from, string to)
    {
        Assert.Contains(from, Text(path), StringComparison.Ordinal);
        Files[path] = Encoding.UTF8.GetBytes(Text(path).Replace(from, to, StringComparison.Ordinal));
        return this;
    }

    /// <summary>Writes the manifest and its signature anew, as whoever has a key of their own can.</summary>
    /// <param name="change">What else to change in the manifest.</param>
    public BundleZip SignAnew(Action<JsonNode>? change = null)
    {
        var manifest = JsonNode.Parse(Files[BundleManifest.FileName])!;
        var files = new JsonArray();
        foreach (var (path, bytes) in Files.Where(file => !file.Key.StartsWith("manifest.", StringComparison.Ordinal)))
            files.Add(new JsonObject { ["path"] = path, ["bytes"] = bytes.Length, ["sha256"] = Convert.ToHexStringLower(SHA256.HashData(bytes)) });
        manifest["files"] = files;
        change?.Invoke(manifest);
        Files[BundleManifest.FileName] = Encoding.UTF8.GetBytes(manifest.ToJsonString());
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        Files[BundleManifest.SignatureName] = BundleManifest.Write(new BundleKey(key.ExportPkcs8PrivateKey()).Sign(Files[BundleManifest.FileName]));
        return this;
    }

    /// <summary>Writes the zip beside another one.</summary>
    /// <param name="more">Adds what no dictionary holds.</param>
    public string Write(string beside, Action<ZipArchive>? more = null)
    {
        var path = Path.Combine(Path.GetDirectoryName(beside)!, $"{Guid.NewGuid():N}.zip");
        using var zip = ZipFile.Open(path, ZipArchiveMode.Create);
        foreach (var (name, bytes) in Files)
            Add(zip, name, bytes);
        more?.Invoke(zip);
        return path;
    }

    public static ZipArchiveEntry Add(ZipArchive zip, string name, byte[] bytes)
    {
        var entry = zip.CreateEntry(name);
        using var stream = entry.Open();
        stream.Write(bytes);
        return entry;
    }
}
