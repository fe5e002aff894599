using PixelPost.Training.Contracts;
using PixelPost.Training.Models;
using PixelPost.Training.Native;
using PixelPost.Training.Verification;
using PixelPost.Training.Weights;
using static TorchSharp.torch;

namespace PixelPost.Training.Tests;

/// <summary>Training of low-rank matrices, against what diffusers and peft compute with them.</summary>
public sealed class LoraTrainingTests(TinyJob jobs) : IClassFixture<TinyJob>
{
    private const string Projections = "to_q,to_k,to_v,to_out.0";

    private static readonly LoopSettings Three = new() { Objective = Objective.Dpo, LoraRank = 2, LoraAlpha = 3, Steps = 3, BatchSize = 2, LearningRate = 1e-2, WarmupSteps = 0, HoldOut = 0.34 };

    static LoraTrainingTests() => LibTorch.Load();

    [SkippableTheory]
    [InlineData(1, "out.lora")]
    [InlineData(2, "out.lora_alpha_doubled")]
    public void Predict_UNetWithAdapters_OutputAndGradientsOfPeft(double factor, string expected)
    {
        using var unet = DiffusersFolder.LoadUNet(Golden.Reference("losses", "unet"));
        var golden = Safetensors.Read(Golden.Reference("lora", "expected", "unet_lora.safetensors"));
        var (sample, text) = (golden["in.sample"], new Conditioning { Text = golden["in.encoder_hidden_states"] });

        AssertAsPeft(unet, Golden.Reference("lora", "unet", LoraFile.DiffusersName), golden, factor, expected, () => unet.Predict(sample, golden["in.timestep"], text), of => of.Predict(sample, golden["in.timestep"], text));
    }

    [SkippableTheory]
    [InlineData(1, "out.lora")]
    [InlineData(2, "out.lora_alpha_doubled")]
    public void Predict_DitWithAdapters_OutputAndGradientsOfPeft(double factor, string expected)
    {
        using var dit = DiffusersFolder.LoadDit(Golden.Reference("losses", "transformer"));
        var golden = Safetensors.Read(Golden.Reference("lora", "expected", "dit_lora.safetensors"));
        var (sample, labels) = (golden["in.hidden_states"], golden["in.class_labels"]);

        AssertAsPeft(dit, Golden.Reference("lora", "dit", LoraFile.DiffusersName), golden, factor, expected, () => dit.Forward(sample, golden["in.timestep"], labels), of => of.Predict(sample, golden["in.timestep"], new Conditioning { ClassLabels = labels }));
    }

    /// <summary>Convolutions of 1×1 are adapted like linear layers: the merged model computes what the adapted one does.</summary>
    [SkippableFact]
    public void Merged_ConvolutionsAdapted_SameOutputAsWithAdapters()
    {
        var golden = Safetensors.Read(Golden.Reference("lora", "expected", "unet_lora.safetensors"));
        using var unet = DiffusersFolder.LoadUNet(Golden.Reference("losses", "unet"));
        using var generator = new Generator(1);
        using var adapters = new LoraAdapters(unet, ["proj_in", "to_q"], rank: 2, alpha: 5, generator);
        Tensor Predict() => unet.Predict(golden["in.sample"], golden["in.timestep"], new Conditioning { Text = golden["in.encoder_hidden_states"] });
        Randomise(adapters, generator);
        using var noGrad = no_grad();
        var (adapted, merged) = (Predict(), adapters.Merged(WeightLoader.Collect(adapters)).ToDictionary(w => w.Key, w => w.Value.clone()));
        Assert.Contains(adapters.named_parameters(), p => p.name == "down_blocks.0.attentions.0.proj_in.lora_A.weight" && p.parameter.shape[0] == 2);

        adapters.Dispose();

        Golden.AssertClose(golden["out.base"], Predict(), what: "without adapters");
        WeightLoader.Load(unet, merged, "merged");
        Golden.AssertClose(adapted, Predict(), what: "merged");
    }

    [Fact]
    public void New_InitialValues_AreUniformWithinOneOverRootInputsAndOfTheSeed()
    {
        using var model = TextToImageModel.Load(jobs.Model);
        float[] Drawn(ulong seed)
        {
            using var generator = new Generator(seed);
            using var adapters = new LoraAdapters(model.Denoiser, ["to_q"], rank: 64, alpha: 64, generator);
            Assert.All(WeightLoader.Collect(adapters).Where(p => p.Key.EndsWith("lora_B.weight", StringComparison.Ordinal)), p => Assert.Equal(0, p.Value.abs().max().item<float>()));
            return [.. WeightLoader.Collect(adapters)["transformer_blocks.0.attn1.to_q.lora_A.weight"].data<float>()];
        }

        var values = Drawn(1);

        Assert.Equal(64 * 16, values.Length);
        Assert.Equal((0.25, 0.25 / Math.Sqrt(3)), (values.Max(Math.Abs), Math.Sqrt(values.Average(v => v * v))), (a, b) => Math.Abs(a.Item1 - b.Item1) < 0.002 && Math.Abs(a.Item2 - b.Item2) < 0.01); // 16 inputs
        Assert.Equal(values, Drawn(1));
        Assert.NotEqual(values, Drawn(2));
    }

    [Fact]
    public void Run_LoraDpo_CheckpointIsTheStartMergedWithItsLoraFileAndOnlyTargetsChanged()
    {
        var folder = jobs.Train(Three);

        TinyJob.Succeed(folder);

        using var start = TextToImageModel.Load(jobs.Model);
        using var trained = TextToImageModel.Load(folder.Checkpoint(3));
        var (before, after) = (WeightLoader.Collect(start.Denoiser), WeightLoader.Collect(trained.Denoiser));
        bool IsTarget(string name) => Projections.Split(',').Any(target => name.EndsWith($".{target}.weight", StringComparison.Ordinal));
        Assert.All(after, w => Assert.Equal(!IsTarget(w.Key), w.Value.Equals(before[w.Key])));
        var lora = LoraFile.Read(Path.Combine(folder.Checkpoint(3), LoraFile.DiffusersName));
        Assert.All(lora.Pairs.Values, pair => Assert.Equal((2, 2.0), (pair.Rank, pair.Alpha)));
        lora.MergeInto(start.Denoiser);
        Assert.All(WeightLoader.Collect(start.Denoiser), w => Golden.AssertClose(w.Value, after[w.Key], rtol: 1e-6, atol: 1e-7, what: w.Key));
        var state = Safetensors.Read(folder.ResumableState(3));
        Assert.Equal(16, state.Keys.Count(k => k.StartsWith("weights.", StringComparison.Ordinal))); // A and B of 2 × 4 projections
        Assert.Equal(lora.Pairs.Values.First().B, state[$"weights.{lora.Pairs.Keys.First()}.lora_B.weight"] * 1.5, (a, b) => a!.allclose(b!)); // alpha / rank is in the file's B
    }

    /// <summary>The reference is the network without adapters: the two agree at the first step, where −log σ(0) = log 2, and part afterwards.</summary>
    [Fact]
    public void Run_LoraDpo_ComparesWithTheNetworkWithoutAdapters()
    {
        var folder = jobs.Train(Three);

        TinyJob.Succeed(folder);

        var lines = TinyJob.Metrics(folder);
        Assert.Equal(Math.Log(2), lines[0].Loss, 1e-6);
        Assert.Equal(lines[0].PolicyError, lines[0].ReferenceError!.Value, 1e-6);
        Assert.NotEqual(lines[2].PolicyError, lines[2].ReferenceError!.Value);
    }

    [Fact]
    public void Run_TargetThatIsNotThere_SaysWhatThereIs() => Assert.Equal(
        "job.json: training.lora_targets names 'to_x', and the denoiser has no linear layer or 1×1 convolution of that name; it has linear, linear_1, linear_2, net.2, proj, proj_out, to_k, to_out.0, to_q, to_v.",
        TinyJob.Fail(jobs.Train(Three with { LoraTargets = "to_q, to_x" })));

    private static void Randomise(LoraAdapters adapters, Generator generator)
    {
        using var noGrad = no_grad();
        foreach (var parameter in adapters.parameters()) parameter.copy_(randn(parameter.shape, generator: generator));
    }

    private static void AssertAsPeft(Denoiser network, string file, Dictionary<string, Tensor> golden, double factor, string expected, Func<Tensor> predict, Func<Denoiser, Tensor> predictNoise)
    {
        var pairs = LoraFile.Read(file).Pairs;
        var rank = (int)pairs.Values.First().Rank;
        using var generator = new Generator(1);
        using var adapters = new LoraAdapters(network, Projections.Split(','), rank, factor * rank, generator);
        Golden.AssertClose(golden["out.base"], predict(), what: "before the first step"); // B is zero
        var values = WeightLoader.Collect(adapters);
        Assert.Equal(pairs.Keys.SelectMany(name => new[] { $"{name}.lora_A.weight", $"{name}.lora_B.weight" }).Order(), values.Keys.Order());
        using (no_grad())
        {
            foreach (var (name, pair) in pairs)
            {
                values[$"{name}.lora_A.weight"].copy_(pair.A);
                values[$"{name}.lora_B.weight"].copy_(pair.B);
            }
        }

        var output = predict();

        Golden.AssertClose(golden[expected], output, what: expected);
        Golden.AssertClose(golden["out.base"].narrow(1, 0, 4), predictNoise(adapters.Base()), what: "out.base");
        if (factor != 1) return;
        (output - golden["in.target"]).square().mean().backward();
        var gradients = golden.Where(g => g.Key.StartsWith("grad.", StringComparison.Ordinal)).ToList();
        Assert.Equal(values.Count, gradients.Count);
        foreach (var (name, expectedGradient) in gradients)
        {
            var gradient = values[name["grad.".Length..]].grad!;
            if (expectedGradient.count_nonzero().item<long>() == 0) // attention over a single token
            {
                Assert.Equal(0, gradient.abs().max().item<float>(), 1e-9);
                continue;
            }
            var check = TensorCheck.OfGradient(name, expectedGradient, gradient);
            Assert.True(check.Passed, $"{name}: {check.OfAllowed:F2} times what is allowed");
        }
        Assert.All(network.parameters(), parameter => Assert.False(parameter.requires_grad));
        foreach (var (name, merged) in golden.Where(g => g.Key.StartsWith("merged.", StringComparison.Ordinal)))
            Golden.AssertClose(merged, adapters.Merged(values)[name["merged.".Length..]], what: name);
    }
}
