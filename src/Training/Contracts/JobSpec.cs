namespace PixelPost.Training.Contracts;

/// <summary><c>job.json</c>: what the worker is to do.</summary>
public sealed record JobSpec
{
    /// <summary>Version of the contract that this code writes and reads.</summary>
    public const int CurrentVersion = 1;

    /// <summary>Version of the contract the file follows; the worker refuses any but its own.</summary>
    public int ContractVersion { get; init; } = CurrentVersion;

    /// <summary>The portal's name for the job; appears in logs and results.</summary>
    public required string JobId { get; init; }

    /// <summary>What kind of work: <c>train</c> or <c>sample</c>.</summary>
    public required JobKind Kind { get; init; }

    /// <summary>Folder of the model to start from or to sample with, in diffusers layout; absolute or relative to the job folder.</summary>
    public required string Model { get; init; }

    /// <summary>Hyper-parameters of a training job; left out, every default applies.</summary>
    public LoopSettings? Training { get; init; }

    /// <summary>Settings of a sampling job; left out, every default applies.</summary>
    public SampleSettings? Sampling { get; init; }
}

/// <summary>The kinds of job.</summary>
public enum JobKind
{
    /// <summary>Post-train a model: reads <c>preferences.jsonl</c> or <c>captions.jsonl</c>.</summary>
    Train,

    /// <summary>Generate images: reads <c>prompts.jsonl</c>.</summary>
    Sample,
}

/// <summary>How images are generated.</summary>
public sealed record SampleSettings
{
    /// <summary>Steps of the model's sampler per image.</summary>
    public int InferenceSteps { get; init; } = 30;

    /// <summary>Classifier-free guidance scale; 1 switches guidance off.</summary>
    public double GuidanceScale { get; init; } = 3.0;

    /// <summary>Images generated at once.</summary>
    public int BatchSize { get; init; } = 8;

    /// <summary>What makes these settings unusable, one sentence each; empty when they are fine.</summary>
    public IReadOnlyList<string> Faults()
    {
        var faults = new List<string>();
        if (InferenceSteps is < 1 or > 1000) faults.Add($"sampling.inference_steps is {InferenceSteps}; it must be 1 to 1000.");
        if (!(GuidanceScale >= 0)) faults.Add(FormattableString.Invariant($"sampling.guidance_scale is {GuidanceScale}; it must be 0 or more."));
        if (BatchSize < 1) faults.Add($"sampling.batch_size is {BatchSize}; it must be 1 or more.");
        return faults;
    }
}
