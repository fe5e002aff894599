using PixelPost.Stats;

namespace PixelPost.Benchmarks.Calibration;

/// <summary>One study drawn from a scenario, with what the analyses start from. Its number is its seed.</summary>
internal sealed class StudyDraw
{
    private const int Replicates = 1_000;
    private const int OtherSeeds = 1_000_000;

    private readonly Lazy<BootstrapEstimate> _bootstrap;
    private readonly Lazy<RatingTable> _ratings;
    private readonly Lazy<StudyDraw> _otherAxis;
    private readonly Lazy<PairVotes> _pairVotes;
    private readonly Lazy<Ranking> _ranking;
    private readonly Lazy<BootstrappedRanking> _rankingBootstrap;

    public StudyDraw(Scenario scenario, int number)
    {
        Scenario = scenario;
        Random = new Random(number);
        Votes = StudySimulator.Votes(scenario.Model, Random);
        Scores = [.. Votes.Where(vote => vote.Outcome != Outcome.Reject).Select(vote => new ClusteredScore(vote.Prompt, vote.Rater, vote.Outcome.Score()!.Value))];
        VoteCounts = OutcomeCounts.OfVotes(Votes.Select(vote => vote.Outcome));
        // the votes of a comparison are drawn one after the other
        Decisions = OutcomeCounts.OfDecisions(Votes.Chunk(scenario.Model.VotesPerComparison).Select(votes => MajorityDecision.Of(votes.Select(vote => vote.Outcome))));
        _bootstrap = new(() => PromptBootstrap.NetWinRate(Scores, Random, Replicates));
        _ratings = new(() => RatingTable.OfOutcomes(Votes.Select(vote => ((long)vote.Prompt, vote.Outcome))));
        _otherAxis = new(() => new StudyDraw(scenario, number + OtherSeeds));
        _pairVotes = new(() => new PairVotes(scenario.Model.Strengths.Count, Votes.Where(vote => vote.Outcome != Outcome.Reject).Select(PairVoteOf)));
        _ranking = new(() => BradleyTerry.Fit(PairVotes.Table, new(TieTreatment.Half)));
        _rankingBootstrap = new(() => Stats.RankingBootstrap.ByPrompt(PairVotes, new(TieTreatment.Half), Random, Replicates, threads: 1));
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

    /// <summary>One decision per prompt as scores, in the order in which the prompts came.</summary>
    public IEnumerable<double> DecisionScores => Votes.Chunk(Scenario.Model.VotesPerComparison)
        .Select(votes => MajorityDecision.Of(votes.Select(vote => vote.Outcome)).Score())
        .Where(score => score is not null)
        .Select(score => (double)score!.Value);

    /// <summary>Of the votes' net win rate.</summary>
    public BootstrapEstimate Bootstrap => _bootstrap.Value;

    /// <summary>All votes as ratings of the comparisons.</summary>
    public RatingTable Ratings => _ratings.Value;

    /// <summary>The same study's answers to another question.</summary>
    public StudyDraw OtherAxis => _otherAxis.Value;

    /// <summary>The votes that compare, by side.</summary>
    public PairVotes PairVotes => _pairVotes.Value;

    /// <summary>Bradley-Terry, ties as half a win.</summary>
    public Ranking Ranking => _ranking.Value;

    /// <summary>The same over resampled prompts.</summary>
    public BootstrappedRanking RankingBootstrap => _rankingBootstrap.Value;

    private static PairVote PairVoteOf(SimulatedVote vote) => new(
        vote.AOnLeft ? vote.A : vote.B,
        vote.AOnLeft ? vote.B : vote.A,
        vote.Outcome == Outcome.Tie ? PairOutcome.Tie : vote.Outcome == Outcome.A == vote.AOnLeft ? PairOutcome.Left : PairOutcome.Right,
        vote.Prompt,
        vote.Rater);
}
