using System.Globalization;
using PixelPost.Training.Contracts;

namespace PixelPost.EvalPortal.TrainingJobs;

/// <summary>Images that a training job has drawn on its way, of the same prompts and noise every time.</summary>
/// <param name="Step">After how many optimizer steps.</param>
/// <param name="Images">Names of the image files in <see cref="JobFolder.Preview"/>, in the order of the prompts.</param>
public sealed record JobPreview(int Step, IReadOnlyList<string> Images)
{
    /// <summary>The finished previews of a job, in order.</summary>
    public static IReadOnlyList<JobPreview> List(JobFolder folder) => !Directory.Exists(folder.Samples) ? [] :
        [.. from preview in new DirectoryInfo(folder.Samples).EnumerateDirectories()
            let step = int.TryParse(preview.Name, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : -1
            where step >= 0 // others are still being drawn
            orderby step
            select new JobPreview(step, [.. preview.EnumerateFiles("*.png").Select(file => file.Name).Order(StringComparer.Ordinal)])];
}
