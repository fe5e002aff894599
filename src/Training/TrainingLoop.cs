using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using PixelPost.Training.Contracts;
using PixelPost.Training.Data;
using PixelPost.Training.Native;
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
        var settings = job.Training ?? new LoopSettings();
        if (settings.Faults() is { Count: > 0 } faults) throw new BadJobException($"job.json: {string.Join(" ", faults)}");

        // the one generator of every draw: on the CPU, so that all devices draw the same
        using var generator = new Generator((ulong)settings.Seed);

        // models: one learns, all of it or adapters in it; DPO compares it with what it was at the start; everything else is frozen
        files.Phase(JobState.Starting, "loading the model", total: 0);
        using var model = TextToImageModel.Load(Path.Combine(folder.Root, job.Model));
        var denoiser = model.Denoiser;
        using var adapters = settings.LoraRank > 0 ? new LoraAdapters(denoiser, settings.LoraTargetNames, settings.LoraRank, settings.LoraAlpha > 0 ? settings.LoraAlpha : settings.LoraRank, generator) : null;
        using var reference = settings.Objective == Objective.Dpo ? adapters?.Base() ?? model.LoadDenoiserAgain() : null;
        Freeze(model.Vae, model.TextEncoder, reference);
        var pixels = settings.PixelWeight > 0 ? new PixelDecoder(model.Vae, model.Schedule) : null;

        // data: latents and text states in memory, some pairs kept to measure on
        using var data = TrainingSet.Load(settings, model, files);
        using var heldOut = new HeldOut(data, model, reference);
        var imagesPerStep = settings.BatchSize * settings.Accumulation * (settings.Objective == Objective.Sft ? 1 : 2);

        // optimizer, moving average
        var parameters = ((nn.Module?)adapters ?? denoiser).named_parameters().Select(p => (p.name, (Tensor)p.parameter)).ToArray();
        using IOptimizer optimizer = settings.Optimizer == OptimizerKind.Adafactor
            ? new Adafactor(parameters, settings.WeightDecay)
            : new FusedAdam(parameters, settings.Optimizer, settings.Beta1, settings.Beta2, settings.WeightDecay);
        using var average = settings.EmaHalfLife > 0 ? new Ema(parameters, Ema.Decay(settings.EmaHalfLife, imagesPerStep)) : null;
        var order = new Shuffle(data.Training.Count);

        // the last run's state, if there was one
        var options = Options(job with { Training = settings }, model, data);
        var checkpoints = new Checkpoints(folder, model, adapters, optimizer, average, generator, order, settings.KeepCheckpoints, Fingerprint(options));
        var (start, elapsedBefore) = checkpoints.Resume();
        files.KeepMetricsUpTo(start);
        ContractJson.WriteFile(folder.Options, options);
        Announce(options, start);

        // images on the way, of held-out prompts first
        var previews = settings.PreviewEvery > 0 ? new Previews(folder, model, data.HeldOut.Concat(data.Training).Select(e => e.Prompt), settings.Previews) : null;

        // the loop
        files.Phase(JobState.Running, "training", settings.Steps, start);
        var clock = Stopwatch.StartNew();
        double Elapsed() => elapsedBefore + clock.Elapsed.TotalSeconds;
        var (lastLogged, loggedAt) = (start, Elapsed());
        for (var step = start + 1; step <= settings.Steps; step++)
        {
            using var scope = NewDisposeScope(); // every tensor made below dies at the end of the step
            var meter = new StepMeter(settings.Objective);
            for (var micro = 0; micro < settings.Accumulation; micro++)
            {
                using var microScope = NewDisposeScope();

                // draw: examples, noise, timesteps, which captions to leave out
                var examples = order.Next(settings.BatchSize, generator).Select(i => data.Training[i]).ToList();
                var noise = randn([settings.BatchSize, denoiser.LatentChannels, denoiser.SampleSize, denoiser.SampleSize], generator: generator);
                var timesteps = randint(0, model.Schedule.Length, [settings.BatchSize], generator: generator);
                var dropped = rand([settings.BatchSize], generator: generator).data<float>().Select(u => u < settings.CaptionDropout).ToList();

                // forward: errors in latents and, with a pixel term, in pixels; [B] for SFT, else [2B]
                var batch = new NoisyBatch(data, examples, noise, timesteps, dropped, model.Schedule, pixels);
                var policy = batch.Errors(denoiser);
                var fixedPolicy = reference is null ? default((Tensor Latent, Tensor? Pixel)?) : WithoutGradient(() => batch.Errors(reference));

                // loss: the same objective on both kinds of error, Eq. 3 or 7
                var latent = Losses.Term(settings.Objective, policy.Latent, fixedPolicy?.Latent, settings.Beta, settings.Gamma);
                var pixel = policy.Pixel is null ? null : Losses.Term(settings.Objective, policy.Pixel, fixedPolicy?.Pixel, settings.PixelBeta, settings.Gamma);
                var loss = Losses.WeightedMean(Losses.Total(latent, pixel, settings.PixelWeight), data.Weights(examples));
                meter.Add(step, examples, loss, latent, pixel, policy.Latent, fixedPolicy?.Latent);

                // backward: micro-steps add up to the gradient of their mean
                (loss / settings.Accumulation).backward();
            }

            // clip, update
            var gradNorm = optimizer.ClipGradients(settings.GradClip);
            if (!double.IsFinite(gradNorm)) throw new BadJobException($"Step {step}: the gradient is not finite although the loss is. Lower learning_rate, beta or pixel_weight.");
            var learningRate = LearningRate.At(step, settings);
            optimizer.Step(learningRate);
            average?.Update(step);

            // with the weights a checkpoint would hold: measure on the held-out pairs, draw previews
            double? accuracy = null;
            var isCheckpoint = step % settings.CheckpointEvery == 0 || step == settings.Steps;
            var measures = isCheckpoint || step == 1 || step % settings.EvaluateEvery == 0;
            var draws = previews is not null && (step % settings.PreviewEvery == 0 || step == settings.Steps);
            if (measures || draws)
            {
                average?.Swap();
                if (measures) accuracy = heldOut.Accuracy(denoiser);
                if (draws) previews!.Draw(step);
                average?.Swap();
            }

            // log
            var speed = (step - lastLogged) * imagesPerStep / (Elapsed() - loggedAt);
            if (step % settings.LogEvery == 0 || accuracy is not null || step == settings.Steps)
            {
                var line = meter.Line(step, Elapsed(), gradNorm, learningRate, speed, accuracy);
                files.Log(line);
                Announce(line);
                (lastLogged, loggedAt) = (step, line.Elapsed);
            }
            files.Progress(step, speed);

            // save, and stop if asked to
            var stop = step < settings.Steps && files.StopRequested;
            if (stop || isCheckpoint) checkpoints.Save(step, Elapsed(), isCheckpoint ? accuracy : null); // the best is the same, stopped or not
            if (stop) throw new OperationCanceledException();
        }

        return new JobResult
        {
            Output = Path.GetRelativePath(folder.Root, folder.Checkpoint(settings.Steps)),
            ModelSha256 = ModelFolder.Sha256(folder.Checkpoint(settings.Steps)),
            Best = checkpoints.Best,
            Done = settings.Steps,
            Elapsed = Elapsed(),
            FinishedAt = DateTimeOffset.UtcNow,
        };
    }

    private static void Freeze(params nn.Module?[] modules)
    {
        foreach (var parameter in modules.OfType<nn.Module>().SelectMany(m => m.parameters())) parameter.requires_grad = false;
    }

    private static T WithoutGradient<T>(Func<T> compute)
    {
        using var noGrad = no_grad();
        return compute();
    }

    private static JobOptions Options(JobSpec job, TextToImageModel model, TrainingSet data) => new()
    {
        Job = job,
        ModelSha256 = ModelFolder.Sha256(model.Folder),
        DataSha256 = data.Sha256,
        Examples = data.Training.Count,
        HeldOut = data.HeldOut.Count,
        Convention = job.Training!.Objective == Objective.Sft ? null : LoopSettings.BetaConvention,
        WorkerVersion = Versions.Worker,
        Torch = Versions.Torch,
        Threads = get_num_threads(),
    };

    /// <summary>What must be the same for a run to go on: settings, model and data, not where or on how many threads it runs.</summary>
    private static string Fingerprint(JobOptions options) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(JsonSerializer.Serialize(options.Job.Training, ContractJson.Line) + options.ModelSha256 + options.DataSha256)));

    private static void Announce(JobOptions options, int start)
    {
        Console.WriteLine(JsonSerializer.Serialize(options, ContractJson.File));
        if (options.Convention is not null) Console.WriteLine(options.Convention);
        if (start > 0) Console.WriteLine($"Going on after step {start}.");
    }

    private static void Announce(MetricsLine line) =>
        Console.WriteLine(FormattableString.Invariant($"step {line.Step}  loss {line.Loss:G5}  latent {line.LatentLoss:G5}{Part("pixel", line.PixelLoss)}{Part("accuracy", line.ImplicitAccuracy)}{Part("held-out", line.HeldOutAccuracy)}{Part("margin", line.Margin)}  gradient {line.GradNorm:G4}  {line.ImagesPerSecond:F1} images/s"));

    private static string Part(string name, double? value) => value is null ? "" : FormattableString.Invariant($"  {name} {value:G4}");
}
