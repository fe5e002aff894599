using System.Globalization;
using PixelPost.Training.Contracts;
using PixelPost.Training.Models;
using PixelPost.Training.Native;
using TorchSharp;
using static TorchSharp.torch;

namespace PixelPost.Training.Bench;

/// <summary>Settings of <c>bench step</c>.</summary>
public sealed record StepSettings
{
    /// <summary>Threads of libtorch.</summary>
    public int Threads { get; init; } = 2;

    /// <summary>Times everything is done after a first time that does not count (on a GPU five), in turn: a round is each once.</summary>
    public int Rounds { get; init; } = 5;

    /// <summary>Networks to time, separated by commas; empty for none.</summary>
    public string Networks { get; init; } = string.Join(',', BenchNetwork.Small);

    /// <summary>Denoisers whose whole training steps are timed, separated by commas; empty for none.</summary>
    public string Steps { get; init; } = "dit,unet";

    /// <summary>Arithmetic of forward passes.</summary>
    public Precision Precision { get; init; }

    /// <summary>On a GPU: float32 products with 10 bits of mantissa.</summary>
    public bool Tf32 { get; init; }
}

/// <summary>Time of a forward and backward pass of each kind of network, and of whole training steps by objective.</summary>
public sealed class StepBench
{
    private static readonly string[] Shown = ["tensor work", "SFT step", "SimPO step", "DPO step", "SimPO step, sure of its pair"];

    private readonly Device _device;
    private readonly StepSettings _settings;

    private StepBench(Device device, StepSettings settings) => (_device, _settings) = (device, settings);

    private bool IsBfloat16 => _settings.Precision == Precision.Bfloat16;

    /// <summary>Measures and prints tables.</summary>
    /// <exception cref="BadJobException">A network is not known.</exception>
    public static void Run(StepSettings settings)
    {
        var device = ComputeDevice.Choose();
        if (device.type == DeviceType.CUDA) ComputeDevice.AllowTf32(settings.Tf32);
        set_num_threads(settings.Threads);
        Console.WriteLine(FormattableString.Invariant($"{device}, {settings.Threads} threads, medians of {settings.Rounds} rounds, {(settings.Precision == Precision.Full ? "float32" : "bfloat16")}{(settings.Tf32 ? " with tf32" : "")}, random weights"));
        var bench = new StepBench(device, settings);
        if (Words(settings.Networks) is { Length: > 0 } networks) bench.Passes(networks);
        foreach (var name in Words(settings.Steps)) bench.Steps(name);
    }

    private void Passes(string[] names)
    {
        var networks = names.Select(name => BenchNetwork.Of(name, _device)).ToList();
        Console.WriteLine($"\n{"forward and backward",-22}{"parameters",12}  {"input",-28}{"wall s",10}{"CPU s",10}");
        var costs = InTurn([.. networks.Select(n => (Action)(() => n.Pass(IsBfloat16)))]);
        foreach (var (network, cost) in networks.Zip(costs.Select(Timing.Median)))
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{network.Name,-22}{network.Parameters,12}  {network.Input,-28}{cost.Wall,10:F4}{cost.Processor,10:F4}"));
        foreach (var network in networks) network.Dispose();
    }

    private void Steps(string name)
    {
        using var loop = new BenchLoop(() => BenchNetwork.Of(name, _device).Module as Denoiser ?? throw new BadJobException($"'{name}' is no denoiser, so it has no training step."), _device, IsBfloat16);
        var costs = InTurn([loop.TensorWork, () => loop.Step(Objective.Sft), () => loop.Step(Objective.SimPo), () => loop.Step(Objective.Dpo), () => loop.Step(Objective.SimPo, sure: true)]);
        Console.WriteLine($"\n{name + ", two images",-42}{"wall s",10}{"CPU s",10}");
        foreach (var (what, cost) in Shown.Zip(costs.Select(Timing.Median))) Print(what, cost);
        Print("SFT step / tensor work", Timing.Ratio(costs[1], costs[0]));
        Print("SimPO step / SFT step", Timing.Ratio(costs[2], costs[1]));
        Print("DPO step / SFT step", Timing.Ratio(costs[3], costs[1]));
        Print("sure of its pair / SimPO step", Timing.Ratio(costs[4], costs[2]));
    }

    private static void Print(string what, Timing cost) =>
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {what,-40}{cost.Wall,10:F4}{cost.Processor,10:F4}"));

    /// <summary>The costs of each, by round.</summary>
    private List<Timing>[] InTurn(Action[] works)
    {
        var costs = works.Select(_ => new List<Timing>()).ToArray();
        // kernels are chosen and memory is taken in the first passes
        for (var warmUp = 0; warmUp < (_device.type == DeviceType.CPU ? 1 : 5); warmUp++)
            foreach (var work in works) work();
        for (var round = 0; round < _settings.Rounds; round++)
            for (var i = 0; i < works.Length; i++) costs[i].Add(Timing.Of(_device, works[i]));
        return costs;
    }

    private static string[] Words(string list) => list.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
}
