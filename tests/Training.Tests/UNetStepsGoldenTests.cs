using PixelPost.Training.Contracts;
using PixelPost.Training.Weights;
using static TorchSharp.torch;

namespace PixelPost.Training.Tests;

/// <summary>Three optimizer steps of Eq. 3 on a U-Net against PyTorch: loss, gradient norm, weights and moments after each.</summary>
public sealed class UNetStepsGoldenTests
{
    private const double Rate = 1e-4;

    [SkippableTheory]
    [InlineData(OptimizerKind.Adam, 5e-6, "unet_adam_l2_3steps")]
    [InlineData(OptimizerKind.AdamW, 1e-2, "unet_adamw_3steps")]
    public void Step_ThreeTimes_LossesAndWeightsOfPyTorch(OptimizerKind kind, double weightDecay, string file)
    {
        var golden = Safetensors.Read(Golden.Reference("losses", "expected", $"{file}.safetensors"));
        using var setting = new LossesSetting("unet");
        var parameters = setting.Policy.named_parameters().Select(p => (p.name, (Tensor)p.parameter)).ToArray();
        using var optimizer = new FusedAdam(parameters, kind, weightDecay: weightDecay);

        for (var step = 1; step <= 3; step++)
        {
            Golden.AssertClose(golden[$"step{step}.loss"], Backward(setting), what: $"loss before step {step}");
            Golden.AssertClose(golden[$"step{step}.gradnorm_total"], tensor([optimizer.ClipGradients(maxNorm: 0)]), 1e-3, what: $"gradient norm of step {step}");
            optimizer.Step(Rate);
            // the file's single weights of steps 1 and 2 are those of step 3; its sums over all weights are of their own step
            Golden.AssertClose(golden[$"step{step}.sumsq_all"], Sum(parameters, w => w.square()), 1e-6, what: $"squares after step {step}");
            Golden.AssertClose(golden[$"step{step}.sum_all"], Sum(parameters, w => w), 1e-5, what: $"sum after step {step}");
        }
        AssertWeights(golden, "step3.param.", parameters);
    }

    [SkippableTheory]
    [InlineData(OptimizerKind.Adam, 5e-6, "unet_adam_l2_3steps")]
    [InlineData(OptimizerKind.AdamW, 1e-2, "unet_adamw_3steps")]
    public void Step_ClippedTo_AsPyTorch(OptimizerKind kind, double weightDecay, string file)
    {
        var golden = Safetensors.Read(Golden.Reference("losses", "expected", $"{file}.safetensors"));
        using var setting = new LossesSetting("unet");
        var parameters = setting.Policy.named_parameters().Select(p => (p.name, (Tensor)p.parameter)).ToArray();
        using var optimizer = new FusedAdam(parameters, kind, weightDecay: weightDecay);
        Backward(setting);

        Golden.AssertClose(golden["clip.norm_before"], tensor([optimizer.ClipGradients(maxNorm: 0.1)]), 1e-3, what: "norm before");
        optimizer.Step(Rate);
        AssertWeights(golden, "clip.step1.param.", parameters);
    }

    private static Tensor Backward(LossesSetting setting)
    {
        setting.Policy.zero_grad();
        var (latent, pixel) = setting.Errors("in.z");
        var loss = Losses.Total((1, latent), (setting.Number("const.lambda"), pixel)).mean();
        loss.backward();
        return loss.detach().reshape(1);
    }

    private static Tensor Sum((string Name, Tensor Value)[] parameters, Func<Tensor, Tensor> of) =>
        tensor([parameters.Sum(p => of(p.Value.detach().to(float64)).sum().item<double>())], dtype: float64);

    /// <summary>
    /// Within 2e-6, but for one element in a thousand: Adam's first steps are about rate · sign(gradient), so where the gradient is
    /// nearly 0 its sign may be the other one. Those stay within three steps.
    /// </summary>
    private static void AssertWeights(Dictionary<string, Tensor> golden, string prefix, (string Name, Tensor Value)[] parameters)
    {
        var (all, off) = (0L, 0L);
        foreach (var (name, value) in parameters.Where(p => golden.ContainsKey(prefix + p.Name)))
        {
            var difference = (golden[prefix + name] - value.detach()).abs();
            Assert.True(difference.max().item<float>() <= 3 * Rate, $"{prefix}{name} is off by {difference.max().item<float>():E2}.");
            all += difference.NumberOfElements;
            off += difference.gt(2e-6).sum().item<long>();
        }
        Assert.True(all > 0 && off <= all / 1000, $"{prefix}: {off} of {all} elements are off.");
    }
}
