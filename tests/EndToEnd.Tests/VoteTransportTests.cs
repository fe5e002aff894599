using System.Collections.Concurrent;
using System.Net;

namespace PixelPost.EndToEnd.Tests;

/// <summary>What becomes of votes between a rater and the disk, against a portal that runs as a process.</summary>
[Collection(Chromium.Collection)] // not beside the browser tests, which need the processor
public sealed class VoteTransportTests
{
    [SkippableFact]
    public async Task Kill_WhileRatersVote_KeepsEveryAcknowledgedVoteOnce()
    {
        const int Raters = 6;
        const int Kills = 2;
        Skip.If(PortalProcess.WhyNoDemonstration is not null, PortalProcess.WhyNoDemonstration);
        await using var portal = await PortalProcess.StartAsync();
        var link = await portal.DemonstrationLinkAsync();
        var voters = await Task.WhenAll(Enumerable.Range(1, Raters).Select(async seed => new Voter(await HttpRater.BeginAsync(portal, link), seed)));

        for (var kill = 1; kill <= Kills; kill++)
        {
            var voting = voters.Select(voter => voter.VoteUntilNobodyAnswersAsync()).ToList();
            while (voters.Sum(voter => voter.Acknowledged.Count) < 100 * kill)
                await Task.Delay(5);
            await portal.KillAsync();
            await Task.WhenAll(voting);
            await portal.RestartAsync();

            foreach (var voter in voters)
            {
                var receipt = await voter.Rater.ReceiptAsync();
                Assert.Empty(voter.Acknowledged.Select(vote => vote.Id).Except(receipt.VoteIds));
                Assert.Equal(receipt.VoteIds.Count, receipt.VoteIds.Distinct().Count());
                await voter.SendAgainAsync();
            }
        }

        var sent = voters.SelectMany(voter => voter.Acknowledged).ToList();
        Assert.All(voters, voter => Assert.Null(voter.Unanswered));
        Assert.Equal(
            sent.Select(vote => $"{vote.Id} {vote.AssignmentId}").Order(),
            (await portal.QueryAsync<string>("SELECT vote_id || ' ' || assignment_id FROM counting_vote")).Order());
        Assert.Equal(sent.Count, (await portal.QueryAsync<long>("SELECT COUNT(*) FROM vote")).Single());
        foreach (var voter in voters)
        {
            Assert.Equal(voter.Acknowledged.Count, (await voter.Rater.ReceiptAsync()).Received);
            voter.Rater.Dispose();
        }
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

    /// <summary>A rater who goes on voting, and what they know of their votes.</summary>
    private sealed class Voter(HttpRater rater, int seed)
    {
        private static readonly string[] Choices = ["left", "right", "tie", "reject"];
        private readonly Random _random = new(seed);

        public HttpRater Rater => rater;

        /// <summary>The votes that the portal has said it keeps.</summary>
        public ConcurrentQueue<SentVote> Acknowledged { get; } = [];

        /// <summary>The vote that was sent and not answered.</summary>
        public SentVote? Unanswered { get; private set; }

        public async Task VoteUntilNobodyAnswersAsync()
        {
            try
            {
                while (await rater.NextAsync() is { Pairs: [_, ..] pairs })
                {
                    foreach (var pair in pairs)
                        await SendAsync(HttpRater.Judge(pair, Choices[_random.Next(Choices.Length)]));
                }
            }
            catch (HttpRequestException)
            {
                // the portal is gone
            }
        }

        /// <summary>Sends once more what was not answered, and one of those that were.</summary>
        public async Task SendAgainAsync()
        {
            if (Unanswered is not null)
                await SendAsync(Unanswered);
            if (Acknowledged.TryPeek(out var first))
                Assert.Equal(HttpStatusCode.OK, await rater.SendAsync(first));
        }

        private async Task SendAsync(SentVote vote)
        {
            Unanswered = vote;
            Assert.Equal(HttpStatusCode.OK, await rater.SendAsync(vote));
            Acknowledged.Enqueue(vote);
            Unanswered = null;
        }
    }
}
