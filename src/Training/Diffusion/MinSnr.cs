using static TorchSharp.torch;

namespace PixelPost.Training.Diffusion;

/// <summary>Loss weights that keep easy timesteps from outweighing the others.</summary>
/// <remarks>Hang et al. (2023), arXiv 2303.09556: min(SNR, γ) on the error of the clean latents, restated for what the network predicts.</remarks>
public static class MinSnr
{
    /// <summary>min(SNR, γ) for clean latents, divided by SNR for noise, by SNR + 1 for the velocity.</summary>
    /// <param name="schedule">Gives SNR = ᾱ/(1−ᾱ), and says what the network predicts.</param>
    /// <param name="timesteps">t, [B] int64.</param>
    /// <param name="gamma">γ, above 0; 5 in the paper.</param>
    /// <returns>[B].</returns>
    /// <exception cref="ArgumentOutOfRangeException">γ is not above 0.</exception>
    /// <exception cref="BadJobException">The schedule names a prediction that is not known.</exception>
    public static Tensor Weights(NoiseSchedule schedule, Tensor timesteps, double gamma)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(gamma);
        var snr = schedule.SignalToNoise(timesteps);
        return schedule.Config.PredictionType switch
        {
            "epsilon" => (gamma / snr).clamp_max(1), // min(SNR, γ)/SNR, defined at SNR 0 too
            "v_prediction" => snr.clamp_max(gamma) / (snr + 1),
            "sample" => snr.clamp_max(gamma),
            _ => throw Prediction.Unknown(schedule.Config),
        };
    }
}
