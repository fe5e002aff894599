using System.Globalization;
using PixelPost.Training.Contracts;

namespace PixelPost.EvalPortal.TrainingJobs;

/// <summary>A model that a training job has left on its way.</summary>
/// <param name="Step">After how many optimizer steps.</param>
/// <param name="Bytes">Size of its files.</param>
/// <param name="MadeAt">When.</param>
public sealed record JobCheckpoint(int Step, long Bytes, DateTimeOffset MadeAt)
{
    /// <summary>The finished checkpoints of a job, in order.</summary>
    public static IReadOnlyList<JobCheckpoint> List(JobFolder folder) => !Directory.Exists(folder.Checkpoints) ? [] :
        [.. from checkpoint in new DirectoryInfo(folder.Checkpoints).EnumerateDirectories()
            let step = int.TryParse(checkpoint.Name, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : -1
            where step >= 0 // others are still being written
            orderby step
            select new JobCheckpoint(
                step,
                checkpoint.EnumerateFiles("*", SearchOption.AllDirectories).Sum(file => file.Length),
                new DateTimeOffset(checkpoint.LastWriteTimeUtc))];
}
