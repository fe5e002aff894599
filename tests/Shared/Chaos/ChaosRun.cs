using System.Diagnostics;
using System.Globalization;
using PixelPost.EvalPortal;
using PixelPost.EvalPortal.Database;

namespace PixelPost.Tests.Shared.Chaos;

/// <summary>
/// Raters vote over real HTTP on connections that lose, repeat and reorder what they carry, while the portal's process is killed and started
/// again; in the end what they remember is compared with the database.
/// </summary>
internal static class ChaosRun
{
    /// <summary>Runs it and says on the way how far it is.</summary>
    /// <exception cref="InvalidOperationException">PostgreSQL is asked for and cannot be started here.</exception>
    public static async Task<ChaosResult> RunAsync(ChaosSettings settings, TextWriter log, CancellationToken cancel = default)
    {
        var database = await DatabaseAsync(settings.Database);
        var prompts = Math.Max(1, settings.Votes / (2 * settings.Raters)); // two axes
        ChaosStudy study = null!;
        string[] options = database.Connection is null ? ["--demo", "false"] : ["--demo", "false", "--database-kind", "postgres", "--database-connection", database.Connection];
        await using var portal = await PortalProcess.StartAsync(
            async data => study = await ChaosStudy.AddAsync(new PortalOptions { Data = data, Database = database }, prompts, settings.Raters), options);

        var faults = new NetworkFaults();
        var raters = Enumerable.Range(1, settings.Raters).Select(number => new ChaosRater(portal.Address, study, settings, number, faults)).ToList();
        var wanted = prompts * 2 * settings.Raters;
        log.WriteLine($"{settings.Raters} raters, {prompts} comparisons on 2 axes, {settings.Database}, {settings.Kills} kills");
        foreach (var rater in raters)
            await rater.BeginAsync();

        var clock = Stopwatch.StartNew();
        var rating = Task.WhenAll(raters.Select(rater => Task.Run(() => rater.RateAsync(cancel), cancel)));
        var kills = 0;
        for (var told = TimeSpan.Zero; !rating.IsCompleted; await Task.WhenAny(rating, Task.Delay(20, cancel)))
        {
            var confirmed = raters.Sum(rater => rater.Confirmed);
            if (kills < settings.Kills && confirmed > (kills + 1L) * wanted / (settings.Kills + 1))
            {
                await portal.KillAsync();
                kills++;
                await portal.RestartAsync();
                log.WriteLine(string.Create(CultureInfo.InvariantCulture, $"killed and started again at about {confirmed} confirmed, {clock.Elapsed.TotalSeconds:0} s"));
            }
            if (clock.Elapsed - told > TimeSpan.FromSeconds(15))
            {
                told = clock.Elapsed;
                log.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{confirmed} confirmed, {confirmed / told.TotalSeconds:0} a second"));
            }
        }
        await rating;
        var seconds = clock.Elapsed.TotalSeconds;

        var made = raters.SelectMany(rater => rater.Made).ToList();
        using var db = database.Connection is { } connection ? Db.Postgres(connection) : Db.Sqlite(new DataFolder(portal.DataFolder).Database);
        var result = await ChaosResult.CompareAsync(db, study, made, settings.Raters);
        foreach (var rater in raters)
            rater.Dispose();
        Report(log, settings, faults, kills, seconds, result);
        return result;
    }

    private static void Report(TextWriter log, ChaosSettings settings, NetworkFaults faults, int kills, double seconds, ChaosResult result)
    {
        log.WriteLine(string.Create(CultureInfo.InvariantCulture, $"""

            {faults.Requests} requests in {seconds:0} s ({result.Made / seconds:0} votes a second), the portal killed {kills} times
            {faults.DroppedRequests} requests lost, {faults.DroppedAnswers} answers lost, {faults.SentTwice} requests sent twice at once, {faults.SentAgainLate} again late
            {result.Made} votes made, {settings.Undone:P0} of them taken back and given anew; {result.Seen} with a look at the pixels
            the portal's ledger: {result.Ledger.Made} made, {result.Ledger.Stored} stored, {result.Ledger.Refused.Sum(refused => refused.Votes)} refused, {result.Ledger.Waiting} waiting, {result.Ledger.Lost.Count} lost
            """));
        foreach (var (what, which) in new[] { ("lost", result.Lost), ("doubled", result.Doubled), ("swapped", result.Swapped) })
            foreach (var one in which.Take(10))
                log.WriteLine($"{what}: {one}");
        log.WriteLine(result.Line);
    }

    private static async Task<DatabaseOptions> DatabaseAsync(DatabaseKind kind)
    {
        if (kind == DatabaseKind.Sqlite)
            return new DatabaseOptions();
        var (connection, whyNot) = await PostgresServer.CreateDatabaseAsync();
        return new DatabaseOptions { Kind = kind, Connection = connection ?? throw new InvalidOperationException(whyNot) };
    }
}
