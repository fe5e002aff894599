using PixelPost.EvalPortal.TrainingJobs;

namespace PixelPost.EvalPortal.Tests.TrainingJobs;

public sealed class WorkerProgramTests
{
    [Fact]
    public void Find_NothingConfigured_IsTheWorkerBuiltWithThePortal()
    {
        var command = WorkerProgram.Find(new PortalOptions());

        Assert.Equal(2, command.Length);
        Assert.All(command, file => Assert.True(File.Exists(file), file));
        Assert.Equal("PixelPost.Training.dll", Path.GetFileName(command[1]));
    }
}
