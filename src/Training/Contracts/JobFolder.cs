namespace PixelPost.Training.Contracts;

/// <summary>The files of one job: the only channel between the portal and the worker (docs/job-contract.md).</summary>
/// <param name="Root">The job's folder.</param>
public sealed record JobFolder(string Root)
{
    /// <summary>What to do. Written once by the portal.</summary>
    public string Job => Path.Combine(Root, "job.json");

    /// <summary>One preference pair per line, for DPO and SimPO. Written once by the portal.</summary>
    public string Preferences => Path.Combine(Root, "preferences.jsonl");

    /// <summary>One captioned image per line, for SFT. Written once by the portal.</summary>
    public string Captions => Path.Combine(Root, "captions.jsonl");

    /// <summary>One image to generate per line, for sampling. Written once by the portal.</summary>
    public string Prompts => Path.Combine(Root, "prompts.jsonl");

    /// <summary>Every setting after defaults, for the record. Written by the worker.</summary>
    public string Options => Path.Combine(Root, "options.json");

    /// <summary>What was chosen for the pixel term before the first step, for runs that go on. Written by the worker.</summary>
    public string Pixels => Path.Combine(Root, "pixels.json");

    /// <summary>The linear map that stands in for the decoder (<see cref="LoopSettings.NeedsLinearMap"/>), for runs that go on. Written by the worker.</summary>
    public string PixelMetric => Path.Combine(Root, "pixels.safetensors");

    /// <summary>Where the worker is now. Replaced atomically by the worker.</summary>
    public string Status => Path.Combine(Root, "status.json");

    /// <summary>One line per logged step. Appended and flushed by the worker.</summary>
    public string Metrics => Path.Combine(Root, "metrics.jsonl");

    /// <summary>How it ended. Written last by the worker; its presence means that the job is done.</summary>
    public string Result => Path.Combine(Root, "result.json");

    /// <summary>An empty file that asks the worker to stop. Written by the portal.</summary>
    public string Cancel => Path.Combine(Root, "cancel");

    /// <summary>The worker's standard output and error; the last line of a failed run is the sentence of <see cref="JobStatus.Error"/>. Written by the portal.</summary>
    public string Log => Path.Combine(Root, "worker.log");

    /// <summary>Images that the job reads; paths in the .jsonl files are relative to <see cref="Root"/>.</summary>
    public string Images => Path.Combine(Root, "images");

    /// <summary>One folder per checkpoint (<c>000500</c>), written under a temporary name and then renamed.</summary>
    public string Checkpoints => Path.Combine(Root, "checkpoints");

    /// <summary>What a run needs to go on after <paramref name="step"/> optimizer steps; the last two are kept. For the worker only.</summary>
    public string ResumableState(int step) => Checkpoint(step) + ".state.safetensors";

    /// <summary>Held open by the worker for as long as it runs, so that no second one starts on the same folder.</summary>
    public string Lock => Path.Combine(Root, "worker.lock");

    /// <summary>Generated images and their manifest.</summary>
    public string Samples => Path.Combine(Root, "samples");

    /// <summary>One line per generated image.</summary>
    public string SampleManifest => Path.Combine(Samples, "manifest.jsonl");

    /// <summary>The images drawn on the way after <paramref name="step"/> optimizer steps of a training job.</summary>
    public string Preview(int step) => Path.Combine(Samples, step.ToString("D6", System.Globalization.CultureInfo.InvariantCulture));

    /// <summary>What the images of <see cref="Preview"/> show, one line each, in their order; as a sampling job takes it.</summary>
    public string PreviewPrompts => Path.Combine(Samples, "prompts.jsonl");

    /// <summary>The folder of the checkpoint after <paramref name="step"/> optimizer steps.</summary>
    public string Checkpoint(int step) => Path.Combine(Checkpoints, step.ToString("D6", System.Globalization.CultureInfo.InvariantCulture));
}
