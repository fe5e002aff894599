using System.Globalization;
using System.Text.RegularExpressions;
using PixelPost.Training.Contracts;
using PixelPost.Training.Data;
using PixelPost.Training.Models;
using PixelPost.Training.PixelBudgets;
using PixelPost.Training.Pretraining;
using PixelPost.Training.Weights;
using static TorchSharp.torch;

namespace PixelPost.Training.Tests;

/// <summary>A small decoder in place of a model's own: made from it, used by a job.</summary>
public sealed class DecoderDistillationTests(TinyJob jobs) : IClassFixture<TinyJob>
{
    private static readonly DistillationSettings Few = new() { Width = 8, Blocks = 1, BatchSize = 2, Steps = 12 };

    [Theory]
    [InlineData(DecoderLayout.Tiny)]
    [InlineData(DecoderLayout.Patches)]
    public void Run_Again_GoesOnFromItsStateToADecoderOfTheModelsLatents(DecoderLayout layout)
    {
        var settings = Few with { Layout = layout };
        var (whole, parts) = (NewFolder(), NewFolder());
        var (printed, again) = (new StringWriter(), new StringWriter());

        DecoderDistillation.Run(Pictures(), jobs.Model, whole, settings, printed);
        DecoderDistillation.Run(Pictures(), jobs.Model, parts, settings, TextWriter.Null);
        Directory.Delete(Path.Combine(parts, "vae"), recursive: true); // as after an end between state and decoder
        DecoderDistillation.Run(Pictures(), jobs.Model, parts, settings, again);

        Assert.Contains("from step 12 to 12", again.ToString(), StringComparison.Ordinal);

        using var model = TextToImageModel.Load(jobs.Model);
        using var decoder = DiffusersFolder.LoadDecoder(Path.Combine(whole, "vae"));
        Assert.Equal((model.Vae.LatentChannels, model.Vae.Compression, 1.0), (decoder.LatentChannels, decoder.Compression, decoder.ScalingFactor));
        Assert.Equal(File.ReadAllBytes(Path.Combine(whole, "vae", "diffusion_pytorch_model.safetensors")), File.ReadAllBytes(Path.Combine(parts, "vae", "diffusion_pytorch_model.safetensors")));
        Assert.Matches(@"held out: images \d+\.\d\d dB from the model's own decoder, differences off by \d+ % \(mean square\)", printed.ToString());
    }

    [Theory]
    [InlineData(DecoderLayout.Tiny)]
    [InlineData(DecoderLayout.Patches)]
    public void Run_Longer_ComesNearerToTheModelsDecoder(DecoderLayout layout)
    {
        double Decibels(int steps)
        {
            var printed = new StringWriter();
            DecoderDistillation.Run(Pictures(), jobs.Model, NewFolder(), Few with { Layout = layout, Width = 16, Steps = steps }, printed);
            return double.Parse(Regex.Match(printed.ToString(), @"held out: images (-?[\d.]+) dB").Groups[1].Value, CultureInfo.InvariantCulture);
        }

        var (few, many) = (Decibels(10), Decibels(60));

        Assert.True(many > few + 3, $"{few} dB became {many}");
    }

    [Theory]
    [InlineData(DecoderLayout.Tiny)]
    [InlineData(DecoderLayout.Patches)]
    public void Train_WithIt_UsesItAndNotesItsHash(DecoderLayout layout)
    {
        var folder = NewFolder();
        DecoderDistillation.Run(Pictures(), jobs.Model, folder, Few with { Layout = layout }, TextWriter.Null);
        var settings = new LoopSettings { PixelWeight = 1, Steps = 3, BatchSize = 2, LearningRate = 1e-3, HoldOut = 0.34 };
        var (own, other) = (jobs.Train(settings), jobs.Train(settings with { PixelDecoder = Path.Combine(folder, "vae") }));

        TinyJob.Succeed(own);
        TinyJob.Succeed(other);

        Assert.Equal(64, ContractJson.ReadFile<JobOptions>(other.Options).PixelDecoderSha256!.Length);
        Assert.Null(ContractJson.ReadFile<JobOptions>(own.Options).PixelDecoderSha256);
        Assert.Equal(TinyJob.Metrics(own)[0].LatentLoss, TinyJob.Metrics(other)[0].LatentLoss);
        Assert.NotEqual(TinyJob.Metrics(own)[0].PixelLoss, TinyJob.Metrics(other)[0].PixelLoss);
    }

    [Fact]
    public void Train_DecoderThatIsNotThereOrOfOtherLatents_IsASentence()
    {
        var other = NewFolder();
        using (var narrow = new AutoencoderTiny(new AutoencoderTinyConfig { LatentChannels = 3 })) DiffusersFolder.SaveAutoencoder(other, narrow, 1);

        Assert.Contains("nowhere", TinyJob.Fail(jobs.Train(new LoopSettings { PixelWeight = 1, PixelDecoder = "nowhere" })), StringComparison.Ordinal);
        Assert.Contains("decodes latents of 3 channels and 8 pixels a cell; the model has 4 and 8.", TinyJob.Fail(jobs.Train(new LoopSettings { PixelWeight = 1, PixelDecoder = other })), StringComparison.Ordinal);
    }

    [Fact]
    public void Run_Patches_DifferencesAreAsLargeAsTheModelsOnAverage()
    {
        var folder = NewFolder();
        DecoderDistillation.Run(Pictures(), jobs.Model, folder, Few with { Layout = DecoderLayout.Patches, Steps = 20 }, TextWriter.Null);
        using var noGrad = no_grad();
        using var model = TextToImageModel.Load(jobs.Model);
        using var decoder = DiffusersFolder.LoadDecoder(Path.Combine(folder, "vae"));
        using var generator = new Generator(5);
        using var images = AutoencoderPretraining.Load(Pictures(), model.ImageSize);
        var latents = model.Vae.Encode(Data.Pictures.ToUnit(images)) * model.Vae.ScalingFactor;

        var shares = Enumerable.Range(0, 16).Select(_ =>
        {
            var (both, truth) = DecoderDistillation.Draw(model, latents, Few.Below, generator);
            return DecoderDistillation.Difference(decoder.Decode(both)).square().mean([1, 2, 3]) / DecoderDistillation.Difference(truth).square().mean([1, 2, 3]);
        });

        Assert.Equal(1, cat(shares.ToArray()).mean().item<float>(), 0.15);
    }

    [Fact]
    public void Decode_PatchesByWindows_AreThoseOfTheWhole()
    {
        using var decoder = new PatchDecoder(new PatchDecoderConfig { Width = 8, Blocks = 1 });
        using var generator = new Generator(5);
        var latents = randn([2, 4, 9, 12], generator: generator);
        var window = new LatentWindow(5, 5, 2, 3);
        using var noGrad = no_grad();

        var whole = decoder.Decode(latents);

        Assert.Equal([2, 3, 72, 96], whole.shape);
        Golden.AssertClose(window.Pixels(whole, 8), decoder.DecodeWindows(latents, [window], decoder.Reach, null).Single());
        Assert.False(window.Pixels(whole, 8).allclose(decoder.DecodeWindows(latents, [window], decoder.Reach - 4, null).Single(), 1e-4, 1e-5));
    }

    /// <summary>A cell's patch is that of its own channels, row by row: a latent moved by a cell is an image moved by a patch.</summary>
    [Fact]
    public void Decode_LatentMovedByACell_IsTheImageMovedByAPatch()
    {
        using var decoder = new PatchDecoder(new PatchDecoderConfig { Width = 8, Blocks = 1, PatchSize = 4 });
        using var generator = new Generator(5);
        var latents = randn([1, 4, 16, 16], generator: generator);
        using var noGrad = no_grad();

        var (image, moved) = (decoder.Decode(latents), decoder.Decode(latents.roll([1], [3])));

        var inside = new LatentWindow(5, 6, 5, 5);
        Golden.AssertClose(inside.Pixels(image.roll([4], [3]), 4), inside.Pixels(moved, 4));
    }

    [Theory]
    [InlineData(DecoderLayout.Tiny)]
    [InlineData(DecoderLayout.Patches)]
    public void Budget_WithIt_ComparesItWithTheModels(DecoderLayout layout)
    {
        var folder = NewFolder();
        DecoderDistillation.Run(Pictures(), jobs.Model, folder, Few with { Layout = layout }, TextWriter.Null);
        var printed = new StringWriter();

        PixelBudget.Run(Pictures(), jobs.Model, Path.Combine(folder, "vae"), new PixelBudgetSettings { Draws = 4, Bins = 1, Rounds = 1, BatchSize = 2, Window = 2, Margin = 1 }, printed);

        Assert.Matches(@"timesteps\s+pixel error\s+bias\s+cosine\s+length", printed.ToString());
        Assert.Matches(@"overhead -?\d+\.\d % time", printed.ToString());
    }

    [Fact]
    public void Settings_OutOfRange_AreSentences()
    {
        var error = Assert.Throws<BadJobException>(() => DecoderDistillation.Run([], jobs.Model, NewFolder(), new DistillationSettings { Width = 0, Below = 2 }, TextWriter.Null));

        Assert.Equal("--width is 0; it must be 1 or more. --below is 2; it must be more than 0 and at most 1.", error.Message);
        Assert.Contains("no pictures", Assert.Throws<BadJobException>(() => DecoderDistillation.Run([], jobs.Model, NewFolder(), Few, TextWriter.Null)).Message, StringComparison.Ordinal);
    }

    private string NewFolder() => Directory.CreateDirectory(Path.Combine(Path.GetDirectoryName(jobs.Model)!, $"decoder-{Guid.NewGuid():N}")).FullName;

    private List<CaptionedPicture> Pictures() =>
        [.. Directory.EnumerateFiles(jobs.Train(new LoopSettings()).Images).Order(StringComparer.Ordinal).Select((file, i) => new CaptionedPicture(file, $"{i}", $"circle {i}", [], HeldOut: i % 4 == 0))];
}
