using PixelPost.EvalPortal.TrainingJobs;
using PixelPost.Training.Contracts;

namespace PixelPost.EvalPortal.Tests.TrainingJobs;

public sealed class JobEndTests
{
    private const long Space = 1L << 40;

    private static readonly JobStatus AtStep37 = new()
    {
        State = JobState.Running,
        Phase = "training",
        Done = 37,
        Total = 300,
        UpdatedAt = DateTimeOffset.UnixEpoch,
    };

    [Theory]
    [InlineData(3, RunState.Interrupted, "The worker was stopped from outside at 37 of 300 (training). Resume the job to go on from its last checkpoint.")]
    [InlineData(134, RunState.Failed, "The worker crashed (signal 6, SIGABRT) at 37 of 300 (training). Its log has the details.")]
    [InlineData(139, RunState.Failed, "The worker crashed (signal 11, SIGSEGV) at 37 of 300 (training). Its log has the details.")]
    [InlineData(137, RunState.Interrupted, "The worker was killed (signal 9, SIGKILL) at 37 of 300 (training); the system does that when memory runs out. Resume the job to go on from its last checkpoint.")]
    [InlineData(143, RunState.Interrupted, "The worker was stopped from outside at 37 of 300 (training). Resume the job to go on from its last checkpoint.")]
    [InlineData(4, RunState.Failed, "The device ran out of memory at 37 of 300 (training). Choose a smaller batch size.")]
    [InlineData(1, RunState.Failed, "The worker failed at 37 of 300 (training): System.InvalidOperationException: shapes differ")]
    [InlineData(null, RunState.Interrupted, "The worker ended while the portal was not running at 37 of 300 (training). Resume the job to go on from its last checkpoint.")]
    public void Of_EndWithoutResult_SaysWhatWhereAndWhatToDo(int? exitCode, RunState state, string? error)
    {
        string[] log = ["loading", "System.InvalidOperationException: shapes differ", "   at TrainingLoop.Run()"];

        Assert.Equal(new JobEnd(state, error), JobEnd.Of(exitCode, cancelRequested: false, AtStep37, hasResult: false, log, Space));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(null)]
    [InlineData(139)] // the result is written last: what happens on the way out no longer matters
    public void Of_Result_Succeeded(int? exitCode) =>
        Assert.Equal(new JobEnd(RunState.Succeeded), JobEnd.Of(exitCode, cancelRequested: true, AtStep37, hasResult: true, [], Space));

    [Theory]
    [InlineData(2)]
    [InlineData(null)]
    public void Of_UnusableJob_QuotesTheWorker(int? exitCode)
    {
        var status = AtStep37 with { State = JobState.Failed, Error = "preferences.jsonl line 3: image 'x.png' does not exist." };

        Assert.Equal(new JobEnd(RunState.Failed, status.Error), JobEnd.Of(exitCode, cancelRequested: false, status, hasResult: false, [], Space));
    }

    [Theory]
    [InlineData(1000, "anything")]
    [InlineData(Space, "System.IO.IOException: No space left on device : '/x'")]
    public void Of_FullDisk_IsNamed(long freeBytes, string log)
    {
        var end = JobEnd.Of(1, cancelRequested: false, AtStep37, hasResult: false, [log], freeBytes);

        Assert.Equal("The disk is full: the worker stopped at 37 of 300 (training). Make room, then resume the job.", end.Error);
    }

    [Fact]
    public void Of_DeadBeforeItBegan_SaysSo()
    {
        var end = JobEnd.Of(1, cancelRequested: false, status: null, hasResult: false, [], Space);

        Assert.Equal("The worker failed before it began: exit code 1 and not a word.", end.Error);
    }

    [Theory]
    [InlineData(3, null)]
    [InlineData(137, "The worker did not stop by itself when asked (exit code 137).")]
    public void Of_CancelledJob_IsCancelledHoweverItStopped(int exitCode, string? error) =>
        Assert.Equal(new JobEnd(RunState.Cancelled, error), JobEnd.Of(exitCode, cancelRequested: true, AtStep37, hasResult: false, [], Space));
}
