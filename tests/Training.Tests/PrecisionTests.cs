using PixelPost.Training.Contracts;
using PixelPost.Training.Native;
using PixelPost.Training.Weights;
using TorchSharp;
using static TorchSharp.torch;

namespace PixelPost.Training.Tests;

public sealed class PrecisionTests(TinyJob jobs) : IClassFixture<TinyJob>
{
    private static readonly LoopSettings Four = new() { Objective = Objective.Dpo, PixelWeight = 2, Steps = 4, BatchSize = 2, LearningRate = 1e-3, WarmupSteps = 0, HoldOut = 0 };

    [SkippableFact]
    public void Run_InBfloat16_NearFloat32AndWeightsStayFloat32()
    {
        Skip.IfNot(Autocast.IsSupported, "this libtorch does not export autocast");
        var (exact, rounded) = (jobs.Train(Four), jobs.Train(Four with { Precision = Precision.Bfloat16 }));

        TinyJob.Succeed(exact);
        TinyJob.Succeed(rounded);

        var (expected, actual) = (TinyJob.Metrics(exact)[0], TinyJob.Metrics(rounded)[0]);
        Assert.NotEqual(expected.PolicyError, actual.PolicyError);
        Assert.Equal(expected.PolicyError, actual.PolicyError, 0.02 * expected.PolicyError);
        Assert.Equal(expected.PixelLoss!.Value, actual.PixelLoss!.Value, 0.02 * expected.PixelLoss.Value);
        Assert.All(Safetensors.Read(rounded.ResumableState(4)).Where(t => t.Value.is_floating_point()), t => Assert.Equal(ScalarType.Float32, t.Value.dtype));
        Assert.Null(Autocast.Current);
    }

    [Theory]
    [InlineData(Precision.Full)]
    [InlineData(Precision.Bfloat16)]
    public void Run_Checkpointed_SameLossesAsWithout(Precision precision)
    {
        var settings = Four with { Precision = precision };
        var (plain, checkpointed) = (jobs.Train(settings), jobs.Train(settings with { GradientCheckpointing = true }));

        TinyJob.Succeed(plain);
        TinyJob.Succeed(checkpointed);

        foreach (var (expected, actual) in TinyJob.Metrics(plain).Zip(TinyJob.Metrics(checkpointed)))
        {
            Assert.Equal(expected.Loss, actual.Loss, 1e-5 * Math.Abs(expected.Loss));
            Assert.Equal(expected.GradNorm, actual.GradNorm, 1e-5 * expected.GradNorm);
        }
        var alive = TinyJob.Metrics(checkpointed).Select(m => m.LiveTensors).ToList();
        Assert.All(alive.Skip(2), count => Assert.InRange(count, 0, alive[1]));
    }

    [Theory]
    [InlineData(null, 0, "cpu")]
    [InlineData("auto", 1, "cuda:0")]
    [InlineData("cpu", 1, "cpu")]
    [InlineData("CUDA", 1, "cuda:0")]
    [InlineData("cuda:1", 2, "cuda:1")]
    public void Choose_WhatThereIs_IsTaken(string? wanted, int gpus, string expected)
    {
        LibTorch.Load();

        Assert.Equal(expected, ComputeDevice.Choose(wanted, gpus).ToString());
    }

    [Theory]
    [InlineData("cuda", 0, "PIXELPOST_DEVICE is 'cuda', but no GPU can be used; 'PixelPost.Training doctor' says why.")]
    [InlineData("cuda:2", 2, "PIXELPOST_DEVICE is 'cuda:2', but there are 2 GPUs, cuda:0 to cuda:1.")]
    [InlineData("gpu", 1, "PIXELPOST_DEVICE is 'gpu'; it must be auto, cpu, cuda or cuda:N.")]
    public void Choose_WhatThereIsNot_SaysWhatWouldBeRight(string wanted, int gpus, string sentence)
    {
        LibTorch.Load();

        Assert.Equal(sentence, Assert.Throws<BadJobException>(() => ComputeDevice.Choose(wanted, gpus)).Message);
    }

    [SkippableFact]
    public void Enter_Nested_OuterStateComesBack()
    {
        Skip.IfNot(Autocast.IsSupported, "this libtorch does not export autocast");
        using (Autocast.Bfloat16())
        {
            using (Autocast.Bfloat16()) { }
            Assert.Equal(DeviceType.CPU, Autocast.Current!.Device);
            Assert.Equal(ScalarType.BFloat16, mm(ones(2, 2), ones(2, 2)).dtype);
        }
        Assert.Equal(ScalarType.Float32, mm(ones(2, 2), ones(2, 2)).dtype);
    }
}
