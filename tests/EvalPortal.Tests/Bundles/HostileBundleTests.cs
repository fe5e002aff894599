using System.Text;
using PixelPost.EvalPortal.Bundles;
using PixelPost.EvalPortal.Database;
using PixelPost.EvalPortal.Images;
using PixelPost.EvalPortal.Tests.Material;

namespace PixelPost.EvalPortal.Tests.Bundles;

/// <summary>Bundles that were changed or made to do harm: each is refused with what is wrong, and nothing of it is stored.</summary>
public sealed class HostileBundleTests(MadeBundle made) : IClassFixture<MadeBundle>, IAsyncLifetime
{
    private BundleHome _home = null!;
    private BundleZip _zip = null!;
    private string _path = "";

    public async Task InitializeAsync()
    {
        _home = await BundleHome.OpenAsync(DatabaseKind.Sqlite);
        _path = Path.Combine(_home.Data.Root, "bundle.zip");
        File.Copy(made.Path, _path);
        _zip = BundleZip.Read(_path);
    }

    public async Task DisposeAsync() => await _home.DisposeAsync();

    [Fact]
    public async Task AsItWasMade_IsTaken()
    {
        await _home.TakeAsync(_zip.Write(_path));
        Assert.Contains("vote ", await _home.InventoryAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public Task Altered_IsNamed() => RefusedAsync(_zip.Replace("prompts.csv", "a fox", "a hen").Write(_path), "prompts.csv: altered");

    [Fact]
    public Task AlteredWithItsManifest_HasNoSignature() => RefusedAsync(
        _zip.Replace(BundleManifest.FileName, "\"analysis_version\": 1", "\"analysis_version\": 2").Write(_path), "manifest.sig: the signature is not of this manifest.json");

    [Fact]
    public Task Missing_IsNamed()
    {
        _zip.Files.Remove("flaws.csv");
        return RefusedAsync(_zip.Write(_path), "flaws.csv: missing");
    }

    [Fact]
    public Task Additional_IsNamed()
    {
        _zip.Files["extra.csv"] = "x"u8.ToArray();
        return RefusedAsync(_zip.Write(_path), "extra.csv: additional");
    }

    [Theory]
    [InlineData("../outside.csv")]
    [InlineData("/etc/passwd")]
    [InlineData("images/../../outside.png")]
    [InlineData("a\\..\\outside.csv")]
    public Task PathThatLeadsOut_IsRefused(string path)
    {
        _zip.Files[path] = "x"u8.ToArray();
        return RefusedAsync(_zip.SignAnew().Write(_path), "leads out of it");
    }

    [Fact]
    public Task Link_IsRefused() => RefusedAsync(
        _zip.Write(_path, zip => BundleZip.Add(zip, "votes2.csv", "votes.csv"u8.ToArray()).ExternalAttributes = unchecked((int)0xA1FF0000)), "is a link");

    [Fact]
    public Task NameTwice_IsRefused() => RefusedAsync(_zip.Write(_path, zip => BundleZip.Add(zip, "votes.csv", _zip.Files["votes.csv"])), "votes.csv twice");

    [Fact]
    public Task Bomb_IsRefused()
    {
        _zip.Files["votes.csv"] = new byte[8 << 20];
        return RefusedAsync(_zip.SignAnew().Write(_path), "unpacks to more than 100 times");
    }

    [Fact]
    public Task LengthThatIsNotTrue_IsRefused()
    {
        return RefusedAsync(
            _zip.SignAnew(changed => changed["files"]!.AsArray().First(file => (string?)file!["path"] == "votes.csv")!["bytes"] = 5).Write(_path), "votes.csv: altered, it has");
    }

    [Fact]
    public Task OversizedManifest_IsRefused()
    {
        var random = new byte[65 << 20];
        new Random(1).NextBytes(random);
        _zip.Files[BundleManifest.FileName] = random;
        return RefusedAsync(_zip.Write(_path), "manifest.json has 68 MB");
    }

    [Fact]
    public Task DeepJson_IsRefused()
    {
        _zip.Files[BundleManifest.StudyName] = Encoding.UTF8.GetBytes($"{{\"studies\": {new string('[', 5_000)}{new string(']', 5_000)}}}");
        return RefusedAsync(_zip.SignAnew().Write(_path), "study.json cannot be read");
    }

    [Fact]
    public Task KeyTwice_IsRefused() => RefusedAsync(
        _zip.Replace(BundleManifest.StudyName, "\"study_groups\": [", "\"studies\": [],\n  \"study_groups\": [").SignAnew().Write(_path), "study.json cannot be read");

    [Theory]
    [InlineData("format_version", "format_version 7")]
    [InlineData("tables_version", "tables_version 7")]
    public Task UnknownVersion_IsRefused(string version, string says) => RefusedAsync(_zip.SignAnew(manifest => manifest[version] = 7).Write(_path), says);

    [Fact]
    public async Task SomethingElse_IsRefused()
    {
        await RefusedAsync(_zip.SignAnew(manifest => manifest["kind"] = "holiday pictures").Write(_path), "is no study bundle");
        var text = Path.Combine(_home.Data.Root, "text.zip");
        await File.WriteAllTextAsync(text, "PK is how a zip begins");
        await RefusedAsync(text, "is no zip");
    }

    [Fact]
    public Task ImageThatDoesNotDecode_IsRefused() => ImageAsync("not an image"u8.ToArray(), "cannot be read as a PNG");

    [Fact]
    public Task ImageWithText_IsRefused() => ImageAsync(SourceFolder.PngWithText(9, "parameters", "a fox"), "is not a plain PNG");

    [Fact]
    public async Task ImageOfAnotherSize_IsRefused()
    {
        var files = _home.Get<ImageFiles>();
        var plain = files.PathOf(files.Keep(SourceFolder.Png(9, 77), "large.png").Sha256);
        await ImageAsync(await File.ReadAllBytesAsync(plain), "77 × 77 pixels");
    }

    [Fact]
    public Task ImageThatIsMissing_IsRefused()
    {
        _zip.Files.Remove(_zip.Files.Keys.First(file => file.StartsWith("images/", StringComparison.Ordinal)));
        return RefusedAsync(_zip.SignAnew().Write(_path), "which its tables name");
    }

    [Theory]
    [InlineData("votes.csv", ",tie,tie,", ",tie,a,", "votes.csv, row")]
    [InlineData("comparisons.csv", "\r\n2,1,2,", "\r\n2,1,9999,", "prompts has no such row")]
    [InlineData("comparisons.csv", "\r\n2,1,", "\r\n3,1,", "numbered from 1 without a gap")]
    [InlineData("raters.csv", ",false,", ",perhaps,", "should be true or false")]
    [InlineData("systems.csv", "Z\r\n", "\r\n", "should be a time")]
    [InlineData("prompts.csv", "prompt_set", "set", "should have prompt, prompt_set")]
    [InlineData("study.json", "\"votes_per_comparison\": \"3\"", "\"votes_per_comparison\": \"0\"", "breaks a rule")]
    [InlineData("study.json", "\"votes_per_comparison\": \"3\"", "\"votes_per_comparison\": 3", "each a text or null")]
    [InlineData("study.json", "\"state\": \"paused\"", "\"state\": \"ajar\"", "a study is draft")]
    [InlineData("study.json", "\"study_groups\": [", "\"more\": [],\n  \"study_groups\": [", "does not know")]
    [InlineData("study.json", "Fewer prompts", "Fewer pictures", "hash that it was locked with")]
    public Task RowThatCannotBeRight_IsRefused(string file, string from, string to, string says) => RefusedAsync(_zip.Replace(file, from, to).SignAnew().Write(_path), says);

    [Fact]
    public Task VotesThatDoNotGiveTheNumbers_AreRefused()
    {
        var lines = _zip.Text("votes.csv").Split("\r\n");
        var at = Array.FindIndex(lines, line => line.Contains(",item,tie,tie,,true,", StringComparison.Ordinal));
        lines[at] = lines[at].Replace(",item,tie,tie,,true,", ",item,reject,reject,other,true,", StringComparison.Ordinal);
        _zip.Files["votes.csv"] = Encoding.UTF8.GetBytes(string.Join("\r\n", lines));
        return RefusedAsync(_zip.SignAnew().Write(_path), "votes do not give its numbers");
    }

    [Fact]
    public Task VoteThatWasErased_DoesNotComeBack()
    {
        var votes = _zip.Text("votes.csv").Split("\r\n")[1];
        var session = _zip.Text("erased_votes.csv").Split("\r\n")[1].Split(',')[1];
        _zip.Files["erased_votes.csv"] = Encoding.UTF8.GetBytes($"vote_id,session\r\n{votes.Split(',')[0]},{session}\r\n");
        return RefusedAsync(_zip.SignAnew().Write(_path), "they do not come back");
    }

    private Task ImageAsync(byte[] bytes, string says)
    {
        // Under its right hash, and in the tables too: all fits but the image itself.
        var old = _zip.Files.Keys.First(file => file.StartsWith("images/", StringComparison.Ordinal));
        var name = Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(bytes));
        _zip.Files.Remove(old);
        _zip.Files[BundleImages.PathOf(name)] = bytes;
        var hash = Path.GetFileNameWithoutExtension(old);
        foreach (var table in (string[])["images.csv", "study.json"])
            _zip.Files[table] = Encoding.UTF8.GetBytes(_zip.Text(table).Replace(hash, name, StringComparison.Ordinal));
        return RefusedAsync(_zip.SignAnew().Write(_path), says);
    }

    private async Task RefusedAsync(string path, string says)
    {
        var before = await _home.InventoryAsync();
        var refused = await Assert.ThrowsAsync<RefusedException>(() => _home.TakeAsync(path));
        Assert.Contains(says, refused.Message, StringComparison.Ordinal);
        Assert.Equal(before, await _home.InventoryAsync());
    }
}

/// <summary>A bundle of pairs, made once for all tests that change copies of it.</summary>
public sealed class MadeBundle : IAsyncLifetime
{
    private BundleHome _maker = null!;

    public string Path { get; private set; } = "";

    public async Task InitializeAsync()
    {
        _maker = await BundleHome.OpenAsync(DatabaseKind.Sqlite);
        Path = await _maker.BundleAsync(await BundledStudies.PairsAsync(_maker));
    }

    public async Task DisposeAsync() => await _maker.DisposeAsync();
}
