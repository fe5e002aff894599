using System.Security.Cryptography;
using PixelPost.Training.Contracts;
using PixelPost.Training.Data;
using PixelPost.Training.Metrics;
using static TorchSharp.torch;

namespace PixelPost.Training.Ablation;

/// <summary>One line of <c>flaws.jsonl</c>: a drawn image and how flawed it was found.</summary>
internal sealed record FlawLine
{
    public required string Prompt { get; init; }
    public required long Seed { get; init; }
    public required string Sha256 { get; init; }
    public required double PixelError { get; init; }
    public required double HighFrequencyError { get; init; }
    public required double Flaw { get; init; }
}

/// <summary><c>about.json</c>: whence the pairs are.</summary>
internal sealed record PreferenceSource
{
    /// <summary>Said so that nobody takes the pairs for people's.</summary>
    public string Preference { get; init; } = "automatic, by a formula; no person has judged these images";

    public string Flaw { get; init; } = AutomaticPreferences.Formula;
    public required string ModelSha256 { get; init; }
    public required int Prompts { get; init; }
    public required int ImagesPerPrompt { get; init; }
    public required int Pairs { get; init; }
    public required string PreferencesSha256 { get; init; }
    public required string CaptionsSha256 { get; init; }
}

/// <summary>
/// The frozen set every method of the ablation learns from. An untrained model draws a few images of every training caption; the
/// picture of that caption says how flawed each is; the least flawed is the chosen and the most flawed the rejected image of a pair. No person
/// has a part in it. For SFT the pictures themselves are in the same folder.
/// </summary>
internal static class AutomaticPreferences
{
    /// <summary>How flaws are measured, in words.</summary>
    public const string Formula =
        "e / mean(e) + h / mean(h), means over the images of the prompt; e: root mean squared difference of 8-bit RGB pixels from the picture of the caption; h: root mean squared difference of the two radial log power spectra of brightness over the finer half, in dB";

    private const long FirstSeed = 1_000_000; // far from those that are measured with

    /// <summary>Makes the set in <paramref name="root"/><c>/data</c>, unless it is there.</summary>
    /// <param name="root">Folder of the network.</param>
    /// <param name="model">Model folder.</param>
    /// <param name="pictures">Pictures to train on, [N, 3, H, W] bytes.</param>
    /// <param name="captions">Their captions.</param>
    /// <param name="settings">How many to draw and how.</param>
    /// <returns>The folder.</returns>
    public static JobFolder Make(string root, string model, Tensor pictures, IReadOnlyList<string> captions, AblationSettings settings)
    {
        var data = new JobFolder(Path.Combine(root, "data"));
        if (Directory.Exists(data.Root)) return data;
        var drawn = new JobFolder(Path.Combine(root, "drawn"));
        var prompts = captions.SelectMany((caption, i) => Enumerable.Range(0, settings.ImagesPerPrompt)
            .Select(j => new PromptLine { PromptId = $"{i}", Prompt = caption, Seed = FirstSeed + i * settings.ImagesPerPrompt + j }));
        Console.WriteLine($"Drawing {captions.Count * settings.ImagesPerPrompt} images for the preference set; {drawn.Status} says how far it is.");
        var images = JobRun.Draw(drawn, model, settings, prompts);

        var making = new JobFolder(data.Root + ".tmp");
        if (Directory.Exists(making.Root)) Directory.Delete(making.Root, recursive: true);
        Directory.CreateDirectory(making.Images);
        var (pairs, flaws) = (new List<PreferencePair>(), new List<FlawLine>());
        for (var i = 0; i < captions.Count; i++)
        {
            var some = images.Skip(i * settings.ImagesPerPrompt).Take(settings.ImagesPerPrompt).ToList();
            var scored = Score(drawn, some, pictures[i]);
            flaws.AddRange(scored);
            if (Pair(i, captions[i], drawn, making, some, scored) is { } pair) pairs.Add(pair);
        }
        if (pairs.Count == 0) throw new BadJobException($"The model in '{model}' draws the same image from every seed: no pair can be made.");
        Lines.Write(making.Preferences, pairs);
        Lines.Write(Path.Combine(making.Root, "flaws.jsonl"), flaws);
        Lines.Write(making.Captions, captions.Select((caption, i) => Real(making, i, caption, pictures[i])));
        ContractJson.WriteFile(Path.Combine(making.Root, "about.json"), new PreferenceSource
        {
            ModelSha256 = ModelFolder.Sha256(model),
            Prompts = captions.Count,
            ImagesPerPrompt = settings.ImagesPerPrompt,
            Pairs = pairs.Count,
            PreferencesSha256 = Sha256(making.Preferences),
            CaptionsSha256 = Sha256(making.Captions),
        });
        Directory.Move(making.Root, data.Root);
        return data;
    }

    /// <summary>Writes what an objective learns from into a job's folder; the images stay where they are.</summary>
    public static void Copy(JobFolder data, JobFolder job, Objective objective)
    {
        string There(string image) => Path.GetRelativePath(job.Root, Path.Combine(data.Root, image)).Replace('\\', '/');
        if (objective == Objective.Sft) Lines.Write(job.Captions, ContractJson.ReadLines<CaptionedImage>(data.Captions).Select(l => l.Value with { Image = There(l.Value.Image) }));
        else Lines.Write(job.Preferences, ContractJson.ReadLines<PreferencePair>(data.Preferences).Select(l => l.Value with { Chosen = There(l.Value.Chosen), Rejected = There(l.Value.Rejected) }));
    }

    /// <summary>Flaws of a prompt's images: <see cref="Formula"/>.</summary>
    /// <param name="images">[n, 3, H, W] bytes.</param>
    /// <param name="picture">[3, H, W] bytes.</param>
    /// <returns>Pixel error, high-frequency error and flaw of each, [n] float64.</returns>
    internal static (Tensor Pixel, Tensor HighFrequency, Tensor Flaw) Flaws(Tensor images, Tensor picture)
    {
        using var scope = NewDisposeScope();
        var original = picture.unsqueeze(0);
        var pixel = (images.to(ScalarType.Float64) - original.to(ScalarType.Float64)).square().mean([1, 2, 3]).sqrt();
        var fine = PowerSpectrum.HighFrequencyDistance(PowerSpectrum.Profiles(images), PowerSpectrum.Profiles(original));
        return (pixel.MoveToOuterDisposeScope(), fine.MoveToOuterDisposeScope(), (Relative(pixel) + Relative(fine)).MoveToOuterDisposeScope());
    }

    // errors that are all 0 tell nothing apart
    private static Tensor Relative(Tensor errors) => errors / errors.mean().clamp(min: 1e-12);

    private static List<FlawLine> Score(JobFolder drawn, List<SampleLine> images, Tensor picture)
    {
        using var scope = NewDisposeScope();
        var bytes = stack(images.Select(i => Pictures.ReadBytes(Path.Combine(drawn.Root, i.Image), (int)picture.shape[1])).ToArray());
        var (pixel, fine, flaw) = Flaws(bytes, picture);
        return [.. images.Select((image, i) => new FlawLine
        {
            Prompt = image.Prompt,
            Seed = image.Seed,
            Sha256 = image.Sha256,
            PixelError = pixel[i].item<double>(),
            HighFrequencyError = fine[i].item<double>(),
            Flaw = flaw[i].item<double>(),
        })];
    }

    /// <summary>Null where all images of a prompt are the same.</summary>
    private static PreferencePair? Pair(int index, string prompt, JobFolder drawn, JobFolder making, List<SampleLine> images, List<FlawLine> flaws)
    {
        var ranked = images.Zip(flaws).OrderBy(p => p.Second.Flaw).Select(p => p.First).ToList();
        var (best, worst) = (ranked[0], ranked[^1]);
        if (best.Sha256 == worst.Sha256) return null;
        var name = FormattableString.Invariant($"{index:D4}");
        string Keep(SampleLine image, string role)
        {
            var path = $"images/{name}-{role}.png";
            File.Copy(Path.Combine(drawn.Root, image.Image), Path.Combine(making.Root, path));
            return path;
        }
        return new PreferencePair
        {
            PairId = $"automatic-{name}",
            Prompt = prompt,
            Chosen = Keep(best, "chosen"),
            ChosenSha256 = best.Sha256,
            Rejected = Keep(worst, "rejected"),
            RejectedSha256 = worst.Sha256,
        };
    }

    private static CaptionedImage Real(JobFolder making, int index, string caption, Tensor picture)
    {
        var path = FormattableString.Invariant($"images/{index:D4}-real.png");
        Pictures.WritePng(Path.Combine(making.Root, path), picture);
        return new CaptionedImage { Image = path, Sha256 = Sha256(Path.Combine(making.Root, path)), Caption = caption };
    }

    private static string Sha256(string path)
    {
        using var stream = File.OpenRead(path);
        return Convert.ToHexStringLower(SHA256.HashData(stream));
    }
}
