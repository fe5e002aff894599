using Dapper;
using Microsoft.Extensions.DependencyInjection;
using PixelPost.EvalPortal;
using PixelPost.EvalPortal.Assignment;
using PixelPost.EvalPortal.Database;
using PixelPost.EvalPortal.Rating;
using PixelPost.Tests.Shared.Chaos;

namespace PixelPost.EndToEnd.Tests;

/// <summary>What the chaos run is for only if it is true: that it would notice.</summary>
public sealed class ChaosResultTests : IAsyncLifetime
{
    private readonly string _data = Directory.CreateTempSubdirectory("pixelpost-chaos-").FullName;
    private readonly List<MadeVote> _made = [];
    private ServiceProvider _services = null!;
    private ChaosStudy _study = null!;

    private Db Db => _services.GetRequiredService<Db>();

    /// <summary>Two raters answer a study of two comparisons whole.</summary>
    public async Task InitializeAsync()
    {
        var options = new PortalOptions { Data = _data };
        _study = await ChaosStudy.AddAsync(options, prompts: 2, raters: 2);
        _services = new ServiceCollection().AddLogging().AddPortal(options).BuildServiceProvider();
        var raters = _services.GetRequiredService<RaterStore>();
        for (var i = 0; i < 2; i++)
        {
            var session = await raters.ConsentAsync((await raters.AddAsync("Firefox")).RaterId, _study.StudyId);
            foreach (var pair in (await _services.GetRequiredService<AssignmentStore>().TakeAsync(session, ahead: 4, new Random(i))).Pairs)
                await VoteAsync(session, pair.AssignmentId);
        }
    }

    public async Task DisposeAsync()
    {
        await _services.DisposeAsync();
        Directory.Delete(_data, recursive: true);
    }

    [Fact]
    public async Task Compare_WhatWasMade_IsAllThere() => Assert.Equal("8 votes: 0 lost, 0 doubled, 0 swapped", (await CompareAsync()).Line);

    [Fact]
    public async Task Compare_VoteGone_IsLost()
    {
        await ForceAsync($"DELETE FROM vote WHERE vote_id = '{_made[3].Id}'");

        Assert.Equal([$"{_made[3].Id} not stored"], (await CompareAsync()).Lost);
    }

    [Fact]
    public async Task Compare_RetractionGone_IsLost()
    {
        _made[0].TakenBack = true;

        Assert.Equal([$"{_made[0].Id} is not taken back"], (await CompareAsync()).Lost);
    }

    [Fact]
    public async Task Compare_VoteOfNobody_IsDoubled()
    {
        var kept = _made[1];
        _made.RemoveAt(1);

        Assert.Equal([$"{kept.Id} was made by nobody"], (await CompareAsync()).Doubled);
    }

    [Fact]
    public async Task Compare_MoreVotesThanPlaces_IsDoubled()
    {
        var result = await ChaosResult.CompareAsync(Db, _study, _made, places: 1);

        Assert.Equal(4, result.Doubled.Count);
    }

    [Theory]
    [InlineData("UPDATE vote SET winner = CASE winner WHEN 'a' THEN 'b' ELSE 'a' END")]
    [InlineData("UPDATE vote SET choice_screen = 'tie', winner = 'tie'")]
    [InlineData("UPDATE assignment SET left_is_b = 1 - left_is_b")]
    public async Task Compare_OtherAnswerThanGiven_IsSwapped(string sql)
    {
        await ForceAsync(sql);

        Assert.Equal(8, (await CompareAsync()).Swapped.Count);
    }

    private Task<ChaosResult> CompareAsync() => ChaosResult.CompareAsync(Db, _study, _made, places: 2);

    private async Task VoteAsync(RaterSession session, Guid assignment)
    {
        var now = DateTimeOffset.UtcNow;
        var draft = new VoteDraft
        {
            AssignmentId = assignment,
            Choice = Choice.Left,
            ResponseMs = 1_000,
            ShownAt = now.AddSeconds(-1),
            DecodedLeftAt = now.AddSeconds(-2),
            DecodedRightAt = now.AddSeconds(-2),
            VotedAt = now,
            AppVersion = "test",
        };
        var id = Guid.CreateVersion7();
        Assert.NotNull((await _services.GetRequiredService<VoteStore>().RecordAsync(session, id, draft)).AcceptedAt);
        _made.Add(new MadeVote { Id = id, AssignmentId = assignment, Choice = "left", Json = "", Received = true });
    }

    /// <summary>Changes what the database itself keeps anybody from changing.</summary>
    private async Task ForceAsync(string sql)
    {
        await using var connection = await Db.OpenAsync();
        await connection.ExecuteAsync($"DROP TRIGGER vote_update; DROP TRIGGER vote_delete; {sql}");
    }
}
