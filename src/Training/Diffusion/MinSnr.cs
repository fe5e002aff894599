using static TorchSharp.torch;

namespace PixelPost.Training.Diffusion;

/// <summary>Weights that keep the many easy timesteps, those of little noise, from ruling the loss.</summary>
/// <remarks>Hang et al. (2023), arXiv 2303.09556, section 3.4.</remarks>
public static class MinSnr
{
    /// <summary>
    /// What an error of the network's own prediction is to be multiplied by so that, seen as an error of the clean latent, it has
    /// weight min(snr, γ): min(snr, γ)/snr for noise, min(snr, γ)/(snr + 1) for velocity, min(snr, γ) for clean latents.
    /// </summary>
    /// <param name="schedule">Signal-to-noise ratios, and what the network predicts.</param>
    /// <param name="timesteps">t, [B].</param>
    /// <param name="gamma">γ, more than 0.</param>
    /// <returns>[B]; finite where there is no signal at all: 1 for noise, 0 for velocity and clean latents.</returns>
    /// <exception cref="BadJobException">The schedule names a prediction that is not known.</exception>
    public static Tensor Weights(NoiseSchedule schedule, Tensor timesteps, double gamma)
    {
        var snr = schedule.SignalToNoise(timesteps);
        return schedule.Config.PredictionType switch
        {
            "epsilon" => (gamma / snr).clamp_max(1), // γ/0 is infinite, 0/0 would not be a number
            "v_prediction" => snr.clamp_max(gamma) / (snr + 1),
            "sample" => snr.clamp_max(gamma),
            _ => throw Prediction.Unknown(schedule),
        };
    }
}
