using System.Globalization;
using System.Text.Json;
using PixelPost.Training.Bench;
using PixelPost.Training.Contracts;
using PixelPost.Training.Data;
using PixelPost.Training.Models;
using PixelPost.Training.Native;
using static TorchSharp.torch;

namespace PixelPost.Training.PixelBudgets;

/// <summary>
/// What a pixel term costs a model on this machine, what windows of images give in place of whole ones, and settings with which the term costs
/// no more than a budget.
/// </summary>
public sealed class PixelBudget
{
    private const int MostImages = 64; // encoded; noise makes the draws
    private const int Gated = 4;       // examples that have a term where all have one, in a round

    private static readonly int[] Averaged = [1, 2, 4]; // windows, in the table of preferences
    private static readonly string[] Shown = ["pixel_every", "pixel_below", "pixel_at_once", "pixel_control_variate"];

    private readonly PixelBudgetSettings _settings;
    private readonly TextToImageModel _model;
    private readonly Learner _learner;
    private readonly TrainingSet _data;
    private readonly LoopSettings _latents; // a job without a pixel term
    private readonly TextWriter _to;

    private PixelBudget(PixelBudgetSettings settings, TextToImageModel model, Learner learner, TrainingSet data, LoopSettings latents, TextWriter to) =>
        (_settings, _model, _learner, _data, _latents, _to) = (settings, model, learner, data, latents, to);

    private LoopSettings Pixels => _latents with { PixelWeight = 8, PixelWindow = _settings.Window, PixelMargin = _settings.Margin };

    private LoopSettings Linear => Pixels with { PixelDecoding = PixelDecoding.Linear };

    /// <summary>Measures and prints; the last line is <c>overhead P % time, M % memory</c> of the settings that were chosen.</summary>
    /// <param name="pictures">Pictures with captions to measure on.</param>
    /// <param name="folder">The model.</param>
    /// <param name="decoder">Folder of a decoder that is to stand in where the model's own is left out; empty to choose among the one in the model's folder, the linear map and nothing.</param>
    /// <param name="settings">How.</param>
    /// <param name="to">Where it is printed.</param>
    /// <exception cref="BadJobException">The settings are unusable, there are too few pictures, or the decoder is none of the model's latents.</exception>
    public static void Run(IReadOnlyList<CaptionedPicture> pictures, string folder, string decoder, PixelBudgetSettings settings, TextWriter to)
    {
        if (settings.Faults() is { Count: > 0 } faults) throw new BadJobException(string.Join(" ", faults));
        if (pictures.Count < 2) throw new BadJobException($"There are {pictures.Count} pictures; two at least make a pair.");
        using var scope = NewDisposeScope();
        using var generator = new Generator((ulong)settings.Seed);
        using var model = TextToImageModel.Load(folder, ComputeDevice.Choose());
        var chosen = QualityBench.Spread(pictures.Count, Math.Min(MostImages, pictures.Count)).Select(i => pictures[i]).ToList();
        using var data = Encode(chosen, model, settings.Objective != Objective.Sft);
        var latents = new LoopSettings { PixelDecoder = decoder, Objective = settings.Objective, BatchSize = settings.BatchSize, CaptionDropout = 0, LearningRate = 1e-9, WarmupSteps = 0 };
        if (decoder.Length > 0) latents = latents with { PixelControlVariate = PixelControlVariate.Decoder };
        using var learner = new Learner(latents with { PixelWeight = 1, PixelBudget = settings.Budget }, model, generator);
        new PixelBudget(settings, model, learner, data, latents, to).Report();
    }

    private static TrainingSet Encode(List<CaptionedPicture> pictures, TextToImageModel model, bool pairs)
    {
        using var noGrad = no_grad();
        var latents = pictures.Select(picture =>
        {
            using var inner = NewDisposeScope();
            return (model.Vae.Encode(Pictures.ToUnit(Data.Pictures.ReadBytes(picture.File, model.ImageSize)).unsqueeze(0).to(model.Device)) * model.Vae.ScalingFactor)[0].cpu().DetachFromDisposeScope();
        }).ToArray();
        var examples = pictures.Select((picture, i) => new Example($"{i}", picture.Caption, i, pairs ? (i + 1) % pictures.Count : null, 1)).ToList();
        return new TrainingSet(examples, latents, model.Prompts.Encode(["", .. examples.Select(example => example.Prompt).Distinct(StringComparer.Ordinal)]), model.Vae.Compression, model.Device);
    }

    private void Report()
    {
        Line($"model    {_model.Folder}: {_learner.Denoiser.GetName()} with {_model.Vae.GetName()}, {_model.ImageSize} px, on {_model.Device}, {get_num_threads()} threads");
        _learner.Metric = LocalMetricFit.For(Linear, _learner, _data, _data.Training, file: null);
        if (!_settings.OnlyChosen) ReportErrors();

        Line($"\n{$"{_settings.Objective} step of {_settings.BatchSize}, against latents alone",-44}{"time",10}{"memory",10}");
        var memories = Enum.GetValues<PixelAtOnce>().Select(atOnce => (atOnce, MemoryOf(atOnce))).ToList(); // all of them are told
        var some = Pixels with { PixelAtOnce = PixelChooser.AtOnce(memories) };
        if (!_settings.OnlyChosen) ReportOthers(some);
        var choice = PixelChooser.Choose(some with { PixelBudget = _settings.Budget }, _learner, _data, _data.Training, file: null)!;
        var chosen = choice.Of(some);
        if (!_settings.OnlyChosen && chosen.PixelControlVariate != PixelControlVariate.None) Told("as below, with nothing that stands in", chosen with { PixelControlVariate = PixelControlVariate.None });
        var (rounds, memory) = Overhead(_latents, chosen);
        Line($"  as below, rounds of steps without, with and without the term: {string.Join(", ", rounds.Select(time => $"{100 * time:+0.0;-0.0} %"))}");
        _to.WriteLine();
        foreach (var sentence in PixelChooser.Sentences(choice)) _to.WriteLine(sentence);
        Line($"The same without measuring, in \"training\" of job.json:");
        Line($"  {Json(chosen)}");
        Line($"overhead {100 * Median(rounds):F1} % time, {(memory is { } more ? (100 * more).ToString("F1", CultureInfo.InvariantCulture) : "unknown")} % memory");

        double? MemoryOf(PixelAtOnce atOnce)
        {
            var whole = Pixels with { PixelAtOnce = atOnce };
            return _settings.OnlyChosen ? Memory(_latents, whole) : Told($"whole images, {LoopSettings.InWords(atOnce)}", whole);
        }
    }

    /// <summary>Prints how errors and gradients that are not the decoder's of the whole image differ from those.</summary>
    private void ReportErrors()
    {
        if (_learner.StandIn is { } standIn) ReportBias($"decoder  {_learner.OtherDecoder}: {standIn.GetName()}", (_, _) => Whole(standIn));
        var linear = new PixelTerm(new PixelDecoder(_learner.Decoder, _model.Schedule) { Metric = _learner.Metric }, Linear: true);
        ReportBias($"linear   one kernel of {LocalMetric.Side} x {LocalMetric.Side} cells for each part of the schedule", (_, _) => (latents, noise, timesteps, noisy) => linear.Errors(latents, noise, noisy, timesteps, sides: 1));
        if (_learner.Decoder.HasNorms) ReportNorms();
        Line($"windows  {_settings.Window} x {_settings.Window} cells with {_settings.Margin} around them; with {_learner.Decoder.Reach} they were exact\n");
        ReportBias();
        if (_settings.Objective != Objective.Sft) ReportPreferences();
    }

    /// <summary>Prints what other pixel terms cost than that of whole images.</summary>
    private void ReportOthers(LoopSettings whole)
    {
        var inWords = LoopSettings.InWords(whole.PixelAtOnce);
        Told($"a window, {inWords}", whole with { PixelDecoding = PixelDecoding.Windows });
        Told("a linear map in place of the decoder", Linear);
        Told($"errors by their frequency, {inWords}", whole with { PixelFrequency = 1 });
        for (var stages = 1; stages <= _learner.Decoder.Stages; stages++)
            Told($"features of {stages} of {_learner.Decoder.Stages} stages, {inWords}", whole with { PixelFeatures = stages });
    }

    /// <summary>Prints the table of <see cref="DecoderBias"/>.</summary>
    /// <param name="what">Heading.</param>
    /// <param name="other">What is compared with the model's own decoder, in a part of the schedule.</param>
    private void ReportBias(string what, Func<int, int, Func<Tensor, Tensor, Tensor, Tensor, Func<Tensor, Tensor>>> other)
    {
        Line($"{what}\n\n{"timesteps",-14}{"pixel error",13}{"bias",10}{"cosine",10}{"length",10}");
        using var generator = new Generator((ulong)_settings.Seed);
        for (var bin = 0; bin < _settings.Bins; bin++)
        {
            using var scope = NewDisposeScope();
            var (from, until) = Part(bin);
            var bias = DecoderBias.Of(Whole(_model.Vae), other(from, until), Batches(generator, from, until));
            Line($"{$"{from} to {until - 1}",-14}{bias.Loss,13:G4}{bias.Bias,10:P1}{bias.Cosine,10:F4}{bias.NormRatio,10:F3}");
        }
        Line($"bias: mean error against that by the model's own decoder; cosine, length: gradient for the network's output against that by the model's own decoder\n");
    }

    /// <summary>Whole images whose norms have the statistics of the truth's decoding, and such as could be kept: of the same image with other noise of the same part of the schedule.</summary>
    private void ReportNorms()
    {
        var pixels = new PixelDecoder(_learner.Decoder, _model.Schedule);
        using var generator = new Generator((ulong)_settings.Seed + 1);
        ReportBias($"norms    of the true image's own decoding", (_, _) => (latents, noise, timesteps, noisy) => Errors(latents, noise, timesteps, noisy, null));
        ReportBias($"norms    of its decoding with other noise of the same part", (from, until) => (latents, noise, timesteps, noisy) => Errors(latents, noise, timesteps, noisy, pixels.Norms(
            latents, randn(noise.shape, generator: generator).to(noise.device), randint(from, until, timesteps.shape, generator: generator).to(timesteps.device))));

        Func<Tensor, Tensor> Errors(Tensor latents, Tensor noise, Tensor timesteps, Tensor noisy, GroupStatistics? norms)
        {
            var errors = pixels.WindowErrors(latents, noise, timesteps, [new LatentWindow(0, 0, latents.shape[2], latents.shape[3])], 0, norms);
            return output => errors(output, noisy);
        }
    }

    /// <summary>Prints the table of <see cref="WindowPreference"/>.</summary>
    private void ReportPreferences()
    {
        var settings = _latents;
        Line($"\n{"SimPO of pairs",-14}{"pixel loss",13}{string.Concat(Averaged.Select(count => $"{count,6} {(count == 1 ? "window: " : "windows:")}{"bias",6}{"cosine",9}{"length",8}"))}");
        using var generator = new Generator((ulong)_settings.Seed);
        for (var bin = 0; bin < _settings.Bins; bin++)
        {
            using var scope = NewDisposeScope();
            var (from, until) = Part(bin);
            var measured = WindowPreference.Of(new PixelDecoder(_learner.Decoder, _model.Schedule), settings, Batches(generator, from, until, pairs: true), _settings.Window, _settings.Margin, Averaged, generator);
            Line($"{$"{from} to {until - 1}",-14}{measured[0].Loss,13:G4}{string.Concat(measured.Select(of => string.Create(CultureInfo.InvariantCulture, $"{of.Bias,22:P2}{of.Cosine,9:F4}{of.NormRatio,8:F2}")))}");
        }
        Line($"bias: expected loss, pixel_beta {settings.PixelBeta}, of errors averaged over so many windows against that of whole images; cosine, length: its gradient");
    }

    private Func<Tensor, Tensor, Tensor, Tensor, Func<Tensor, Tensor>> Whole(Autoencoder decoder) => (latents, noise, timesteps, noisy) =>
    {
        var errors = new PixelDecoder(decoder, _model.Schedule).Errors(latents, noise, timesteps);
        return output => errors(output, noisy);
    };

    private (int From, int Until) Part(int bin) => (bin * _model.Schedule.Length / _settings.Bins, (bin + 1) * _model.Schedule.Length / _settings.Bins);

    /// <summary>Prints the table of <see cref="WindowBias"/>.</summary>
    private void ReportBias()
    {
        Line($"{"timesteps",-14}{"pixel error",13}{"bias",10}{"norms",10}{"cosine",10}{"length",10}{"variance",10}");
        using var generator = new Generator((ulong)_settings.Seed);
        for (var bin = 0; bin < _settings.Bins; bin++)
        {
            using var scope = NewDisposeScope();
            var (from, until) = Part(bin);
            var bias = WindowBias.Of(_learner.Decoder, _model.Schedule, Batches(generator, from, until), from, until, _settings.Window, _settings.Margin);
            Line($"{$"{from} to {until - 1}",-14}{bias.Loss,13:G4}{bias.Bias,10:P2}{bias.Frozen,10:P2}{bias.Cosine,10:F4}{bias.NormRatio,10:F3}{bias.Variance,10:F2}");
        }
        Line($"bias: mean over all windows against the whole image, by the decoder with the true image's norms; norms: that decoder against the decoder as it is");
        Line($"cosine, length: the mean gradient over windows against that of the whole image; variance: mean square of one window's gradient over the square of the mean");
    }

    private IEnumerable<(Tensor Latents, Tensor Noise, Tensor Timesteps, Tensor Noisy, Tensor Output)> Batches(Generator generator, int from, int until, bool pairs = false) =>
        NetworkErrors.Of(_learner, _data, _data.Training, generator, from, until, (_settings.Draws + _settings.Bins - 1) / _settings.Bins, _settings.BatchSize, pairs);

    /// <returns>How much more memory it needs; null where that is not known.</returns>
    private double? Told(string what, LoopSettings with)
    {
        var (rounds, memory) = Overhead(_latents, with);
        Line($"  {what,-42}{$"{100 * Median(rounds):+0.0;-0.0} %",10}{(memory is { } more ? $"{100 * more:+0.0;-0.0} %" : "unknown"),10}");
        return memory;
    }

    /// <summary>How much longer steps take, in each round of without, with and without, from the least to the most; and how much more memory the whole training needs at its largest step.</summary>
    private (IReadOnlyList<double> Rounds, double? Memory) Overhead(LoopSettings without, LoopSettings with)
    {
        var steps = with.PixelEvery * (int)Math.Ceiling((with.PixelBelow < 1 ? 3.0 * Gated : Gated) / with.BatchSize); // whole turns, and enough examples on both sides of a gate
        var memory = Memory(without, with, steps);
        var ratios = Enumerable.Range(0, _settings.Rounds).Select(round =>
        {
            // Step by step in turn, so that whatever else the machine does meanwhile falls on all alike.
            var (least, most) = (0.0, 0.0);
            for (var step = 1; step <= steps; step++)
            {
                least += Timed(without, step);
                most += Timed(with, step);
                least += Timed(without, step);
            }
            return (2 * most / least) - 1;
            double Timed(LoopSettings settings, int step) => Timing.Of(_model.Device, () => Steps(settings, 1, round, step)).Wall;
        }).Order().ToList();
        return (ratios, memory);
    }

    private static double Median(IReadOnlyList<double> ascending) => ascending[ascending.Count / 2];

    /// <summary>How much more memory the whole training needs at its largest step.</summary>
    /// <param name="without">The settings without the term.</param>
    /// <param name="with">The settings with it.</param>
    /// <param name="steps">Steps that are made first, for what is made once.</param>
    private double? Memory(LoopSettings without, LoopSettings with, int steps = 1)
    {
        Steps(with, steps);
        var held = HeldMemory.Of(_learner, _data).Sum(part => part.Bytes);
        var (few, many) = (Cost.Of(() => Steps(without, 1)).PeakBytes, Cost.Of(() => Steps(with, 1)).PeakBytes);
        return many is { } most && few is { } least ? (double)(most - least) / (held + least) : null;
    }

    /// <summary>Whole optimizer steps, of the same draws whatever the settings.</summary>
    private void Steps(LoopSettings settings, int count, int round = 0, int first = 1)
    {
        var microStep = new MicroStep(settings, _learner, _data);
        for (var step = first; step < first + count; step++)
        {
            using var scope = NewDisposeScope();
            using var generator = new Generator((ulong)(_settings.Seed + (1000 * round) + step));
            var examples = Enumerable.Range(step * settings.BatchSize, settings.BatchSize).Select(i => _data.Training[i % _data.Training.Count]).ToList();
            Checkpointed.Backward(microStep.Loss(microStep.Draw(examples, step, generator)).Loss);
            _learner.Optimizer.ClipGradients(settings.GradClip);
            _learner.Optimizer.Step(settings.LearningRate);
        }
    }

    private static string Json(LoopSettings settings) => string.Join(", ", JsonSerializer.SerializeToElement(settings, ContractJson.Line).EnumerateObject()
        .Where(setting => Shown.Contains(setting.Name) || (setting.Name == "pixel_decoder" && settings.PixelDecoder.Length > 0)).Select(setting => $"\"{setting.Name}\": {setting.Value.GetRawText()}"));

    private void Line(FormattableString line) => _to.WriteLine(line.ToString(CultureInfo.InvariantCulture));
}
