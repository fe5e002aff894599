using PixelPost.EvalPortal.Dashboards.VoteLists;
using PixelPost.EvalPortal.Dashboards;
using PixelPost.EvalPortal.Database;
using PixelPost.EvalPortal.Quality;
using PixelPost.EvalPortal.Rating;
using PixelPost.EvalPortal.Studies;
using PixelPost.EvalPortal.Tests.Database;
using PixelPost.EvalPortal.Tests.Quality;

namespace PixelPost.EvalPortal.Tests.Dashboards.VoteLists;

public sealed class VoteListStoreOnSqlite() : VoteListStoreTests(DatabaseKind.Sqlite);

public sealed class VoteListStoreOnPostgres() : VoteListStoreTests(DatabaseKind.Postgres);

public abstract class VoteListStoreTests(DatabaseKind kind) : DatabaseTests(kind)
{
    private JudgedStudy _judged = null!;

    private VoteListStore Votes => new(Db);

    public override async Task InitializeAsync()
    {
        await base.InitializeAsync();
        _judged = await JudgedStudy.AddAsync(Db, Clock, Seeds, prompts: 60);
    }

    /// <summary>130 votes, fifty or more at the same time: by time alone no page could end among them.</summary>
    [SkippableFact]
    public async Task List_PageByPage_GoesThroughAllOnceAndBack()
    {
        await _judged.RateAsync(new string('a', 60));
        await _judged.RateAsync(new string('b', 60));
        Clock.Advance(TimeSpan.FromMinutes(1));
        await _judged.RateAsync(new string('t', 10));

        var forth = new List<VotePage> { await ListAsync(new()) };
        while (forth[^1].HasOlder)
            forth.Add(await ListAsync(new() { After = Key(forth[^1].Votes[^1]) }));
        var back = new List<VotePage> { forth[^1] };
        while (back[^1].HasNewer)
            back.Add(await ListAsync(new() { Before = Key(back[^1].Votes[0]) }));

        Assert.Equal([50, 50, 30], forth.Select(page => page.Votes.Count));
        Assert.Equal(130, forth.SelectMany(page => page.Votes).Select(vote => vote.VoteId).Distinct().Count());
        Assert.Equal(forth.SelectMany(page => page.Votes), forth.SelectMany(page => page.Votes).OrderByDescending(vote => vote.ReceivedAt).ThenByDescending(vote => vote.VoteId.ToString(), StringComparer.Ordinal));
        Assert.Equal([50, 50], [back[^2].Votes.Count, back[^1].Votes.Count]);
        Assert.Equal(forth[0].Votes, back[^1].Votes);
        Assert.False(back[^1].HasNewer);
    }

    [SkippableFact]
    public async Task List_WhatCountsAndWhatDoesNot_AddUpToAll()
    {
        var excluded = await _judged.RateAsync("ab");
        await _judged.RateAsync("abt");
        await _judged.RateAsync("a", simulated: true);
        await _judged.ExcludeAsync(excluded);
        var raters = new RaterStore(Db, Clock);
        var rater = await raters.ConsentAsync((await raters.AddAsync("Firefox")).RaterId, _judged.Study.StudyId);
        var (pair, first) = (await Seeds.AssignAsync(_judged.Study, 1, Axis.Appeal, rater), Guid.CreateVersion7());
        await Seeds.VoteAsync(pair, first, "a");
        await Seeds.VoteAsync(pair, Guid.CreateVersion7(), "reject", supersedes: first);

        Assert.Equal(4, await CountAsync(new()));
        Assert.Equal(6, await CountAsync(new() { Exclusions = Exclusions.None }));
        Assert.Equal(3, await CountAsync(new() { Show = VoteShow.NotCounted }));
        Assert.Equal([first], (await ListAsync(new() { Show = VoteShow.NotCounted, Exclusions = Exclusions.None })).Votes.Select(vote => vote.VoteId));
        Assert.Equal(2, await CountAsync(new() { Show = VoteShow.Excluded }));
        Assert.Equal(7, await CountAsync(new() { Show = VoteShow.All }));
        Assert.Equal(8, await CountAsync(new() { Show = VoteShow.All, Source = VoteSource.Both }));
        Assert.Equal(1, await CountAsync(new() { Source = VoteSource.Simulated }));
        Assert.Equal(1, await CountAsync(new() { Outcome = VoteOutcome.Reject }));
    }

    [SkippableFact]
    public async Task List_OfWhatDoesNotCount_HasEveryReasonAndNothingOfAnotherStudy()
    {
        var raters = new RaterStore(Db, Clock);
        var rater = await raters.ConsentAsync((await raters.AddAsync("Firefox")).RaterId, _judged.Study.StudyId);
        var other = await JudgedStudy.AddAsync(Db, Clock, Seeds, prompts: 2);
        var elsewhere = await raters.ConsentAsync(rater.RaterId, other.Study.StudyId);
        await using var writer = new DbWriter(Db);
        var votes = new VoteStore(Db, writer, Clock);
        async Task<Guid> VoteAsync(JudgedStudy judged, RaterSession session, int comparison, bool surplus = false, string kind = "item")
        {
            var id = Guid.CreateVersion7();
            await Seeds.VoteAsync(await Seeds.AssignAsync(judged.Study, comparison, Axis.Appeal, session), id, "a", surplus: surplus, kind: kind);
            return id;
        }
        await VoteAsync(_judged, rater, 1);
        var left = new[] { await VoteAsync(_judged, rater, 2, surplus: true), await VoteAsync(_judged, rater, 3, kind: "gold"), await VoteAsync(_judged, rater, 4) };
        await VoteAsync(other, elsewhere, 1, surplus: true);
        await votes.RetractAsync(rater, left[2]);
        await votes.RetractAsync(elsewhere, await VoteAsync(other, elsewhere, 2));

        foreach (var exclusions in Enum.GetValues<Exclusions>())
            Assert.Equal(left.Order(), (await ListAsync(new() { Show = VoteShow.NotCounted, Exclusions = exclusions })).Votes.Select(vote => vote.VoteId).Order());
        Assert.Equal(1, await CountAsync(new()));
    }

    [SkippableFact]
    public async Task List_EachFilter_KeepsWhatItNames()
    {
        var rater = await _judged.RateAsync("aabtr");
        await _judged.RateAsync("b", Axis.Appeal);
        var study = _judged.Study;
        var votes = (await ListAsync(new())).Votes;
        var flawed = votes.First(vote => vote.Winner == Stats.Outcome.B && vote.Axis == Axis.Flaws);
        await _judged.ExecuteAsync($"INSERT INTO vote_flaw (vote_id, flaw_type, received_at) VALUES ('{flawed.VoteId}', 'hands', '2026-03-01T12:00:00.000Z')");
        await _judged.ExecuteAsync($"UPDATE prompt SET category = 'animals' WHERE prompt_id = {flawed.PromptId}");

        Assert.Equal(6, votes.Count);
        foreach (var (query, count) in ((VoteQuery, int)[])
        [
            (new() { Axis = Axis.Appeal }, 1), (new() { Outcome = VoteOutcome.A }, 2), (new() { Outcome = VoteOutcome.Tie, Axis = Axis.Flaws }, 1),
            (new() { Rater = await _judged.PseudonymAsync(rater) }, 5), (new() { Rater = "nobody" }, 0), (new() { Comparison = flawed.ComparisonId }, 1),
            (new() { Prompt = flawed.PromptId }, 1), (new() { Category = "animals" }, 1), (new() { Category = VoteQuery.Without }, 5),
            (new() { System = study.SystemAId }, 2), (new() { System = study.SystemBId }, 2), (new() { Flaw = "hands" }, 1), (new() { Flaw = VoteQuery.Without }, 5),
            (new() { Input = VoteQuery.Without }, 6), (new() { Input = "key" }, 0), (new() { Screen = ScreenKind.Unknown }, 6), (new() { Screen = ScreenKind.Phone }, 0),
            (new() { Group = RaterGroup.OpenLink }, 6), (new() { Group = RaterGroup.Invitation }, 0),
        ])
        {
            Assert.Equal((query, count), (query, await CountAsync(query)));
        }
        Assert.Equal(["animals"], await Votes.ListCategoriesAsync(study.StudyId));
    }

    private Task<VotePage> ListAsync(VoteQuery query) => Votes.ListAsync(_judged.Study, query);

    private async Task<int> CountAsync(VoteQuery query) => (await ListAsync(query)).Votes.Count;

    private static VoteKey Key(RecordedVote vote) => new(vote.ReceivedAt, vote.VoteId);
}
