using System.Globalization;
using PixelPost.Training.Contracts;
using PixelPost.Training.Models;
using static TorchSharp.torch;

namespace PixelPost.Training.Bench;

/// <summary>Settings of <c>bench step</c>.</summary>
public sealed record StepSettings
{
    /// <summary>Threads of libtorch.</summary>
    public int Threads { get; init; } = 2;

    /// <summary>Times everything is done after a first time that does not count, in turn: a round is each once.</summary>
    public int Rounds { get; init; } = 5;

    /// <summary>Networks to time, separated by commas.</summary>
    public string Networks { get; init; } = string.Join(',', BenchNetwork.Names);

    /// <summary>Denoisers whose whole training steps are timed, separated by commas; empty for none.</summary>
    public string Steps { get; init; } = "dit,unet";
}

/// <summary>Time of a forward and backward pass of each kind of network, and of whole training steps by objective.</summary>
public static class StepBench
{
    private static readonly string[] Shown = ["tensor work", "SFT step", "SimPO step", "DPO step"];

    /// <summary>Measures and prints tables.</summary>
    /// <exception cref="BadJobException">A network is not known.</exception>
    public static void Run(StepSettings settings)
    {
        set_num_threads(settings.Threads);
        Console.WriteLine(FormattableString.Invariant($"{settings.Threads} threads, medians of {settings.Rounds} rounds, float32, random weights"));
        if (Words(settings.Networks) is { Length: > 0 } networks) Passes(networks, settings.Rounds);
        foreach (var name in Words(settings.Steps)) Steps(name, settings.Rounds);
    }

    private static void Passes(string[] names, int rounds)
    {
        var networks = names.Select(BenchNetwork.Of).ToList();
        Console.WriteLine($"\n{"forward and backward",-22}{"parameters",12}  {"input",-28}{"wall s",10}{"CPU s",10}");
        var costs = InTurn([.. networks.Select(n => (Action)n.Pass)], rounds);
        foreach (var (network, cost) in networks.Zip(costs.Select(Timing.Median)))
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{network.Name,-22}{network.Parameters,12}  {network.Input,-28}{cost.Wall,10:F3}{cost.Processor,10:F3}"));
        foreach (var network in networks) network.Dispose();
    }

    private static void Steps(string name, int rounds)
    {
        using var loop = new BenchLoop(() => BenchNetwork.Of(name).Module as Denoiser ?? throw new BadJobException($"'{name}' is no denoiser, so it has no training step."));
        var costs = InTurn([loop.TensorWork, () => loop.Step(Objective.Sft), () => loop.Step(Objective.SimPo), () => loop.Step(Objective.Dpo)], rounds);
        Console.WriteLine($"\n{name + ", two images",-42}{"wall s",10}{"CPU s",10}");
        foreach (var (what, cost) in Shown.Zip(costs.Select(Timing.Median))) Print(what, cost);
        Print("SFT step / tensor work", Timing.Ratio(costs[1], costs[0]));
        Print("SimPO step / SFT step", Timing.Ratio(costs[2], costs[1]));
        Print("DPO step / SFT step", Timing.Ratio(costs[3], costs[1]));
    }

    private static void Print(string what, Timing cost) =>
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {what,-40}{cost.Wall,10:F3}{cost.Processor,10:F3}"));

    /// <summary>The costs of each, by round.</summary>
    private static List<Timing>[] InTurn(Action[] works, int rounds)
    {
        var costs = works.Select(_ => new List<Timing>()).ToArray();
        foreach (var work in works) work();
        for (var round = 0; round < rounds; round++)
            for (var i = 0; i < works.Length; i++) costs[i].Add(Timing.Of(works[i]));
        return costs;
    }

    private static string[] Words(string list) => list.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
}
