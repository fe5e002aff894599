using System.Globalization;
using PixelPost.Training.Bench;
using PixelPost.Training.Contracts;
using PixelPost.Training.Data;
using PixelPost.Training.Models;
using PixelPost.Training.Native;
using TorchSharp;
using static TorchSharp.torch;

namespace PixelPost.Training.PixelBudgets;

/// <summary>
/// Chooses before a job's first step what its pixel term is to weigh and how often it is computed, from gradients and times of the job's own
/// networks and data. Weights, moments and random draws of the job are left as they are.
/// </summary>
internal sealed class PixelChooser
{
    /// <summary>More memory than this, as a share of what training without a pixel term needs in all, and less of the decoding is held at once.</summary>
    private const double MostMemory = 0.15;

    private const int Rounds = 5;
    private const double RoundSeconds = 0.3; // short passes are repeated
    private const int MostPasses = 16;
    private const int GradientExamples = 64;

    private readonly LoopSettings _settings;
    private readonly Learner _learner;
    private readonly TrainingSet _data;
    private readonly IReadOnlyList<Example> _examples;
    private readonly Generator _generator;
    private readonly IReadOnlyList<Example> _batch;

    private PixelChooser(LoopSettings settings, Learner learner, TrainingSet data, IReadOnlyList<Example> examples, Generator generator)
    {
        (_settings, _learner, _data, _examples, _generator) = (settings, learner, data, examples, generator);
        _batch = Batches(generator).First();
    }

    /// <summary>What was chosen when the job began; chosen now where it begins.</summary>
    /// <param name="settings">Of the job.</param>
    /// <param name="learner">Its networks, as they are at the start.</param>
    /// <param name="data">What it learns from.</param>
    /// <param name="examples">Of these, what may be measured on.</param>
    /// <param name="file">Where the choice stands, or is put; null keeps it nowhere.</param>
    /// <returns>Null where the job leaves nothing to choose.</returns>
    /// <exception cref="BadJobException">One of the terms has no gradient, so that no weight makes them equal.</exception>
    public static PixelChoice? Choose(LoopSettings settings, Learner learner, TrainingSet data, IReadOnlyList<Example> examples, string? file)
    {
        if (settings is { PixelBudget: 0, PixelShare: 0 }) return null;
        if (file is not null && File.Exists(file)) return ContractJson.ReadFile<PixelChoice>(file);
        using var scope = NewDisposeScope();
        using var generator = new Generator((ulong)settings.Seed);
        var choice = new PixelChooser(settings, learner, data, examples, generator).Choose();
        if (file is not null) ContractJson.WriteFile(file, choice);
        return choice;
    }

    /// <summary>A choice for people, one sentence for each part of it.</summary>
    public static IEnumerable<string> Sentences(PixelChoice choice)
    {
        if (choice.Cost is { } cost)
            yield return string.Create(CultureInfo.InvariantCulture, $"pixel_budget {choice.Budget:0.###}: a pixel term for one example of {choice.PixelEvery}, in the cleaner {choice.PixelBelow:0.###} of the noise schedule, {LoopSettings.InWords(choice.PixelAtOnce)}{StandingIn(choice)}; expected to cost {cost:P1} of the time of passes without.");
        if (choice is { LatentGradient: { } latent, PixelGradient: { } pixel })
            yield return string.Create(CultureInfo.InvariantCulture, $"pixel_share {choice.Share:0.###}: pixel_weight {choice.PixelWeight:G4}; the latent term's gradient has length {latent:G4}, the pixel term's {pixel:G4} at weight 1.");
    }

    private static string StandingIn(PixelChoice choice) => choice.StandInCost is not { } cost ? "" : string.Create(CultureInfo.InvariantCulture,
        $"; {(choice.PixelControlVariate == PixelControlVariate.Decoder ? "a small decoder" : "a linear map")} stands in for the others there, at {cost:P1}, and takes {1 - choice.StandInVariance:P0} of what leaving out leaves to chance");

    private PixelChoice Choose()
    {
        var choice = new PixelChoice
        {
            Budget = _settings.PixelBudget,
            Share = _settings.PixelShare,
            PixelWeight = _settings.PixelWeight,
            PixelEvery = _settings.PixelEvery,
            PixelBelow = _settings.PixelBelow,
            PixelAtOnce = _settings.PixelAtOnce,
            PixelControlVariate = _settings.PixelControlVariate ?? PixelControlVariate.None,
        };
        if (_settings.PixelBudget > 0) choice = WithinBudget(choice);
        return _settings.PixelShare > 0 ? Balanced(choice) : choice;
    }

    private PixelChoice WithinBudget(PixelChoice choice)
    {
        var atOnce = AtOnce();
        var (decoding, standIns) = CostsOf(atOnce);
        var plan = BudgetPlan.Of(decoding, standIns, _settings.PixelBudget);
        var standsIn = plan.StandIn.Kind != PixelControlVariate.None;
        return choice with
        {
            PixelEvery = plan.Every,
            PixelBelow = plan.Below,
            PixelAtOnce = atOnce,
            PixelControlVariate = plan.StandIn.Kind,
            Cost = plan.Cost(decoding),
            StandInCost = standsIn ? plan.StandInCost : null,
            StandInVariance = standsIn ? plan.StandIn.Variance : null,
        };
    }

    /// <summary>As much of the decoding as may be, by how much more memory each way takes than latents alone; one image where that is not told.</summary>
    /// <param name="ways">From the largest down; taken one by one until one is small enough.</param>
    internal static PixelAtOnce AtOnce(IEnumerable<(PixelAtOnce AtOnce, double? Memory)> ways)
    {
        var (least, smallest) = (PixelAtOnce.Image, double.PositiveInfinity);
        foreach (var (atOnce, memory) in ways)
        {
            if (memory <= MostMemory) return atOnce;
            if (memory is { } more && more < smallest) (least, smallest) = (atOnce, more);
        }
        return least;
    }

    private PixelAtOnce AtOnce()
    {
        if (_settings.PixelAtOnce != PixelAtOnce.Batch) return _settings.PixelAtOnce;
        Pass(Without, _batch); // makes the gradients, and whatever is made once
        var without = Peak(Without);
        var held = HeldMemory.Of(_learner, _data).Sum(part => part.Bytes);
        return AtOnce(Enum.GetValues<PixelAtOnce>().Select(atOnce => (atOnce, (Peak(With(atOnce)) - without) / (held + without))));

        double? Peak(LoopSettings settings) => _learner.Model.Device.type == DeviceType.CPU && Cost.Of(() => Pass(settings, _batch)).PeakBytes is > 0 and { } bytes ? bytes : null;
    }

    /// <summary>What may stand in; nothing among it where the job leaves that open.</summary>
    private IReadOnlyList<PixelControlVariate> Candidates => _settings.ChoosesControlVariate
        ? [PixelControlVariate.None, PixelControlVariate.Linear, .. _learner.StandIn is null ? (PixelControlVariate[])[] : [PixelControlVariate.Decoder]]
        : [_settings.PixelControlVariate ?? PixelControlVariate.None];

    /// <summary>Of the decoding, and of what can stand in: medians over rounds of without, each for all examples and for one, and without again.</summary>
    private (TermCost Decoding, IReadOnlyList<StandIn> StandIns) CostsOf(PixelAtOnce atOnce)
    {
        var passes = 1;
        var kinds = Candidates.Where(kind => kind != PixelControlVariate.None).ToList();
        List<Func<double>> ways = [() => Seconds(With(atOnce)), () => Seconds(With(atOnce), draw => Decoding(draw, 1))];
        foreach (var standing in kinds.Select(kind => With(atOnce) with { PixelEvery = 2, PixelBelow = BudgetPlan.Gate, PixelControlVariate = kind }))
            ways.AddRange([() => Seconds(standing, draw => Standing(draw, _batch.Count)), () => Seconds(standing, draw => Standing(draw, 1))]);
        var more = ways.Select(_ => new List<double>()).ToList();
        for (var round = 0; round <= Rounds; round++) // the first only to know how long it takes
        {
            var before = Seconds(Without);
            var with = ways.ConvertAll(way => way());
            var without = (before + Seconds(Without)) / 2;
            if (round == 0) passes = (int)Math.Clamp(RoundSeconds / before, 1, MostPasses);
            else foreach (var (way, seconds) in with.Index()) more[way].Add((seconds / without) - 1);
        }
        var costs = more.Select(Median).Chunk(2).Select(all => TermCost.Of(Math.Max(0, all[1]), Math.Max(0, all[0]), _batch.Count)).ToList();
        return (costs[0], [.. Candidates.Where(kind => kind == PixelControlVariate.None).Select(_ => StandIn.Nothing), .. kinds.Select((kind, i) => new StandIn(kind, costs[i + 1], Variance(kind)))]);

        double Seconds(LoopSettings settings, Func<Draw, Draw>? change = null) => Timing.Of(_learner.Model.Device, () =>
        {
            for (var i = 0; i < passes; i++) Pass(settings, _batch, change);
        }).Wall / passes;
    }

    /// <summary>A draw in which so many examples are decoded.</summary>
    private static Draw Decoding(Draw draw, int examples) => draw with { Pixels = draw.Pixels! with { Rows = [.. Enumerable.Range(0, examples).Select(row => (long)row)] } };

    /// <summary>A draw in which none is decoded and so many are clean enough for what stands in.</summary>
    private Draw Standing(Draw draw, int examples) =>
        draw with { Pixels = null, Timesteps = tensor(Enumerable.Range(0, draw.Examples.Count).Select(i => i < examples ? 0L : _learner.Model.Schedule.Length - 1).ToArray()) };

    /// <summary>See <see cref="StandIn.Variance"/>; below the gate, for the network's output.</summary>
    private double Variance(PixelControlVariate kind)
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator((ulong)_settings.Seed + 2);
        var schedule = _learner.Model.Schedule;
        var own = new PixelTerm(new PixelDecoder(_learner.Decoder, schedule, _settings.PixelTarget) { Metric = _learner.Metric });
        var other = kind == PixelControlVariate.Linear ? own with { Linear = true } : new PixelTerm(new PixelDecoder(_learner.StandIn!, schedule, _settings.PixelTarget));
        var (difference, whole) = (0.0, 0.0);
        foreach (var (latents, noise, timesteps, noisy, output) in NetworkErrors.Of(_learner, _data, _examples, generator, 0, (int)(BudgetPlan.Gate * schedule.Length), GradientExamples, _settings.BatchSize))
        {
            using var inner = NewDisposeScope();
            Tensor Gradient(PixelTerm term) => PixelGradients.Of(output, term.Errors(latents, noise, noisy, timesteps, sides: 1)).Gradient;
            var exact = Gradient(own);
            (difference, whole) = (difference + (Gradient(other) - exact).square().sum().item<float>(), whole + exact.square().sum().item<float>());
        }
        return whole > 0 ? difference / whole : 1; // without a gradient nothing is like anything
    }

    private PixelChoice Balanced(PixelChoice choice)
    {
        var chosen = choice.Of(_settings);
        var latent = GradientLength(chosen with { PixelWeight = 0 });
        var pixel = GradientLength(chosen with { LatentWeight = 0, PixelWeight = 1, PixelEvery = 1 });
        if (!(latent > 0 && pixel > 0 && double.IsFinite(latent / pixel)))
            throw new BadJobException(string.Create(CultureInfo.InvariantCulture, $"training.pixel_share compares the lengths of two gradients, and they are {latent:G4} (latents) and {pixel:G4} (pixels) at the start: set pixel_weight yourself, with pixel_share 0."));
        return choice with { PixelWeight = _settings.PixelShare * _settings.LatentWeight * latent / pixel, LatentGradient = latent, PixelGradient = pixel };
    }

    /// <summary>Length of the mean gradient over examples, the same ones with the same noise whatever the settings.</summary>
    private double GradientLength(LoopSettings settings)
    {
        Forget();
        using var generator = new Generator((ulong)_settings.Seed + 1);
        var microStep = new MicroStep(settings with { LatentWeight = settings.LatentWeight > 0 ? 1 : 0 }, _learner, _data);
        var batches = (GradientExamples + _batch.Count - 1) / _batch.Count;
        foreach (var batch in Batches(generator).Take(batches))
        {
            using var scope = NewDisposeScope();
            var draw = microStep.Draw(batch, 1, generator);
            if (settings.LatentWeight > 0 || draw.Pixels is not null) Checkpointed.Backward(microStep.Loss(draw).Loss / batches);
        }
        var length = _learner.Optimizer.ClipGradients(0);
        Forget();
        return length;
    }

    private LoopSettings Without => DryRun.WithoutPixels(_settings);

    private LoopSettings With(PixelAtOnce atOnce) => DryRun.WithPixels(_settings) with { PixelAtOnce = atOnce };

    private void Pass(LoopSettings settings, IReadOnlyList<Example> examples, Func<Draw, Draw>? change = null)
    {
        using var scope = NewDisposeScope();
        var microStep = new MicroStep(settings, _learner, _data);
        var draw = microStep.Draw(examples, 1, _generator);
        Checkpointed.Backward(microStep.Loss(change?.Invoke(draw) ?? draw).Loss);
        Forget();
    }

    private IEnumerable<IReadOnlyList<Example>> Batches(Generator generator)
    {
        var order = new Shuffle(_examples.Count, i => _examples[i].Shape);
        while (true) yield return [.. order.Next(_settings.BatchSize, generator).Select(i => _examples[i])];
    }

    private void Forget()
    {
        foreach (var (_, value) in _learner.Parameters) value.grad = null;
    }

    private static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);
}
