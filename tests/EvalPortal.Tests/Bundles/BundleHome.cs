using System.Globalization;
using Dapper;
using Microsoft.Extensions.DependencyInjection;
using PixelPost.EvalPortal.Bundles;
using PixelPost.EvalPortal.Bundles.Tables;
using PixelPost.EvalPortal.Dashboards;
using PixelPost.EvalPortal.Database;
using PixelPost.EvalPortal.Images;
using PixelPost.EvalPortal.Studies;
using PixelPost.EvalPortal.Tests.Database;
using PixelPost.EvalPortal.Tests.Material;

namespace PixelPost.EvalPortal.Tests.Bundles;

/// <summary>A portal without its pages that bundles come from and go to, with image files.</summary>
internal sealed class BundleHome : IAsyncDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("pixelpost-home-").FullName;
    private readonly ServiceProvider _services;

    private BundleHome(DatabaseOptions database)
    {
        Options = new PortalOptions { Data = _folder, Database = database, Demo = false };
        _services = new ServiceCollection().AddPortal(Options).AddStudyPages().BuildServiceProvider();
    }

    public PortalOptions Options { get; }

    public Db Db => Get<Db>();

    public Seeds Seeds => field ??= new Seeds(Db, TimeProvider.System);

    public DataFolder Data => Get<DataFolder>();

    public static async Task<BundleHome> OpenAsync(DatabaseKind kind)
    {
        var home = new BundleHome(kind == DatabaseKind.Sqlite
            ? new DatabaseOptions() : new DatabaseOptions { Kind = DatabaseKind.Postgres, Connection = await PostgresCluster.CreateDatabaseAsync() });
        await Migrator.MigrateAsync(home.Db, TimeProvider.System);
        return home;
    }

    public T Get<T>() where T : notnull => _services.GetRequiredService<T>();

    /// <summary>Gives every image a file of its own, in place of a made-up hash.</summary>
    public async Task GiveFilesAsync()
    {
        const string Sql = "UPDATE image SET sha256 = @Sha256, width = @Width, height = @Height, byte_length = @ByteLength WHERE image_id = @Id";
        await using var connection = await Db.OpenAsync();
        foreach (var id in (await connection.QueryAsync<long>("SELECT image_id FROM image ORDER BY image_id")).ToList())
        {
            var file = Get<ImageFiles>().Keep(SourceFolder.Png((int)(id % 256), 16 + (int)(id / 256)), "seed.png");
            await connection.ExecuteAsync(Sql, new { Id = id, file.Sha256, file.Width, file.Height, file.ByteLength });
        }
    }

    /// <summary>Writes the bundle of a study.</summary>
    public async Task<string> BundleAsync(Study study, LeftOut leftOut = LeftOut.None)
    {
        var path = Path.Combine(_folder, $"{Guid.NewGuid():N}.zip");
        await Get<BundleExport>().WriteFileAsync(study, path, leftOut, tell: null, CancellationToken.None);
        return path;
    }

    /// <summary>Takes a bundle in.</summary>
    public async Task<BundleTaken> TakeAsync(string path)
    {
        using var bundle = BundleFile.Open(path);
        return await Get<BundleImport>().TakeAsync(bundle, tell: null, CancellationToken.None);
    }

    public async Task<Study> StudyAsync(BundleTaken taken, int i = 0) => (await Get<StudyStore>().FindAsync(taken.Studies[i].StudyId))!;

    /// <summary>What the portal itself computes for its results pages and report, against what a bundle says.</summary>
    public async Task<IReadOnlyList<string>> DifferencesAsync(string path, params long[] studyIds)
    {
        using var bundle = BundleFile.Open(path);
        var numbers = await BundleNumbers.OfAsync(_services, studyIds, bundle.Manifest.Files.ToDictionary(file => file.Path, file => file.Sha256), CancellationToken.None);
        return numbers.Compare(BundleImport.ReferenceOf(bundle)).Different;
    }

    /// <summary>How many rows every table has, and how many files there are.</summary>
    public async Task<string> InventoryAsync()
    {
        await using var connection = await Db.OpenAsync();
        var counts = new List<string>();
        foreach (var table in BundleTables.All.Select(table => table.Table).Append("bundle_study"))
            counts.Add($"{table} {(await connection.ExecuteScalarAsync<long>($"SELECT COUNT(*) FROM {table}")).ToString(CultureInfo.InvariantCulture)}");
        counts.Add($"files {Directory.GetFiles(Data.Images, "*", SearchOption.AllDirectories).Length + Directory.GetFileSystemEntries(Data.Imports).Length}");
        return string.Join(", ", counts);
    }

    public async ValueTask DisposeAsync()
    {
        await _services.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }
}
