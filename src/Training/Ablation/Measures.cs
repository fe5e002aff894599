namespace PixelPost.Training.Ablation;

/// <summary>One-step reconstructions of real pictures: means over pictures and noise levels.</summary>
/// <param name="Psnr">In dB.</param>
/// <param name="Ssim">At most 1.</param>
internal sealed record Reconstruction(double Psnr, double Ssim);

/// <summary>What is measured of a model.</summary>
internal sealed record Measures
{
    /// <summary><see cref="Metrics.KernelDistance"/> from the held-out pictures; null without a network.</summary>
    public double? KernelDistance { get; init; }

    /// <summary><see cref="Metrics.PowerSpectrum.HighFrequencyDistance"/> of the mean spectra, in dB.</summary>
    public required double HighFrequencyError { get; init; }

    /// <summary>Mean <see cref="Metrics.Sharpness"/>.</summary>
    public required double Sharpness { get; init; }

    /// <summary>Share of the drawn images whose own picture is among the 5 nearest of the set; null of real pictures.</summary>
    public double? Retrieval { get; init; }

    /// <summary>One-step reconstructions; of real pictures: the autoencoder alone.</summary>
    public required Reconstruction OneStep { get; init; }
}

/// <summary>One line of <c>results.jsonl</c>: a finished run and what it measures.</summary>
internal sealed record CellResult
{
    /// <summary>In place of a method: real pictures.</summary>
    public const string Real = "real";

    /// <summary>Name of the model's folder.</summary>
    public required string Network { get; init; }

    /// <summary><see cref="Ablation.Method.Name"/>, or <see cref="Real"/>.</summary>
    public required string Method { get; init; }

    /// <summary>Seed of training and of what is drawn.</summary>
    public required int Seed { get; init; }

    /// <summary>Hash of the untrained model.</summary>
    public required string BaseSha256 { get; init; }

    /// <summary>Hash of the measured model.</summary>
    public required string ModelSha256 { get; init; }

    /// <summary>What it measures.</summary>
    public required Measures Measures { get; init; }

    /// <summary>Seconds of training; null where there was none.</summary>
    public double? TrainingSeconds { get; init; }

    /// <summary>Seconds of this run in all, as far as one process worked on it.</summary>
    public required double Seconds { get; init; }
}
