using System.Text.Json;
using PixelPost.Training.Ablation;
using PixelPost.Training.Contracts;
using PixelPost.Training.Data;
using static TorchSharp.torch;

namespace PixelPost.Training.Tests;

public sealed class AblationTests : IDisposable
{
    private readonly TinyJob _jobs = new();
    private readonly string _root = Directory.CreateTempSubdirectory("pixelpost-ablate-").FullName;

    [Fact]
    public async Task Ablate_StoppedAndRunAgain_GivesWhatAnUninterruptedRunGives()
    {
        var data = EmojiFolder();
        var (whole, parts) = (Path.Combine(_root, "whole"), Path.Combine(_root, "parts"));
        var second = new JobFolder(Path.Combine(parts, "model", "simpo-both-seed1"));

        Assert.Equal(WorkerExit.Done, Ablate(data, whole).Exit);
        var stopping = Task.Run(() => CancelOnceTraining(second));
        Assert.Equal(WorkerExit.Cancelled, Ablate(data, parts).Exit);
        await stopping;
        Assert.Equal([CellResult.Real, "sft-latent"], Results(parts).Select(r => r.Method));
        var trained = TinyJob.Metrics(second)[^1].Step;
        Assert.InRange(trained, 1, 99);
        File.Delete(second.Cancel);
        Assert.Equal(WorkerExit.Done, Ablate(data, parts).Exit);

        Assert.Equal([CellResult.Real, "sft-latent", "simpo-both"], Results(parts).Select(r => r.Method));
        Assert.Equal(Results(whole).Select(r => (r.Method, r.Seed, r.ModelSha256, r.Measures)), Results(parts).Select(r => (r.Method, r.Seed, r.ModelSha256, r.Measures)));
        Assert.False(Directory.Exists(second.Checkpoints));
        Assert.Equal(3 * TinyModel.ImageSize, SheetHeight(Path.Combine(parts, "model.png")));
        var table = File.ReadAllText(Path.Combine(parts, "ablation.md"));
        Assert.All(["### model", "| real pictures", "| `sft-latent`: SFT, Eq. 1 |", "| `simpo-both`: SimPO, Eq. 5 + μ Eq. 6, weight 8 |"], row => Assert.Contains(row, table, StringComparison.Ordinal));

        // done is done; other settings are refused, more seeds are not
        var before = File.ReadAllText(Path.Combine(parts, "results.jsonl"));
        Assert.Equal(WorkerExit.Done, Ablate(data, parts).Exit);
        Assert.Equal(before, File.ReadAllText(Path.Combine(parts, "results.jsonl")));
        Assert.Contains("was begun otherwise", Ablate(data, parts, "--guidance-scale", "2").Error, StringComparison.Ordinal);
        Assert.Equal(WorkerExit.Done, Ablate(data, parts, "--seeds", "2").Exit);
        Assert.Equal(5, Results(parts).Count);
        Assert.Contains(" ± ", File.ReadAllText(Path.Combine(parts, "ablation.md")), StringComparison.Ordinal);
        AssertPreferences(new JobFolder(Path.Combine(parts, "model", "data")), data);
    }

    [Theory]
    [InlineData("--methods", "sft-latnet", "'sft-latnet', which is not known; did you mean 'sft-latent'?")]
    [InlineData("--images-per-prompt", "1", "--images-per-prompt is 1; it must be 2 or more.")]
    [InlineData("--seeds", "32", "--seeds is 32; it must be 1 to 31.")]
    public void Ablate_WrongSettings_SaysWhatWouldBeRight(string option, string value, string sentence)
    {
        var (exit, error) = Ablate(EmojiFolder(), Path.Combine(_root, "out"), option, value);

        Assert.Equal(WorkerExit.BadJob, exit);
        Assert.Contains(sentence, error, StringComparison.Ordinal);
    }

    [Fact]
    public void Methods_All_AreDistinctUsableAndComparedWithMethodsThatAreThere()
    {
        var methods = Method.All(new AblationSettings());

        Assert.Equal(methods.Count, methods.DistinctBy(m => m.Name).Count());
        Assert.Equal(methods.Count, methods.DistinctBy(m => m.Training).Count());
        Assert.All(methods, m => Assert.Empty(m.Training?.Faults() ?? []));
        Assert.All(methods, m => Assert.True(m.Baseline is null || methods.Any(b => b.Name == m.Baseline)));
        Assert.Equal([0.5, 2, 32], methods.Where(m => m.Name.StartsWith("simpo-both-", StringComparison.Ordinal) && m.Training!.PixelEvery == 1).Select(m => m.Training!.PixelWeight));
    }

    [Fact]
    public void Methods_WithADecoder_HaveItStandInWhereTheLinearMapDid()
    {
        var methods = Method.All(new AblationSettings { BudgetDecoder = "small/vae" });

        Assert.Equal(3, methods.Count(m => m.Training?.PixelDecoder == Path.GetFullPath("small/vae") && m.Training.PixelControlVariate == PixelControlVariate.Decoder));
        Assert.All(methods, m => Assert.Empty(m.Training?.Faults() ?? []));
        Assert.DoesNotContain(methods, m => m.Formula.Contains("linear map", StringComparison.Ordinal));
    }

    [Fact]
    public void Flaws_BlurredNoisyAndAnotherPicture_AreWorseThanThePictureItself()
    {
        using var scope = NewDisposeScope();
        var picture = Golden.Read("metrics", "metrics.safetensors")["in.originals"][0];
        var noisy = (picture.to(ScalarType.Float32) + 20 * randn(picture.shape)).clamp(0, 255).to(ScalarType.Byte);
        var blurred = nn.functional.interpolate(nn.functional.avg_pool2d(picture.unsqueeze(0).to(ScalarType.Float32), 4), scale_factor: [4, 4])[0].to(ScalarType.Byte);

        var (pixel, fine, flaw) = AutomaticPreferences.Flaws(stack([picture, noisy, blurred]), picture);

        Assert.Equal(0, flaw[0].item<double>(), 1e-12);
        Assert.True(flaw[1].item<double>() > 0 && flaw[2].item<double>() > 0);
        Assert.Equal(6, flaw.sum().item<double>(), 1e-9); // each part is divided by its mean over the three
        Assert.Equal(flaw[1].item<double>(), (pixel[1] / pixel.mean() + fine[1] / fine.mean()).item<double>(), 1e-9);
    }

    [Fact]
    public void Markdown_ThreeSeeds_HasEveryMethodWithMeansAndIntervals()
    {
        var methods = Method.All(new AblationSettings());
        var results = methods.SelectMany((m, i) => new[] { 1, 2, 3 }.Select(seed => Result(m.Name, seed, i + seed))).ToList();

        var table = AblationTable.Markdown(results, methods);

        Assert.All(methods, m => Assert.Contains($"| `{m.Name}`: {m.Formula} |", table, StringComparison.Ordinal));
        Assert.Contains("| `base`: the model as it is | 2000.00 ± 2484.34 | 2.00 ± 2.48 |", table, StringComparison.Ordinal); // 1, 2, 3: 4.303 · 1 / √3
        Assert.Contains("| `sft-latent` − `base` | +1000.00 ± 0.00 |", table, StringComparison.Ordinal);
        Assert.Equal(methods.Count(m => m.Baseline is not null), table.Split('\n').Count(line => line.Contains("` − `", StringComparison.Ordinal)));
    }

    [Fact]
    public void ResultsFile_LastLineCutOff_IsDroppedAndTheRestKept()
    {
        var path = Path.Combine(_root, "results.jsonl");
        var file = new ResultsFile(path);
        file.Add(Result("base", 1, 1));
        file.Add(Result("base", 2, 2));
        File.WriteAllText(path, File.ReadAllText(path)[..^20]);

        Assert.Equal([1], new ResultsFile(path).All.Select(r => r.Seed));
        new ResultsFile(path).Add(Result("base", 3, 3));
        Assert.Equal([1, 3], new ResultsFile(path).All.Select(r => r.Seed));
    }

    public void Dispose()
    {
        _jobs.Dispose();
        Directory.Delete(_root, recursive: true);
    }

    private (WorkerExit Exit, string Error) Ablate(string data, string output, params string[] others)
    {
        var settings = new Dictionary<string, string>
        {
            ["--model"] = _jobs.Model,
            ["--data"] = data,
            ["--out"] = output,
            ["--methods"] = "sft-latent,simpo-both",
            ["--seeds"] = "1",
            ["--steps"] = "100",
            ["--batch-size"] = "2",
            ["--training-prompts"] = "4",
            ["--images-per-prompt"] = "3",
            ["--held-out-prompts"] = "3",
            ["--inference-steps"] = "2",
        };
        foreach (var pair in others.Chunk(2)) settings[pair[0]] = pair[1];
        return TinyJob.Run(["ablate", .. settings.SelectMany(s => new[] { s.Key, s.Value })]);
    }

    private static void CancelOnceTraining(JobFolder job)
    {
        while (!File.Exists(job.Metrics)) Thread.Sleep(1);
        File.WriteAllText(job.Cancel, "");
    }

    private static List<CellResult> Results(string output) => [.. ContractJson.ReadLines<CellResult>(Path.Combine(output, "results.jsonl")).Select(l => l.Value)];

    private static int SheetHeight(string path)
    {
        using var image = NetVips.Image.NewFromFile(path);
        return image.Height;
    }

    /// <summary>The chosen image is the least, the rejected the most flawed of its prompt; no held-out caption is in the set.</summary>
    private static void AssertPreferences(JobFolder data, string emoji)
    {
        var heldOut = EmojiPackages.Read(emoji).Where(p => p.HeldOut).Select(p => p.Caption).ToHashSet();
        var flaws = ContractJson.ReadLines<FlawLine>(Path.Combine(data.Root, "flaws.jsonl")).Select(l => l.Value).ToLookup(f => f.Prompt);
        var pairs = ContractJson.ReadLines<PreferencePair>(data.Preferences).Select(l => l.Value).ToList();
        Assert.Equal(4, pairs.Count);
        Assert.All(pairs, pair =>
        {
            Assert.DoesNotContain(pair.Prompt, heldOut);
            Assert.Equal(3, flaws[pair.Prompt].Count());
            Assert.Equal(pair.ChosenSha256, flaws[pair.Prompt].MinBy(f => f.Flaw)!.Sha256);
            Assert.Equal(pair.RejectedSha256, flaws[pair.Prompt].MaxBy(f => f.Flaw)!.Sha256);
        });
        Assert.Contains("automatic", File.ReadAllText(Path.Combine(data.Root, "about.json")), StringComparison.Ordinal);
        Assert.All(ContractJson.ReadLines<CaptionedImage>(data.Captions), line => Assert.DoesNotContain(line.Value.Caption, heldOut));
    }

    private static CellResult Result(string method, int seed, double value) => new()
    {
        Network = "tiny",
        Method = method,
        Seed = seed,
        BaseSha256 = "00",
        ModelSha256 = "00",
        Measures = new Measures { KernelDistance = value, HighFrequencyError = value, Sharpness = value, Retrieval = value / 100, OneStep = new(value, value / 10) },
        Seconds = 1,
    };

    /// <summary>Pictures of noise in the layout of the two npm packages, five of them held out.</summary>
    private string EmojiFolder()
    {
        var folder = Path.Combine(_root, "emoji");
        var (assets, english) = (Path.Combine(folder, "fluent-emoji-3d", "assets"), Path.Combine(folder, "emojibase-data", "en"));
        Directory.CreateDirectory(assets);
        Directory.CreateDirectory(english);
        var names = Enumerable.Range(0x1f300, 400).Select(code => code.ToString("x", System.Globalization.CultureInfo.InvariantCulture)).ToList();
        string[] used = [.. names.Where(EmojiPackages.IsHeldOut).Take(5), .. names.Where(n => !EmojiPackages.IsHeldOut(n)).Take(8)];
        for (var i = 0; i < used.Length; i++)
        {
            using var scope = NewDisposeScope();
            using var generator = new Generator((ulong)i);
            Pictures.WritePng(Path.Combine(assets, $"{used[i]}.webp"), randint(0, 256, [3, TinyModel.ImageSize, TinyModel.ImageSize], dtype: ScalarType.Byte, generator: generator));
        }
        File.WriteAllText(Path.Combine(english, "messages.json"), """{"subgroups":[{"key":"country-flag","order":99}]}""");
        File.WriteAllText(Path.Combine(english, "data.json"), JsonSerializer.Serialize(used.Select((name, i) => new { hexcode = name.ToUpperInvariant(), label = $"a red circle {i}" })));
        return folder;
    }
}
