using Microsoft.Extensions.Time.Testing;
using PixelPost.EvalPortal.Assignment;
using PixelPost.EvalPortal.Database;
using PixelPost.EvalPortal.Rating;
using PixelPost.EvalPortal.Studies;
using PixelPost.EvalPortal.Tests.Database;
using PixelPost.EvalPortal.Tests.Rating;

namespace PixelPost.EvalPortal.Tests.Assignment;

/// <summary>A study of random make, and raters who answer, stop, reload, race, take back, change their minds and come late.</summary>
internal sealed class RandomStudy(Db db, DbWriter writer, FakeTimeProvider clock, Random random)
{
    private readonly AssignmentStore _assignments = new(db, writer, clock);
    private readonly VoteStore _votes = new(db, writer, clock);
    private readonly List<Rater> _raters = [];

    public Study Study { get; private set; } = null!;

    /// <summary>Makes and opens the study.</summary>
    public async Task StartAsync(Seeds seeds)
    {
        var studies = new StudyStore(db, clock);
        var (a, b) = await seeds.SystemsAsync([.. Enumerable.Range(1, random.Next(1, 7)).Select(i => $"a fox number {i}")]);
        var draft = await seeds.DraftAsync(a, b);
        var id = await studies.AddAsync(draft with
        {
            VotesPerComparison = random.Next(1, 7),
            AnswersPerRater = random.Next(2) == 0 ? random.Next(1, 9) : null,
            TopUp = (TopUp)random.Next(2),
            Axes = [.. draft.Axes.Take(random.Next(1, 3))],
        });
        await studies.SetStateAsync(id, StudyState.Running);
        Study = (await studies.FindAsync(id))!;
    }

    /// <summary>Lets raters do what raters do, some of it at once.</summary>
    public async Task LiveAsync(int steps)
    {
        for (var i = 0; i < steps; i++)
        {
            if (_raters.Count == 0 || random.Next(6) == 0)
                _raters.Add(await AddAsync());
            if (random.Next(8) == 0)
                clock.Advance(AssignmentStore.Lease * (random.NextDouble() * 1.5));
            var acts = Enumerable.Range(0, random.Next(1, 5)).Select(_ => (Rater: _raters[random.Next(_raters.Count)], Seed: random.Next())).ToList();
            await Task.WhenAll(acts.Select(act => Task.Run(() => ActAsync(act.Rater, new Random(act.Seed)))));
        }
    }

    /// <summary>Lets fresh raters come until nothing is left.</summary>
    public async Task FinishAsync()
    {
        clock.Advance(AssignmentStore.Lease * 2);
        foreach (var simulated in new[] { false, true })
        {
            while (await _assignments.HasFreePlaceAsync(Study.StudyId, simulated))
            {
                var rater = await AddAsync(simulated);
                while (await _assignments.TakeAsync(rater.Session, ahead: 3, random) is { Pairs: [var pair, ..] })
                    await VoteAsync(rater, pair.AssignmentId, pair.LastVoteId, random);
            }
        }
    }

    private async Task<Rater> AddAsync(bool? simulated = null)
    {
        var raters = new RaterStore(db, clock);
        var id = simulated ?? random.Next(4) == 0 ? await raters.AddSimulatedAsync() : (await raters.AddAsync(null)).RaterId;
        return new Rater(await raters.ConsentAsync(id, Study.StudyId));
    }

    private async Task ActAsync(Rater rater, Random own)
    {
        switch (own.Next(10))
        {
            case < 3: // loads the page, perhaps in a second window
                var turn = await _assignments.TakeAsync(rater.Session, own.Next(1, 5), own);
                lock (rater.Seen)
                {
                    foreach (var pair in turn.Pairs)
                        rater.Seen[pair.AssignmentId] = pair.LastVoteId;
                }
                break;
            case < 8: // answers what it was shown at any time, or changes the answer
                if (Pick(rater, own) is ({ } assignment, var last))
                    await VoteAsync(rater, assignment, last, own);
                break;
            case 8: // takes back
                if (Pick(rater, own) is (_, { } vote))
                    await _votes.RetractAsync(rater.Session, vote);
                break;
            default: // looks and leaves
                break;
        }
    }

    private static (Guid? Assignment, Guid? Last) Pick(Rater rater, Random own)
    {
        lock (rater.Seen)
        {
            return rater.Seen.Count == 0 ? default : rater.Seen.ElementAt(own.Next(rater.Seen.Count)) is var pair ? (pair.Key, pair.Value) : default;
        }
    }

    private async Task VoteAsync(Rater rater, Guid assignment, Guid? last, Random own)
    {
        var id = Guid.CreateVersion7();
        var draft = new RatedStudy(db, clock, Study).Draft(assignment, (Choice)own.Next(4)) with { Supersedes = last };
        var answer = await _votes.RecordAsync(rater.Session, id, draft);
        if (own.Next(5) == 0)
            Assert.Equal(answer, await _votes.RecordAsync(rater.Session, id, draft)); // the answer was lost on the way
        if (answer.AcceptedAt is null)
            return;
        lock (rater.Seen)
            rater.Seen[assignment] = id;
    }

    /// <summary>A rater, and what their browser remembers: pairs, and the last vote on each.</summary>
    private sealed record Rater(RaterSession Session)
    {
        public Dictionary<Guid, Guid?> Seen { get; } = [];
    }
}
