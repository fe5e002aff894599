namespace PixelPost.EvalPortal.Simulation;

/// <summary>What simulated raters are like. The models they make up: <see cref="SimulatedRater"/>, <see cref="SimulatedSheet"/>.</summary>
public sealed record RaterTraits
{
    /// <summary>Strength of system A, in log-odds. Only its difference to that of B matters.</summary>
    public double StrengthA { get; init; }

    /// <summary>Strength of system B, in log-odds: 0.5 above A, it wins 62 % where nothing else plays a part.</summary>
    public double StrengthB { get; init; } = 0.5;

    /// <summary>How far comparisons differ from each other, as all raters see it: a standard deviation in log-odds.</summary>
    public double PromptSd { get; init; } = 0.8;

    /// <summary>How far raters differ from each other on the same comparison: a standard deviation in log-odds.</summary>
    public double Noise { get; init; } = 0.5;

    /// <summary>How much raters favour whichever image stands left, on average, in log-odds; below 0 they favour the right.</summary>
    public double SideBias { get; init; }

    /// <summary>How far raters differ in that: a standard deviation in log-odds.</summary>
    public double SideBiasSd { get; init; } = 0.2;

    /// <summary>How clearly one image must be ahead to be chosen, in log-odds; with 0 there are no ties.</summary>
    public double TieWidth { get; init; } = 0.4;

    /// <summary>Share of the answers given without looking: left, right or tie, each as likely.</summary>
    public double Lapse { get; init; } = 0.02;

    /// <summary>Share of the answers that reject the pair.</summary>
    public double Reject { get; init; } = 0.01;

    /// <summary>What cannot be right, one sentence each.</summary>
    public IEnumerable<string> Faults()
    {
        // Ten in log-odds is 22,026 to 1: whatever is beyond that changes no answer.
        const double Largest = 10;
        foreach (var (option, value) in ((string, double)[])[("strength-a", StrengthA), ("strength-b", StrengthB), ("side-bias", SideBias)])
        {
            if (!(Math.Abs(value) <= Largest))
                yield return $"--{option}: {value} is not between -{Largest} and {Largest}; it is in log-odds, where 1 is 73 % against 27 %.";
        }
        foreach (var (option, value) in ((string, double)[])[("prompt-sd", PromptSd), ("noise", Noise), ("side-bias-sd", SideBiasSd), ("tie-width", TieWidth)])
        {
            if (!(value is >= 0 and <= Largest))
                yield return $"--{option}: {value} is not between 0 and {Largest}; it is in log-odds, where 1 is 73 % against 27 %.";
        }
        foreach (var (option, value) in ((string, double)[])[("lapse", Lapse), ("reject", Reject)])
        {
            if (!(value is >= 0 and <= 1))
                yield return $"--{option}: {value} is not between 0 and 1; it is a share of the answers.";
        }
    }
}
