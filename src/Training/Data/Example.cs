namespace PixelPost.Training.Data;

/// <summary>One thing to learn from: a preference pair, or for SFT a captioned image.</summary>
/// <param name="Id">Quoted in messages about it.</param>
/// <param name="Prompt">Prompt or caption.</param>
/// <param name="Chosen">Row of the preferred (SFT: the) image's latents in the <see cref="TrainingSet"/>.</param>
/// <param name="Rejected">Row of the other image's latents; null for SFT.</param>
/// <param name="Weight">Relative weight in the loss.</param>
/// <param name="Shape">Of its images; both of a pair have the preferred one's.</param>
public sealed record Example(string Id, string Prompt, int Chosen, int? Rejected, double Weight, ImageShape Shape = default);
