namespace PixelPost.Training.Contracts;

/// <summary>One line of <c>preferences.jsonl</c>: two images of one prompt and which one people preferred.</summary>
public sealed record PreferencePair
{
    /// <summary>Name of the pair, quoted in messages about it.</summary>
    public required string PairId { get; init; }

    /// <summary>The prompt both images were made for.</summary>
    public required string Prompt { get; init; }

    /// <summary>Preferred image, relative to the job folder.</summary>
    public required string Chosen { get; init; }

    /// <summary>The other image, relative to the job folder.</summary>
    public required string Rejected { get; init; }

    /// <summary>SHA-256 of the preferred image's file, lower-case hex.</summary>
    public required string ChosenSha256 { get; init; }

    /// <summary>SHA-256 of the other image's file, lower-case hex.</summary>
    public required string RejectedSha256 { get; init; }

    /// <summary>Relative weight of the pair in the loss, 0 or more; weights are divided by their mean.</summary>
    public double Weight { get; init; } = 1;
}

/// <summary>One line of <c>captions.jsonl</c>: an image and what it shows.</summary>
public sealed record CaptionedImage
{
    /// <summary>Image, relative to the job folder.</summary>
    public required string Image { get; init; }

    /// <summary>SHA-256 of the file, lower-case hex.</summary>
    public required string Sha256 { get; init; }

    /// <summary>What it shows.</summary>
    public required string Caption { get; init; }
}

/// <summary>One line of <c>prompts.jsonl</c>: an image to generate.</summary>
public sealed record PromptLine
{
    /// <summary>The portal's name for the prompt.</summary>
    public required string PromptId { get; init; }

    /// <summary>Text to draw.</summary>
    public required string Prompt { get; init; }

    /// <summary>Seed of the initial noise; the same seed gives the same noise in every model of equal latent size.</summary>
    public required long Seed { get; init; }
}

/// <summary>One line of <c>samples/manifest.jsonl</c>: a generated image.</summary>
public sealed record SampleLine
{
    /// <summary>PNG file, relative to the job folder.</summary>
    public required string Image { get; init; }

    /// <summary>SHA-256 of the file, lower-case hex.</summary>
    public required string Sha256 { get; init; }

    /// <inheritdoc cref="PromptLine.PromptId"/>
    public required string PromptId { get; init; }

    /// <inheritdoc cref="PromptLine.Prompt"/>
    public required string Prompt { get; init; }

    /// <inheritdoc cref="PromptLine.Seed"/>
    public required long Seed { get; init; }

    /// <summary>Width in pixels.</summary>
    public required int Width { get; init; }

    /// <summary>Height in pixels.</summary>
    public required int Height { get; init; }

    /// <summary>Steps of the sampler.</summary>
    public required int InferenceSteps { get; init; }

    /// <summary>Classifier-free guidance scale.</summary>
    public required double GuidanceScale { get; init; }

    /// <summary>The model's sampler, such as <c>ddim</c>.</summary>
    public required string Scheduler { get; init; }

    /// <summary>Hash of the model folder that made it (<see cref="JobResult.ModelSha256"/>).</summary>
    public required string ModelSha256 { get; init; }
}
