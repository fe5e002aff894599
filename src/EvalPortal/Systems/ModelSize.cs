using PixelPost.Training.Contracts;

namespace PixelPost.EvalPortal.Systems;

/// <summary>What a model's folder holds.</summary>
/// <param name="Bytes">All of it.</param>
/// <param name="TrainedBytes">The weights of the part that is trained: U-Net or transformer.</param>
/// <param name="HasPixelDecoder">Whether a small decoder lies there, which can stand in in training (<see cref="ModelFolder.PixelDecoder"/>).</param>
public sealed record ModelSize(long Bytes, long TrainedBytes, bool HasPixelDecoder = false)
{
    /// <summary>Measures a folder; null when there is none.</summary>
    public static ModelSize? Of(string folder)
    {
        if (!Directory.Exists(folder))
            return null;
        var files = new DirectoryInfo(folder).EnumerateFiles("*", SearchOption.AllDirectories).ToList();
        return new ModelSize(
            files.Sum(file => file.Length),
            files.Where(file => file.Directory!.Name is "unet" or "transformer" && file.Extension == ".safetensors").Sum(file => file.Length),
            Directory.Exists(Path.Combine(folder, ModelFolder.PixelDecoder)));
    }
}
