using System.Text.Json;
using PixelPost.EvalPortal.TrainingJobs;
using PixelPost.Training.Contracts;

namespace PixelPost.EvalPortal.Tests.TrainingJobs;

public sealed class MetricsFileTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("pixelpost-metrics-");
    private readonly string _path;
    private readonly MetricsFile _metrics;

    public MetricsFileTests()
    {
        _path = Path.Combine(_folder.FullName, "metrics.jsonl");
        _metrics = new MetricsFile(_path);
    }

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void Read_NoFileYet_IsEmpty() => Assert.Empty(_metrics.Read());

    [Fact]
    public void Read_GrowingFile_AddsFinishedLinesOnly()
    {
        File.AppendAllText(_path, Line(1, 0.9) + Line(2, 0.8)[..20]);
        Assert.Equal([1], Steps());

        File.AppendAllText(_path, Line(2, 0.8)[20..] + Line(3, 0.7));

        Assert.Equal([1, 2, 3], Steps());
        Assert.Equal(0.8, _metrics.Read()[1].Loss);
    }

    [Fact]
    public void Read_ResumedRunRepeatsSteps_KeepsTheLaterRun()
    {
        File.AppendAllText(_path, Line(1, 0.9) + Line(2, 0.8) + Line(3, 0.7));
        Assert.Equal([1, 2, 3], Steps());

        File.AppendAllText(_path, Line(2, 0.5));

        Assert.Equal([(1, 0.9), (2, 0.5)], _metrics.Read().Select(line => (line.Step, line.Loss)));
    }

    [Fact]
    public void Read_FileCutBack_StartsOver()
    {
        File.WriteAllText(_path, Line(1, 0.9) + Line(2, 0.8));
        _metrics.Read();

        File.WriteAllText(_path, Line(1, 0.4));

        Assert.Equal(0.4, Assert.Single(_metrics.Read()).Loss);
    }

    [Fact]
    public void Read_LineThatIsNotOfTheContract_Throws()
    {
        File.WriteAllText(_path, """{"step":1,"lr":0.1}""" + "\n");

        Assert.Throws<JsonException>(() => _metrics.Read());
    }

    private IEnumerable<int> Steps() => _metrics.Read().Select(line => line.Step);

    private static string Line(int step, double loss) => JsonSerializer.Serialize(
        new MetricsLine
        {
            Step = step,
            Elapsed = step,
            Loss = loss,
            LatentLoss = loss,
            PolicyError = 0.1,
            GradNorm = 1,
            LearningRate = 1e-5,
            ImagesPerSecond = 4,
            ResidentBytes = 1 << 30,
            LiveTensors = 400,
        },
        ContractJson.Line) + "\n";
}
