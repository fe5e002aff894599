using System.Diagnostics;
using System.Globalization;
using System.IO.Compression;
using System.Text.RegularExpressions;
using Microsoft.Extensions.DependencyInjection;
using PixelPost.EvalPortal;
using PixelPost.EvalPortal.Database;
using PixelPost.EvalPortal.Rating;
using PixelPost.Tests.Shared;
using PixelPost.Tests.Shared.Chaos;

namespace PixelPost.Benchmarks.Votes;

/// <summary>What rating costs over real HTTP, the load and the portal on the same processors.</summary>
internal static partial class RatingBench
{
    private const int Raters = 500, Prompts = 300, Idle = 5_000;
    private static readonly int[] Callers = [64, 250]; // the more wait at once, the more votes share a commit
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(4), Steady = TimeSpan.FromSeconds(60), Sustained = TimeSpan.FromSeconds(20);

    /// <summary>Measures and prints a table.</summary>
    public static async Task<int> RunAsync(DatabaseKind kind)
    {
        var database = new DatabaseOptions { Kind = kind };
        if (kind == DatabaseKind.Postgres)
        {
            PostgresServer.ForMeasuring = true;
            var (connection, whyNot) = await PostgresServer.CreateDatabaseAsync();
            if (connection is null)
            {
                Console.Error.WriteLine(whyNot);
                return 1;
            }
            database = database with { Connection = connection };
        }
        ChaosStudy study = null!;
        var tokens = new List<string>();
        string[] options = database.Connection is { } at ? ["--demo", "false", "--database-kind", "postgres", "--database-connection", at] : ["--demo", "false"];
        await using var portal = await PortalProcess.StartAsync(
            async data =>
            {
                var settings = new PortalOptions { Data = data, Database = database };
                study = await ChaosStudy.AddAsync(settings, Prompts, raters: 1_000);
                tokens.AddRange(await AddRatersAsync(settings, study.StudyId, Raters + Idle));
            },
            options);
        using var client = new HttpClient(new SocketsHttpHandler { UseCookies = false, MaxConnectionsPerServer = 600 }) { BaseAddress = portal.Address };
        var raters = tokens.Select(token => new LoadRater(client, study.Link, token)).ToList();

        Console.WriteLine($"{kind}, {Environment.ProcessorCount} processors for portal and load together\n");
        await PageAsync(client, study.Link, tokens[0]);
        await IdleAsync(portal, raters[Raters..]);
        await SteadyAsync(raters[..Raters]);
        foreach (var callers in Callers)
            await SustainedAsync(portal, kind, raters[..Raters], callers);
        return 0;
    }

    /// <summary>Bytes of script that the rater's page loads, the modules that modules import included.</summary>
    private static async Task PageAsync(HttpClient client, string link, string token)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/r/{link}");
        request.Headers.Add("Cookie", $"pixelpost-rater={token}");
        using var answer = await client.SendAsync(request);
        var page = await answer.Content.ReadAsStringAsync();
        var waiting = new Queue<Uri>(ScriptAddress().Matches(page).Select(match => new Uri(client.BaseAddress!, match.Groups[1].Value)));
        var seen = new Dictionary<Uri, byte[]>();
        while (waiting.TryDequeue(out var address))
        {
            if (address.Host != client.BaseAddress!.Host)
                throw new InvalidOperationException($"The page loads a script from elsewhere: {address}");
            if (!seen.TryAdd(address, []))
                continue;
            seen[address] = await client.GetByteArrayAsync(address);
            foreach (Match import in Import().Matches(System.Text.Encoding.UTF8.GetString(seen[address])))
                waiting.Enqueue(new Uri(address, import.Groups[1].Value));
        }
        Row("script of the pair page", $"{seen.Values.Sum(bytes => bytes.Length) / 1024.0:F1} KB in {seen.Count} files, {seen.Values.Sum(Compressed) / 1024.0:F1} KB compressed", "60 KB");
    }

    /// <summary>What the portal holds of raters who have their page open and do nothing.</summary>
    private static async Task IdleAsync(PortalProcess portal, IReadOnlyList<LoadRater> raters)
    {
        foreach (var rater in raters.Take(500))
            await rater.OpenPageAsync(); // what is loaded once is not a rater's
        var before = portal.ResidentBytes;
        foreach (var rater in raters.Skip(500))
            await rater.OpenPageAsync();
        Row("memory of an idle rater", $"{(portal.ResidentBytes - before) / 1024.0 / (raters.Count - 500):F1} KB over {raters.Count - 500} raters", "20 KB");
    }

    /// <summary>Many raters who vote every few seconds.</summary>
    private static async Task SteadyAsync(IReadOnlyList<LoadRater> raters)
    {
        var random = new Random(1);
        var until = Stopwatch.StartNew();
        await Task.WhenAll(raters.Select(async rater =>
        {
            // Pairs are asked for at every third vote: raters who came within one pause would all ask within the same four seconds of twelve.
            await Task.Delay(random.NextDouble() * 3 * Every);
            while (until.Elapsed < Steady)
            {
                var began = Stopwatch.GetTimestamp();
                await rater.AnswerAsync(fewest: 3);
                await Task.Delay(Every - Stopwatch.GetElapsedTime(began) is { Ticks: > 0 } rest ? rest : TimeSpan.Zero);
            }
        }));
        Row($"{raters.Count} raters, each every {Every.TotalSeconds:0} s: vote acknowledged", Quantiles(raters.SelectMany(rater => rater.VoteSeconds)), "p95 25 ms");
        Row("the same: next pairs", Quantiles(raters.SelectMany(rater => rater.NextSeconds)), "p95 25 ms");
        // all come within twelve seconds, to a portal that has just been started
        Row("the same: next pairs, each rater's first", Quantiles(raters.Select(rater => rater.NextSeconds[0])), "");
        Row("the same: next pairs, each rater's others", Quantiles(raters.SelectMany(rater => rater.NextSeconds.Skip(1))), "");
    }

    /// <summary>As many votes as it takes: some raters answer without a pause.</summary>
    private static async Task SustainedAsync(PortalProcess portal, DatabaseKind kind, IReadOnlyList<LoadRater> raters, int callers)
    {
        foreach (var rater in raters)
            rater.VoteSeconds.Clear();
        async Task<TimeSpan> DatabaseAsync() => kind == DatabaseKind.Postgres ? await PostgresServer.ProcessorTimeAsync() : TimeSpan.Zero;
        var (clock, spentThere, spentHere, spentByDatabase) = (Stopwatch.StartNew(), portal.ProcessorTime, Environment.CpuUsage.TotalTime, await DatabaseAsync());
        // the limit on what one browser may send is not what is measured: the callers take turns among the raters
        await Task.WhenAll(raters.Chunk((raters.Count + callers - 1) / callers).Select(async some =>
        {
            while (clock.Elapsed < Sustained)
            {
                foreach (var rater in some)
                    for (var i = 0; i < 6; i++)
                        await rater.AnswerAsync();
            }
        }));
        var seconds = clock.Elapsed.TotalSeconds;
        var votes = raters.Sum(rater => rater.VoteSeconds.Count);
        Row($"votes in a row, {callers} callers", $"{votes / seconds:F0} a second", "3,000 (PostgreSQL 1,500)");
        string Each(TimeSpan spent) => string.Create(CultureInfo.InvariantCulture, $"{spent.TotalMilliseconds / votes:F2} ms");
        Row("the same: processor per vote", $"portal {Each(portal.ProcessorTime - spentThere)}, load {Each(Environment.CpuUsage.TotalTime - spentHere)}"
            + (kind == DatabaseKind.Postgres ? $", database {Each(await DatabaseAsync() - spentByDatabase)}" : ""), "");
    }

    internal static async Task<IReadOnlyList<string>> AddRatersAsync(PortalOptions options, long studyId, int count)
    {
        await using var services = new ServiceCollection().AddLogging().AddPortal(options).BuildServiceProvider();
        var raters = services.GetRequiredService<RaterStore>();
        var tokens = new string[count];
        await Parallel.ForAsync(0, count, new ParallelOptions { MaxDegreeOfParallelism = 8 }, async (i, _) =>
        {
            var (id, token) = await raters.AddAsync("Firefox", CancellationToken.None);
            var session = await raters.ConsentAsync(id, studyId, CancellationToken.None);
            await raters.SetInstructedAsync(session.SessionId, CancellationToken.None);
            tokens[i] = token;
        });
        return tokens;
    }

    internal static string Quantiles(IEnumerable<double> all)
    {
        var seconds = all.Order().ToList();
        double At(double share) => 1_000 * seconds[Math.Min(seconds.Count - 1, (int)(share * seconds.Count))];
        return string.Create(CultureInfo.InvariantCulture, $"p50 {At(0.5):F1}, p95 {At(0.95):F1}, p99 {At(0.99):F1} ms of {seconds.Count}");
    }

    private static int Compressed(byte[] bytes)
    {
        using var to = new MemoryStream();
        using (var brotli = new BrotliStream(to, CompressionLevel.Optimal, leaveOpen: true))
            brotli.Write(bytes);
        return (int)to.Length;
    }

    internal static void Row(string what, string value, string goal) => Console.WriteLine($"{what,-52}{value,-56}{goal}");

    [GeneratedRegex("<script[^>]* src=\"([^\"]+)\"")]
    private static partial Regex ScriptAddress();

    [GeneratedRegex("^import .* from \"([^\"]+)\"", RegexOptions.Multiline)]
    private static partial Regex Import();
}
