using System.Diagnostics;
using TorchSharp;
using static TorchSharp.torch;

namespace PixelPost.Training.Bench;

/// <summary>What some work took.</summary>
/// <param name="Wall">Seconds by the clock.</param>
/// <param name="Processor">Seconds of all threads, in user and system mode: the part that other programs on the machine change little.</param>
internal readonly record struct Timing(double Wall, double Processor)
{
    /// <summary>Does the work and measures it, to the end of what it left running.</summary>
    public static Timing Of(Device device, Action work)
    {
        Await(device);
        var (clock, before) = (Stopwatch.StartNew(), Environment.CpuUsage.TotalTime);
        work();
        Await(device);
        return new(clock.Elapsed.TotalSeconds, (Environment.CpuUsage.TotalTime - before).TotalSeconds);
    }

    /// <summary>A GPU is given work and does it later.</summary>
    private static void Await(Device device)
    {
        if (device.type == DeviceType.CUDA) cuda.synchronize(device);
    }

    /// <summary>The median of each.</summary>
    public static Timing Median(IReadOnlyCollection<Timing> costs) => new(Median(costs.Select(c => c.Wall)), Median(costs.Select(c => c.Processor)));

    /// <summary>The median of the ratios round by round: what slows a whole round down falls out.</summary>
    /// <param name="costs">By round.</param>
    /// <param name="to">What they are compared with, of the same rounds.</param>
    public static Timing Ratio(IEnumerable<Timing> costs, IEnumerable<Timing> to) =>
        Median(costs.Zip(to, (a, b) => new Timing(a.Wall / b.Wall, a.Processor / b.Processor)).ToList());

    private static double Median(IEnumerable<double> values)
    {
        var sorted = values.Order().ToList();
        return (sorted[(sorted.Count - 1) / 2] + sorted[sorted.Count / 2]) / 2;
    }
}
