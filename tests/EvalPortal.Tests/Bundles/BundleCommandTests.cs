using System.IO.Compression;
using System.Net;
using AngleSharp.Html.Parser;
using Microsoft.Extensions.DependencyInjection;
using PixelPost.EvalPortal.Accounts;
using PixelPost.EvalPortal.Bundles;
using PixelPost.EvalPortal.Commands;
using PixelPost.EvalPortal.Database;
using PixelPost.EvalPortal.Studies;

namespace PixelPost.EvalPortal.Tests.Bundles;

/// <summary>The verbs, the download and the pages of bundles.</summary>
public sealed class BundleCommandTests : IAsyncLifetime
{
    private BundleHome _home = null!;
    private Study _study = null!;

    public async Task InitializeAsync()
    {
        _home = await BundleHome.OpenAsync(DatabaseKind.Sqlite);
        _study = await BundledStudies.PairsAsync(_home);
    }

    public async Task DisposeAsync() => await _home.DisposeAsync();

    [Fact]
    public async Task Verbs_ExportReportAndImport_GoTogether()
    {
        var path = Path.Combine(_home.Data.Root, "study.zip");
        Assert.Equal(0, await Program.Main(["export", "bundle", _study.Name, "--out", path, "--data", _home.Data.Root]));
        Assert.Equal(2, await Program.Main(["export", "bundle", _study.Name, "--out", path, "--data", _home.Data.Root])); // it is there
        Assert.Equal(2, await Program.Main(["export", "bundle", "--data", _home.Data.Root]));

        var page = Path.Combine(_home.Data.Root, "report.html");
        Assert.Equal(0, await Program.Main(["report", path, "--html", page]));
        Assert.Contains(_study.Name, await File.ReadAllTextAsync(page), StringComparison.Ordinal);

        var other = Path.Combine(_home.Data.Root, "other");
        Assert.Equal(0, await Program.Main(["import", "bundle", path, "--data", other]));
        Assert.Equal(0, await Program.Main(["import", "bundle", path, "--data", other]));
        Assert.Equal(2, await Program.Main(["import", "bundle", Path.Combine(_home.Data.Root, "no.zip"), "--data", other]));
    }

    [Fact]
    public async Task Report_OtherNumber_IsNamedAndFails()
    {
        var path = await _home.BundleAsync(_study);
        var zip = BundleZip.Read(path);
        var number = System.Text.RegularExpressions.Regex.Match(zip.Text(BundleManifest.NumbersName), "\"raters\": \\d+").Value;
        var changed = zip.Replace(BundleManifest.NumbersName, number, "\"raters\": 777").SignAnew().Write(path);

        var refused = await Assert.ThrowsAsync<RefusedException>(() => BundleReport.CheckAsync(changed, CancellationToken.None));

        Assert.Contains("raters: computed", refused.Message, StringComparison.Ordinal);
        Assert.Contains("has 777", refused.Message, StringComparison.Ordinal);
        Assert.Equal(2, await Program.Main(["report", changed]));
    }

    [Fact]
    public async Task Pages_OpenWithoutAServer()
    {
        var folder = Path.Combine(_home.Data.Root, "unpacked");
        ZipFile.ExtractToDirectory(await _home.BundleAsync(_study), folder);
        var seen = new HashSet<string>();
        await FollowAsync(Path.Combine(folder, "index.html"));

        Assert.Contains(seen, path => path.EndsWith(".png", StringComparison.Ordinal));
        Assert.Contains("Item 1", await File.ReadAllTextAsync(Path.Combine(folder, "items", "1-0001.html")), StringComparison.Ordinal);
        var marks = new HtmlParser().ParseDocument(await File.ReadAllTextAsync(Path.Combine(folder, "items", "1-0001.html"))).QuerySelectorAll(".mark");
        Assert.NotEmpty(marks);
        Assert.Contains(_study.Name, await File.ReadAllTextAsync(Path.Combine(folder, "README.txt")), StringComparison.Ordinal);

        // Every link and picture is a file of the bundle, and there is no script.
        async Task FollowAsync(string page)
        {
            if (!seen.Add(page) || !page.EndsWith(".html", StringComparison.Ordinal))
                return;
            var document = new HtmlParser().ParseDocument(await File.ReadAllTextAsync(page));
            Assert.Empty(document.QuerySelectorAll("script"));
            Assert.DoesNotContain(document.All, element => element.Attributes.Any(attribute => attribute.Name.StartsWith("on", StringComparison.Ordinal)));
            foreach (var address in document.QuerySelectorAll("[href], [src]").Select(element => element.GetAttribute("href") ?? element.GetAttribute("src")!))
            {
                var file = Path.GetFullPath(address, Path.GetDirectoryName(page)!);
                Assert.True(File.Exists(file), $"{address} of {page} is not there");
                await FollowAsync(file);
            }
        }
    }

    [Fact]
    public async Task Download_IsABundleForThoseWhoMaySeeTheStudy()
    {
        var portal = new PortalServer();
        await portal.InitializeAsync();
        try
        {
            BundleTaken taken;
            using (var bundle = BundleFile.Open(await _home.BundleAsync(_study)))
                taken = await portal.Services.GetRequiredService<BundleImport>().TakeAsync(bundle, tell: null, CancellationToken.None);
            var address = $"/studies/{taken.Studies[0].StudyId}/bundle.zip";
            using (var nobody = portal.Client())
                Assert.NotEqual(HttpStatusCode.OK, (await nobody.GetAsync(address)).StatusCode);
            using (var stranger = await portal.SignedInClientAsync(Role.Researcher))
                Assert.Equal(HttpStatusCode.NotFound, (await stranger.GetAsync(address)).StatusCode);
            using var browser = await portal.SignedInClientAsync(Role.Admin);

            var path = Path.Combine(_home.Data.Root, "download.zip");
            await File.WriteAllBytesAsync(path, await browser.GetByteArrayAsync($"{address}?reasons=false"));
            using (var bundle = BundleFile.Open(path))
                Assert.Empty(await bundle.CheckAsync(tell: null, CancellationToken.None));
            Assert.DoesNotContain("Always left", BundleZip.Read(path).Text("exclusions.csv"), StringComparison.Ordinal);
            Assert.Equal(HttpStatusCode.NotFound, (await browser.GetAsync("/studies/999/bundle.zip")).StatusCode);
            using (var zip = ZipFile.OpenRead(path))
                Assert.All(zip.Entries.Where(entry => entry.FullName.StartsWith("images/", StringComparison.Ordinal)), entry => Assert.Equal(entry.Length, entry.CompressedLength));

            var page = await browser.GetStringAsync($"/studies/{taken.Studies[0].StudyId}/export");
            Assert.Contains(portal.Services.GetRequiredService<BundleKey>().Fingerprint, page, StringComparison.Ordinal);
            Assert.Contains($"signed with <span class=\"hash\">{_home.Get<BundleKey>().Fingerprint}", page, StringComparison.Ordinal);
            Assert.Contains(_home.Get<BundleKey>().Fingerprint, await browser.GetStringAsync("/bundles/import"), StringComparison.Ordinal);
        }
        finally
        {
            await portal.DisposeAsync();
        }
    }

    [Fact]
    public async Task Session_TakesWhatIsSent_AndSaysWhatIsWrong()
    {
        await using var other = await BundleHome.OpenAsync(DatabaseKind.Sqlite);
        using var session = other.Get<BundleImportSession>();
        var bytes = await File.ReadAllBytesAsync(await _home.BundleAsync(_study));

        await session.ReceiveAsync("broken.zip", bytes.Length - 100, new MemoryStream(bytes[..^100]));
        Assert.Contains("broken.zip", session.Problem, StringComparison.Ordinal);
        Assert.Empty(session.Done);
        await session.ReceiveAsync("study.zip", bytes.Length, new MemoryStream(bytes));
        Assert.Null(session.Problem);
        Assert.True(session.IsNew);
        Assert.Single(session.Imported);
        await session.ReceiveAsync("study.zip", bytes.Length, new MemoryStream(bytes));
        Assert.False(session.IsNew);
        Assert.Empty(Directory.GetFileSystemEntries(other.Data.Imports));
    }
}
