using System.Security.Cryptography;
using System.Text.Json;
using PixelPost.Training.Contracts;
using PixelPost.Training.Data;
using PixelPost.Training.Models;
using PixelPost.Training.Weights;
using static TorchSharp.torch;

namespace PixelPost.Training.Tests;

/// <summary>Job folders on the tiny model, in a temporary folder that goes away with the test class.</summary>
public sealed class TinyJob : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("pixelpost-job-").FullName;
    private int _count;

    public TinyJob() => Model = TinyModel.Write(Path.Combine(_root, "model"));

    /// <summary>The model's folder.</summary>
    public string Model { get; }

    /// <summary>A training job on pairs in which the preferred image is a dark one of the prompt's colour.</summary>
    public JobFolder Train(LoopSettings settings, int pairs = 6, string? model = null)
    {
        var folder = NewFolder();
        Directory.CreateDirectory(folder.Images);
        var lines = new List<PreferencePair>();
        var captions = new List<CaptionedImage>();
        for (var i = 0; i < pairs; i++)
        {
            var (chosen, rejected) = (Picture(folder, $"{i}a.png", 40 + 10 * i), Picture(folder, $"{i}b.png", 240 - 10 * i));
            var prompt = $"a {(i % 2 == 0 ? "red" : "blue")} circle {i / 2}";
            lines.Add(new PreferencePair { PairId = $"pair-{i}", Prompt = prompt, Chosen = chosen.Path, ChosenSha256 = chosen.Sha256, Rejected = rejected.Path, RejectedSha256 = rejected.Sha256 });
            captions.Add(new CaptionedImage { Image = chosen.Path, Sha256 = chosen.Sha256, Caption = prompt });
        }
        if (settings.Objective == Objective.Sft) WriteLines(folder.Captions, captions);
        else WriteLines(folder.Preferences, lines);
        ContractJson.WriteFile(folder.Job, new JobSpec { JobId = "test", Kind = JobKind.Train, Model = model ?? Model, Training = settings });
        return folder;
    }

    /// <summary>A sampling job.</summary>
    public JobFolder Sample(SampleSettings settings, params PromptLine[] prompts)
    {
        var folder = NewFolder();
        WriteLines(folder.Prompts, prompts);
        ContractJson.WriteFile(folder.Job, new JobSpec { JobId = "test", Kind = JobKind.Sample, Model = Model, Sampling = settings });
        return folder;
    }

    /// <summary>A copy of a job's folder and all that is in it.</summary>
    public JobFolder Copy(JobFolder original)
    {
        var copy = NewFolder();
        CopyFolder(original.Root, copy.Root);
        return copy;
    }

    /// <summary>A copy of a job that is done, as it was before its last step.</summary>
    public JobFolder CopyBefore(JobFolder done, int lastStep)
    {
        var copy = Copy(done);
        Directory.Delete(copy.Checkpoint(lastStep), recursive: true);
        File.Delete(copy.ResumableState(lastStep));
        File.Delete(copy.Result);
        return copy;
    }

    /// <summary>A decoder for the tiny model's latents that has learnt nothing.</summary>
    /// <returns>Its folder.</returns>
    public string Decoder(string? folder = null)
    {
        folder ??= Path.Combine(_root, $"decoder-{_count++}");
        using var decoder = new PatchDecoder(new PatchDecoderConfig { Width = 8, Blocks = 1 });
        DiffusersFolder.SaveDecoder(folder, decoder);
        return folder;
    }

    /// <summary>The tiny model with such a decoder in its folder.</summary>
    public string ModelWithDecoder()
    {
        var model = Path.Combine(_root, $"model-{_count++}");
        CopyFolder(Model, model);
        Decoder(Path.Combine(model, ModelFolder.PixelDecoder));
        return model;
    }

    /// <summary>Runs the worker's program in this process.</summary>
    /// <returns>Exit code and what it wrote to standard error.</returns>
    public static (WorkerExit Exit, string Error) Run(params string[] words)
    {
        var (before, error) = (Console.Error, new StringWriter());
        Console.SetError(error);
        try
        {
            var entry = typeof(TrainingLoop).Assembly.EntryPoint!;
            return ((WorkerExit)(int)entry.Invoke(null, [words])!, error.ToString());
        }
        finally
        {
            Console.SetError(before);
        }
    }

    /// <summary>Runs a job to its end.</summary>
    public static void Succeed(JobFolder folder)
    {
        var (exit, error) = Run(ContractJson.ReadFile<JobSpec>(folder.Job).Kind == JobKind.Train ? "train" : "sample", "--job", folder.Root);
        Assert.True(exit == WorkerExit.Done, error);
    }

    /// <summary>Runs a job that is to fail and returns the sentence, which must be in status.json and on the last line of the log.</summary>
    public static string Fail(JobFolder folder, WorkerExit expected = WorkerExit.BadJob)
    {
        var (exit, error) = Run(File.Exists(folder.Prompts) ? "sample" : "train", "--job", folder.Root);
        var status = ContractJson.ReadFile<JobStatus>(folder.Status);
        Assert.True(exit == expected, $"exit {exit}: {error}");
        Assert.Equal(JobState.Failed, status.State);
        Assert.Equal(status.Error, error.TrimEnd().Split('\n')[^1]);
        return status.Error!;
    }

    public static List<MetricsLine> Metrics(JobFolder folder) => [.. ContractJson.ReadLines<MetricsLine>(folder.Metrics).Select(l => l.Value)];

    /// <summary>Two runs of one job logged the same numbers and ended with the same bits: weights, moments, average, random state, place in the data.</summary>
    public static void AssertSameRun(JobFolder expected, JobFolder actual, int lastStep)
    {
        static MetricsLine Numbers(MetricsLine line) => line with { Elapsed = 0, ImagesPerSecond = 0, ResidentBytes = 0, LiveTensors = 0 };
        Assert.Equal(Metrics(expected).Select(Numbers), Metrics(actual).Select(Numbers));
        var (first, second) = (Safetensors.Read(expected.ResumableState(lastStep)), Safetensors.Read(actual.ResumableState(lastStep)));
        Assert.Equal(first.Keys.Order(), second.Keys.Order());
        foreach (var (name, value) in first) Assert.True(value.bytes.SequenceEqual(second[name].bytes), name);
        Assert.Equal(ModelFolder.Sha256(expected.Checkpoint(lastStep)), ModelFolder.Sha256(actual.Checkpoint(lastStep)));
    }

    public static void WriteLines<T>(string path, IEnumerable<T> lines) =>
        File.WriteAllLines(path, lines.Select(l => JsonSerializer.Serialize(l, ContractJson.Line)));

    public void Dispose() => Directory.Delete(_root, recursive: true);

    private static void CopyFolder(string from, string to)
    {
        foreach (var file in Directory.EnumerateFiles(from, "*", SearchOption.AllDirectories))
        {
            var target = Path.Combine(to, Path.GetRelativePath(from, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target);
        }
    }

    private JobFolder NewFolder() => new(Directory.CreateDirectory(Path.Combine(_root, $"job-{_count++}")).FullName);

    /// <summary>A picture of one brightness with a little texture.</summary>
    private static (string Path, string Sha256) Picture(JobFolder folder, string name, int brightness)
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator((ulong)brightness);
        var path = Path.Combine(folder.Images, name);
        Pictures.WritePng(path, (brightness + 10 * randn([3, TinyModel.ImageSize, TinyModel.ImageSize], generator: generator)).clamp(0, 255).to(ScalarType.Byte));
        return (Path.Combine("images", name), Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(path))));
    }
}
