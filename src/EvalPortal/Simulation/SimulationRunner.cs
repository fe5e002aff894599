using PixelPost.EvalPortal.Assignment;
using PixelPost.EvalPortal.Dashboards;
using PixelPost.EvalPortal.Database;
using PixelPost.EvalPortal.Rating;
using PixelPost.EvalPortal.Studies;

namespace PixelPost.EvalPortal.Simulation;

/// <summary>What is to be simulated.</summary>
public sealed record SimulationOrder
{
    public required Study Study { get; init; }

    /// <summary>How many raters to add.</summary>
    public required int Raters { get; init; }

    /// <summary>The most answers of one rater; null for all that are left.</summary>
    public int? Pairs { get; init; }

    public required int Seed { get; init; }

    public required RaterTraits Traits { get; init; }
}

/// <summary>What came of a simulation.</summary>
/// <param name="Raters">Raters that were added: no more than there were places for.</param>
/// <param name="Votes">Votes that were stored.</param>
public sealed record SimulationResult(int Raters, int Votes);

/// <summary>
/// Lets simulated raters rate, by the way that people's votes take. They take turns, one pair each, so that the votes spread
/// evenly over raters and comparisons. The same order on the same study gives the same pairs, sides and answers; raters that a
/// study has from before are counted, so that another run adds others.
/// </summary>
public sealed class SimulationRunner(
    RaterStore raters, AssignmentStore assignments, SheetStore sheets, VoteStore votes, ProgressStore progress, TimeProvider clock)
{
    private static readonly string AppVersion = $"simulate {typeof(Program).Assembly.GetName().Version!.ToString(3)}";

    /// <summary>Runs a simulation to its end, or until it is told to stop: what is stored by then stays.</summary>
    /// <param name="order">What to do.</param>
    /// <param name="answered">Told after each answer how many there are, and how many there can be in the end.</param>
    /// <param name="stop">Ends the simulation after the answer that is being given; it is no error.</param>
    /// <exception cref="RefusedException">The study is not running, or simulated raters have given all the votes it asks for.</exception>
    public async Task<SimulationResult> RunAsync(SimulationOrder order, Action<int, int> answered, CancellationToken stop = default)
    {
        var run = await StartAsync(order);
        while (!stop.IsCancellationRequested && await NextTurnAsync(run) is { } turn)
        {
            if (await AnswerAsync(turn, order.Study.Form, run.Random) is not { } vote)
                continue;
            run.Votes += vote.AcceptedAt is null ? 0 : 1;
            answered(run.Votes, Math.Max(run.Votes, run.Expected)); // checks come on top of what is expected
            if (++turn.Answers < (order.Pairs ?? int.MaxValue))
                run.Turns.Enqueue(turn);
        }
        return new SimulationResult(run.Added, run.Votes);
    }

    private async Task<Run> StartAsync(SimulationOrder order)
    {
        var study = order.Study;
        if (study.State != StudyState.Running)
            throw new RefusedException($"'{study.Name}' is {study.State.ToText()}: only a running study takes votes.");
        if (!await assignments.HasFreePlaceAsync(study.StudyId, simulated: true))
            throw new RefusedException($"Simulated raters have given '{study.Name}' all the votes it asks for: {study.VotesPerComparison} on each comparison and axis.");

        var before = (await progress.ListRatersAsync(study.StudyId)).Count(rater => rater.Simulated);
        return new Run(order, before, Expected(order, await progress.ListAsync(study.StudyId)));
    }

    /// <summary>How many answers there will be unless raters or places are in each other's way.</summary>
    private static int Expected(SimulationOrder order, IReadOnlyList<AxisProgress> axes)
    {
        var places = axes.Sum(axis => Math.Min((long)order.Raters * axis.Comparisons, axis.VotesWanted - axis.SimulatedVotes));
        var each = Math.Min(order.Pairs ?? int.MaxValue, order.Study.AnswersPerRater ?? int.MaxValue);
        return (int)Math.Min(places, (long)order.Raters * each);
    }

    /// <summary>
    /// Everybody has a first turn before anybody has a second, and nobody is added who would find no pair. Null at the end.
    /// </summary>
    private async Task<Turn?> NextTurnAsync(Run run)
    {
        if (run.Added < run.Order.Raters && await assignments.HasFreePlaceAsync(run.Order.Study.StudyId, simulated: true))
            return await AddAsync(run.Order, run.Before + ++run.Added);
        return run.Turns.TryDequeue(out var turn) ? turn : null;
    }

    private async Task<Turn> AddAsync(SimulationOrder order, int number)
    {
        var session = await raters.ConsentAsync(await raters.AddSimulatedAsync(), order.Study.StudyId);
        await raters.SetInstructedAsync(session.SessionId);
        return new Turn(session, new SimulatedRater(order.Traits, order.Seed, number), new SimulatedSheet(order.Traits, order.Seed, number));
    }

    /// <returns>What became of the answer; null when there is no pair left for the rater.</returns>
    private async Task<VoteAnswer?> AnswerAsync(Turn turn, StudyForm form, Random random)
    {
        if ((await assignments.TakeAsync(turn.Session, ahead: 1, random)).Pairs is not [var pair, ..])
            return null;
        var answer = form == StudyForm.Pairs
            ? turn.Rater.Answer(await assignments.ReadShownAsync(turn.Session, pair.AssignmentId))
            : turn.Sheet.Judge(await sheets.ReadShownAsync(turn.Session, pair.AssignmentId, random));
        return await votes.RecordAsync(turn.Session, Guid.CreateVersion7(), Draft(pair, answer, form));
    }

    /// <summary>The answer as if it had taken its time until now. No browser was there, so nothing is told of one.</summary>
    private VoteDraft Draft(AssignedPair pair, SimulatedAnswer answer, StudyForm form)
    {
        var now = clock.GetUtcNow();
        var shown = now.AddMilliseconds(-answer.ResponseMs);
        return new VoteDraft
        {
            AssignmentId = pair.AssignmentId,
            Supersedes = pair.LastVoteId,
            Choice = answer.Choice,
            Reason = answer.Reason,
            ResponseMs = answer.ResponseMs,
            ShownAt = shown,
            DecodedLeftAt = form == StudyForm.Pairs ? shown : null,
            DecodedRightAt = form == StudyForm.Pairs ? shown : null,
            DecodedAt = form == StudyForm.Pairs ? null : shown,
            Answers = answer.Answers,
            Picks = answer.Picks,
            VotedAt = now,
            AppVersion = AppVersion,
        };
    }

    /// <summary>How far a simulation has got.</summary>
    /// <param name="order">What to do.</param>
    /// <param name="before">Simulated raters that the study had.</param>
    /// <param name="expected">Answers there will be.</param>
    private sealed class Run(SimulationOrder order, int before, int expected)
    {
        public SimulationOrder Order => order;
        public int Before => before;
        public int Expected => expected;

        /// <summary>Decides which pair comes next and which image stands left.</summary>
        public Random Random { get; } = new(new Draws(order.Seed, before).Below(int.MaxValue));

        public Queue<Turn> Turns { get; } = new();
        public int Added { get; set; }
        public int Votes { get; set; }
    }

    /// <summary>A rater waiting for the next pair.</summary>
    private sealed class Turn(RaterSession session, SimulatedRater rater, SimulatedSheet sheet)
    {
        public RaterSession Session => session;
        public SimulatedRater Rater => rater;
        public SimulatedSheet Sheet => sheet;
        public int Answers { get; set; }
    }
}
