using System.Security.Cryptography;
using PixelPost.Training.Contracts;

namespace PixelPost.Training.Tests;

/// <summary>Every way a job can be wrong ends with a sentence that says what, where, and what would be right.</summary>
public sealed class JobFailureTests(TinyJob jobs) : IClassFixture<TinyJob>
{
    private static readonly LoopSettings Short = new() { Steps = 2, BatchSize = 1 };

    [Theory]
    [InlineData("\"steps\": 2", "\"stepps\": 2", "job.json: key 'training.stepps' is unknown; did you mean 'steps'?")]
    [InlineData("\"steps\": 2", "\"steps\": \"two\"", "job.json: 'training.steps' is \"two\"; it must be a whole number.")]
    [InlineData("\"steps\": 2", "\"steps\": 2.5", "job.json: 'training.steps' is 2.5; it must be a whole number.")]
    [InlineData("\"simpo\"", "\"ppo\"", "job.json: 'training.objective' is \"ppo\"; it must be one of sft, dpo, simpo, ipo, kto.")]
    [InlineData("\"steps\": 2", "\"steps\": 0", "job.json: training.steps is 0; it must be 1 or more.")]
    [InlineData("\"job_id\": \"test\",", "", "job.json: key 'job_id' is missing.")]
    [InlineData("\"contract_version\": 1", "\"contract_version\": 2", "job.json: contract_version is 2; this worker knows 1 only.")]
    [InlineData("\"kind\": \"train\"", "\"kind\": \"sample\"", "job.json: kind is 'sample'; 'train' needs a job of kind 'train'.")]
    public void Train_WrongJob_SaysWhichKeyAndWhatWouldBeRight(string right, string wrong, string sentence)
    {
        var folder = jobs.Train(Short);
        var text = File.ReadAllText(folder.Job);
        Assert.Contains(right, text, StringComparison.Ordinal);
        File.WriteAllText(folder.Job, text.Replace(right, wrong, StringComparison.Ordinal));

        Assert.Equal(sentence, TinyJob.Fail(folder));
    }

    [Fact]
    public void Train_JobIsNotJson_SaysWhere() =>
        Assert.StartsWith("job.json: ", TinyJob.Fail(Edited(jobs.Train(Short), f => f.Job, _ => "{ \"job_id\": ")), StringComparison.Ordinal);

    [Fact]
    public void Train_NoPairs_Refuses() =>
        Assert.Equal("preferences.jsonl has no lines: there is nothing to train on.", TinyJob.Fail(jobs.Train(Short, pairs: 0)));

    [Fact]
    public void Train_NoFile_SaysWhatTheObjectiveLearnsFrom()
    {
        var folder = jobs.Train(Short);
        File.Delete(folder.Preferences);

        Assert.Equal("preferences.jsonl is missing; every objective but sft learns from preference pairs.", TinyJob.Fail(folder));
    }

    [Fact]
    public void Train_AllWeightsZero_Refuses() =>
        Assert.Equal("preferences.jsonl: every pair has weight 0, so there is nothing to train on.", TinyJob.Fail(WithPair(line => line with { Weight = 0 }, all: true)));

    [Fact]
    public void Train_NegativeWeight_NamesTheLine() =>
        Assert.Equal("preferences.jsonl line 3: weight is -1; it must be 0 or more.", TinyJob.Fail(WithPair(line => line with { Weight = -1 })));

    [Fact]
    public void Train_UnknownKeyInALine_NamesTheLine() =>
        Assert.Equal("preferences.jsonl line 3: key 'promt' is unknown; did you mean 'prompt'?", TinyJob.Fail(Edited(jobs.Train(Short), f => f.Preferences, text => Replace(text, 3, "\"prompt\"", "\"promt\""))));

    [Fact]
    public void Train_MissingImage_NamesTheLine() =>
        Assert.Equal("preferences.jsonl line 3: image 'images/none.png' does not exist.", TinyJob.Fail(WithPair(line => line with { Chosen = "images/none.png", ChosenSha256 = new string('0', 64) })));

    [Fact]
    public void Train_ImageIsAnotherFile_SaysSo()
    {
        var sentence = TinyJob.Fail(WithPair(line => line with { ChosenSha256 = new string('0', 64) }));

        Assert.StartsWith("preferences.jsonl line 3: image 'images/2a.png' has SHA-256 ", sentence, StringComparison.Ordinal);
        Assert.EndsWith("it is not the file the job was made with.", sentence, StringComparison.Ordinal);
    }

    [Fact]
    public void Train_TruncatedImage_NamesTheLine()
    {
        var folder = jobs.Train(Short);
        var image = Path.Combine(folder.Images, "2a.png");
        File.WriteAllBytes(image, File.ReadAllBytes(image)[..100]);
        var sha256 = Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(image)));
        EditPair(folder, line => line with { ChosenSha256 = sha256 }, all: false);

        Assert.Matches(@"^preferences\.jsonl line 3: '.*2a\.png' is not a readable picture: ", TinyJob.Fail(folder));
    }

    [Fact]
    public void Train_SameImageTwice_NamesThePair() =>
        Assert.Equal("preferences.jsonl line 3: the chosen and the rejected image of pair 'pair-2' are the same file.", TinyJob.Fail(WithPair(line => line with { Rejected = line.Chosen, RejectedSha256 = line.ChosenSha256 })));

    [Fact]
    public void Train_NoModel_NamesTheFolder() =>
        Assert.Matches("^'.*/nowhere' is not a model folder: model_index.json is missing.$", TinyJob.Fail(Edited(jobs.Train(Short), f => f.Job, text => text.Replace(jobs.Model, "nowhere", StringComparison.Ordinal))));

    [Fact]
    public void Train_LossNotFinite_NamesThePairs()
    {
        var folder = jobs.Train(Short with { Steps = 20, LearningRate = 1e30, WarmupSteps = 0, GradClip = 0 }, pairs: 2);

        Assert.Matches(@"^Step \d+: the loss is NaN, with 'pair-[01]'\. Lower learning_rate or raise warmup_steps", TinyJob.Fail(folder));
    }

    [Fact]
    public void Train_StateOfOtherSettings_IsNotTakenUp()
    {
        var folder = jobs.Train(Short);
        TinyJob.Succeed(folder);
        File.Delete(folder.Result);
        File.WriteAllText(folder.Job, File.ReadAllText(folder.Job).Replace("\"steps\": 2", "\"steps\": 3", StringComparison.Ordinal));

        Assert.Equal("'000002.state.safetensors' was left by a run with other settings, data or model. Make a new job for those, or delete 'checkpoints' to start this one afresh.", TinyJob.Fail(folder));
    }

    [Fact]
    public void Train_AnotherWorkerHoldsTheFolder_LeavesItAlone()
    {
        var folder = jobs.Train(Short);
        using var other = new RunFiles(folder);
        var status = File.ReadAllText(folder.Status);

        var (exit, error) = TinyJob.Run("train", "--job", folder.Root);

        Assert.Equal((WorkerExit.BadJob, $"Another worker is at work in '{folder.Root}'."), (exit, error.Trim()));
        Assert.Equal(status, File.ReadAllText(folder.Status));
    }

    [SkippableFact]
    public void Train_DiskFull_SaysSo()
    {
        Skip.IfNot(File.Exists("/dev/full"), "/dev/full, a disk that is always full, exists on Linux only");
        var folder = jobs.Train(Short);
        File.CreateSymbolicLink(folder.Options + ".tmp", "/dev/full");

        var sentence = TinyJob.Fail(folder);

        Assert.StartsWith("The disk is full: ", sentence, StringComparison.Ordinal);
        Assert.EndsWith("Free some space and start the job again; it goes on from its last checkpoint.", sentence, StringComparison.Ordinal);
    }

    [Fact]
    public void Explain_MoreMemoryThanThereIs_SaysWhatToLower()
    {
        var problem = Record.Exception(() => TorchSharp.torch.empty([1L << 50]).Dispose());

        var (exit, sentence) = Failure.Explain(problem!);

        Assert.Equal(WorkerExit.OutOfMemory, exit);
        Assert.StartsWith("Out of memory. Lower batch_size", sentence, StringComparison.Ordinal);
    }

    [Fact]
    public void Explain_AnythingElse_IsABug()
    {
        var (exit, sentence) = Failure.Explain(new InvalidOperationException("Sequence contains no elements.\nmore"));

        Assert.Equal((WorkerExit.Bug, "The worker failed unexpectedly (InvalidOperationException: Sequence contains no elements); its log has the details."), (exit, sentence));
    }

    private JobFolder WithPair(Func<PreferencePair, PreferencePair> edit, bool all = false)
    {
        var folder = jobs.Train(Short);
        EditPair(folder, edit, all);
        return folder;
    }

    /// <summary>Edits the third pair, or all.</summary>
    private static void EditPair(JobFolder folder, Func<PreferencePair, PreferencePair> edit, bool all)
    {
        var lines = ContractJson.ReadLines<PreferencePair>(folder.Preferences).ToList();
        TinyJob.WriteLines(folder.Preferences, lines.Select(line => all || line.Number == 3 ? edit(line.Value) : line.Value));
    }

    private static JobFolder Edited(JobFolder folder, Func<JobFolder, string> file, Func<string, string> edit)
    {
        File.WriteAllText(file(folder), edit(File.ReadAllText(file(folder))));
        return folder;
    }

    private static string Replace(string text, int line, string old, string replacement) =>
        string.Join('\n', text.Split('\n').Select((l, i) => i == line - 1 ? l.Replace(old, replacement, StringComparison.Ordinal) : l));
}
