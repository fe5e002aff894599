using System.Globalization;
using PixelPost.Training.Weights;

namespace PixelPost.Training;

/// <summary>Makes a model of its own out of a model and a LoRA.</summary>
public static class LoraMerge
{
    /// <summary>Writes the model with the LoRA in its denoiser's weights; everything else stays as it is.</summary>
    /// <param name="modelFolder">The model.</param>
    /// <param name="lora">See <see cref="LoraFile.Read"/>.</param>
    /// <param name="output">Folder of the new model; must not exist.</param>
    /// <param name="scale">How much of the LoRA, a number.</param>
    /// <exception cref="BadJobException">The LoRA does not fit, the scale is no number, or there is something in the way.</exception>
    public static void Run(string modelFolder, string lora, string output, string scale)
    {
        if (!double.TryParse(scale, CultureInfo.InvariantCulture, out var factor) || !double.IsFinite(factor))
            throw new BadJobException($"--scale is '{scale}'; it must be a number, such as 0.8.");
        if (Directory.Exists(output) || File.Exists(output))
            throw new BadJobException($"'{output}' is there already; name a folder that is not.");
        using var model = TextToImageModel.Load(modelFolder);
        var file = LoraFile.Read(lora);
        file.MergeInto(model.Denoiser, factor);
        model.SaveWith(output, WeightLoader.Collect(model.Denoiser));
        Console.WriteLine($"{file.Pairs.Count} weights changed; the new model is in {output}.");
    }
}
