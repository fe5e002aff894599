using PixelPost.Benchmarks.Calibration;

const string Usage = """
    What the statistics promise and what they cost, measured. Needs -c Release to mean anything.

      calibration [--studies 2000]   coverage of every headline interval, false claims of every test, on simulated studies
    """;

switch (args)
{
    case ["calibration"]:
        CalibrationBench.Run(2_000);
        return 0;
    case ["calibration", "--studies", var number] when int.TryParse(number, out var studies) && studies > 0:
        CalibrationBench.Run(studies);
        return 0;
    default:
        Console.Error.WriteLine(Usage);
        return args is [] or ["--help"] ? 0 : 2;
}
