using PixelPost.Training.Contracts;
using PixelPost.Training.Data;
using PixelPost.Training.Weights;
using static TorchSharp.torch;

namespace PixelPost.Training.Tests;

public sealed class EncodingCacheTests(TinyJob jobs) : IClassFixture<TinyJob>, IDisposable
{
    private static readonly LoopSettings Settings = new() { HoldOut = 0 };
    private static readonly string Key = EncodingCache.Key("image", "abc");

    private readonly string _folder = Directory.CreateTempSubdirectory("pixelpost-cache-").FullName;

    private string Entry => Path.Combine(_folder, Key[..2], Key + ".safetensors");

    [Fact]
    public void Encode_SecondTime_NothingIsComputedAndBitsAreTheSame()
    {
        var job = jobs.Train(Settings);

        var (first, second, without) = (Encode(job), Encode(job), Encode(job, cached: false));

        Assert.Equal((12 + 7, 0), (first.Computed, first.Found)); // 12 pictures; 6 prompts and the empty one
        Assert.Equal((0, 12 + 7), (second.Computed, second.Found));
        Assert.True(first.Bits.SequenceEqual(second.Bits));
        Assert.True(first.Bits.SequenceEqual(without.Bits));
    }

    [Fact]
    public void Encode_OtherWeightsOfOnePart_OnlyItsEntriesAreComputedAnew()
    {
        var job = jobs.Train(Settings);
        Encode(job);
        var changed = Path.Combine(job.Root, "changed");
        CopyWithOtherVae(jobs.Model, changed);

        var (computed, found, _) = Encode(job, changed);

        Assert.Equal((12, 7), (computed, found));
    }

    [Fact]
    public void Run_JobWithACache_SameResultAsWithout()
    {
        var settings = Settings with { Steps = 2, BatchSize = 2 };
        var (without, with, again) = (jobs.Train(settings), jobs.Train(settings), jobs.Train(settings));
        TinyJob.Succeed(without);
        Environment.SetEnvironmentVariable(WorkerVariables.Cache, _folder);
        try
        {
            TinyJob.Succeed(with);
            TinyJob.Succeed(again);
        }
        finally
        {
            CacheOff.SwitchOff();
        }

        Assert.NotEmpty(Directory.EnumerateFiles(_folder, "*.safetensors", SearchOption.AllDirectories));
        string Model(JobFolder folder) => ContractJson.ReadFile<JobResult>(folder.Result).ModelSha256;
        Assert.Equal([Model(without), Model(without)], [Model(with), Model(again)]);
    }

    [Theory]
    [InlineData("cut off")]
    [InlineData("other content")]
    [InlineData("other entry's file")]
    [InlineData("not ours")]
    public void Read_DamagedOrForeignFile_IsNotFoundAndWrittenAnew(string damage)
    {
        var cache = new EncodingCache(_folder, long.MaxValue);
        cache.Write(Key, Tensors(3));
        var bytes = File.ReadAllBytes(Entry);
        if (damage == "cut off") File.WriteAllBytes(Entry, bytes[..^5]);
        else if (damage == "other content") File.WriteAllBytes(Entry, [.. bytes[..^1], (byte)(bytes[^1] ^ 1)]);
        else if (damage == "not ours") File.WriteAllText(Entry, "hello, this is no tensor at all");
        else
        {
            var other = EncodingCache.Key("image", "other");
            cache.Write(other, Tensors(4));
            File.Copy(Path.Combine(_folder, other[..2], other + ".safetensors"), Entry, overwrite: true);
        }

        Assert.Null(cache.Read(Key));

        cache.Write(Key, Tensors(3));
        Assert.Equal(3f, cache.Read(Key)!["latents"].data<float>()[0]);
    }

    [Fact]
    public void Write_ManyWorkersAtOnce_EntryIsWhole()
    {
        Native.LibTorch.Load();
        Parallel.For(0, 16, _ =>
        {
            var cache = new EncodingCache(_folder, long.MaxValue);
            cache.Write(Key, Tensors(5));
            if (cache.Read(Key) is { } entry) Assert.Equal(5f, entry["latents"].data<float>()[0]); // never a half
        });

        Assert.NotNull(new EncodingCache(_folder, long.MaxValue).Read(Key));
        Assert.Equal([Entry], Directory.EnumerateFiles(_folder, "*", SearchOption.AllDirectories));
    }

    [Fact]
    public void Trim_OverTheLimit_LongestUnusedGoesFirstAndOtherFilesStay()
    {
        var keys = Enumerable.Range(0, 3).Select(i => EncodingCache.Key("image", $"{i}")).ToArray();
        var all = new EncodingCache(_folder, long.MaxValue);
        foreach (var (key, i) in keys.Select((k, i) => (k, i)))
        {
            all.Write(key, Tensors(i));
            File.SetLastWriteTimeUtc(Path.Combine(_folder, key[..2], key + ".safetensors"), DateTime.UtcNow.AddHours(i - 10));
        }
        File.WriteAllText(Path.Combine(_folder, "notes.safetensors"), "somebody's");
        all.Read(keys[0]); // used now
        var size = new FileInfo(Path.Combine(_folder, keys[0][..2], keys[0] + ".safetensors")).Length;

        new EncodingCache(_folder, 2 * size).Trim();

        Assert.Equal([true, false, true], keys.Select(k => all.Read(k) is not null));
        Assert.True(File.Exists(Path.Combine(_folder, "notes.safetensors")));
    }

    [Fact]
    public void Write_FolderCannotBeWritten_JobGoesOnWithout()
    {
        var file = Path.Combine(_folder, "file");
        File.WriteAllText(file, "");
        var cache = new EncodingCache(file, long.MaxValue);

        cache.Write(Key, Tensors(1));

        Assert.Null(cache.Read(Key));
    }

    [Fact]
    public void Key_PartsCutElsewhere_IsAnother() => Assert.NotEqual(EncodingCache.Key("ab", "c"), EncodingCache.Key("a", "bc"));

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static Dictionary<string, Tensor> Tensors(float value)
    {
        Native.LibTorch.Load();
        return new(StringComparer.Ordinal) { ["latents"] = full([2, 3], value) };
    }

    private (int Computed, int Found, byte[] Bits) Encode(JobFolder job, string? folder = null, bool cached = true)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        using var files = new RunFiles(job);
        using var model = TextToImageModel.Load(folder ?? jobs.Model);
        var encoder = new CachedEncoder(model, files, cached ? new EncodingCache(_folder, long.MaxValue) : null);
        var lines = new TrainingLines(job, Settings.Objective, Buckets.For(Settings, model));
        var images = encoder.Images(lines, [.. Enumerable.Range(0, lines.Images.Count)]);
        var text = encoder.Prompts([.. lines.Examples.Select(e => e.Prompt).Distinct()]);
        return (encoder.Computed, encoder.Found, [.. images.SelectMany(i => i.bytes.ToArray()), .. text.Text!.bytes]);
    }

    private static void CopyWithOtherVae(string model, string folder)
    {
        foreach (var file in Directory.EnumerateFiles(model, "*", SearchOption.AllDirectories))
        {
            var target = Path.Combine(folder, Path.GetRelativePath(model, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target);
        }
        var weights = Directory.GetFiles(Path.Combine(folder, "vae"), "*.safetensors").Single();
        var tensors = Safetensors.Read(weights);
        Safetensors.Write(weights, tensors.ToDictionary(t => t.Key, t => t.Value * 1.5));
    }
}
