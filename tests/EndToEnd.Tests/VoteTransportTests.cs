using System.Net;
using PixelPost.EvalPortal.Database;
using PixelPost.Tests.Shared.Chaos;

namespace PixelPost.EndToEnd.Tests;

/// <summary>What becomes of votes between a rater and the disk, against a portal that runs as a process.</summary>
[Collection(Chromium.Collection)] // not beside the browser tests, which need the processor
public sealed class VoteTransportTests
{
    [SkippableTheory]
    [InlineData(DatabaseKind.Sqlite)]
    [InlineData(DatabaseKind.Postgres)]
    public async Task Chaos_LossesRepetitionsAndKills_EveryVoteOnceAndAsMeant(DatabaseKind database)
    {
        if (database == DatabaseKind.Postgres)
            Skip.If(await PostgresServer.WhyNotAsync() is not null, await PostgresServer.WhyNotAsync());
        using var log = new StringWriter();

        var result = await ChaosRun.RunAsync(new ChaosSettings { Votes = 600, Raters = 15, Kills = 2, Seen = 0.3, Database = database }, log);

        Assert.True(result is { Lost: [], Doubled: [], Swapped: [] }, log.ToString());
        Assert.True(result.Made > 600 && result.Seen > 100, log.ToString());
        Assert.Equal((result.Made, result.Made, 0, 0), (result.Ledger.Made, result.Ledger.Stored, result.Ledger.Waiting, result.Ledger.Lost.Count));
    }

    [SkippableFact]
    public async Task Vote_SentTwiceAtOnceAndAgainLater_CountsOnce()
    {
        Skip.If(PortalProcess.WhyNoDemonstration is not null, PortalProcess.WhyNoDemonstration);
        await using var portal = await PortalProcess.StartAsync();
        using var rater = await HttpRater.BeginAsync(portal, await portal.DemonstrationLinkAsync());
        var vote = HttpRater.Judge((await rater.NextAsync()).Pairs[0]);

        var answers = await Task.WhenAll(rater.SendAsync(vote), rater.SendAsync(vote));
        var later = await rater.SendAsync(vote);

        Assert.All([.. answers, later], answer => Assert.Equal(HttpStatusCode.OK, answer));
        Assert.Equal([vote.Id], (await rater.ReceiptAsync()).VoteIds);
        Assert.Equal(1, (await portal.QueryAsync<long>("SELECT COUNT(*) FROM vote")).Single());
    }

    [SkippableFact]
    public async Task Vote_OnWhatIsNotTheRatersOrWasAnswered_IsRefused()
    {
        Skip.If(PortalProcess.WhyNoDemonstration is not null, PortalProcess.WhyNoDemonstration);
        await using var portal = await PortalProcess.StartAsync();
        var link = await portal.DemonstrationLinkAsync();
        using var rater = await HttpRater.BeginAsync(portal, link);
        using var other = await HttpRater.BeginAsync(portal, link);
        var pair = (await rater.NextAsync()).Pairs[0];
        var vote = HttpRater.Judge(pair);

        Assert.Equal(HttpStatusCode.Forbidden, await other.SendAsync(HttpRater.Judge(pair)));
        Assert.Equal(HttpStatusCode.NotFound, await other.StatusAsync(pair.Left));
        Assert.Equal(HttpStatusCode.OK, await rater.StatusAsync(pair.Left));
        Assert.Equal(HttpStatusCode.OK, await rater.SendAsync(vote));
        Assert.Equal(HttpStatusCode.Conflict, await rater.SendAsync(HttpRater.Judge(pair, "right")));
        Assert.Equal(HttpStatusCode.Conflict, await rater.SendAsync(HttpRater.Judge(pair, "right") with { Id = vote.Id }));
        Assert.Equal(["left"], await portal.QueryAsync<string>("SELECT choice_screen FROM vote"));
        using var nobody = portal.Client();
        Assert.Equal(HttpStatusCode.Unauthorized, (await nobody.GetAsync($"/api/rate/{link}/next")).StatusCode);
    }
}
