namespace PixelPost.Training.Contracts;

/// <summary><c>options.json</c>: every setting after defaults, and what the job ran on. Enough to run it again.</summary>
public sealed record JobOptions
{
    /// <summary>The job, with every default filled in.</summary>
    public required JobSpec Job { get; init; }

    /// <summary>Hash of the model started from (<see cref="JobResult.ModelSha256"/>).</summary>
    public required string ModelSha256 { get; init; }

    /// <summary>SHA-256 of the .jsonl file the job read, lower-case hex.</summary>
    public required string DataSha256 { get; init; }

    /// <summary>Preference pairs, images (SFT) or prompts (sampling) the job works on.</summary>
    public required int Examples { get; init; }

    /// <summary>Pairs kept out of training to measure implicit accuracy on.</summary>
    public int? HeldOut { get; init; }

    /// <summary>What the numbers of this objective mean, e.g. how β is to be read.</summary>
    public string? Convention { get; init; }

    /// <summary>What was chosen for the pixel term before the first step; nothing where the job says it all.</summary>
    public PixelChoice? Pixels { get; init; }

    /// <summary>Hash of the autoencoder that <see cref="LoopSettings.PixelDecoder"/> names (<see cref="JobResult.ModelSha256"/>).</summary>
    public string? PixelDecoderSha256 { get; init; }

    /// <summary>Version of the worker.</summary>
    public required string WorkerVersion { get; init; }

    /// <summary>Version of TorchSharp and of the libtorch it was built for.</summary>
    public required string Torch { get; init; }

    /// <summary>Threads of libtorch. Sums are only bit for bit the same at equal thread counts.</summary>
    public required int Threads { get; init; }

    /// <summary>Where the networks were computed: <c>cpu</c>, <c>cuda:0</c>.</summary>
    public string? Device { get; init; }
}
