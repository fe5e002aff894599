using PixelPost.EvalPortal.TrainingJobs;
using PixelPost.Training.Contracts;

namespace PixelPost.EvalPortal.Tests.TrainingJobs;

public sealed class JobWordsTests
{
    private static readonly DateTimeOffset Now = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    private static readonly JobStatus Training = new()
    {
        State = JobState.Running,
        Phase = "training",
        Done = 120,
        Total = 300,
        SecondsLeft = 190,
        UpdatedAt = Now,
    };

    [Theory]
    [InlineData(0, "")]
    [InlineData(1, "1 job comes first")]
    [InlineData(3, "3 jobs come first")]
    public void Queued_SaysHowManyComeFirst(int before, string details) =>
        Assert.Equal(("Waiting", details), Words(Job(RunState.Queued), null, before));

    [Fact]
    public void Running_SaysHowFarAndHowLong()
    {
        var job = Job(RunState.Running);

        Assert.Equal(("Running", "starting the worker"), Words(job, null));
        Assert.Equal(("Running", "encoding images, 3 of 110"), Words(job, Training with { State = JobState.Starting, Phase = "encoding images", Done = 3, Total = 110, SecondsLeft = null }));
        Assert.Equal(("Running", "step 120 of 300, 3 min left"), Words(job, Training));
        Assert.Equal(("Running", "image 120 of 300, 3 min left"), Words(job with { Kind = JobKind.Sample }, Training));
        Assert.Equal(("Stopping", "step 120 of 300"), Words(job with { CancelRequestedAt = Now }, Training));
    }

    [Fact]
    public void Running_WorkerIsSilent_SaysSinceWhen() => Assert.Equal(
        ("Running", "step 120 of 300; no word from the worker for 40 s"),
        Words(Job(RunState.Running), Training with { UpdatedAt = Now.AddSeconds(-40) }));

    [Theory]
    [InlineData(RunState.Succeeded, "Done")]
    [InlineData(RunState.Failed, "Failed")]
    [InlineData(RunState.Cancelled, "Cancelled")]
    [InlineData(RunState.Interrupted, "Interrupted")]
    public void Ended_SaysHowFarItGot(RunState state, string word) =>
        Assert.Equal((word, "step 120 of 300"), Words(Job(state), Training));

    internal static MetricsLine Line(int step, double error) => new()
    {
        Step = step,
        Elapsed = step,
        Loss = 0.7,
        LatentLoss = 0.7,
        PolicyError = error,
        GradNorm = 1,
        LearningRate = 1e-5,
        ImagesPerSecond = 8,
        ResidentBytes = 400_000_000,
        LiveTensors = 100,
    };

    private static (string State, string Details) Words(Job job, JobStatus? status, int before = 0)
    {
        var words = JobWords.Of(job, status, before, Now);
        return (words.State, words.Details);
    }

    private static Job Job(RunState state) => new()
    {
        JobId = 1,
        Kind = JobKind.Train,
        Name = "tuned",
        State = state,
        Folder = "jobs/1",
        SpecJson = "{}",
        ModelId = 1,
        CreatedAt = Now,
    };
}
