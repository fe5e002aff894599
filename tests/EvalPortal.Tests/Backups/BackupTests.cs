using System.Net;
using System.Text.Json;
using Dapper;
using Microsoft.Extensions.DependencyInjection;
using PixelPost.EvalPortal.Accounts;
using PixelPost.EvalPortal.Assignment;
using PixelPost.EvalPortal.Backups;
using PixelPost.EvalPortal.Database;
using PixelPost.EvalPortal.Images;
using PixelPost.EvalPortal.Rating;
using PixelPost.EvalPortal.Tests.Database;
using PixelPost.EvalPortal.Tests.Material;
using PixelPost.EvalPortal.Tests.Rating;

namespace PixelPost.EvalPortal.Tests.Backups;

public sealed class BackupOfSqlite() : BackupTests(DatabaseKind.Sqlite);

public sealed class BackupOfPostgres() : BackupTests(DatabaseKind.Postgres);

/// <summary>Saving a portal that runs, and making another of what was saved.</summary>
public abstract class BackupTests(DatabaseKind kind) : IAsyncLifetime
{
    private readonly string _folder = Directory.CreateTempSubdirectory("pixelpost-backup-").FullName;
    private DatabaseOptions _database = new();
    private PortalServer _portal = null!;
    private RatedStudy _study = null!;

    private string Backup => Path.Combine(_folder, "backup");

    private string Restored => Path.Combine(_folder, "restored");

    private DataFolder Data => _portal.Services.GetRequiredService<DataFolder>();

    private Db Db => _portal.Services.GetRequiredService<Db>();

    public async Task InitializeAsync()
    {
        _database = await DatabaseAsync();
        _portal = new PortalServer(_database);
        await _portal.InitializeAsync();
        _study = await RatedStudy.AddAsync(new Seeds(Db, TimeProvider.System), Db, TimeProvider.System, prompts: 5, votes: 3);
    }

    public async Task DisposeAsync()
    {
        if (_portal is not null)
            await _portal.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [SkippableFact]
    public async Task Restore_OfAPortalThatRuns_HasItsVotesFilesAndSessionsAndNothingThatCameLater()
    {
        var cookies = new CookieContainer();
        await _portal.SignedInClientAsync(Role.Admin, cookies);
        var image = _portal.Services.GetRequiredService<ImageFiles>().Keep(TestImage(), "fox.png");
        await VoteAsync(7);
        var before = await VotesAsync(Db);

        Assert.Equal(0, await RunAsync("backup", "--out", Backup));
        await VoteAsync(2);
        var database = await DatabaseAsync();
        Assert.Equal(0, await RunAsync(["restore", "--from", Backup, "--data", Restored], database));

        await using var other = Program.BuildWeb(new PortalOptions { Data = Restored, Url = "http://127.0.0.1:0", Database = database, Demo = false });
        Assert.Null(await EvalPortal.Commands.ServeCommand.StartAsync(other)); // there is an admin
        Assert.Equal(before, await VotesAsync(other.Services.GetRequiredService<Db>()));
        Assert.True(File.Exists(other.Services.GetRequiredService<ImageFiles>().PathOf(image.Sha256)));
        // who was signed in still is: the keys came along
        using var client = new HttpClient(new HttpClientHandler { AllowAutoRedirect = false, CookieContainer = Moved(cookies, new Uri(other.Urls.First())) });
        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync(new Uri(new Uri(other.Urls.First()), "/account"))).StatusCode);
    }

    [SkippableFact]
    public async Task Backup_WhileVotesComeIn_HoldsEveryVoteThatWasAcknowledgedBefore()
    {
        using var stop = new CancellationTokenSource();
        var acknowledged = new List<Guid>();
        var voting = Task.Run(async () =>
        {
            while (!stop.IsCancellationRequested && await VoteAsync(1) is [var id])
            {
                lock (acknowledged)
                    acknowledged.Add(id);
            }
        });
        while (Acknowledged().Count < 3)
            await Task.Delay(10);

        var before = Acknowledged();
        Assert.Equal(0, await RunAsync("backup", "--out", Backup));
        await stop.CancelAsync();
        await voting;

        var database = await DatabaseAsync();
        Assert.Equal(0, await RunAsync(["restore", "--from", Backup, "--data", Restored], database));
        using var db = database.Kind == DatabaseKind.Sqlite ? Db.Sqlite(new DataFolder(Restored).Database) : Db.Postgres(database.Connection!);
        var saved = await VotesAsync(db);
        Assert.Subset(saved.ToHashSet(), before.ToHashSet());

        List<Guid> Acknowledged()
        {
            lock (acknowledged)
                return [.. acknowledged];
        }
    }

    [SkippableFact]
    public async Task Backup_IntoTheSameFolder_CopiesWhatIsNewAndDropsWhatIsGone()
    {
        var (stays, goes) = (Path.Combine(Data.Jobs, "stays.txt"), Path.Combine(Data.Jobs, "goes.txt"));
        await File.WriteAllTextAsync(stays, "stays");
        await File.WriteAllTextAsync(goes, "goes");
        Assert.Equal(0, await RunAsync("backup", "--out", Backup));
        var copy = Path.Combine(Backup, "jobs", "stays.txt");
        var created = new FileInfo(copy).Length;
        await File.WriteAllTextAsync(copy, "STAYS"); // as long and, below, as old: a second copying would put it right
        File.SetLastWriteTimeUtc(copy, File.GetLastWriteTimeUtc(stays));
        File.Delete(goes);
        await File.WriteAllTextAsync(Path.Combine(Data.Jobs, "new.txt"), "new");

        Assert.Equal(0, await RunAsync("backup", "--out", Backup));

        Assert.Equal((created, "STAYS"), (new FileInfo(copy).Length, await File.ReadAllTextAsync(copy)));
        Assert.Equal("new", await File.ReadAllTextAsync(Path.Combine(Backup, "jobs", "new.txt")));
        Assert.False(File.Exists(Path.Combine(Backup, "jobs", "goes.txt")));
        Assert.Equal(2, await RunAsync("restore", "--from", Backup, "--data", Restored, "--dry-run")); // and the check sees it
    }

    [SkippableFact]
    public async Task Restore_OfWhatWasChangedOrIsMissing_IsRefusedAndLeavesNothing()
    {
        await File.WriteAllTextAsync(Path.Combine(Data.Jobs, "job.txt"), "as it was");
        Assert.Equal(0, await RunAsync("backup", "--out", Backup));
        Assert.Equal(0, await RunAsync("restore", "--from", Backup, "--data", Restored, "--dry-run"));
        var saved = Path.Combine(Backup, "jobs", "job.txt");

        await File.WriteAllTextAsync(saved, "as it is!");
        Assert.Equal(2, await RunAsync("restore", "--from", Backup, "--data", Restored));
        File.Delete(saved);
        Assert.Equal(2, await RunAsync("restore", "--from", Backup, "--data", Restored));
        File.Delete(Path.Combine(Backup, BackupManifest.FileName));
        Assert.Equal(2, await RunAsync("restore", "--from", Backup, "--data", Restored));

        Assert.False(Directory.Exists(Restored));
    }

    [SkippableTheory]
    [InlineData("../outside.txt")]
    [InlineData("/tmp/outside.txt")]
    public async Task Restore_ManifestLeadsOut_IsRefused(string path)
    {
        Assert.Equal(0, await RunAsync("backup", "--out", Backup));
        var manifest = Path.Combine(Backup, BackupManifest.FileName);
        var text = await File.ReadAllTextAsync(manifest);
        var dump = DatabaseDump.FileName(kind);
        await File.WriteAllTextAsync(manifest, text.Replace($"\"path\": \"{dump}\"", $"\"path\": {JsonSerializer.Serialize(path)}", StringComparison.Ordinal));

        Assert.Equal(2, await RunAsync("restore", "--from", Backup, "--data", Restored));

        Assert.False(Directory.Exists(Restored));
    }

    [SkippableFact]
    public async Task Restore_OverAPortal_IsRefused()
    {
        Assert.Equal(0, await RunAsync("backup", "--out", Backup));
        var votes = await VoteAsync(1);

        Assert.Equal(2, await RunAsync("restore", "--from", Backup, "--data", Data.Root));

        Assert.Equal(votes, await VotesAsync(Db));
    }

    [SkippableFact]
    public async Task Backup_ToTheDataFolderOrAFolderOfSomethingElse_IsRefused()
    {
        var other = Directory.CreateDirectory(Path.Combine(_folder, "thesis")).FullName;
        await File.WriteAllTextAsync(Path.Combine(other, "chapter.tex"), "mine");

        Assert.Equal(2, await RunAsync("backup", "--out", Path.Combine(Data.Root, "backup")));
        Assert.Equal(2, await RunAsync("backup", "--out", other));
        Assert.Equal(2, await RunAsync("backup"));

        Assert.Equal(["chapter.tex"], Directory.GetFileSystemEntries(other).Select(Path.GetFileName));
    }

    private Task<int> RunAsync(params string[] arguments) => RunAsync(arguments, _database);

    private Task<int> RunAsync(string[] arguments, DatabaseOptions database)
    {
        string[] data = arguments.Contains("--data") ? [] : ["--data", Data.Root];
        string[] rows = database.Kind == DatabaseKind.Postgres ? ["--database-kind", "postgres", "--database-connection", database.Connection!] : [];
        return Program.Main([.. arguments, .. data, .. rows]);
    }

    /// <summary>Lets new raters answer, at most the pairs that there are.</summary>
    private async Task<List<Guid>> VoteAsync(int count)
    {
        var rater = await _study.AddRaterAsync();
        var turn = await _portal.Services.GetRequiredService<AssignmentStore>().TakeAsync(rater, count, new Random(1));
        var ids = new List<Guid>();
        foreach (var pair in turn.Pairs)
        {
            ids.Add(Guid.CreateVersion7());
            Assert.Null((await _portal.Services.GetRequiredService<VoteStore>().RecordAsync(rater, ids[^1], _study.Draft(pair.AssignmentId))).Refusal);
        }
        return ids;
    }

    private static async Task<List<Guid>> VotesAsync(Db db)
    {
        await using var connection = await db.OpenAsync();
        return [.. await connection.QueryAsync<Guid>("SELECT vote_id FROM vote ORDER BY vote_id")];
    }

    private async Task<DatabaseOptions> DatabaseAsync() => kind == DatabaseKind.Sqlite
        ? new DatabaseOptions()
        : new DatabaseOptions { Kind = DatabaseKind.Postgres, Connection = await PostgresCluster.CreateDatabaseAsync() };

    private static CookieContainer Moved(CookieContainer cookies, Uri to)
    {
        var moved = new CookieContainer();
        foreach (Cookie cookie in cookies.GetAllCookies())
            moved.Add(to, new Cookie(cookie.Name, cookie.Value, "/"));
        return moved;
    }

    private static byte[] TestImage() => SourceFolder.Png(90);
}
