using PixelPost.Training.Contracts;
using PixelPost.Training.Data;
using PixelPost.Training.Diffusion;
using PixelPost.Training.Models;
using PixelPost.Training.PixelBudgets;
using static TorchSharp.torch;

namespace PixelPost.Training.Tests;

/// <summary>A linear map in the place of a decoder: exact where the decoder is one, near where it nearly is, and the same when a run goes on.</summary>
public sealed class LocalMetricTests(TinyJob jobs) : IClassFixture<TinyJob>
{
    [Theory]
    [InlineData(PixelTarget.Noisy)]
    [InlineData(PixelTarget.Clean)]
    public void Errors_OfALinearDecoder_AreItsOwnWithTheirGradient(PixelTarget target)
    {
        using var decoder = new LinearDecoder();
        using var schedule = new NoiseSchedule(new ScheduleConfig());
        using var generator = new Generator(3);
        using var metric = LocalMetric.Fit(new PixelDecoder(decoder, schedule, target), schedule.Length, decoder.Compression, Batches(schedule, generator, 30));
        var (latents, noise, timesteps, noisy, output) = Batches(schedule, generator, 1).Single();

        var (exact, gradient) = PixelGradients.Of(output, new PixelTerm(new PixelDecoder(decoder, schedule, target)).Errors(latents, noise, noisy, timesteps, 1));
        var (linear, ofLinear) = PixelGradients.Of(output, new PixelTerm(new PixelDecoder(decoder, schedule, target) { Metric = metric }, Linear: true).Errors(latents, noise, noisy, timesteps, 1));

        Assert.True((linear / exact - 1).abs().max().item<float>() < 1e-3);
        Assert.True((ofLinear - gradient).norm().item<float>() < 1e-3 * gradient.norm().item<float>());
    }

    [Fact]
    public void Fit_PartOfTheScheduleWithoutExamples_TakesTheNearest()
    {
        using var decoder = new LinearDecoder();
        using var schedule = new NoiseSchedule(new ScheduleConfig());
        using var generator = new Generator(3);
        using var metric = LocalMetric.Fit(new PixelDecoder(decoder, schedule), schedule.Length, decoder.Compression, Batches(schedule, generator, 20, until: 100));
        var difference = randn([2, 4, 6, 6], generator: generator);

        var errors = metric.Errors(difference, tensor(new long[] { 50, 950 }));

        Assert.Equal("2", string.Join(" ", errors.shape));
        Golden.AssertClose(metric.Errors(difference, tensor(new long[] { 50, 50 })), errors);
    }

    [Fact]
    public void Fit_DecoderThatIsNotLinear_IsAsLargeAsItsErrorsOnAverage()
    {
        using var decoder = PixelWindowTests.Decoder("tiny");
        using var schedule = new NoiseSchedule(new ScheduleConfig());
        using var generator = new Generator(3);
        var pixels = new PixelDecoder(decoder, schedule);
        var batches = Batches(schedule, generator, 30).ToList();
        using var metric = LocalMetric.Fit(pixels, schedule.Length, decoder.Compression, batches);

        var shares = batches.Select(batch =>
        {
            using var noGrad = no_grad();
            var exact = pixels.Errors(batch.Latents, batch.Noise, batch.Timesteps)(batch.Output, batch.Noisy);
            return metric.Errors(pixels.Difference(batch.Latents, batch.Noise, batch.Output, batch.Noisy, batch.Timesteps), batch.Timesteps) / exact;
        });

        Assert.Equal(1, cat(shares.ToArray()).mean().item<float>(), 1e-3);
    }

    [Theory]
    [InlineData(Objective.Sft)]
    [InlineData(Objective.Dpo)]
    [InlineData(Objective.SimPo)]
    public void Loss_ControlVariate_HasOnAverageTheGradientOfEveryExample(Objective objective)
    {
        var all = new LoopSettings { Objective = objective, PixelWeight = 8, BatchSize = 2, HoldOut = 0 };
        var some = all with { PixelEvery = 3, PixelControlVariate = PixelControlVariate.Linear };

        var whole = Gradients(all, [1]).Single();
        var three = Gradients(some, [1, 2, 3]); // of two examples the first step has the first, the second the second, and the third none
        var alone = Gradients(all with { PixelWeight = 0 }, [1]).Single();

        Assert.True((stack(three.ToArray()).mean([0]) - whole).norm().item<float>() < 1e-3 * whole.norm().item<float>());
        Assert.All(three, one => Assert.True((one - whole).norm().item<float>() > 0.01 * (whole - alone).norm().item<float>()));
        Assert.True((three[2] - alone).norm().item<float>() > 0.01 * (whole - alone).norm().item<float>()); // the map's
    }

    [Theory]
    [InlineData(Objective.Sft)]
    [InlineData(Objective.Dpo)]
    public void Loss_ControlVariateOfADecoder_HasOnAverageTheGradientOfTheModelsOwn(Objective objective)
    {
        var all = new LoopSettings { Objective = objective, PixelWeight = 8, BatchSize = 2, HoldOut = 0 };
        var some = all with { PixelEvery = 3, PixelControlVariate = PixelControlVariate.Decoder, PixelDecoder = jobs.Decoder() };

        var whole = Gradients(all, [1]).Single();
        var three = Gradients(some, [1, 2, 3]);

        Assert.True((stack(three.ToArray()).mean([0]) - whole).norm().item<float>() < 1e-3 * whole.norm().item<float>());
        Golden.AssertClose(three[2], Gradients(all with { PixelDecoder = some.PixelDecoder }, [1]).Single()); // nothing is decoded
        Assert.Empty(some.Faults());
        Assert.False(some.NeedsLinearMap);
    }

    [Fact]
    public void Loss_ControlVariate_StandsForWhatIsLeftOutBelowTheGateAlone()
    {
        var latents = new LoopSettings { Objective = Objective.SimPo, BatchSize = 2, HoldOut = 0 };
        var linear = latents with { PixelWeight = 8, PixelDecoding = PixelDecoding.Linear };
        var control = linear with { PixelDecoding = PixelDecoding.Whole, PixelControlVariate = PixelControlVariate.Linear };

        Golden.AssertClose(Gradients(linear, [1]).Single(), Gradients(control with { PixelEvery = 10 }, [2]).Single()); // of twenty examples the third and fourth
        Golden.AssertClose(Gradients(latents, [1]).Single(), Gradients(control with { PixelEvery = 10, PixelBelow = 1e-9 }, [1]).Single());
    }

    [Fact]
    public void Run_WithADecoderThatStandsIn_GoesOnAndNotesItsHash()
    {
        var whole = jobs.Train(new LoopSettings { Objective = Objective.Dpo, PixelWeight = 2, PixelEvery = 3, PixelBelow = 0.5, PixelControlVariate = PixelControlVariate.Decoder, PixelDecoder = jobs.Decoder(), Steps = 4, BatchSize = 2, LearningRate = 1e-3, HoldOut = 0.34, CheckpointEvery = 2 });
        TinyJob.Succeed(whole);
        var resumed = jobs.CopyBefore(whole, 4);

        TinyJob.Succeed(resumed);

        TinyJob.AssertSameRun(whole, resumed, lastStep: 4);
        Assert.False(File.Exists(whole.PixelMetric));
        Assert.Equal(64, ContractJson.ReadFile<JobOptions>(whole.Options).PixelDecoderSha256!.Length);
    }

    [Theory]
    [InlineData(PixelDecoding.Linear, PixelControlVariate.None)]
    [InlineData(PixelDecoding.Whole, PixelControlVariate.Linear)]
    public void Run_WithAMap_GoesOnWithTheOneThatWasFitted(PixelDecoding decoding, PixelControlVariate control)
    {
        var whole = jobs.Train(new LoopSettings { Objective = Objective.Dpo, PixelWeight = 2, PixelDecoding = decoding, PixelControlVariate = control, PixelEvery = control == PixelControlVariate.None ? 1 : 2, PixelShare = 0.5, Steps = 4, BatchSize = 2, LearningRate = 1e-3, HoldOut = 0.34, CheckpointEvery = 2 });
        TinyJob.Succeed(whole);
        var resumed = jobs.CopyBefore(whole, 4);

        TinyJob.Succeed(resumed);

        Assert.Equal(File.ReadAllBytes(whole.PixelMetric), File.ReadAllBytes(resumed.PixelMetric));
        TinyJob.AssertSameRun(whole, resumed, lastStep: 4);
        Assert.Contains(TinyJob.Metrics(whole), line => line.PixelLoss > 0);
    }

    [Theory]
    [InlineData(PixelDecoding.Linear, PixelAtOnce.Batch)]
    [InlineData(PixelDecoding.Whole, PixelAtOnce.Image)]
    [InlineData(PixelDecoding.Whole, PixelAtOnce.Block)]
    public void Run_Bfloat16_HasAPixelTermToo(PixelDecoding decoding, PixelAtOnce atOnce)
    {
        var folder = jobs.Train(new LoopSettings { PixelWeight = 1, PixelDecoding = decoding, PixelAtOnce = atOnce, PixelShare = 0.5, Precision = Precision.Bfloat16, Steps = 2, BatchSize = 2, HoldOut = 0.34 });

        TinyJob.Succeed(folder);

        Assert.All(TinyJob.Metrics(folder), line => Assert.True(line.PixelLoss > 0));
    }

    /// <summary>Of the trained weights, all in one, for the same examples with the same noise, in some steps.</summary>
    private List<Tensor> Gradients(LoopSettings settings, int[] steps)
    {
        using var files = new RunFiles(jobs.Train(settings));
        using var model = TextToImageModel.Load(jobs.Model);
        using var generator = new Generator(5);
        using var learner = new Learner(settings, model, generator);
        using var data = TrainingSet.Load(settings, model, files);
        learner.Metric = LocalMetricFit.For(settings, learner, data, data.Training, file: null);
        var micro = new MicroStep(settings, learner, data);
        using var drawing = new Generator(6);
        var draw = micro.Draw([.. data.Training.Take(2)], 1, drawing);
        return [.. steps.Select(step =>
        {
            micro.Loss(micro.DrawPixels(draw, step, drawing)).Loss.backward();
            var gradient = cat(learner.Parameters.Select(p => p.Value.grad!.flatten().clone()).ToArray());
            foreach (var (_, value) in learner.Parameters) value.grad = null;
            return gradient;
        })];
    }

    private static IEnumerable<(Tensor Latents, Tensor Noise, Tensor Timesteps, Tensor Noisy, Tensor Output)> Batches(NoiseSchedule schedule, Generator generator, int count, int until = 1000)
    {
        for (var i = 0; i < count; i++)
        {
            Tensor Normal() => randn([4, 4, 6, 6], generator: generator);
            var (latents, noise, timesteps) = (Normal(), Normal(), randint(0, until, [4], generator: generator));
            yield return (latents, noise, timesteps, schedule.AddNoise(latents, noise, timesteps), noise + 0.3 * Normal());
        }
    }

    /// <summary>Each pixel a weighted sum of the nine cells around its own, and something added.</summary>
    private sealed class LinearDecoder() : Autoencoder(nameof(LinearDecoder))
    {
        private readonly Tensor _kernel = randn([48, 4, 3, 3], generator: new Generator(9)).DetachFromDisposeScope();

        public override double ScalingFactor => 0.5;

        public override int LatentChannels => 4;

        public override int Compression => 4;

        public override int Stages => 1;

        public override int Reach => 1;

        public override bool HasNorms => false;

        public override Tensor Encode(Tensor images) => throw new NotSupportedException();

        public override Tensor Decode(Tensor latents) => nn.functional.pixel_shuffle(nn.functional.conv2d(latents, _kernel, padding: [1, 1]), 4) + 0.25;

        public override IReadOnlyList<Tensor> DecodeFeatures(Tensor latents, int stages) => throw new NotSupportedException();

        public override (Tensor Images, GroupStatistics? Statistics) DecodeWatched(Tensor latents) => throw new NotSupportedException();

        public override IReadOnlyList<Tensor> DecodeWindows(Tensor latents, IReadOnlyList<LatentWindow> windows, int margin, GroupStatistics? statistics) => throw new NotSupportedException();
    }
}
