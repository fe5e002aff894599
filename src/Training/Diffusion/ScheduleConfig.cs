using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using System.Text.RegularExpressions;
using PixelPost.Training.Weights;

namespace PixelPost.Training.Diffusion;

/// <summary><c>scheduler/scheduler_config.json</c>: the noise schedule a model was trained with, and how to sample from it.</summary>
/// <remarks>
/// Keys and their meaning are those of diffusers 0.27. The defaults below are for the models made here; a key that a file leaves out has
/// the default of the file's class (<see cref="Samplers"/>). Options of some classes only are not written where they are not set.
/// </remarks>
public sealed partial record ScheduleConfig
{
    /// <summary>The sampler: a class of diffusers, <c>_class_name</c> in the file.</summary>
    [JsonIgnore]
    public string ClassName { get; init; } = "DDIMScheduler";

    /// <summary>Timesteps of training.</summary>
    public int NumTrainTimesteps { get; init; } = 1000;

    /// <summary>β of the first timestep.</summary>
    public double BetaStart { get; init; } = 0.0001;

    /// <summary>β of the last timestep.</summary>
    public double BetaEnd { get; init; } = 0.02;

    /// <summary><c>linear</c>, <c>scaled_linear</c> (linear in √β) or <c>squaredcos_cap_v2</c> (cosine, with its own ends).</summary>
    public string BetaSchedule { get; init; } = "linear";

    /// <summary>What the network predicts: <c>epsilon</c>, <c>v_prediction</c> or <c>sample</c>.</summary>
    public string PredictionType { get; init; } = "epsilon";

    /// <summary>How inference timesteps are spread: <c>leading</c>, <c>linspace</c> or <c>trailing</c>.</summary>
    public string TimestepSpacing { get; init; } = "leading";

    /// <summary>Added to every timestep of <c>leading</c> spacing.</summary>
    public int StepsOffset { get; init; }

    /// <summary>Whether the last step goes to a clean sample (ᾱ = 1) or to the first timestep's ᾱ.</summary>
    public bool SetAlphaToOne { get; init; } = true;

    /// <summary>Whether predicted clean samples are clamped to <see cref="ClipSampleRange"/>.</summary>
    public bool ClipSample { get; init; }

    /// <summary>Half-width of the clamp.</summary>
    public double ClipSampleRange { get; init; } = 1.0;

    /// <summary>Whether the schedule is rescaled so that its last timestep is pure noise, ᾱ = 0.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool RescaleBetasZeroSnr { get; init; }

    /// <summary>DDIM: share of DDPM's noise that every step adds, 0 to 1. In diffusers no key of the file, but an argument of the call.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public double Eta { get; init; }

    /// <summary>DDPM: variance of a step, <c>fixed_small</c> or <c>fixed_large</c>.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public string? VarianceType { get; init; }

    /// <summary>DPM-Solver and UniPC: order of a step, 1 or 2.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public int SolverOrder { get; init; }

    /// <summary>DPM-Solver: <c>midpoint</c> or <c>heun</c>; UniPC: <c>bh1</c> or <c>bh2</c>.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public string? SolverType { get; init; }

    /// <summary>DPM-Solver and UniPC: whether the last steps are of lower order (DPM-Solver: in walks of fewer than 15 steps).</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool LowerOrderFinal { get; init; }

    /// <summary>DPM-Solver: whether the last step is of first order however many there are.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool EulerAtFinal { get; init; }

    /// <summary>DPM-Solver, UniPC, Euler: whether noise levels are spread as Karras et al. do.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool UseKarrasSigmas { get; init; }

    /// <summary>DPM-Solver, UniPC, Euler: where a walk ends, at <c>zero</c> noise or at that of the first timestep, <c>sigma_min</c>.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public string? FinalSigmasType { get; init; }

    /// <summary>PNDM: whether the Runge-Kutta steps at the beginning are left out.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool SkipPrkSteps { get; init; }

    /// <summary>Reads <c>scheduler_config.json</c>.</summary>
    /// <exception cref="BadJobException">It names a class, or asks for something, that is not known; the message names it and what is.</exception>
    public static ScheduleConfig Read(string path)
    {
        // Python writes infinite numbers bare, which JSON does not know
        var json = JsonNode.Parse(BareInfinity().Replace(File.ReadAllText(path), "$1\"$2\""))!.AsObject();
        var (className, defaults) = Samplers.ClassOf(json, path);
        SupportedSettings.Check(typeof(ScheduleConfig), path, json);
        foreach (var (key, value) in JsonNode.Parse(defaults)!.AsObject())
        {
            if (!json.ContainsKey(key)) json[key] = value!.DeepClone();
        }
        return json.Deserialize<ScheduleConfig>(DiffusersFolder.ConfigJson)! with { ClassName = className };
    }

    /// <summary>The error of a value that the class has not built in.</summary>
    internal BadJobException NotKnown(string key, object? value, string known) =>
        new($"scheduler_config.json: {key} is '{value}'; known to {ClassName} {known}.");

    [GeneratedRegex(@"(:\s*)(-?Infinity)\b")]
    private static partial Regex BareInfinity();
}
