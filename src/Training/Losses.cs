using PixelPost.Training.Contracts;
using static TorchSharp.torch;

namespace PixelPost.Training;

/// <summary>
/// The objectives, Eq. 1 to 7 of arXiv 2409.17565, as functions of per-sample errors. An error is the mean square over a sample's
/// elements: of predicted noise (<see cref="Error"/> on latents: Eq. 1, 4, 5) or of decoded images (<see cref="PixelDecoder"/>: Eq. 2, 6).
/// The same function serves both, so latent and pixel terms differ only in the errors and the β they are given.
/// </summary>
/// <remarks>
/// The paper writes squared norms, which are sums; means are used here, as in the DiffusionDPO and diffusers code, so β is larger by the
/// number of elements. Losses are per sample or pair and become one number in <see cref="WeightedMean"/>, after the logarithm.
/// </remarks>
public static class Losses
{
    /// <summary>‖target − prediction‖² / (C·H·W) of each sample.</summary>
    /// <param name="prediction">[B, C, H, W].</param>
    /// <param name="target">[B, C, H, W].</param>
    /// <returns>[B].</returns>
    public static Tensor Error(Tensor prediction, Tensor target) => (prediction - target).square().mean([1, 2, 3]);

    /// <summary>Diffusion-DPO: −log σ(−β · ((chosen − referenceChosen) − (rejected − referenceRejected))).</summary>
    /// <param name="chosen">[B] errors of the trained model on preferred images.</param>
    /// <param name="rejected">[B] errors of the trained model on the other images.</param>
    /// <param name="referenceChosen">[B] errors of the model the training began with, preferred images.</param>
    /// <param name="referenceRejected">[B] the same, the other images.</param>
    /// <param name="beta">Strength of the pull towards the reference (<see cref="LoopSettings.BetaConvention"/>).</param>
    /// <returns>[B].</returns>
    /// <remarks>Eq. 4; Wallace et al. (2023), arXiv 2311.12908, Eq. 14.</remarks>
    public static Tensor Dpo(Tensor chosen, Tensor rejected, Tensor referenceChosen, Tensor referenceRejected, double beta) =>
        -nn.functional.logsigmoid(-beta * (chosen - referenceChosen - (rejected - referenceRejected)));

    /// <summary>SimPO, DPO without a reference: −log σ(−β · (chosen − rejected) − γ).</summary>
    /// <param name="chosen">[B] errors of the trained model on preferred images.</param>
    /// <param name="rejected">[B] errors of the trained model on the other images.</param>
    /// <param name="beta">Steepness (<see cref="LoopSettings.BetaConvention"/>).</param>
    /// <param name="gamma">Margin by which the preferred image is to win, in units of the sigmoid's argument; 0 is the paper's Eq. 5.</param>
    /// <returns>[B].</returns>
    /// <remarks>Eq. 5, and Eq. 6 on pixel errors; the margin is that of Meng et al. (2024), arXiv 2405.14734, Eq. 6.</remarks>
    public static Tensor SimPo(Tensor chosen, Tensor rejected, double beta, double gamma) =>
        -nn.functional.logsigmoid(-beta * (chosen - rejected) - gamma);

    /// <summary>One term of the loss, latent or pixel, for whichever objective.</summary>
    /// <param name="objective">SFT: the errors themselves (Eq. 1 or 2). DPO: Eq. 4. SimPO: Eq. 5 or 6.</param>
    /// <param name="errors">SFT: [B]. Else [2B], the preferred images' errors before the others'.</param>
    /// <param name="reference">The reference model's errors, like <paramref name="errors"/>; only for DPO.</param>
    /// <param name="beta">β of this term.</param>
    /// <param name="gamma">SimPO's margin.</param>
    /// <returns>[B].</returns>
    public static Tensor Term(Objective objective, Tensor errors, Tensor? reference, double beta, double gamma)
    {
        if (objective == Objective.Sft) return errors;
        var policy = errors.chunk(2);
        if (objective == Objective.SimPo) return SimPo(policy[0], policy[1], beta, gamma);
        var fixedErrors = (reference ?? throw new ArgumentNullException(nameof(reference), "DPO compares with the errors of a reference model.")).chunk(2);
        return Dpo(policy[0], policy[1], fixedErrors[0], fixedErrors[1], beta);
    }

    /// <summary>latent + weight · pixel: Eq. 3 (λ) and Eq. 7 (μ).</summary>
    /// <param name="latent">[B].</param>
    /// <param name="pixel">[B]; null leaves the term out.</param>
    /// <param name="weight">λ or μ.</param>
    public static Tensor Total(Tensor latent, Tensor? pixel, double weight) => pixel is null ? latent : latent + weight * pixel;

    /// <summary>How much better a model does on the preferred image: rejected − chosen error, less the reference's where there is one.</summary>
    /// <param name="errors">[2B], the preferred images' errors first.</param>
    /// <param name="reference">[2B] or null.</param>
    /// <returns>[B]; positive where the model agrees with the people.</returns>
    public static Tensor Margins(Tensor errors, Tensor? reference)
    {
        var gained = (reference is null ? errors : errors - reference).chunk(2);
        return gained[1] - gained[0];
    }

    /// <summary>Share of positive margins, zeros counting half: implicit accuracy.</summary>
    public static double Accuracy(Tensor margins) => (0.5 * (margins.sign() + 1)).mean().item<float>();

    /// <summary>Σ weight · loss / B: weights of mean 1 leave the scale of the loss alone.</summary>
    /// <param name="losses">[B].</param>
    /// <param name="weights">[B].</param>
    /// <returns>[] scalar.</returns>
    public static Tensor WeightedMean(Tensor losses, Tensor weights) => (losses * weights).mean();
}
