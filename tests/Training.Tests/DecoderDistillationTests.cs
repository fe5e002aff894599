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

    [Fact]
    public void Run_Again_GoesOnFromItsStateToADecoderOfTheModelsLatents()
    {
        var (whole, parts) = (NewFolder(), NewFolder());
        var (printed, again) = (new StringWriter(), new StringWriter());

        DecoderDistillation.Run(Pictures(), jobs.Model, whole, Few, printed);
        DecoderDistillation.Run(Pictures(), jobs.Model, parts, Few, TextWriter.Null);
        Directory.Delete(Path.Combine(parts, "vae"), recursive: true); // as after an end between state and decoder
        DecoderDistillation.Run(Pictures(), jobs.Model, parts, Few, again);

        Assert.Contains("from step 12 to 12", again.ToString(), StringComparison.Ordinal);

        using var model = TextToImageModel.Load(jobs.Model);
        using var decoder = DiffusersFolder.LoadAutoencoder(Path.Combine(whole, "vae"));
        Assert.Equal((model.Vae.LatentChannels, model.Vae.Compression, 1.0), (decoder.LatentChannels, decoder.Compression, decoder.ScalingFactor));
        Assert.Equal(File.ReadAllBytes(Path.Combine(whole, "vae", "diffusion_pytorch_model.safetensors")), File.ReadAllBytes(Path.Combine(parts, "vae", "diffusion_pytorch_model.safetensors")));
        Assert.Matches(@"held out: images \d+\.\d\d dB from the model's own decoder, differences off by \d+ % \(mean square\)", printed.ToString());
    }

    [Fact]
    public void Run_Longer_ComesNearerToTheModelsDecoder()
    {
        double Off(int steps)
        {
            var folder = NewFolder();
            DecoderDistillation.Run(Pictures(), jobs.Model, folder, Few with { Width = 16, Steps = steps }, TextWriter.Null);
            using var noGrad = no_grad();
            using var model = TextToImageModel.Load(jobs.Model);
            using var decoder = DiffusersFolder.LoadAutoencoder(Path.Combine(folder, "vae"));
            using var generator = new Generator(5);
            var latents = randn([8, model.Vae.LatentChannels, 4, 4], generator: generator);
            return (decoder.Decode(latents) - model.Vae.Decode(latents / model.Vae.ScalingFactor)).square().mean().item<float>();
        }

        var (few, many) = (Off(10), Off(60));

        Assert.True(many < few / 2, $"{few} became {many}");
    }

    [Fact]
    public void Train_WithIt_UsesItAndNotesItsHash()
    {
        var folder = NewFolder();
        DecoderDistillation.Run(Pictures(), jobs.Model, folder, Few, TextWriter.Null);
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
    public void Budget_WithIt_ComparesItWithTheModels()
    {
        var folder = NewFolder();
        DecoderDistillation.Run(Pictures(), jobs.Model, folder, Few, TextWriter.Null);
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
