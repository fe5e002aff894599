using System.Text.Json;
using PixelPost.Training.Contracts;

namespace PixelPost.Training.Tests;

public sealed class ContractTests
{
    [Theory]
    [InlineData(typeof(JobSpec))]
    [InlineData(typeof(LoopSettings))]
    [InlineData(typeof(SampleSettings))]
    [InlineData(typeof(PreferencePair))]
    [InlineData(typeof(CaptionedImage))]
    [InlineData(typeof(PromptLine))]
    [InlineData(typeof(JobStatus))]
    [InlineData(typeof(MetricsLine))]
    [InlineData(typeof(SampleLine))]
    [InlineData(typeof(JobOptions))]
    [InlineData(typeof(JobResult))]
    [InlineData(typeof(BestCheckpoint))]
    public void Document_EveryKeyOfEveryRecord_IsNamed(Type record)
    {
        var document = File.ReadAllText(Path.Combine(Repository.Root, "docs", "job-contract.md"));

        Assert.All(ContractJson.File.GetTypeInfo(record).Properties, key => Assert.Contains($"`{key.Name}`", document, StringComparison.Ordinal));
    }

    [Fact]
    public void Document_Files_AreThoseOfTheFolder()
    {
        var document = File.ReadAllText(Path.Combine(Repository.Root, "docs", "job-contract.md"));
        var folder = new JobFolder("/job");

        foreach (var path in new[] { folder.Job, folder.Preferences, folder.Captions, folder.Prompts, folder.Cancel, folder.Log, folder.Options, folder.Status, folder.Metrics, folder.Result, folder.Lock, folder.SampleManifest, folder.PreviewPrompts, folder.ResumableState(100) })
            Assert.Contains($"`{Path.GetRelativePath("/job", path)}`", document, StringComparison.Ordinal);
    }

    [Fact]
    public void Parse_WhatWasWritten_IsTheSameRecord()
    {
        var job = new JobSpec { JobId = "j", Kind = JobKind.Train, Model = "mödel/日本", Training = new LoopSettings { Objective = Objective.SimPo, Optimizer = OptimizerKind.AdamW, Beta = 1234.5 } };
        var json = JsonSerializer.Serialize(job, ContractJson.Line);

        Assert.Equal(job, ContractJson.Parse<JobSpec>(json, "job.json"));
        Assert.Contains("\"objective\":\"simpo\",", json, StringComparison.Ordinal);
        Assert.Contains("\"optimizer\":\"adamw\",", json, StringComparison.Ordinal);
        Assert.Contains("mödel/日本", json, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("[]", "prompts.jsonl line 1: it must be an object.")]
    [InlineData("null", "prompts.jsonl line 1: it is empty.")]
    [InlineData("""{"prompt_id":"p","prompt":null,"seed":1}""", "prompts.jsonl line 1: 'prompt' is null; it must be text.")]
    [InlineData("""{"prompt_id":"p","prompt":"a","seed":1e30}""", "prompts.jsonl line 1: 'seed' is 1e30; it must be a whole number.")]
    [InlineData("""{"prompt_id":"p","prompt":"a","seed":1,"size":64}""", "prompts.jsonl line 1: key 'size' is unknown; known are prompt, prompt_id, seed.")]
    public void Parse_NotWhatTheContractSays_NamesKeyAndWhatWouldBeRight(string json, string sentence) =>
        Assert.Equal(sentence, Assert.Throws<JsonException>(() => ContractJson.Parse<PromptLine>(json, "prompts.jsonl line 1")).Message);

    [Fact]
    public void Faults_EachSettingOutOfRange_OneSentenceEach()
    {
        var wrong = new LoopSettings
        {
            PixelObjective = Objective.Sft,
            LatentWeight = -1,
            PixelWeight = -1,
            MinSnrGamma = -1,
            LoraRank = -1,
            LoraAlpha = -1,
            LoraTargets = " , ",
            Steps = 0,
            BatchSize = 0,
            Accumulation = 0,
            LearningRate = 0,
            WarmupSteps = -1,
            WeightDecay = -1,
            Beta1 = 1,
            Beta2 = -0.1,
            GradClip = -1,
            LrFinal = 1.5,
            EmaHalfLife = -1,
            Beta = 0,
            PixelBeta = double.NaN,
            Gamma = -1,
            DesirableWeight = 0,
            UndesirableWeight = 0,
            CaptionDropout = 1,
            HoldOut = 1,
            EvaluateEvery = 0,
            LogEvery = 0,
            CheckpointEvery = 0,
            KeepCheckpoints = -1,
            PreviewEvery = -1,
            Previews = 0,
            Seed = -1,
            BucketStep = -1,
            PixelEvery = 0,
            PixelBelow = 0,
            PixelWindow = 0,
            PixelWindows = 0,
            PixelMargin = -1,
            PixelShare = -1,
            PixelBudget = -1,
            PixelFrequency = -1,
            PixelFeatures = -1,
        };

        Assert.Equal(42, wrong.Faults().Count);
        Assert.Contains("training.beta1 is 1; it must be at least 0 and below 1.", wrong.Faults());
        Assert.Empty(new LoopSettings().Faults());
        Assert.Equal(["training.latent_weight and training.pixel_weight are both 0; one of them must be more."], new LoopSettings { LatentWeight = 0 }.Faults());
        Assert.Single(new LoopSettings { LatentWeight = 0, PixelWeight = 1, PixelEvery = 2 }.Faults());
        Assert.Single(new LoopSettings { PixelBudget = 0.1 }.Faults()); // without a pixel term
        Assert.Single(new LoopSettings { LatentWeight = 0, PixelWeight = 1, PixelShare = 0.5 }.Faults());
        Assert.Single(new LoopSettings { PixelWeight = 1, PixelBudget = 0.1, PixelEvery = 2 }.Faults());
        Assert.Empty(new LoopSettings { PixelWeight = 1, PixelBudget = 0.1, PixelShare = 0.5 }.Faults());
        Assert.Single(new LoopSettings { PixelWeight = 1, PixelTarget = PixelTarget.ReverseNoised, PixelDecoding = PixelDecoding.Windows }.Faults());
        Assert.Single(new LoopSettings { PixelWeight = 1, PixelFrequency = 1, PixelFeatures = 1 }.Faults());
        Assert.Single(new LoopSettings { PixelWeight = 1, PixelFrequency = 1, PixelDecoding = PixelDecoding.Windows }.Faults());
        Assert.Single(new LoopSettings { PixelWeight = 1, PixelFeatures = 1, PixelTarget = PixelTarget.ReverseNoised }.Faults());
        Assert.Single(new LoopSettings { PixelWeight = 1, PixelControlVariate = PixelControlVariate.Linear, PixelFrequency = 1 }.Faults());
        Assert.Single(new LoopSettings { PixelWeight = 1, PixelControlVariate = PixelControlVariate.Linear, PixelDecoding = PixelDecoding.Linear }.Faults());
        Assert.Empty(new LoopSettings { PixelWeight = 1, PixelControlVariate = PixelControlVariate.Linear, PixelBudget = 0.1 }.Faults());
        Assert.Single(new LoopSettings { Objective = Objective.Sft, PixelObjective = Objective.Dpo }.Faults());
        Assert.Empty(new LoopSettings { Objective = Objective.Dpo, LatentWeight = 0, PixelWeight = 1, PixelObjective = Objective.SimPo }.Faults());
        Assert.Equal(3, new SampleSettings { InferenceSteps = 0, GuidanceScale = -1, BatchSize = 0 }.Faults().Count);
        Assert.Empty(new SampleSettings().Faults());
    }

    [Theory]
    [InlineData(Objective.Sft, 1, 1, null, false)]
    [InlineData(Objective.SimPo, 1, 1, null, false)]
    [InlineData(Objective.Dpo, 1, 0, null, true)]
    [InlineData(Objective.Ipo, 1, 0, null, true)]
    [InlineData(Objective.Kto, 0, 1, null, true)]
    [InlineData(Objective.SimPo, 1, 1, Objective.Dpo, true)]
    [InlineData(Objective.SimPo, 1, 0, Objective.Dpo, false)] // there is no pixel term
    [InlineData(Objective.Dpo, 0, 1, Objective.SimPo, false)] // there is no latent term
    public void NeedsReference_ATermThatCountsComparesWithIt(Objective objective, double latentWeight, double pixelWeight, Objective? inPixels, bool expected) =>
        Assert.Equal(expected, new LoopSettings { Objective = objective, LatentWeight = latentWeight, PixelWeight = pixelWeight, PixelObjective = inPixels }.NeedsReference());
}
