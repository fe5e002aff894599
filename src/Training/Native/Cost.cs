using System.Diagnostics;
using System.Globalization;

namespace PixelPost.Training.Native;

/// <summary>What a piece of work took.</summary>
/// <param name="PeakBytes">Memory of this process at its peak, above what was held before; null where the system does not tell it.</param>
/// <param name="Seconds">Time.</param>
internal sealed record Cost(long? PeakBytes, double Seconds)
{
    private const string Reset = "/proc/self/clear_refs", Status = "/proc/self/status";

    /// <summary>Does the work, with all freed memory given back first. Only Linux tells a process its peak.</summary>
    public static Cost Of(Action work)
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        LibTorch.GiveBackFreedMemory();
        var isTold = ResetPeak();
        var (before, clock) = (isTold ? Bytes("VmRSS:") : 0, Stopwatch.StartNew());
        work();
        var seconds = clock.Elapsed.TotalSeconds;
        return new Cost(isTold ? Bytes("VmHWM:") - before : null, seconds);
    }

    // the peak starts again from what is held now
    private static bool ResetPeak()
    {
        if (!File.Exists(Reset)) return false;
        try
        {
            File.WriteAllText(Reset, "5");
            return true;
        }
        catch (Exception forbidden) when (forbidden is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private static long Bytes(string key) =>
        long.Parse(File.ReadLines(Status).First(l => l.StartsWith(key, StringComparison.Ordinal)).Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) << 10;
}
