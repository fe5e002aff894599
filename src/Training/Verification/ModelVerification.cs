using System.Globalization;
using PixelPost.Training.Native;
using TorchSharp;
using static TorchSharp.torch;

namespace PixelPost.Training.Verification;

/// <summary>
/// Compares a model folder with what other software computed from it: every file in its <c>expected</c> folder belongs to the part of
/// the same name, or to the scheduler in the folder of the same name.
/// </summary>
public static class ModelVerification
{
    private static readonly Dictionary<string, Action<string, ExpectedValues, Device>> Checks = new(StringComparer.Ordinal)
    {
        ["unet"] = PartChecks.UNet,
        ["transformer"] = PartChecks.Transformer,
        ["vae"] = PartChecks.Autoencoder,
        ["text_encoder"] = PartChecks.TextEncoder,
        ["text_encoder_2"] = PartChecks.TextEncoderWithProjection,
        ["pipeline_ddim"] = PartChecks.DdimPipeline,
        ["sampling_ddim"] = PartChecks.DdimOfClasses,
        ["pipeline_dpmpp"] = PartChecks.PixArtPipeline,
    };

    /// <summary>Compares every file that there is a check for.</summary>
    /// <param name="folder">A model folder with <c>expected/*.safetensors</c>.</param>
    /// <param name="device">Where to compute; null for the CPU.</param>
    /// <returns>The files, by name; those without a check have compared nothing.</returns>
    /// <exception cref="BadJobException">There is nothing to compare with, or a part cannot be read.</exception>
    public static IReadOnlyList<ExpectedValues> Run(string folder, Device? device = null)
    {
        var expected = Path.Combine(folder, "expected");
        if (!Directory.Exists(expected) || Directory.GetFiles(expected, "*.safetensors") is not { Length: > 0 } paths)
            throw new BadJobException($"'{expected}' holds no *.safetensors with expected values.");
        return [.. paths.Order(StringComparer.Ordinal).Select(path => Check(folder, path, device ?? CPU))];
    }

    /// <summary>Prints the worst error of every tensor, then a line to sum up. A GPU multiplies float32 numbers exactly here, not as TF32.</summary>
    /// <returns>Whether all were within tolerance and there was something to compare.</returns>
    public static bool Print(string folder, TextWriter to)
    {
        var device = ComputeDevice.Choose();
        if (device.type == DeviceType.CUDA) ComputeDevice.AllowTf32(false);
        to.WriteLine($"Computed on {device}.");
        var files = Run(folder, device);
        foreach (var file in files)
        {
            to.WriteLine(file.Checks.Count == 0 ? $"\n{file.Name}: no check for it" : $"\n{file.Name}\n  largest difference  of allowed");
            foreach (var check in file.Checks)
                to.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {check.LargestDifference,18:E2}  {check.OfAllowed,10:F4}  {check.Name}{(check.Passed ? "" : "   TOO FAR")}"));
            if (file.NotCompared is { Count: > 0 } rest && file.Checks.Count > 0)
                to.WriteLine($"  not compared: {string.Join(", ", rest.Take(12))}{(rest.Count > 12 ? $" and {rest.Count - 12} more" : "")}");
        }

        var (all, failed) = (files.Sum(file => file.Checks.Count), files.Sum(file => file.Checks.Count(check => !check.Passed)));
        to.WriteLine($"\n{all - failed} of {all} tensors within tolerance.");
        return all > 0 && failed == 0;
    }

    private static ExpectedValues Check(string folder, string path, Device device)
    {
        using var scope = NewDisposeScope();
        var file = new ExpectedValues(path, device);
        var name = Path.GetFileNameWithoutExtension(path);
        if (Checks.TryGetValue(name, out var check)) check(folder, file, device);
        else if (SamplerCheck.IsScheduler(Path.Combine(folder, name))) SamplerCheck.Run(Path.Combine(folder, name), file);
        return file;
    }
}
