using PixelPost.Training.Data;
using PixelPost.Training.Native;
using PixelPost.Training.Pretraining;
using static TorchSharp.torch;

namespace PixelPost.Training.Bench;

/// <summary>Settings of <c>bench quality</c>.</summary>
public sealed record QualitySettings
{
    /// <summary>Captions to draw, evenly spread over the set.</summary>
    public int Captions { get; init; } = 200;

    /// <summary>The right picture has to be among this many nearest ones.</summary>
    public int Nearest { get; init; } = 5;

    /// <summary>DDIM steps.</summary>
    public int InferenceSteps { get; init; } = 30;

    /// <summary>Classifier-free guidance scale.</summary>
    public double GuidanceScale { get; init; } = 3.0;

    /// <summary>Images generated at once.</summary>
    public int BatchSize { get; init; } = 20;
}

/// <summary>
/// What a small model trained on a known set is worth: how well its autoencoder rebuilds pictures it was not trained on, and how often
/// the picture it draws for a caption is nearer to that caption's picture than to nearly all others.
/// </summary>
public static class QualityBench
{
    private const int SheetColumns = 8, SheetSize = 64;

    /// <summary>Measures and prints a table; writes a sheet of samples.</summary>
    /// <param name="pictures">The set the model was trained on.</param>
    /// <param name="modelFolder">The model.</param>
    /// <param name="sheet">PNG file to write.</param>
    /// <param name="settings">How to measure.</param>
    public static void Run(IReadOnlyList<CaptionedPicture> pictures, string modelFolder, string sheet, QualitySettings settings)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        using var model = TextToImageModel.Load(modelFolder, ComputeDevice.Choose());

        using var heldOut = AutoencoderPretraining.Load(pictures.Where(p => p.HeldOut), model.ImageSize);
        var psnr = AutoencoderPretraining.HeldOutPsnr(model.Vae, heldOut);

        var rows = Spread(pictures.Count, Math.Min(settings.Captions, pictures.Count));
        var images = Draw(model, rows.Select(r => pictures[r].Caption).ToList(), settings);
        var spread = Spread(rows.Count, Math.Min(SheetSize, rows.Count)).Select(i => (long)i).ToArray();
        Pictures.WriteSheet(sheet, images.index_select(0, tensor(spread)), SheetColumns);
        using var all = AutoencoderPretraining.Load(pictures, model.ImageSize);
        var ranks = Ranks(images, all, rows);

        Console.WriteLine(FormattableString.Invariant($"""

            {modelFolder}, {model.ImageSize} px, {settings.InferenceSteps} DDIM steps, guidance {settings.GuidanceScale}

            {$"reconstruction PSNR, {heldOut.shape[0]} held-out pictures",-50}{psnr,8:F2} dB
            {$"right picture among the {settings.Nearest} nearest of {all.shape[0]}",-50}{Share(ranks, settings.Nearest),8:P1} ({ranks.Count(r => r <= settings.Nearest)} of {ranks.Count} captions)
            {$"right picture the nearest of {all.shape[0]}",-50}{Share(ranks, 1),8:P1}
            {"median rank of the right picture",-50}{ranks.Order().ElementAt(ranks.Count / 2),8}

            PSNR: mean over pictures, on 8-bit RGB. Nearest: mean squared difference of 8-bit RGB pixels between the
            drawn and each original picture of the set, at {model.ImageSize} px. Sheet: {sheet}
            """));
    }

    /// <summary><paramref name="count"/> indices below <paramref name="all"/>, evenly spread from 0.</summary>
    internal static List<int> Spread(int all, int count) => [.. Enumerable.Range(0, count).Select(i => (int)((long)i * all / count))];

    /// <summary>Place of the right picture when all are ordered by mean squared difference from the drawn one; 1 is the nearest.</summary>
    /// <param name="images">[M, 3, H, W] bytes, drawn.</param>
    /// <param name="all">[N, 3, H, W] bytes, the set.</param>
    /// <param name="rows">For each drawn image the index of the right picture.</param>
    internal static List<int> Ranks(Tensor images, Tensor all, IReadOnlyList<int> rows)
    {
        using var scope = NewDisposeScope();
        var drawn = Pictures.ToUnit(images).flatten(1);                                                    // [M, D]
        var distances = cat(all.split(256).Select(some =>
        {
            using var inner = NewDisposeScope();
            var originals = Pictures.ToUnit(some).flatten(1);                                               // [n, D]
            // |a - b|² = |a|² + |b|² - 2 a·b, of which |a|² is the same for a whole row
            return (originals.square().sum(1).unsqueeze(0) - 2 * mm(drawn, originals.t())).MoveToOuterDisposeScope();
        }).ToArray(), 1);                                                                                   // [M, N]
        var right = distances.gather(1, tensor(rows.Select(r => (long)r).ToArray()).unsqueeze(1));
        return [.. (distances < right).sum(1).data<long>().Select(nearer => (int)nearer + 1)];
    }

    private static Tensor Draw(TextToImageModel model, List<string> captions, QualitySettings settings)
    {
        using var scope = NewDisposeScope();
        var unconditional = model.Prompts.Unconditional();
        var parts = new List<Tensor>();
        for (var start = 0; start < captions.Count; start += settings.BatchSize)
        {
            var some = captions.Skip(start).Take(settings.BatchSize).ToList();
            var seeds = Enumerable.Range(start, some.Count).Select(i => (long)i).ToList();
            parts.Add(Sampling.Generate(model, model.Prompts.Encode(some), unconditional, seeds, settings.InferenceSteps, settings.GuidanceScale));
            Console.WriteLine($"{start + some.Count} of {captions.Count} images");
        }
        return cat(parts).MoveToOuterDisposeScope();
    }

    private static double Share(List<int> ranks, int nearest) => ranks.Count(r => r <= nearest) / (double)ranks.Count;
}
