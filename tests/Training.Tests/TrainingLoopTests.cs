using PixelPost.Training.Contracts;
using PixelPost.Training.Weights;
using static TorchSharp.torch;

namespace PixelPost.Training.Tests;

public sealed class TrainingLoopTests(TinyJob jobs) : IClassFixture<TinyJob>
{
    private static readonly LoopSettings Six = new() { Objective = Objective.Dpo, PixelWeight = 2, Steps = 6, BatchSize = 2, Accumulation = 2, EmaDecay = 0.9, CheckpointEvery = 3, EvaluateEvery = 4, LearningRate = 1e-3, HoldOut = 0.34 };

    [Fact]
    public void Run_StoppedHalfWayAndResumed_SameBitsAsUninterrupted()
    {
        var whole = jobs.Train(Six);
        TinyJob.Succeed(whole);
        var resumed = jobs.Copy(whole);
        Directory.Delete(resumed.Checkpoint(6), recursive: true);
        File.Delete(resumed.ResumableState(6));
        File.Delete(resumed.Result);
        File.AppendAllText(resumed.Metrics, """{"step":7,"el"""); // as a kill in mid-write leaves it

        TinyJob.Succeed(resumed);

        Assert.Equal(6, TinyJob.Metrics(resumed).Count);
        foreach (var (expected, actual) in TinyJob.Metrics(whole).Zip(TinyJob.Metrics(resumed)))
            Assert.Equal(expected with { Elapsed = 0, ImagesPerSecond = 0, ResidentBytes = 0, LiveTensors = 0 }, actual with { Elapsed = 0, ImagesPerSecond = 0, ResidentBytes = 0, LiveTensors = 0 });
        AssertSameBits(Safetensors.Read(whole.ResumableState(6)), Safetensors.Read(resumed.ResumableState(6)));
        Assert.Equal(ContractJson.ReadFile<JobResult>(whole.Result).ModelSha256, ContractJson.ReadFile<JobResult>(resumed.Result).ModelSha256);
    }

    private static void AssertSameBits(Dictionary<string, Tensor> expected, Dictionary<string, Tensor> actual)
    {
        Assert.Equal(expected.Keys.Order(), actual.Keys.Order());
        foreach (var (name, value) in expected) Assert.True(value.bytes.SequenceEqual(actual[name].bytes), name);
    }
}
