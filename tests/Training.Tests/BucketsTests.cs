using System.Security.Cryptography;
using PixelPost.Training.Contracts;
using PixelPost.Training.Data;
using PixelPost.Training.Models;
using PixelPost.Training.Native;
using static TorchSharp.torch;

namespace PixelPost.Training.Tests;

public sealed class BucketsTests(TinyJob jobs) : IClassFixture<TinyJob>
{
    private static readonly LoopSettings Shaped = new() { BucketStep = 16, Steps = 6, BatchSize = 2, HoldOut = 0.4, EvaluateEvery = 3, CheckpointEvery = 3, LearningRate = 1e-3 };

    [Fact]
    public void Shapes_Of512InStepsOf64_AreMultiplesOfAboutTheArea()
    {
        var shapes = new Buckets(512, 64).Shapes;

        Assert.Equal(13, shapes.Count); // widths 256, 320, …, 1024
        Assert.Contains(new ImageShape(512, 512), shapes);
        Assert.Contains(new ImageShape(576, 448), shapes);
        Assert.All(shapes, s => Assert.Equal((0, 0), (s.Width % 64, s.Height % 64)));
        Assert.All(shapes, s => Assert.InRange(s.Width * s.Height / (512.0 * 512), 0.87, 1.13));
        Assert.Equal([new ImageShape(128, 128)], new Buckets(128, 0).Shapes);
    }

    [Theory]
    [InlineData(1000, 1000, 512, 512)]
    [InlineData(1920, 1080, 704, 384)] // 16:9 loses 3 % of its height
    [InlineData(1080, 1920, 384, 704)]
    [InlineData(3000, 100, 1024, 256)] // more extreme than any
    public void Nearest_Picture_ShapeOfLeastCrop(int width, int height, int expectedWidth, int expectedHeight) =>
        Assert.Equal(new ImageShape(expectedWidth, expectedHeight), new Buckets(512, 64).Nearest(width, height));

    [Fact]
    public void Next_SeveralShapes_BatchesOfOneAndNoExampleIsLost()
    {
        LibTorch.Load();
        using var generator = new Generator(5);
        var shuffle = new Shuffle(10, i => new ImageShape(i % 3, 1));

        var batches = Enumerable.Range(0, 60).Select(_ => shuffle.Next(2, generator)).ToList();

        Assert.All(batches, b => Assert.Equal(b[0] % 3, b[1] % 3));
        var times = batches.SelectMany(b => b).CountBy(i => i).ToDictionary();
        Assert.All(Enumerable.Range(0, 10), i => Assert.InRange(times[i], 11, 13)); // 120 draws of 10, less what waits
    }

    [Fact]
    public void Load_WhileSomeWait_GoesOnWithTheSameBatches()
    {
        LibTorch.Load();
        using var generator = new Generator(5);
        static ImageShape ShapeOf(int i) => new(i % 3, 1);
        var (first, second) = (new Shuffle(10, ShapeOf), new Shuffle(10, ShapeOf));
        for (var i = 0; i < 4; i++) first.Next(3, generator);
        using var state = first.State();
        using var draws = generator.get_state();

        second.Load(state);
        var expected = Enumerable.Range(0, 8).SelectMany(_ => first.Next(3, generator)).ToList();
        generator.set_state(draws);

        Assert.Equal(expected, Enumerable.Range(0, 8).SelectMany(_ => second.Next(3, generator)));
    }

    [Fact]
    public void Run_PicturesOfSeveralShapes_TrainsOnThemAndResumesToTheSameBits()
    {
        var whole = Job(Shaped);
        TinyJob.Succeed(whole);
        var resumed = jobs.CopyBefore(whole, 6);

        TinyJob.Succeed(resumed);

        Assert.Equal(ContractJson.ReadFile<JobResult>(whole.Result).ModelSha256, ContractJson.ReadFile<JobResult>(resumed.Result).ModelSha256);
        Assert.NotNull(TinyJob.Metrics(whole)[^1].HeldOutAccuracy);
    }

    [Fact]
    public void Load_Pair_BothImagesHaveTheShapeOfTheChosenOne()
    {
        var folder = Job(Shaped with { HoldOut = 0 });
        using var files = new RunFiles(folder);
        using var model = TextToImageModel.Load(jobs.Model);

        using var data = TrainingSet.Load(Shaped with { HoldOut = 0 }, model, files);

        Assert.Equal([new(16, 64), new(32, 32), new(64, 16)], data.Training.Select(e => e.Shape).Distinct().OrderBy(s => s.Width)); // 32 px squared, of 8 px per latent
        foreach (var pair in data.Training)
        {
            Assert.Equal([4, pair.Shape.Height / 8, pair.Shape.Width / 8], data.LatentShape([pair]));
            Assert.Equal([2, 4, pair.Shape.Height / 8, pair.Shape.Width / 8], data.Latents([pair]).shape);
        }
    }

    [Fact]
    public void Run_StepThatDoesNotFitTheModel_SaysWhichWould() => Assert.Equal(
        "job.json: training.bucket_step is 24; for this model it must be a multiple of 16 that divides 32, or 0.",
        TinyJob.Fail(jobs.Train(Shaped with { BucketStep = 24 })));

    [Fact]
    public void TakesAnyShape_ClassConditionalTransformer_No()
    {
        LibTorch.Load();
        using var dit = new DitTransformer2DModel(new DitConfig { NumLayers = 1, NumAttentionHeads = 1, AttentionHeadDim = 8, NumEmbedsAdaNorm = 2 });

        Assert.False(dit.TakesAnyShape);
    }

    /// <summary>Pairs whose chosen image is tall, square or wide, and whose rejected image is a square.</summary>
    private JobFolder Job(LoopSettings settings)
    {
        var folder = jobs.Train(settings, pairs: 6);
        var lines = ContractJson.ReadLines<PreferencePair>(folder.Preferences).Select(l => l.Value).ToList();
        TinyJob.WriteLines(folder.Preferences, lines.Select((line, i) =>
        {
            using var scope = NewDisposeScope();
            var (width, height) = (i % 3) switch { 0 => (20, 70), 1 => (50, 50), _ => (80, 20) };
            var path = Path.Combine(folder.Root, line.Chosen);
            Pictures.WritePng(path, full([3, height, width], 40 + 10 * i, dtype: ScalarType.Byte));
            return line with { ChosenSha256 = Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(path))) };
        }));
        return folder;
    }
}
