using PixelPost.Training.Contracts;
using PixelPost.Training.Native;
using static TorchSharp.torch;

namespace PixelPost.Training.Tests;

public sealed class NativeTests
{
    [Fact]
    public void Doctor_ThisMachine_NamesLibrariesVersionsThreadsAndWhyThereIsNoGpu()
    {
        var output = new StringWriter();

        var exit = Doctor.Run(output);

        var report = output.ToString();
        Assert.True(exit == WorkerExit.Done, report);
        Assert.Contains("No fault found.", report, StringComparison.Ordinal);
        Assert.Matches(@"(?m)^loaded +.*torch_cpu", report);
        Assert.Matches(@"(?m)^loaded +.*LibTorchSharp", report);
        Assert.Matches($@"(?m)^versions +TorchSharp 0\.\d+\.\d+, libtorch {LibTorch.BuiltFor}; found {LibTorch.BuiltFor}", report);
        Assert.Matches(@"(?m)^threads +\d+ of \d+ processors", report);
        Assert.Matches(cuda.is_available() ? @"(?m)^GPU +\d+ found" : @"(?m)^GPU +not us", report);
        Assert.Matches(@"(?m)^libstdc\+\+ +", report);
    }

    [Fact]
    public void Doctor_LibTorchMissing_OneFaultWithItsCure()
    {
        // the variable is read when libraries are first loaded, so another process has to look
        using var doctor = System.Diagnostics.Process.Start(new System.Diagnostics.ProcessStartInfo("dotnet")
        {
            ArgumentList = { Path.Combine(AppContext.BaseDirectory, "PixelPost.Training.dll"), "doctor" },
            Environment = { [WorkerVariables.LibTorch] = "/nowhere" },
            RedirectStandardOutput = true,
        })!;
        var report = doctor.StandardOutput.ReadToEnd();
        doctor.WaitForExit();

        Assert.Equal(WorkerExit.BadJob, (WorkerExit)doctor.ExitCode);
        Assert.Matches($@"(?m)^FAULT +libtorch is not in '/nowhere' \({WorkerVariables.LibTorch}\)", report);
    }

    [Fact]
    public void Load_Threads_NoMoreThanTheProcessMayUse()
    {
        LibTorch.Load();

        Assert.InRange(get_num_threads(), 1, Environment.ProcessorCount);
    }

    /// <summary>Large enough for every thread of libtorch to have a part.</summary>
    [Fact]
    public void Load_NumbersOfFewDigits_AreNothingOnEveryThread()
    {
        LibTorch.Load();
        using var scope = NewDisposeScope();
        var tiny = full(1 << 20, 2e-38f);

        Assert.Equal(0, (tiny * 0.1f).count_nonzero().item<long>());
        Assert.Equal(1 << 20, (tiny * 2).count_nonzero().item<long>());
    }

    [SkippableFact]
    public void Repair_PublishedLibrary_WeakVersionAndOldSymbol()
    {
        Skip.IfNot(OperatingSystem.IsLinux(), "only Linux has libstdc++ versions");
        var library = File.ReadAllBytes(LibTorch.Binding);

        OldLibStdCpp.Repair(library);

        Assert.InRange(library.Zip(File.ReadAllBytes(LibTorch.Binding)).Count(pair => pair.First != pair.Second), 10, 40); // one flag, one name, one version index
        var problem = Assert.Throws<LibTorchException>(() => OldLibStdCpp.Repair(library)); // a second time there is nothing to repair
        Assert.Contains("in a way that is not known here", problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Repair_NotALibrary_SaysSo() =>
        Assert.Equal("The library is not a 64-bit little-endian ELF file.", Assert.Throws<LibTorchException>(() => OldLibStdCpp.Repair(new byte[64])).Message);
}
