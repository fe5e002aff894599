using Dapper;
using PixelPost.EvalPortal.Database;
using PixelPost.EvalPortal.Participants;
using PixelPost.EvalPortal.Rating;
using PixelPost.EvalPortal.Studies;
using PixelPost.EvalPortal.Tests.Database;

namespace PixelPost.EvalPortal.Tests.Participants;

public sealed class ParticipantStoreOnSqlite() : ParticipantStoreTests(DatabaseKind.Sqlite);

public sealed class ParticipantStoreOnPostgres() : ParticipantStoreTests(DatabaseKind.Postgres);

public abstract class ParticipantStoreTests(DatabaseKind kind) : DatabaseTests(kind)
{
    private static readonly ParticipantKey Key = new(new byte[32]);
    private static readonly Arrival Somebody = new Arrival.FromPanel("hash-of-somebody", "5f2b8c1d9e0a4b7c6d3e2f10", "s1", "v1");

    private DbWriter _writer = null!;
    private Study _study = null!;
    private StudyEntry _entry = null!;

    private ParticipantStore Participants => new(Db, _writer, Key, Clock);
    private RaterInvitationStore Invitations => new(Db, Key, Clock);
    private RaterStore Raters => new(Db, Clock);

    public override async Task InitializeAsync()
    {
        await base.InitializeAsync();
        _writer = new DbWriter(Db);
        _study = await Seeds.StudyAsync("a fox", "a hen");
        _entry = new StudyEntry { StudyId = _study.StudyId, Panel = PanelKind.Prolific, CompletionCode = "C1" };
    }

    public override async Task DisposeAsync()
    {
        if (_writer is not null)
            await _writer.DisposeAsync();
        await base.DisposeAsync();
    }

    [SkippableFact]
    public async Task Consent_SameParticipantFromManyBrowsersAtOnce_IsOneRater()
    {
        var secrets = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Participants.ConsentAsync(_entry, Somebody, "Firefox")));

        var secret = Assert.Single(secrets.Distinct());
        var session = await Raters.FindSessionAsync(secret!, _study.LinkToken);
        Assert.Equal(1, await CountAsync("rater"));
        Assert.Equal(_study.StudyId, session!.StudyId);
        Assert.Equal(secret, Participants.Secret((await Participants.FindAsync(_study.StudyId, Somebody))!.Pseudonym!));
    }

    [SkippableFact]
    public async Task Consent_IdNotKept_StandsNowhere()
    {
        await Participants.ConsentAsync(_entry, Somebody, null);

        Assert.Equal(0, await CountAsync("participant_pay"));
        Assert.Empty(await Participants.ListPayAsync(_study.StudyId));
    }

    [SkippableFact]
    public async Task Consent_IdKept_IsListedForPayUntilItIsNotKeptAnyMore()
    {
        var entries = new StudyEntryStore(Db, Clock);
        var keeping = _entry with { KeepsParticipantIds = true };
        await entries.SaveAsync(keeping);
        var secret = await Participants.ConsentAsync(keeping, Somebody, null);
        var session = (await Raters.FindSessionAsync(secret!, _study.LinkToken))!;
        await new CompletionStore(Db, _writer, Clock).RecordAsync(session, ScreenOutReason.StudyFull, answers: 0);

        var line = Assert.Single(await Participants.ListPayAsync(_study.StudyId));
        Assert.Equal(("5f2b8c1d9e0a4b7c6d3e2f10", "s1", "v1"), (line.PanelId, line.PanelStudy, line.PanelSession));
        Assert.Equal(("screened_out", "study_full"), (line.Status, line.Reason));
        Assert.Equal("5f2b8c1d9e0a4b7c6d3e2f10", await Participants.FindPanelIdAsync(session));

        await entries.SaveAsync(_entry);
        Assert.Empty(await Participants.ListPayAsync(_study.StudyId));
        Assert.Equal(_entry, await entries.FindAsync(_study.StudyId));
    }

    [SkippableFact]
    public async Task Consent_SamePersonInTheNextStudy_IsTheSameRater()
    {
        var next = await Seeds.StudyAsync("a dog");
        var first = await Participants.ConsentAsync(_entry, Somebody, null);

        var second = await Participants.ConsentAsync(_entry with { StudyId = next.StudyId }, Somebody, null);

        Assert.Equal(first, second);
        Assert.Equal(1, await CountAsync("rater"));
        Assert.NotNull(await Raters.FindSessionAsync(second!, next.LinkToken));
    }

    [SkippableFact]
    public async Task Consent_PersonalLink_IsGoodForOneRaterOfOneStudy()
    {
        var other = await Seeds.StudyAsync("a dog");
        await Invitations.AddAsync(_study.StudyId, 2, createdByAccountId: null);

        var first = await Participants.ConsentAsync(_entry, new Arrival.ByInvitation(1), null);
        var again = await Participants.ConsentAsync(_entry, new Arrival.ByInvitation(1), null);
        var second = await Participants.ConsentAsync(_entry, new Arrival.ByInvitation(2), null);

        Assert.Equal(first, again);
        Assert.NotEqual(first, second);
        Assert.Null(await Participants.ConsentAsync(_entry, new Arrival.ByInvitation(3), null));
        Assert.Null(await Participants.ConsentAsync(_entry with { StudyId = other.StudyId }, new Arrival.ByInvitation(1), null));
        Assert.Equal(2, await CountAsync("rater"));
    }

    [SkippableFact]
    public async Task Consent_RevokedLink_IsRefusedUsedOrNot()
    {
        await Invitations.AddAsync(_study.StudyId, 2, createdByAccountId: null);
        var secret = await Participants.ConsentAsync(_entry, new Arrival.ByInvitation(1), null);
        await Invitations.RevokeAsync(_study.StudyId, 1);
        await Invitations.RevokeAsync(_study.StudyId, 2);

        Assert.Null(await Participants.ConsentAsync(_entry, new Arrival.ByInvitation(1), null));
        Assert.Null(await Participants.ConsentAsync(_entry, new Arrival.ByInvitation(2), null));
        Assert.True((await Raters.FindSessionAsync(secret!, _study.LinkToken))!.Revoked);
        Assert.Equal(1, await CountAsync("session"));
    }

    [SkippableFact]
    public async Task ListInvitations_EachState_IsTold()
    {
        await Invitations.AddAsync(_study.StudyId, 3, createdByAccountId: null);
        await Invitations.AddAsync(_study.StudyId, 2, createdByAccountId: null);
        var sessions = new List<RaterSession>();
        foreach (var number in (int[])[2, 3, 5])
            sessions.Add((await Raters.FindSessionAsync((await Participants.ConsentAsync(_entry, new Arrival.ByInvitation(number), null))!, _study.LinkToken))!);
        await Seeds.VoteAsync(await Seeds.AssignAsync(_study, 1, Axis.Flaws, sessions[1]), Guid.CreateVersion7(), "a");
        await new CompletionStore(Db, _writer, Clock).RecordAsync(sessions[1], reason: null, answers: 1);
        await Invitations.RevokeAsync(_study.StudyId, 4);
        await new WithdrawalStore(_writer, Clock).WithdrawAsync(sessions[2]);

        var links = await Invitations.ListAsync(_study.StudyId);

        Assert.Equal(
            [(1, InvitationState.Unused, 0), (2, InvitationState.Started, 0), (3, InvitationState.Finished, 1), (4, InvitationState.Revoked, 0), (5, InvitationState.Withdrawn, 0)],
            links.Select(link => (link.Number, link.State, link.Answers)));
        await Assert.ThrowsAsync<RefusedException>(() => Invitations.AddAsync(_study.StudyId, 0, null));
        await Assert.ThrowsAsync<RefusedException>(() => Invitations.AddAsync(_study.StudyId, RaterInvitationStore.Most, null));
    }

    [SkippableFact]
    public async Task Completion_ScreenedOutThenCompleted_EndsAsCompletedForGood()
    {
        var completions = new CompletionStore(Db, _writer, Clock);
        var session = (await Raters.FindSessionAsync((await Participants.ConsentAsync(_entry, Somebody, null))!, _study.LinkToken))!;
        Assert.Null(await completions.FindAsync(session.SessionId));

        var full = await completions.RecordAsync(session, ScreenOutReason.StudyFull, answers: 0);
        Clock.Advance(TimeSpan.FromMinutes(5));
        var done = await completions.RecordAsync(session, reason: null, answers: 12);
        Clock.Advance(TimeSpan.FromMinutes(5));
        var closed = await completions.RecordAsync(session, ScreenOutReason.StudyClosed, answers: 12);

        Assert.Equal((CompletionStatus.ScreenedOut, ScreenOutReason.StudyFull, 0), (full.Status, full.Reason, full.Answers));
        Assert.Equal((CompletionStatus.Completed, (ScreenOutReason?)null, 12), (done.Status, done.Reason, done.Answers));
        Assert.Equal(done, closed);
    }

    private async Task<int> CountAsync(string table)
    {
        await using var connection = await Db.OpenAsync();
        return await connection.ExecuteScalarAsync<int>($"SELECT COUNT(*) FROM {table}");
    }
}
