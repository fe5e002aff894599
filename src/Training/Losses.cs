using PixelPost.Training.Contracts;
using static TorchSharp.torch;

namespace PixelPost.Training;

/// <summary>
/// The objectives, Eq. 1 to 7 of arXiv 2409.17565 with IPO and KTO, as functions of per-sample errors. An error is the mean square over a sample's
/// elements: of what the network predicts (<see cref="Error"/> on latents: Eq. 1, 4, 5) or of decoded images (<see cref="PixelDecoder"/>: Eq. 2, 6).
/// The same function serves both, so latent and pixel terms differ only in the errors and the β they are given.
/// </summary>
/// <remarks>
/// Here β always multiplies mean errors; <see cref="LoopSettings.BetaOfMeans"/> translates other conventions. Losses are per sample or pair and become one number in <see cref="WeightedMean"/>, after the logarithm.
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
    /// <param name="beta">Strength of the pull towards the reference.</param>
    /// <returns>[B].</returns>
    /// <remarks>Eq. 4; Wallace et al. (2023), arXiv 2311.12908, Eq. 14.</remarks>
    public static Tensor Dpo(Tensor chosen, Tensor rejected, Tensor referenceChosen, Tensor referenceRejected, double beta) =>
        -nn.functional.logsigmoid(-beta * (chosen - referenceChosen - (rejected - referenceRejected)));

    /// <summary>SimPO, DPO without a reference: −log σ(−β · (chosen − rejected) − γ).</summary>
    /// <param name="chosen">[B] errors of the trained model on preferred images.</param>
    /// <param name="rejected">[B] errors of the trained model on the other images.</param>
    /// <param name="beta">Steepness.</param>
    /// <param name="gamma">Margin by which the preferred image is to win, in units of the sigmoid's argument; 0 is the paper's Eq. 5.</param>
    /// <returns>[B].</returns>
    /// <remarks>Eq. 5, and Eq. 6 on pixel errors; the margin is that of Meng et al. (2024), arXiv 2405.14734, Eq. 6.</remarks>
    public static Tensor SimPo(Tensor chosen, Tensor rejected, double beta, double gamma) =>
        -nn.functional.logsigmoid(-beta * (chosen - rejected) - gamma);

    /// <summary>IPO: (β · margin − ½)², where margin = (rejected − referenceRejected) − (chosen − referenceChosen).</summary>
    /// <param name="chosen">[B] errors of the trained model on preferred images.</param>
    /// <param name="rejected">[B] errors of the trained model on the other images.</param>
    /// <param name="referenceChosen">[B] errors of the model the training began with, preferred images.</param>
    /// <param name="referenceRejected">[B] the same, the other images.</param>
    /// <param name="beta">The margin that is aimed at is 1 / (2β).</param>
    /// <returns>[B].</returns>
    /// <remarks>
    /// β² (margin − 1/(2β))²: Azar et al. (2023), arXiv 2310.12036, Eq. 17, with the errors of Diffusion-DPO for log-ratios. The factor β²
    /// moves no optimum and makes the loss ¼ at margin 0 for every β; without it gradients would shrink like 1/β and drown in weight decay.
    /// </remarks>
    public static Tensor Ipo(Tensor chosen, Tensor rejected, Tensor referenceChosen, Tensor referenceRejected, double beta) =>
        (beta * (rejected - referenceRejected - (chosen - referenceChosen)) - 0.5).square();

    /// <summary>
    /// Diffusion-KTO: ½ (λ_D · (1 − σ(r_chosen − z₀)) + λ_U · (1 − σ(z₀ − r_rejected))), where r = β · (reference − error) is the implied reward
    /// and z₀ = max(0, mean r of the batch), without gradient, the point from which gains and losses are seen.
    /// </summary>
    /// <param name="chosen">[B] errors of the trained model on desirable images.</param>
    /// <param name="rejected">[B] errors of the trained model on undesirable images; that they are pairs plays no part.</param>
    /// <param name="referenceChosen">[B] errors of the model the training began with, desirable images.</param>
    /// <param name="referenceRejected">[B] the same, undesirable images.</param>
    /// <param name="beta">Steepness: how soon more gain is worth little more.</param>
    /// <param name="desirableWeight">λ_D.</param>
    /// <param name="undesirableWeight">λ_U.</param>
    /// <returns>[B].</returns>
    /// <remarks>Ethayarajh et al. (2024), arXiv 2402.01306; on diffusion models Li et al. (2024), arXiv 2404.04465.</remarks>
    public static Tensor Kto(Tensor chosen, Tensor rejected, Tensor referenceChosen, Tensor referenceRejected, double beta, double desirableWeight, double undesirableWeight)
    {
        var (desirable, undesirable) = (beta * (referenceChosen - chosen), beta * (referenceRejected - rejected));
        var origin = cat([desirable, undesirable]).detach().mean().clamp_min(0);
        return (desirableWeight * (origin - desirable).sigmoid() + undesirableWeight * (undesirable - origin).sigmoid()) / 2; // 1 − σ(x) = σ(−x)
    }

    /// <summary>One term of the loss, latent or pixel, for whichever objective.</summary>
    /// <param name="objective">SFT: the errors themselves (Eq. 1 or 2). DPO: Eq. 4. SimPO: Eq. 5 or 6.</param>
    /// <param name="errors">SFT: [B]. Else [2B], the preferred images' errors before the others'.</param>
    /// <param name="reference">The reference model's errors, like <paramref name="errors"/>; for DPO, IPO and KTO.</param>
    /// <param name="beta">β of this term, for mean errors.</param>
    /// <param name="settings">SimPO's margin, KTO's weights.</param>
    /// <returns>[B].</returns>
    public static Tensor Term(Objective objective, Tensor errors, Tensor? reference, double beta, LoopSettings settings)
    {
        if (objective == Objective.Sft) return errors;
        var policy = errors.chunk(2);
        if (objective == Objective.SimPo) return SimPo(policy[0], policy[1], beta, settings.Gamma);
        var before = (reference ?? throw new ArgumentNullException(nameof(reference), $"{objective} compares with the errors of a reference model.")).chunk(2);
        return objective switch
        {
            Objective.Dpo => Dpo(policy[0], policy[1], before[0], before[1], beta),
            Objective.Ipo => Ipo(policy[0], policy[1], before[0], before[1], beta),
            Objective.Kto => Kto(policy[0], policy[1], before[0], before[1], beta, settings.DesirableWeight, settings.UndesirableWeight),
            _ => throw new ArgumentOutOfRangeException(nameof(objective), objective, "There is no such objective."),
        };
    }

    /// <summary>Σ weight · term over the terms there are: Eq. 3 (1 and λ) and Eq. 7 (1 and μ).</summary>
    /// <param name="terms">Weight and losses [B]; null where a term is left out.</param>
    /// <returns>[B].</returns>
    public static Tensor Total(params (double Weight, Tensor? Losses)[] terms) =>
        terms.Where(t => t.Losses is not null).Select(t => t.Weight * t.Losses!).Aggregate((a, b) => a + b);

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
