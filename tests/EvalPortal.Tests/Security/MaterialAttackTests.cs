using System.Buffers.Binary;
using System.IO.Compression;
using NetVips;
using PixelPost.EvalPortal.Database;
using PixelPost.EvalPortal.Material;
using PixelPost.EvalPortal.Tests.Material;

namespace PixelPost.EvalPortal.Tests.Security;

/// <summary>Folders, zips and manifests that are made to do harm.</summary>
public sealed class MaterialAttackTests() : ImportTests(DatabaseKind.Sqlite)
{
    public override async Task InitializeAsync()
    {
        await base.InitializeAsync();
        await AnimalsAsync();
        Source.AddImage("f.png", 10);
    }

    [Theory]
    [InlineData("../f.png")]
    [InlineData("../../../../tmp/f.png")]
    [InlineData("/tmp/f.png")]
    [InlineData("C:\\f.png")]
    [InlineData("a\\..\\..\\f.png")]
    [InlineData("a//f.png")]
    [InlineData("f\n.png")]
    public async Task ZipEntry_ThatLeadsOut_IsLeftOut(string name)
    {
        var zip = Zip(archive => Write(archive, name, SourceFolder.Png(20)));

        var material = await CheckAsync("s", zip);

        Assert.Equal(0, material.Summary.New);
        Assert.Contains(material.Lines, line => line.Status == LineStatus.LeftOut && line.Reason!.Contains(name.Contains('\n') ? "control" : "leads out", StringComparison.Ordinal));
        Assert.Equal(["checked.jsonl"], Directory.GetFiles(Data.Imports, "*", SearchOption.AllDirectories).Select(Path.GetFileName));
    }

    [Fact]
    public async Task ZipEntry_ThatIsALink_IsLeftOut()
    {
        var zip = Zip(archive => Write(archive, "f.png", "/etc/passwd"u8.ToArray()).ExternalAttributes = 0xA1FF << 16);

        await AssertLeftOutAsync(zip, "it is a link");
    }

    [Fact]
    public async Task ZipEntry_ThatUnpacksToFarMore_IsNotUnpacked()
    {
        var zip = Zip(archive => Write(archive, "f.png", new byte[30_000_000]));
        Assert.InRange(new FileInfo(zip).Length, 1, 100_000);

        await AssertLeftOutAsync(zip, "more than 100 times its size");
    }

    [Fact]
    public async Task ZipEntry_TooLarge_IsNotUnpacked()
    {
        var zip = Zip(archive => Write(archive, "f.png", new byte[(32 << 20) + 1], CompressionLevel.NoCompression));

        await AssertLeftOutAsync(zip, "an image may have 34 MB");
    }

    /// <summary>Entries that share their packed bytes: a small file that unpacks to any size.</summary>
    [Fact]
    public void Zip_WithOverlappingEntries_IsRefused()
    {
        var zip = File.ReadAllBytes(Zip(archive => Write(archive, "f.png", SourceFolder.Png(10, 512), CompressionLevel.NoCompression)));
        var end = zip.AsSpan(zip.Length - 22).ToArray();
        var start = (int)BinaryPrimitives.ReadUInt32LittleEndian(end.AsSpan(16));
        var list = zip[start..(zip.Length - 22)];
        BinaryPrimitives.WriteUInt16LittleEndian(end.AsSpan(8), 3);
        BinaryPrimitives.WriteUInt16LittleEndian(end.AsSpan(10), 3);
        BinaryPrimitives.WriteUInt32LittleEndian(end.AsSpan(12), (uint)list.Length * 3);

        AssertRefused([.. zip[..start], .. list, .. list, .. list, .. end], "overlap");
    }

    [Fact]
    public void Zip_ThatListsMillions_IsRefusedByItsEnd()
    {
        var large = new byte[56 + 20 + 22];
        BinaryPrimitives.WriteUInt32LittleEndian(large, 0x06064b50);
        BinaryPrimitives.WriteInt64LittleEndian(large.AsSpan(32), 300_000_000);
        BinaryPrimitives.WriteUInt32LittleEndian(large.AsSpan(56), 0x07064b50);
        BinaryPrimitives.WriteUInt32LittleEndian(large.AsSpan(76), 0x06054b50);

        AssertRefused(large, "lists 300,000,000 files");
    }

    /// <summary>What is listed is read until something else stands there, so the count alone says nothing.</summary>
    [Fact]
    public void Zip_WithALongListAndASmallCount_IsRefused()
    {
        var path = Source.Beside("long.zip");
        using (var file = File.Create(path))
        {
            file.SetLength(MaterialLimits.ZipListBytes + 1);
            file.Seek(0, SeekOrigin.End);
            var end = new byte[22];
            BinaryPrimitives.WriteUInt32LittleEndian(end, 0x06054b50);
            file.Write(end);
        }

        Assert.Contains("a list of files of 67 MB", Assert.Throws<RefusedException>(() => MaterialSource.Open(path)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("no zip at all, only text that is long enough to hold the end of one")]
    [InlineData("PK\u0003\u0004")]
    public void Zip_ThatIsNone_IsRefused(string content) => AssertRefused(System.Text.Encoding.Latin1.GetBytes(content), "is no zip, or its end is missing");

    [Fact]
    public void Zip_CutOff_IsRefused() => AssertRefused(File.ReadAllBytes(Source.ToZip())[..^10], "its end is missing");

    [Theory]
    [InlineData(10)]
    [InlineData(100_000)]
    public async Task ZipEntry_ThatLiesAboutItsLength_IsLeftOut(int length)
    {
        var path = Source.ToZip();
        var zip = File.ReadAllBytes(path);
        var start = (int)BinaryPrimitives.ReadUInt32LittleEndian(zip.AsSpan(zip.Length - 6));
        BinaryPrimitives.WriteInt32LittleEndian(zip.AsSpan(start + 24), length);
        File.WriteAllBytes(path, zip);

        Assert.Equal((0, 1), ((await CheckAsync("s", path)).Summary.New, (await CheckAsync("s", path)).Summary.LeftOut));
    }

    [SkippableFact]
    public async Task Folder_WithLinks_FollowsNone()
    {
        Skip.If(OperatingSystem.IsWindows(), "making links needs rights on Windows");
        File.WriteAllBytes(Source.Beside("secret.png"), SourceFolder.Png(99));
        Directory.CreateDirectory(Source.Beside("other"));
        File.WriteAllBytes(Source.Beside("other/h.png"), SourceFolder.Png(98));
        File.CreateSymbolicLink(Path.Combine(Source.Root, "o.png"), Source.Beside("secret.png"));
        Directory.CreateSymbolicLink(Path.Combine(Source.Root, "below"), Source.Beside("other"));
        Directory.CreateSymbolicLink(Path.Combine(Source.Root, "round"), Source.Root);

        var material = await CheckAsync();

        Assert.Equal(1, material.Summary.New);
        Assert.Equal(3, material.Lines.Count(line => line.Reason?.StartsWith("it is a link", StringComparison.Ordinal) == true));
    }

    [Theory]
    [InlineData("../secret.png", "leads out")]
    [InlineData("/etc/passwd", "leads out")]
    [InlineData("images/../../secret.png", "leads out")]
    [InlineData("..\\\\secret.png", "leads out")]
    [InlineData("file:///etc/passwd", "nothing is fetched")]
    [InlineData("http://169.254.169.254/latest/meta-data/f.png", "nothing is fetched")]
    [InlineData("manifest.jsonl", "no such image")]
    public async Task Manifest_ThatLeadsElsewhere_IsNotFollowed(string file, string reason)
    {
        File.WriteAllBytes(Source.Beside("secret.png"), SourceFolder.Png(99));
        Source.Add("manifest.jsonl", $"{{\"file\": \"{file}\", \"prompt\": \"a fox\"}}\n");

        var material = await CheckAsync("s");

        Assert.Equal(0, material.Summary.New);
        Assert.Contains(reason, material.Lines.First(line => line.Line == 1).Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("file,prompt,system\nf.png,a fox,\"a\nb\"\n", "control characters")]
    [InlineData("{\"file\": \"f.png\", \"prompt\": \"a \\ud800 fox\"}", "not valid Unicode")]
    public async Task Manifest_WithTextThatIsNone_IsLeftOut(string manifest, string reason)
    {
        Source.Add("manifest.jsonl", manifest);

        Assert.Contains((await CheckAsync()).Lines, line => line.Reason?.Contains(reason, StringComparison.Ordinal) == true);
    }

    [Fact]
    public async Task Manifest_WithAQuoteThatSwallowsMegabytes_IsLeftOut()
    {
        Source.Add("manifest.csv", $"file,prompt\n\"{new string('a', 3 << 20)}\n");

        Assert.Contains("never closed", (await CheckAsync()).Lines[0].Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Image_OfMorePixelsThanAllowed_IsRefusedByItsHeader()
    {
        Source.Add("f.png", Image.Black(30_000, 30_000).PngsaveBuffer());

        await AssertLeftOutAsync(Source.Root, "30000 × 30000 pixels");
    }

    [Theory]
    [InlineData("<svg xmlns='http://www.w3.org/2000/svg'><image href='file:///etc/passwd'/></svg>")]
    [InlineData("%PDF-1.7")]
    [InlineData("")]
    public async Task Image_ThatIsNone_IsLeftOut(string content)
    {
        Source.Add("f.png", content);

        await AssertLeftOutAsync(Source.Root, "cannot be read as a PNG");
    }

    private async Task AssertLeftOutAsync(string path, string reason)
    {
        var material = await CheckAsync("s", path);

        Assert.Equal((0, 1), (material.Summary.New, material.Summary.LeftOut));
        Assert.Contains(reason, material.Lines[0].Reason, StringComparison.Ordinal);
    }

    private void AssertRefused(byte[] zip, string reason)
    {
        var path = Source.Beside("made.zip");
        File.WriteAllBytes(path, zip);

        Assert.Contains(reason, Assert.Throws<RefusedException>(() => MaterialSource.Open(path)).Message, StringComparison.Ordinal);
    }

    private string Zip(Action<ZipArchive> fill)
    {
        var path = Source.Beside($"{Guid.NewGuid():N}.zip");
        using var archive = ZipFile.Open(path, ZipArchiveMode.Create);
        fill(archive);
        return path;
    }

    private static ZipArchiveEntry Write(ZipArchive archive, string name, byte[] content, CompressionLevel level = CompressionLevel.Optimal)
    {
        var entry = archive.CreateEntry(name, level);
        using var stream = entry.Open();
        stream.Write(content);
        return entry;
    }
}
