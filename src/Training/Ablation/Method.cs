using System.Globalization;
using PixelPost.Training.Contracts;

namespace PixelPost.Training.Ablation;

/// <summary>One row of the ablation: how a model is trained, or left as it is.</summary>
/// <param name="Name">In words that make a folder name.</param>
/// <param name="Formula">What is minimised.</param>
/// <param name="Baseline">Name of the method it is compared with; null compares with none.</param>
/// <param name="Training">Settings of the training job but for the seed; null leaves the model as it is.</param>
internal sealed record Method(string Name, string Formula, string? Baseline, LoopSettings? Training)
{
    /// <summary>The untrained model.</summary>
    public const string Base = "base";

    // β of other errors than the mean square of pixels, so that their gradients are as long at the start (pixel_share 1, the shipped U-Net: weights 14.97, 68.2 and 3.238)
    private const double OfFrequencies = 4.6, OfFeatures = 0.22;

    private static readonly double[] Sweep = [0.5, 2, 8, 32];

    /// <summary>Every method, in the order of the table.</summary>
    /// <remarks>The rows of Tables 5 and 6 of arXiv 2409.17565, a sweep of λ = μ, the pixel term within a budget, and other errors of decoded images.</remarks>
    public static IReadOnlyList<Method> All(AblationSettings settings)
    {
        var weight = settings.PixelWeight;
        var common = new LoopSettings
        {
            Steps = settings.Steps,
            BatchSize = settings.BatchSize,
            Beta = settings.Beta,
            PixelBeta = settings.PixelBeta,
            HoldOut = 0,
            EvaluateEvery = settings.Steps,
            LogEvery = Math.Max(1, settings.Steps / 10),
            CheckpointEvery = Math.Max(1, settings.Steps / 4),
        };
        var sft = common with { Objective = Objective.Sft, LearningRate = settings.SftLearningRate };
        var dpo = common with { Objective = Objective.Dpo, LearningRate = settings.PreferenceLearningRate };
        var simPo = dpo with { Objective = Objective.SimPo };
        return
        [
            new(Base, "the model as it is", null, null),
            new("sft-latent", "SFT, Eq. 1", Base, sft),
            new("sft-pixel", "SFT, Eq. 2", "sft-latent", sft with { LatentWeight = 0, PixelWeight = 1 }),
            new("sft-both", Weighted("SFT, Eq. 1 + λ Eq. 2", weight), "sft-latent", sft with { PixelWeight = weight }),
            new("sft-clean", Weighted("SFT, Eq. 1 + λ Eq. 8", weight), "sft-latent", sft with { PixelWeight = weight, PixelTarget = PixelTarget.Clean }),
            new("sft-reverse-noised", Weighted("SFT, Eq. 1 + λ (Eq. 2 without decoding)", weight), "sft-latent", sft with { PixelWeight = weight, PixelTarget = PixelTarget.ReverseNoised }),
            new("dpo-latent", "DPO, Eq. 4", Base, dpo),
            new("dpo-latent-dpo-pixel", Weighted("DPO, Eq. 4 + μ (Eq. 4 on pixels)", weight), "dpo-latent", dpo with { PixelWeight = weight }),
            new("dpo-latent-simpo-pixel", Weighted("DPO, Eq. 4 + μ Eq. 6", weight), "dpo-latent", dpo with { PixelWeight = weight, PixelObjective = Objective.SimPo }),
            new("simpo-latent", "SimPO, Eq. 5", "dpo-latent", simPo),
            new("simpo-both", Weighted("SimPO, Eq. 5 + μ Eq. 6", weight), "simpo-latent", simPo with { PixelWeight = weight }),
            .. Swept("sft-both", "SFT, Eq. 1 + λ Eq. 2", "sft-latent", sft, weight),
            .. Swept("simpo-both", "SimPO, Eq. 5 + μ Eq. 6", "simpo-latent", simPo, weight),
            new("sft-both-budget", Within("SFT, Eq. 1 + λ Eq. 2", settings), "sft-both", Cheaper(sft, settings)),
            new("dpo-latent-dpo-pixel-budget", Within("DPO, Eq. 4 + μ (Eq. 4 on pixels)", settings), "dpo-latent-dpo-pixel", Cheaper(dpo, settings)),
            new("simpo-both-budget", Within("SimPO, Eq. 5 + μ Eq. 6", settings), "simpo-both", Cheaper(simPo, settings)),
            new("sft-both-budget-control", Standing("SFT, Eq. 1 + λ Eq. 2", settings), "sft-both", WithControl(sft, settings)),
            new("dpo-latent-dpo-pixel-budget-control", Standing("DPO, Eq. 4 + μ (Eq. 4 on pixels)", settings), "dpo-latent-dpo-pixel", WithControl(dpo, settings)),
            new("simpo-both-budget-control", Standing("SimPO, Eq. 5 + μ Eq. 6", settings), "simpo-both", WithControl(simPo, settings)),
            new("dpo-latent-dpo-pixel-frequency", Weighted("DPO, Eq. 4 + μ (Eq. 4 on pixels, by their frequency)", weight), "dpo-latent-dpo-pixel", dpo with { PixelWeight = weight, PixelBeta = dpo.PixelBeta * OfFrequencies, PixelFrequency = 1 }),
            new("dpo-latent-dpo-features", Weighted("DPO, Eq. 4 + μ (Eq. 4 on features of two stages)", weight), "dpo-latent-dpo-pixel", dpo with { PixelWeight = weight, PixelBeta = dpo.PixelBeta * OfFeatures, PixelFeatures = 2 }),
        ];
    }

    /// <summary>The methods that <see cref="AblationSettings.Methods"/> names.</summary>
    /// <exception cref="BadJobException">One is not known.</exception>
    public static IReadOnlyList<Method> Chosen(AblationSettings settings)
    {
        var all = All(settings);
        if (settings.Methods == "all") return all;
        var names = settings.Methods.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        if (names.FirstOrDefault(name => all.All(m => m.Name != name)) is { } unknown)
            throw new BadJobException($"--methods names '{unknown}', which is not known{Nearest.Hint(unknown, all.Select(m => m.Name))}");
        return [.. all.Where(m => names.Contains(m.Name, StringComparer.Ordinal))];
    }

    // the weight of the table's own row is not run twice
    private static IEnumerable<Method> Swept(string name, string formula, string baseline, LoopSettings training, double alreadyThere) =>
        Sweep.Where(weight => weight != alreadyThere)
            .Select(weight => new Method(FormattableString.Invariant($"{name}-{weight}"), Weighted(formula, weight), baseline, training with { PixelWeight = weight }));

    // with as much memory as the paper's, so that only the schedule differs
    private static LoopSettings Cheaper(LoopSettings training, AblationSettings settings) =>
        training with { PixelWeight = settings.PixelWeight, PixelEvery = settings.BudgetEvery, PixelBelow = settings.BudgetBelow };

    private static LoopSettings WithControl(LoopSettings training, AblationSettings settings) => settings.BudgetDecoder.Length == 0
        ? Cheaper(training, settings) with { PixelControlVariate = PixelControlVariate.Linear }
        : Cheaper(training, settings) with { PixelControlVariate = PixelControlVariate.Decoder, PixelDecoder = Path.GetFullPath(settings.BudgetDecoder) };

    private static string Standing(string formula, AblationSettings settings) => $"{Within(formula, settings)}; {(settings.BudgetDecoder.Length > 0 ? "a small decoder" : "the linear map")} for the others below it";

    private static string Within(string formula, AblationSettings settings) =>
        string.Create(CultureInfo.InvariantCulture, $"{formula}, weight {settings.PixelWeight}, one example in {settings.BudgetEvery}, the cleaner {settings.BudgetBelow} of the schedule");

    private static string Weighted(string formula, double weight) => FormattableString.Invariant($"{formula}, weight {weight}");
}
