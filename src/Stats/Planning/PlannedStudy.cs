namespace PixelPost.Stats;

/// <summary>
/// A study as a planner knows it, by its rates: votes on one comparison per prompt, those of a prompt correlated. Studies by strengths,
/// tastes and sides: <see cref="StudyModel"/>.
/// </summary>
public sealed record PlannedStudy
{
    /// <summary>A study's size and truth.</summary>
    /// <param name="prompts">Number of prompts, 1 or more.</param>
    /// <param name="votesPerPrompt">Votes on each, 1 or more.</param>
    /// <param name="winRate">Rate of votes for A, 0 to 1.</param>
    /// <param name="loseRate">Rate of votes for B; the two add up to at most 1, the rest are ties.</param>
    /// <param name="intraclassCorrelation">Correlation of two votes on one prompt, 0 to 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">An argument is outside its range.</exception>
    public PlannedStudy(int prompts, int votesPerPrompt, double winRate, double loseRate, double intraclassCorrelation = 0)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(prompts, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(votesPerPrompt, 1);
        Ranges.CheckRate(winRate, nameof(winRate));
        Ranges.CheckRate(loseRate, nameof(loseRate));
        if (winRate + loseRate > 1 + 1e-12)
            throw new ArgumentOutOfRangeException(nameof(loseRate), loseRate, $"With a win rate of {winRate} the rates add up to more than 1.");
        Ranges.CheckRate(intraclassCorrelation, nameof(intraclassCorrelation));
        (Prompts, VotesPerPrompt, WinRate, LoseRate) = (prompts, votesPerPrompt, winRate, loseRate);
        IntraclassCorrelation = intraclassCorrelation;
    }

    /// <summary>Number of prompts.</summary>
    public int Prompts { get; }

    /// <summary>Votes on each prompt.</summary>
    public int VotesPerPrompt { get; }

    /// <summary>Rate of votes for A.</summary>
    public double WinRate { get; }

    /// <summary>Rate of votes for B.</summary>
    public double LoseRate { get; }

    /// <summary>Correlation of two votes on one prompt.</summary>
    public double IntraclassCorrelation { get; }

    /// <summary>
    /// The votes of one simulated run, prompt by prompt. Each copies its prompt's own leaning with probability √ρ and is drawn on its own
    /// otherwise, so that every vote has the rates and two of a prompt the correlation ρ.
    /// </summary>
    public IEnumerable<(int Prompt, Outcome[] Votes)> Draw(Random random)
    {
        var copying = Math.Sqrt(IntraclassCorrelation);
        for (var prompt = 0; prompt < Prompts; prompt++)
        {
            var leaning = DrawOne(random);
            var votes = new Outcome[VotesPerPrompt];
            for (var vote = 0; vote < votes.Length; vote++)
                votes[vote] = random.NextDouble() < copying ? leaning : DrawOne(random);
            yield return (prompt, votes);
        }
    }

    private Outcome DrawOne(Random random)
    {
        var u = random.NextDouble();
        return u < WinRate ? Outcome.A : u < WinRate + LoseRate ? Outcome.B : Outcome.Tie;
    }
}
