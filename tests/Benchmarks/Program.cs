using PixelPost.Benchmarks.Assignment;
using PixelPost.Benchmarks.Calibration;
using PixelPost.Benchmarks.Exports;
using PixelPost.Benchmarks.Material;
using PixelPost.Benchmarks.Portal;
using PixelPost.Benchmarks.Speed;
using PixelPost.Benchmarks.Votes;
using PixelPost.EvalPortal.Database;

const string Usage = """
    What is promised and what it costs, measured. Needs -c Release to mean anything.

      calibration [--studies 2000]   coverage of every headline interval, false claims of every test, on simulated studies
      stats [--peers]                what each estimate costs on large studies; with --peers beside R, numpy, scipy and statsmodels
      chaos [--votes 100000] [--database sqlite|postgres] [--raters 100] [--kills 5]
                                     raters vote over connections that lose, repeat and reorder, while the portal is killed: is every vote
                                     there once and as it was meant?
      rating [--database sqlite|postgres]
                                     latency with 500 raters, votes a second, memory of a rater, size of the page's script
      paint                          in Chromium: from a key press to the next pair on the screen, first paint of the rater's page, its
                                     bytes of script and requests to other hosts
      assignment [--items 1000000] [--database sqlite|postgres]
                                     what the next pair costs in a large study; postgres needs an empty database, whose
                                     connection string PIXELPOST_BENCH_POSTGRES holds
      portal [--votes 1000000]       what a researcher waits for in a study with very many votes: results, slices, lists of votes, a page left open
                                     while a vote comes in; memory of the portal
      pages                          in Chromium: how long until each page of the demonstration does what is clicked
      export [--votes 1000000]       every vote of a large study as CSV, JSON lines and Parquet
      import [--rows 100000]         bringing in images: a long manifest without opening an image, then images down to the pixels
    """;

switch (args)
{
    case ["calibration"]:
        CalibrationBench.Run(2_000);
        return 0;
    case ["calibration", "--studies", var number] when int.TryParse(number, out var studies) && studies > 0:
        CalibrationBench.Run(studies);
        return 0;
    case ["stats"]:
        SpeedBench.Run(peers: false);
        return 0;
    case ["stats", "--peers"]:
        SpeedBench.Run(peers: true);
        return 0;
    case ["chaos", .. var options] when ChaosBench.Read(options) is { } settings:
        return await ChaosBench.RunAsync(settings);
    case ["rating"] or ["rating", "--database", "sqlite"]:
        return await RatingBench.RunAsync(DatabaseKind.Sqlite);
    case ["rating", "--database", "postgres"]:
        return await RatingBench.RunAsync(DatabaseKind.Postgres);
    case ["paint"]:
        return await PaintBench.RunAsync();
    case ["assignment", .. var rest] when Options.TryRead(rest, out var options):
        await AssignmentBench.RunAsync(options.Items, options.ConnectionString);
        return 0;
    case ["portal"]:
        return await PortalBench.RunAsync(1_000_000);
    case ["portal", "--votes", var number] when int.TryParse(number, out var votes) && votes >= 20_000:
        return await PortalBench.RunAsync(votes);
    case ["pages"]:
        await PagesBench.RunAsync();
        return 0;
    case ["export"]:
        await ExportBench.RunAsync(1_000_000);
        return 0;
    case ["export", "--votes", var number] when int.TryParse(number, out var votes) && votes >= 10:
        await ExportBench.RunAsync(votes);
        return 0;
    case ["import"]:
        await ImportBench.RunAsync(100_000);
        return 0;
    case ["import", "--rows", var number] when int.TryParse(number, out var rows) && rows >= 4:
        await ImportBench.RunAsync(rows);
        return 0;
    default:
        Console.Error.WriteLine(Usage);
        return args is [] or ["--help"] ? 0 : 2;
}
