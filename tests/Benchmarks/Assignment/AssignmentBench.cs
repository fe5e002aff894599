using System.Diagnostics;
using System.Globalization;
using PixelPost.EvalPortal.Assignment;
using PixelPost.EvalPortal.Database;
using PixelPost.EvalPortal.Rating;

namespace PixelPost.Benchmarks.Assignment;

/// <summary>What the next pair costs the server: the call that the browser's request makes, with its commit on disk.</summary>
internal static class AssignmentBench
{
    private const double GoalMs = 5;
    private const int Ahead = 6; // as the rater's page asks

    /// <summary>Measures and prints a table.</summary>
    /// <param name="items">Comparisons times axes.</param>
    /// <param name="connectionString">Of an empty PostgreSQL database; null for a new SQLite file.</param>
    public static async Task RunAsync(int items, string? connectionString)
    {
        var folder = Directory.CreateTempSubdirectory("pixelpost-bench-").FullName;
        try
        {
            using var db = connectionString is null ? Db.Sqlite(Path.Combine(folder, "bench.db")) : Db.Postgres(connectionString);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{db.Kind}, {items:N0} items, {LargeStudy.Votes} votes on each, {Environment.ProcessorCount} processors, .NET {Environment.Version}\n"));
            var clock = Stopwatch.StartNew();
            var study = await LargeStudy.AddAsync(db, items);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"Made in {clock.Elapsed.TotalSeconds:0} s.\n"));
            await using var writer = new DbWriter(db);
            await MeasureAsync(new Raters(db, writer, study));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task MeasureAsync(Raters raters)
    {
        Console.WriteLine("| the study | the rater | next pairs | median | p95 | goal | processor |\n|---|---|---:|---:|---:|---:|---:|");
        await raters.RateAsync(2, 200); // warms up
        Print("just begun", "has just come", await raters.RateAsync(100, 20));
        await raters.RateAsync(1, 1_000, stays: true);
        Print("just begun", "has given 1,000 answers", await raters.RateAsync(1, 200, stays: true));
        Print("just begun", "comes when 600 leases have ended", await raters.LapseAsync(20, 600 / Ahead));
        await raters.FillAsync();
        Print("one item in 1,000 left", "has just come", await raters.RateAsync(20, 20));
        Print("one item in 1,000 left", "has given 1,200 answers", await raters.RateAsync(1, 200, stays: true));
    }

    private static void Print(string study, string rater, List<Took> takes)
    {
        var milliseconds = takes.Select(take => take.Milliseconds).Order().ToList();
        var processor = takes.Average(take => take.ProcessorMilliseconds);
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"| {study} | {rater} | {milliseconds.Count:N0} | {milliseconds[milliseconds.Count / 2]:0.0} ms | {milliseconds[(int)(milliseconds.Count * 0.95)]:0.0} ms | {GoalMs} ms | {processor:0.0} ms |"));
    }

    /// <summary>What a take cost: by the clock on the wall, and on all processors together.</summary>
    private sealed record Took(double Milliseconds, double ProcessorMilliseconds);

    /// <summary>Raters of the study, one after another, so that only the server's own time is measured.</summary>
    private sealed class Raters(Db db, DbWriter writer, long studyId)
    {
        private readonly ShiftedClock _clock = new();
        private readonly Random _random = new(1);
        private RaterSession? _regular;

        private AssignmentStore Assignments => field ??= new AssignmentStore(db, writer, _clock);

        private VoteStore Votes => field ??= new VoteStore(db, writer, _clock);

        /// <summary>Lets raters answer one pair after another.</summary>
        /// <param name="stays">Whether it is the rater who came for this before.</param>
        /// <returns>What each next pair took; the first pairs of a rater are six and not counted.</returns>
        public async Task<List<Took>> RateAsync(int raters, int answers, bool stays = false)
        {
            var times = new List<Took>();
            for (var i = 0; i < raters; i++)
            {
                var session = stays ? _regular ??= await AddAsync() : await AddAsync();
                var turn = await Assignments.TakeAsync(session, Ahead, _random);
                for (var j = 0; j < answers; j++)
                {
                    await VoteAsync(session, turn.Pairs[0].AssignmentId);
                    (turn, var took) = await TakeAsync(session);
                    times.Add(took);
                    if (turn.Pairs.Count == 0)
                        throw new InvalidOperationException("There were no pairs left to give; the bench needs more items.");
                }
            }
            return times;
        }

        /// <summary>Times the rater who comes when many others have left their pairs unanswered.</summary>
        public async Task<List<Took>> LapseAsync(int rounds, int leave)
        {
            var times = new List<Took>();
            for (var i = 0; i < rounds; i++)
            {
                for (var j = 0; j < leave; j++)
                    await Assignments.TakeAsync(await AddAsync(), Ahead, _random);
                var session = await AddAsync();
                await Assignments.TakeAsync(session, Ahead - 1, _random);
                _clock.Advance(AssignmentStore.Lease);
                times.Add((await TakeAsync(session)).Took);
            }
            return times;
        }

        public Task FillAsync() => LargeStudy.FillAsync(db, studyId);

        private async Task<(RaterTurn Turn, Took Took)> TakeAsync(RaterSession session)
        {
            var (clock, processor) = (Stopwatch.StartNew(), Environment.CpuUsage.TotalTime);
            var turn = await Assignments.TakeAsync(session, Ahead, _random);
            return (turn, new Took(clock.Elapsed.TotalMilliseconds, (Environment.CpuUsage.TotalTime - processor).TotalMilliseconds));
        }

        private async Task<RaterSession> AddAsync()
        {
            var raters = new RaterStore(db, _clock);
            return await raters.ConsentAsync((await raters.AddAsync(null)).RaterId, studyId);
        }

        private async Task VoteAsync(RaterSession session, Guid assignmentId)
        {
            var now = _clock.GetUtcNow();
            var answer = await Votes.RecordAsync(session, Guid.CreateVersion7(), new VoteDraft
            {
                AssignmentId = assignmentId,
                Choice = Choice.Left,
                ResponseMs = 0,
                ShownAt = now,
                DecodedLeftAt = now,
                DecodedRightAt = now,
                VotedAt = now,
                AppVersion = "bench",
            });
            if (answer.AcceptedAt is null)
                throw new InvalidOperationException($"A vote was refused: {answer.Refusal}.");
        }
    }

    /// <summary>The system's clock, put forward.</summary>
    private sealed class ShiftedClock : TimeProvider
    {
        private TimeSpan _ahead;

        public void Advance(TimeSpan by) => _ahead += by;

        public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + _ahead;
    }
}
