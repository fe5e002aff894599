using Dapper;
using PixelPost.EvalPortal.Assignment;
using PixelPost.EvalPortal.Database;
using PixelPost.EvalPortal.Rating;
using PixelPost.EvalPortal.Studies;

namespace PixelPost.EvalPortal.Tests.Rating;

public sealed class VoteFlawStoreOnSqlite() : VoteFlawStoreTests(DatabaseKind.Sqlite);

public sealed class VoteFlawStoreOnPostgres() : VoteFlawStoreTests(DatabaseKind.Postgres);

public abstract class VoteFlawStoreTests(DatabaseKind kind) : RatingStoreTests(kind)
{
    private static readonly FlawDraft Flaw = new() { Type = FlawType.Hands, Severity = FlawSeverity.Major, Side = Side.Right, X = 0.125, Y = 0.5 };

    private VoteFlawStore Flaws => field ??= new VoteFlawStore(Writer, Clock);

    [SkippableFact]
    public async Task Record_ManyTimesAtOnceAndLater_IsKeptOnceAndAnswersTheSame()
    {
        var (_, rater, vote) = await VoteAsync(Axis.Flaws);

        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() => Flaws.RecordAsync(rater, vote, Flaw))));
        Clock.Advance(TimeSpan.FromHours(1));
        var later = await Flaws.RecordAsync(rater, vote, Flaw);

        Assert.NotNull(Assert.Single(answers.Append(later).Distinct()).AcceptedAt);
        await using var connection = await Db.OpenAsync();
        Assert.Equal(
            (vote, "hands", "major", "right", 0.125, 0.5),
            await connection.QuerySingleAsync<(Guid, string, string, string, double, double)>(
                "SELECT vote_id, flaw_type, flaw_severity, flaw_side, flaw_x, flaw_y FROM vote_flaw"));
    }

    public static TheoryData<string, FlawDraft> Others => new()
    {
        { "type", Flaw with { Type = null } },
        { "severity", Flaw with { Severity = FlawSeverity.Minor } },
        { "side", Flaw with { Side = Side.Left } },
        { "place", Flaw with { Side = null, X = null, Y = null } },
        { "x", Flaw with { X = 0.25 } },
        { "y", Flaw with { Y = 0.25 } },
    };

    [SkippableTheory]
    [MemberData(nameof(Others), DisableDiscoveryEnumeration = true)]
    public async Task Record_OtherFlawOfTheSameVote_IsRefused(string what, FlawDraft other)
    {
        var (_, rater, vote) = await VoteAsync(Axis.Flaws);
        await Flaws.RecordAsync(rater, vote, Flaw);

        var answer = await Flaws.RecordAsync(rater, vote, other);

        Assert.True(answer.Refusal == Refusal.OtherContent, what);
    }

    [SkippableFact]
    public async Task Record_WithoutAVoteOrOnAnothers_IsRefused()
    {
        var (study, rater, vote) = await VoteAsync(Axis.Flaws);

        Assert.Equal(Refusal.UnknownVote, (await Flaws.RecordAsync(rater, Guid.CreateVersion7(), Flaw)).Refusal);
        Assert.Equal(Refusal.NotYours, (await Flaws.RecordAsync(await study.AddRaterAsync(), vote, Flaw)).Refusal);
    }

    [SkippableFact]
    public async Task Record_OnAnAxisThatDoesNotAsk_IsRefused()
    {
        var (_, rater, vote) = await VoteAsync(Axis.Appeal);

        Assert.Equal(Refusal.NotAsked, (await Flaws.RecordAsync(rater, vote, Flaw)).Refusal);
    }

    /// <summary>A vote on the only pair of a study.</summary>
    private async Task<(RatedStudy Study, RaterSession Rater, Guid Vote)> VoteAsync(Axis axis)
    {
        var study = await RatedStudy.AddAsync(Seeds, Db, Clock, prompts: 1, votes: 1, axis);
        var rater = await study.AddRaterAsync();
        var pair = (await new AssignmentStore(Db, Writer, Clock).TakeAsync(rater, ahead: 1, new Random(1))).Pairs[0];
        var id = Guid.CreateVersion7();
        await new VoteStore(Db, Writer, Clock).RecordAsync(rater, id, study.Draft(pair.AssignmentId));
        return (study, rater, id);
    }
}
