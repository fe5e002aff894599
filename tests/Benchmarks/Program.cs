using PixelPost.Benchmarks.Assignment;
using PixelPost.Benchmarks.Calibration;
using PixelPost.Benchmarks.Speed;

const string Usage = """
    What the statistics and the portal promise and what they cost, measured. Needs -c Release to mean anything.

      calibration [--studies 2000]   coverage of every headline interval, false claims of every test, on simulated studies
      stats [--peers]                what each estimate costs on large studies; with --peers beside R, numpy, scipy and statsmodels
      assignment [--items 1000000] [--database sqlite|postgres]
                                     what the next pair costs in a large study; postgres needs an empty database, whose
                                     connection string PIXELPOST_BENCH_POSTGRES holds
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
    case ["assignment", .. var rest] when Options.TryRead(rest, out var options):
        await AssignmentBench.RunAsync(options.Items, options.ConnectionString);
        return 0;
    default:
        Console.Error.WriteLine(Usage);
        return args is [] or ["--help"] ? 0 : 2;
}
