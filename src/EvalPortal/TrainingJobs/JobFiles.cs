using PixelPost.Training.Contracts;

namespace PixelPost.EvalPortal.TrainingJobs;

/// <summary>What the worker says through a job's folder.</summary>
public static class JobFiles
{
    /// <summary>Where the worker is; null before it has said so.</summary>
    public static JobStatus? ReadStatus(this JobFolder folder) =>
        File.Exists(folder.Status) ? ContractJson.ReadFile<JobStatus>(folder.Status) : null;

    /// <summary>What it runs with; null until it has loaded everything.</summary>
    public static JobOptions? ReadOptions(this JobFolder folder) =>
        File.Exists(folder.Options) ? ContractJson.ReadFile<JobOptions>(folder.Options) : null;

    /// <summary>What it made; null until it is done.</summary>
    public static JobResult? ReadResult(this JobFolder folder) =>
        File.Exists(folder.Result) ? ContractJson.ReadFile<JobResult>(folder.Result) : null;

    /// <summary>What its preview images are drawn from, in their order.</summary>
    public static IReadOnlyList<string> ReadPreviewPrompts(this JobFolder folder) =>
        File.Exists(folder.PreviewPrompts) ? [.. ContractJson.ReadLines<PromptLine>(folder.PreviewPrompts).Select(line => line.Value.Prompt)] : [];

    /// <summary>The last lines of its log.</summary>
    public static IReadOnlyList<string> ReadLogTail(this JobFolder folder, int lines)
    {
        if (!File.Exists(folder.Log))
            return [];
        using var stream = new FileStream(folder.Log, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        stream.Seek(-Math.Min(stream.Length, lines * 400L), SeekOrigin.End); // a line has rarely more than 400 bytes
        using var reader = new StreamReader(stream);
        return [.. reader.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries).TakeLast(lines)];
    }
}
