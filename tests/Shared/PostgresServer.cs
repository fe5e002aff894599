using System.Diagnostics;
using Dapper;
using PixelPost.EvalPortal.Database;

namespace PixelPost.Tests.Shared;

/// <summary>
/// A private PostgreSQL server for this process, started on first use from the programs of the <c>postgresql</c> package
/// and stopped when the process ends. It listens on a socket file only, so there is no port to fight over.
/// </summary>
internal static class PostgresServer
{
    private static readonly Lazy<Task<Server>> Start = new(() => Task.Run(StartServer));
    private static int _databases;

    /// <summary>As a real server: every commit waits for the disk, and a database has as many connections as the portal wants. To be set before the first use.</summary>
    public static bool ForMeasuring { get; set; }

    /// <summary>Why there is no PostgreSQL to start; null when there is.</summary>
    public static async Task<string?> WhyNotAsync() => (await Start.Value).WhyNot;

    /// <summary>Makes a database.</summary>
    /// <param name="copyOf">Name of the database to copy, to which nobody is connected; null for an empty one.</param>
    /// <returns>Its connection string, or why there is no PostgreSQL to start.</returns>
    public static async Task<(string? Connection, string? WhyNot)> CreateDatabaseAsync(string? copyOf = null)
    {
        var server = await Start.Value;
        if (server.WhyNot is not null)
            return (null, server.WhyNot);
        var name = $"test_{Interlocked.Increment(ref _databases)}";
        using var databases = Db.Postgres(server.ConnectionString("postgres"));
        await using var connection = await databases.OpenAsync();
        await connection.ExecuteAsync($"CREATE DATABASE {name} TEMPLATE {copyOf ?? "template1"}");
        return (server.ConnectionString(name), null);
    }

    /// <summary>Time that the server's processes, and those that have ended, have spent on all processors; Linux only.</summary>
    public static async Task<TimeSpan> ProcessorTimeAsync()
    {
        var main = (await File.ReadAllLinesAsync($"{(await Start.Value).SocketFolder}/data/postmaster.pid"))[0];
        var ticks = 0L;
        foreach (var folder in Directory.GetDirectories("/proc").Where(folder => char.IsAsciiDigit(Path.GetFileName(folder)[0])))
        {
            try
            {
                // After the program's name: state, parent, ... , at 11 to 14 the ticks of the process and of its children that have ended.
                var fields = (await File.ReadAllTextAsync($"{folder}/stat")).Split(") ")[^1].Split(' ');
                if (Path.GetFileName(folder) == main)
                    ticks += fields[11..15].Sum(long.Parse);
                else if (fields[1] == main)
                    ticks += fields[11..13].Sum(long.Parse);
            }
            catch (IOException)
            {
                // it has ended just now
            }
        }
        return TimeSpan.FromSeconds(ticks / 100.0);
    }

    private static Server StartServer()
    {
        var bin = Directory.Exists("/usr/lib/postgresql")
            ? Directory.GetDirectories("/usr/lib/postgresql").Select(d => $"{d}/bin").LastOrDefault(d => File.Exists($"{d}/initdb"))
            : null;
        if (bin is null)
            return new Server { WhyNot = "PostgreSQL is not installed (Debian, Ubuntu: apt-get install postgresql)." };

        var folder = Directory.CreateTempSubdirectory("pixelpost-pg-").FullName;
        if (Environment.IsPrivilegedProcess) // PostgreSQL refuses to run as root
            Process.Start("chown", ["postgres", folder]).WaitForExit();
        Run($"{bin}/initdb -D {folder}/data -A trust -U pixelpost --locale=C.UTF-8 -E UTF8 --no-sync");
        Run($"{bin}/pg_ctl -D {folder}/data -w -l {folder}/log start -o '-c listen_addresses= -c unix_socket_directories={folder} -c fsync={(ForMeasuring ? "on" : "off")} -c max_connections=400'");
        return new Server
        {
            SocketFolder = folder,
            StopsItAtTheEnd = Shell($"cat; {bin}/pg_ctl -D {folder}/data -m immediate stop; rm -rf {folder}"),
        };
    }

    private static void Run(string command)
    {
        using var process = Shell(command);
        process.WaitForExit();
        if (process.ExitCode != 0)
            throw new InvalidOperationException($"Exit code {process.ExitCode} from: {command}");
    }

    /// <summary>Starts a shell command as a user that may own the server; its output goes nowhere, because the server would hold a pipe open.</summary>
    private static Process Shell(string command)
    {
        string[] shell = ["/bin/sh", "-c", $"exec >/dev/null 2>&1; {command}"];
        string[] line = Environment.IsPrivilegedProcess ? ["runuser", "-u", "postgres", "--", .. shell] : shell;
        return Process.Start(new ProcessStartInfo(line[0], line[1..]) { WorkingDirectory = "/", RedirectStandardInput = true })!;
    }

    private sealed record Server
    {
        public string? SocketFolder { get; init; }
        public string? WhyNot { get; init; }

        /// <summary>A shell that waits for the end of its standard input: it comes however the test process ends, or with this reference.</summary>
        public Process? StopsItAtTheEnd { get; init; }

        public string ConnectionString(string database) =>
            $"Host={SocketFolder};Username=pixelpost;Database={database};Connection Idle Lifetime=10{(ForMeasuring ? "" : ";Maximum Pool Size=8")}";
    }
}
