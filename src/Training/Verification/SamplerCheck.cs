using PixelPost.Training.Diffusion;
using static TorchSharp.torch;

namespace PixelPost.Training.Verification;

/// <summary>
/// A sampler step by step, with a denoiser that is two lines of arithmetic, so that a scheduler's configuration can be checked without
/// a model: cond = (0.2 + 0.5 t/1000) x + 0.3 C_cond, uncond = (0.25 + 0.4 t/1000) x + 0.3 C_uncond, guided as usual.
/// </summary>
internal static class SamplerCheck
{
    private const string Config = "scheduler_config.json";

    /// <summary>Whether a folder is a scheduler's.</summary>
    public static bool IsScheduler(string folder) => File.Exists(Path.Combine(folder, Config));

    /// <summary>Compares timesteps, the size of the first noise, and after every step prediction and latents.</summary>
    /// <param name="folder">Holds <c>scheduler_config.json</c>.</param>
    /// <param name="file">Its expected values; of DDIM with noise nothing is compared where the configuration has no <c>eta</c>.</param>
    public static void Run(string folder, ExpectedValues file)
    {
        using var noGrad = no_grad();
        var config = ScheduleConfig.Read(Path.Combine(folder, Config));
        if (config is { ClassName: "DDIMScheduler", Eta: 0 } && file.Has("in.step_noise")) return; // how much noise was an argument of diffusers' call
        using var schedule = new NoiseSchedule(config);
        using var sampler = Samplers.Create(schedule, file.WholeNumber("num_inference_steps"));
        file.Compare("out.timesteps", tensor(sampler.Timesteps.Select(t => (float)t).ToArray()), rtol: 1e-5, atol: 1e-9);
        file.Compare("out.init_noise_sigma", tensor([(float)sampler.InitialNoiseSigma]), rtol: 1e-6, atol: 1e-9);

        var guidance = file.Number("const.guidance_scale");
        var predictions = new List<Tensor>();
        var trajectory = new List<Tensor> { file["in.init_noise"] * sampler.InitialNoiseSigma };
        sampler.Walk(file["in.init_noise"], Guided, () => file["in.step_noise"][(predictions.Count - 1)..predictions.Count], x => trajectory.Add(x.clone().DetachFromDisposeScope()));
        file.CompareRows("out.model_output", cat(predictions));
        file.CompareRows("out.trajectory", cat(trajectory));
        foreach (var made in predictions.Concat(trajectory)) made.Dispose();

        // float32 timesteps, as the reference was told them
        Tensor Guided(Tensor x, double timestep)
        {
            var t = (float)timestep / 1000;
            var (conditional, unconditional) = ((0.2 + 0.5 * t) * x + 0.3 * file["in.C_cond"], (0.25 + 0.4 * t) * x + 0.3 * file["in.C_uncond"]);
            var guided = unconditional + guidance * (conditional - unconditional);
            predictions.Add(guided.clone().DetachFromDisposeScope());
            return guided;
        }
    }
}
