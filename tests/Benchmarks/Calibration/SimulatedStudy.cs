using PixelPost.Stats;

namespace PixelPost.Benchmarks.Calibration;

/// <summary>One simulated study with what the analyses start from. Its number is its seed.</summary>
internal sealed class SimulatedStudy
{
    private const int Replicates = 1_000;

    public SimulatedStudy(Scenario scenario, int number)
    {
        Scenario = scenario;
        Random = new Random(number);
        Votes = StudySimulator.Votes(scenario.Model, Random);
        Scores = [.. Votes.Where(vote => vote.Outcome != Outcome.Reject).Select(vote => new ClusteredScore(vote.Prompt, vote.Rater, vote.Outcome.Score()!.Value))];
        VoteCounts = OutcomeCounts.OfVotes(Votes.Select(vote => vote.Outcome));
        // the votes of a comparison are drawn one after the other
        Decisions = OutcomeCounts.OfDecisions(Votes.Chunk(scenario.Model.VotesPerComparison).Select(votes => MajorityDecision.Of(votes.Select(vote => vote.Outcome))));
        Bootstrap = PromptBootstrap.NetWinRate(Scores, Random, Replicates);
    }

    public Scenario Scenario { get; }

    /// <summary>For analyses that resample.</summary>
    public Random Random { get; }

    /// <summary>In the order in which they were given.</summary>
    public IReadOnlyList<SimulatedVote> Votes { get; }

    /// <summary>Of the votes that compare.</summary>
    public IReadOnlyList<ClusteredScore> Scores { get; }

    /// <summary>All votes, each for itself.</summary>
    public OutcomeCounts VoteCounts { get; }

    /// <summary>One decision per comparison.</summary>
    public OutcomeCounts Decisions { get; }

    /// <summary>Of the votes' net win rate.</summary>
    public BootstrapEstimate Bootstrap { get; }
}
