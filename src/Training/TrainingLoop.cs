using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using PixelPost.Training.Contracts;
using PixelPost.Training.Data;
using PixelPost.Training.Models;
using PixelPost.Training.Native;
using PixelPost.Training.PixelBudgets;
using static TorchSharp.torch;

namespace PixelPost.Training;

/// <summary>Post-training, from settings to the last checkpoint; read it downwards.</summary>
/// <remarks>C. Zhang et al. (2024), "Pixel-Space Post-Training of Latent Diffusion Models", arXiv 2409.17565; equations are numbered as there.</remarks>
public static class TrainingLoop
{
    /// <summary>Runs a training job to its end, or goes on where its last run stopped.</summary>
    /// <param name="job">The job.</param>
    /// <param name="files">Its folder.</param>
    /// <returns>What was made.</returns>
    /// <exception cref="BadJobException">Job, model or data are not as they must be, or training diverged.</exception>
    /// <exception cref="OperationCanceledException">Somebody asked to stop; what was done is saved.</exception>
    public static JobResult Run(JobSpec job, RunFiles files)
    {
        // settings
        var folder = files.Folder;
        var settings = Settings(job, folder);

        // the one generator of every draw: on the CPU, so that all devices draw the same
        using var generator = new Generator((ulong)settings.Seed);

        // models: one learns, all of it or adapters in it; some objectives compare it with what it was at the start; with them optimizer and moving average
        files.Phase(JobState.Starting, "loading the model", total: 0);
        using var model = TextToImageModel.Load(Path.Combine(folder.Root, job.Model), ComputeDevice.Choose());
        using var learner = new Learner(settings, model, generator);
        var (denoiser, optimizer, average) = (learner.Denoiser, learner.Optimizer, learner.Average);

        // data: latents and encoded prompts in memory, some pairs kept to measure on
        using var data = TrainingSet.Load(settings, model, files);
        using var heldOut = new HeldOut(data, model, learner.Reference);
        var order = new Shuffle(data.Training.Count, i => data.Training[i].Shape);

        // what the pixel term weighs, how often it is computed and what stands for its decoder, where that is to be measured
        if (settings.NeedsLinearMap || (settings.PixelWeight > 0 && (settings.PixelBudget > 0 || settings.PixelShare > 0))) files.Phase(JobState.Starting, "measuring the pixel term", total: 0);
        Checkpoints.KeepMeasured(folder, settings);
        learner.Metric = LocalMetricFit.For(settings, learner, data, data.Training, folder.PixelMetric);
        var pixels = PixelChooser.Choose(settings, learner, data, data.Training, folder.Pixels);
        var options = Options(job with { Training = settings }, learner, data, pixels);
        settings = pixels?.Of(settings) ?? settings;
        var microStep = new MicroStep(settings, learner, data);

        // the last run's state, if there was one
        var checkpoints = new Checkpoints(folder, model, learner.Adapters, optimizer, average, generator, order, settings.KeepCheckpoints, Fingerprint(options));
        var (start, elapsedBefore) = checkpoints.Resume();
        var health = new RunHealth(settings);
        health.Replay(files.KeepMetricsUpTo(start));
        ContractJson.WriteFile(folder.Options, options);
        Announce(options, start);

        // images on the way, of held-out prompts first
        var previews = settings.PreviewEvery > 0 ? new Previews(folder, model, data.HeldOut.Concat(data.Training).Select(e => e.Prompt), settings.Previews) : null;

        // the loop
        files.Phase(JobState.Running, "training", settings.Steps, start);
        var clock = Stopwatch.StartNew();
        double Elapsed() => elapsedBefore + clock.Elapsed.TotalSeconds;
        var (lastLogged, loggedAt) = (start, Elapsed());
        var pixelCost = new PixelCost();
        for (var step = start + 1; step <= settings.Steps; step++)
        {
            using var scope = NewDisposeScope(); // every tensor made below dies at the end of the step
            var (meter, began, hasPixels) = (new StepMeter(settings.Objective), Elapsed(), false);
            for (var micro = 0; micro < settings.Accumulation; micro++)
            {
                using var microScope = NewDisposeScope();

                // draw: examples, noise, timesteps, which captions to leave out, where the pixel term looks
                var examples = order.Next(settings.BatchSize, generator).Select(i => data.Training[i]).ToList();
                var draw = microStep.Draw(examples, step, generator, micro);

                // forward: errors in latents and pixels, an objective on each, Eq. 3 or 7
                var loss = microStep.Loss(draw);
                meter.Add(step, examples, loss);
                hasPixels |= loss.Pixel is not null;

                // backward: micro-steps add up to the gradient of their mean
                Checkpointed.Backward(loss.Loss / settings.Accumulation);
            }

            // clip, update
            var gradNorm = optimizer.ClipGradients(settings.GradClip);
            if (!double.IsFinite(gradNorm)) throw new BadJobException($"Step {step}: the gradient is not finite although the loss is. Lower learning_rate, beta or pixel_weight.");
            var learningRate = LearningRate.At(step, settings);
            optimizer.Step(learningRate);
            average?.Update(step);
            pixelCost.Add(hasPixels, Elapsed() - began);

            // with the weights a checkpoint would hold: measure on the held-out pairs, draw previews
            double? accuracy = null;
            var isCheckpoint = IsCheckpoint(step, settings);
            var measures = Measures(step, settings);
            var draws = previews is not null && (step % settings.PreviewEvery == 0 || step == settings.Steps);
            if (measures || draws)
            {
                average?.Swap();
                if (measures) accuracy = heldOut.Accuracy(denoiser);
                if (draws) previews!.Draw(step);
                average?.Swap();
            }

            // log
            var speed = (step - lastLogged) * settings.ImagesPerStep / (Elapsed() - loggedAt);
            if (step % settings.LogEvery == 0 || accuracy is not null || step == settings.Steps)
            {
                var line = health.Judge(meter.Line(step, Elapsed(), gradNorm, learningRate, speed, accuracy));
                files.Log(line);
                Announce(line);
                if (health.WarnsAnew) Console.WriteLine($"warning: {line.Warning}");
                (lastLogged, loggedAt) = (step, line.Elapsed);
            }
            files.Progress(step, speed);

            // save, and stop if asked to
            var stop = step < settings.Steps && files.StopRequested;
            if (stop || isCheckpoint) checkpoints.Save(step, Elapsed(), isCheckpoint ? accuracy : null); // the best is the same, stopped or not
            if (stop) throw new OperationCanceledException();
        }

        var cost = pixelCost.Above(pixels?.StandInCost ?? 0);
        if (cost is { } more) Console.WriteLine(FormattableString.Invariant($"The pixel term made training {100 * more:F1} % longer, steps with decoding against steps without{(pixels?.StandInCost is { } standIn ? $"; {100 * standIn:F1} % of it are of what stands in in both, as measured before the first" : "")}."));
        return new JobResult
        {
            Output = Path.GetRelativePath(folder.Root, folder.Checkpoint(settings.Steps)),
            ModelSha256 = ModelFolder.Sha256(folder.Checkpoint(settings.Steps)),
            PixelCost = cost,
            Best = checkpoints.Best,
            Done = settings.Steps,
            Elapsed = Elapsed(),
            FinishedAt = DateTimeOffset.UtcNow,
        };
    }

    /// <summary>A job's settings, checked.</summary>
    /// <exception cref="BadJobException">They are unusable.</exception>
    internal static LoopSettings Settings(JobSpec job, JobFolder folder)
    {
        var settings = job.Training ?? new LoopSettings();
        if (settings.Faults() is { Count: > 0 } faults) throw new BadJobException($"job.json: {string.Join(" ", faults)}");
        return settings.PixelDecoder.Length > 0 ? settings with { PixelDecoder = Path.Combine(folder.Root, settings.PixelDecoder) } : settings;
    }

    /// <summary>Whether a step measures on the held-out pairs.</summary>
    internal static bool Measures(int step, LoopSettings settings) => IsCheckpoint(step, settings) || step == 1 || step % settings.EvaluateEvery == 0;

    private static bool IsCheckpoint(int step, LoopSettings settings) => step % settings.CheckpointEvery == 0 || step == settings.Steps;

    private static JobOptions Options(JobSpec job, Learner learner, TrainingSet data, PixelChoice? pixels) => new()
    {
        Job = job,
        ModelSha256 = ModelFolder.Sha256(learner.Model.Folder),
        DataSha256 = data.Sha256,
        Examples = data.Training.Count,
        HeldOut = data.HeldOut.Count,
        Convention = job.Training!.Objective == Objective.Sft ? null : job.Training.BetaMeaning(),
        Pixels = pixels,
        PixelDecoderSha256 = learner.OtherDecoder is { } other ? Sha256OfPart(other) : null,
        WorkerVersion = Versions.Worker,
        Torch = Versions.Torch,
        Threads = get_num_threads(),
        Device = learner.Model.Device.ToString(),
    };

    private static string Sha256OfPart(string folder)
    {
        var part = Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder));
        return ModelFolder.Sha256(Path.GetDirectoryName(part)!, Path.GetFileName(part));
    }

    /// <summary>What must be the same for a run to go on: settings, model and data, not where or on how many threads it runs.</summary>
    private static string Fingerprint(JobOptions options) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(JsonSerializer.Serialize(options.Job.Training! with { PixelDecoder = "" }, ContractJson.Line) + options.ModelSha256 + options.DataSha256 + options.PixelDecoderSha256)));

    private static void Announce(JobOptions options, int start)
    {
        Console.WriteLine(JsonSerializer.Serialize(options, ContractJson.File));
        if (options.Convention is not null) Console.WriteLine(options.Convention);
        foreach (var sentence in options.Pixels is { } choice ? PixelChooser.Sentences(choice) : []) Console.WriteLine(sentence);
        if (start > 0) Console.WriteLine($"Going on after step {start}.");
    }

    private static void Announce(MetricsLine line) =>
        Console.WriteLine(FormattableString.Invariant($"step {line.Step}  loss {line.Loss:G5}{Part("latent", line.LatentLoss)}{Part("pixel", line.PixelLoss)}{Part("accuracy", line.ImplicitAccuracy)}{Part("held-out", line.HeldOutAccuracy)}{Part("margin", line.Margin)}  gradient {line.GradNorm:G4}  {line.ImagesPerSecond:F1} images/s"));

    private static string Part(string name, double? value) => value is null ? "" : FormattableString.Invariant($"  {name} {value:G5}");
}
