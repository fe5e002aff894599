using System.Diagnostics;
using System.Runtime.InteropServices;
using PixelPost.Training.Contracts;
using PixelPost.Training.Models;
using TorchSharp;
using static TorchSharp.torch;

namespace PixelPost.Training.Native;

/// <summary>What the worker finds on this machine: libraries, versions, threads, memory, GPU; and for every fault its cure.</summary>
internal sealed class Doctor
{
    private const long MemoryForDemo = 2L << 30;
    private static readonly string[] Family = ["torch", "c10", "libgomp", "libiomp", "libomp", "libstdc++", "libcuda"];

    private readonly TextWriter _out;
    private readonly List<string> _faults = [];

    private Doctor(TextWriter output) => _out = output;

    /// <summary>Looks at everything that does not need what was found broken before it.</summary>
    /// <returns><see cref="WorkerExit.BadJob"/> when something must be cured before training.</returns>
    public static WorkerExit Run(TextWriter output)
    {
        var doctor = new Doctor(output);
        doctor.Examine();
        output.WriteLine();
        foreach (var fault in doctor._faults) output.WriteLine($"FAULT  {fault}");
        if (doctor._faults.Count == 0) output.WriteLine("No fault found.");
        return doctor._faults.Count == 0 ? WorkerExit.Done : WorkerExit.BadJob;
    }

    private void Examine()
    {
        Say("worker", $"{Versions.Worker} on .NET {Environment.Version}, {RuntimeInformation.OSDescription}, {RuntimeInformation.OSArchitecture.ToString().ToLowerInvariant()}");
        Memory();
        Pictures();
        Say("libtorch", $"{LibTorch.Folder} ({LibTorch.Origin})");
        try
        {
            var loaded = LibTorch.Load();
            foreach (var library in loaded) Say("loaded", library);
            foreach (var library in MappedBeside(loaded)) Say("mapped too", library);
            Say("libstdc++", loaded[^1] == LibTorch.Binding
                ? "new enough for TorchSharp"
                : $"too old for TorchSharp; a repaired copy of its library is in use ({OldLibStdCpp.MissingVersion} made optional)");
            Torch();
        }
        catch (LibTorchException problem)
        {
            _faults.Add(problem.Message);
        }
    }

    private void Torch()
    {
        Say("versions", $"TorchSharp {Versions.TorchSharp}, libtorch {LibTorch.BuiltFor}; found {LibTorch.FoundVersion ?? "no note of its version"}");
        if (LibTorch.FoundVersion is { } found && !LibTorch.IsKnownToWork(found))
            _faults.Add($"libtorch {found} was found where {LibTorch.BuiltFor} or 2.11.0 is needed; install one of those PyTorch versions or unset {WorkerVariables.LibTorch}.");
        Say("threads", $"{get_num_threads()} of {Environment.ProcessorCount} processors; idle ones sleep (OMP_NUM_THREADS and OMP_WAIT_POLICY change that)");
        Say("GPU", Gpu());
        Say("bfloat16", !Autocast.IsSupported ? "not usable: this libtorch does not export autocast" : Autocast.IsFastHere ? "the processor has instructions for it" : "the processor has no instructions for it: slower than float32 on the CPU");

        var clock = Stopwatch.StartNew();
        using var scope = NewDisposeScope();
        using var layer = new Convolution2d(8, 3, 3, padding: 1);
        var image = randn([1, 8, 64, 64], requires_grad: true);
        layer.call(image).square().mean().backward();
        var exact = image.detach().to(ScalarType.Float64).requires_grad_(true);
        layer.to(ScalarType.Float64);
        layer.call(exact).square().mean().backward();
        var miss = (image.grad! - exact.grad!).abs().max() / exact.grad!.abs().max();
        if (!(miss.item<double>() < 1e-3)) _faults.Add("A convolution's gradient is wrong: this libtorch does not compute rightly on this processor; try another with " + WorkerVariables.LibTorch + ".");
        Say("test", $"a convolution and its gradient, {clock.ElapsedMilliseconds} ms");
    }

    private static string Gpu()
    {
        if (cuda.is_available()) return $"{cuda.device_count()} found; used unless {WorkerVariables.Device} says cpu";
        if (!LibTorch.HasCuda) return $"not used: this is the CPU build of libtorch. For an NVIDIA GPU set {WorkerVariables.LibTorch} to torch/lib of a PyTorch {LibTorch.BuiltFor} with CUDA";
        return File.Exists("/dev/nvidiactl")
            ? "not usable: libtorch has CUDA and there is an NVIDIA driver, which is probably too old for it; compare with nvidia-smi"
            : "not usable: libtorch has CUDA, but no NVIDIA driver is loaded (/dev/nvidiactl is missing)";
    }

    private void Memory()
    {
        var all = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;
        var free = OperatingSystem.IsLinux()
            ? long.Parse(File.ReadLines("/proc/meminfo").First(l => l.StartsWith("MemAvailable:", StringComparison.Ordinal)).Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], System.Globalization.CultureInfo.InvariantCulture) << 10
            : all;
        Say("memory", FormattableString.Invariant($"{all / 1e9:F1} GB for this process at most, {free / 1e9:F1} GB free now"));
        if (Math.Min(all, free) < MemoryForDemo) _faults.Add(FormattableString.Invariant($"Only {Math.Min(all, free) / 1e9:F1} GB of memory can be had; training the demo model takes {MemoryForDemo / 1e9:F0} GB. End other programs, or raise the container's limit."));
    }

    private void Pictures()
    {
        try
        {
            Say("pictures", $"libvips {NetVips.NetVips.Version(0)}.{NetVips.NetVips.Version(1)}.{NetVips.NetVips.Version(2)}");
        }
        catch (Exception problem) when (problem is TypeInitializationException or DllNotFoundException or BadImageFormatException)
        {
            _faults.Add($"libvips does not load ({(problem.InnerException ?? problem).Message.ReplaceLineEndings(" ").Trim()}); run 'dotnet restore' for this platform.");
        }
    }

    /// <summary>Libraries of the same family that came along, such as OpenMP, or a second copy of libtorch.</summary>
    private static List<string> MappedBeside(IReadOnlyList<string> loaded)
    {
        using var self = Process.GetCurrentProcess();
        return [.. self.Modules.Cast<ProcessModule>().Select(m => m.FileName).Distinct(StringComparer.Ordinal).Except(loaded)
            .Where(file => Family.Any(part => Path.GetFileName(file).Contains(part, StringComparison.Ordinal)))
            .Order(StringComparer.Ordinal)];
    }

    private void Say(string what, string found) => _out.WriteLine($"{what,-12}{found}");
}
