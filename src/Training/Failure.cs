using System.Runtime.InteropServices;
using System.Text.Json;
using PixelPost.Training.Contracts;
using PixelPost.Training.Native;

namespace PixelPost.Training;

/// <summary>What an exception means to the person who started the worker.</summary>
internal static class Failure
{
    private const int DiskFullOnUnix = 28, DiskFullOnWindows = unchecked((int)0x80070070);

    /// <summary>Exit code and one sentence: what is wrong and, where it is known, what to do.</summary>
    public static (WorkerExit Exit, string Sentence) Explain(Exception problem) => problem switch
    {
        OperationCanceledException => (WorkerExit.Cancelled, "Stopped as asked; the same command goes on where this run stopped."),
        BadJobException or UsageException or LibTorchException or JsonException or InvalidDataException => (WorkerExit.BadJob, problem.Message),
        _ when IsDiskFull(problem) => (WorkerExit.BadJob, $"The disk is full: {FirstLine(problem.Message)}. Free some space and start the job again; it goes on from its last checkpoint."),
        UnauthorizedAccessException => (WorkerExit.BadJob, $"{problem.Message} The worker's user needs to read and write the job's folder."),
        OutOfMemoryException or ExternalException when IsOutOfMemory(problem) => (WorkerExit.OutOfMemory,
            "Out of memory. Lower batch_size and raise accumulation by the same factor; if batch_size is 1 already, set gradient_checkpointing; then lora_rank (such as 8), with which no objective needs a second model; then optimizer adafactor, ema_half_life 0, and pixel_weight 0."),
        _ => (WorkerExit.Bug, $"The worker failed unexpectedly ({problem.GetType().Name}: {FirstLine(problem.Message)}); its log has the details."),
    };

    private static bool IsDiskFull(Exception problem) =>
        problem is IOException { HResult: DiskFullOnUnix or DiskFullOnWindows } || problem.Message.Contains("No space left on device", StringComparison.Ordinal);

    // libtorch has no type for it: "CUDA out of memory" and "DefaultCPUAllocator: can't allocate memory" arrive as text
    private static bool IsOutOfMemory(Exception problem) =>
        problem is OutOfMemoryException
        || problem.Message.Contains("out of memory", StringComparison.OrdinalIgnoreCase)
        || problem.Message.Contains("can't allocate memory", StringComparison.OrdinalIgnoreCase);

    private static string FirstLine(string text) => text.Trim().Split('\n')[0].TrimEnd('\r', '.');
}
