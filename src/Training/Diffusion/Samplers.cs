using System.Text.Json.Nodes;

namespace PixelPost.Training.Diffusion;

/// <summary>The samplers there are, by the class of diffusers that <c>scheduler_config.json</c> names.</summary>
public static class Samplers
{
    // class → name in manifests, what diffusers 0.27 takes where a file leaves a key out (if it is not the record's own default), sampler
    private static readonly Dictionary<string, (string Name, string Defaults, Func<NoiseSchedule, int, Sampler> Create)> ByClass = new(StringComparer.Ordinal)
    {
        ["DDIMScheduler"] = ("ddim", """{ "clip_sample": true }""", (schedule, steps) => new DdimSampler(schedule, steps)),
        ["DDPMScheduler"] = ("ddpm", """{ "clip_sample": true, "variance_type": "fixed_small" }""", (schedule, steps) => new DdpmSampler(schedule, steps)),
        ["PNDMScheduler"] = ("pndm", """{ "set_alpha_to_one": false }""", (schedule, steps) => new PndmSampler(schedule, steps)),
        ["EulerDiscreteScheduler"] = ("euler", """{ "timestep_spacing": "linspace" }""", (schedule, steps) => new EulerSampler(schedule, steps, ancestral: false)),
        ["EulerAncestralDiscreteScheduler"] = ("euler_ancestral", """{ "timestep_spacing": "linspace" }""", (schedule, steps) => new EulerSampler(schedule, steps, ancestral: true)),
        ["DPMSolverMultistepScheduler"] = ("dpmsolver++", """{ "timestep_spacing": "linspace", "solver_order": 2, "solver_type": "midpoint", "lower_order_final": true }""",
            (schedule, steps) => new DpmSolverSampler(schedule, steps)),
        ["UniPCMultistepScheduler"] = ("unipc", """{ "timestep_spacing": "linspace", "solver_order": 2, "solver_type": "bh2", "lower_order_final": true, "final_sigmas_type": "sigma_min" }""",
            (schedule, steps) => new UniPcSampler(schedule, steps)),
    };

    /// <summary>The sampler of a model, for one walk.</summary>
    /// <param name="schedule">The model's schedule, which names it.</param>
    /// <param name="steps">Inference steps, 1 to the schedule's length.</param>
    /// <exception cref="BadJobException">One of its options is not known, or does not go with so many steps.</exception>
    public static Sampler Create(NoiseSchedule schedule, int steps) => ByClass[schedule.Config.ClassName].Create(schedule, steps);

    /// <summary>The sampler's name in manifests, such as <c>ddim</c>.</summary>
    public static string NameOf(ScheduleConfig config) => ByClass[config.ClassName].Name;

    /// <summary>The class that a configuration names, and the defaults of its keys that are not those of <see cref="ScheduleConfig"/>.</summary>
    /// <exception cref="BadJobException">It is not a known one.</exception>
    internal static (string ClassName, string Defaults) ClassOf(JsonObject config, string path)
    {
        var name = (string?)config["_class_name"];
        if (name is not null && ByClass.TryGetValue(name, out var known)) return (name, known.Defaults);
        throw new BadJobException($"'{path}' {(name is null ? "has no _class_name" : $"is a {name}")}; known are {string.Join(", ", ByClass.Keys)}.");
    }
}
