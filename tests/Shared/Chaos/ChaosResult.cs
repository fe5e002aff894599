using System.Globalization;
using Dapper;
using PixelPost.EvalPortal.Database;
using PixelPost.EvalPortal.Rating;

namespace PixelPost.Tests.Shared.Chaos;

/// <summary>What raters made against what the database holds.</summary>
internal sealed record ChaosResult
{
    /// <summary>Votes made, with those that were taken back.</summary>
    public required int Made { get; init; }

    /// <summary>Votes that are not stored, and retractions of which there is no trace.</summary>
    public required IReadOnlyList<string> Lost { get; init; }

    /// <summary>Pairs with two votes that count, items with more than are wanted, and stored votes that nobody made.</summary>
    public required IReadOnlyList<string> Doubled { get; init; }

    /// <summary>Votes stored with another choice or for another system than the rater meant.</summary>
    public required IReadOnlyList<string> Swapped { get; init; }

    /// <summary>Votes of which a rater had looked at the pixels.</summary>
    public required int Seen { get; init; }

    /// <summary>The portal's own ledger of the study.</summary>
    public required LossLedger Ledger { get; init; }

    /// <summary>The line that says it all.</summary>
    public string Line => string.Create(CultureInfo.InvariantCulture, $"{Made} votes: {Lost.Count} lost, {Doubled.Count} doubled, {Swapped.Count} swapped");

    /// <summary>Compares both sides.</summary>
    /// <param name="db">The portal's database.</param>
    /// <param name="study">The study.</param>
    /// <param name="made">What the raters remember.</param>
    /// <param name="places">Votes that an item may have.</param>
    public static async Task<ChaosResult> CompareAsync(Db db, ChaosStudy study, IReadOnlyList<MadeVote> made, int places)
    {
        const string VotesSql = """
            SELECT vote.vote_id, vote.assignment_id, vote.choice_screen, vote.winner, assignment.left_is_b,
              EXISTS (SELECT 1 FROM vote_retraction retraction WHERE retraction.vote_id = vote.vote_id) AS retracted
            FROM vote
            JOIN assignment ON assignment.assignment_id = vote.assignment_id
            WHERE vote.study_id = @StudyId
            """;
        const string PairsSql = """
            SELECT rater_id || ' ' || comparison_id || ' ' || axis FROM counting_vote WHERE study_id = @StudyId
            GROUP BY rater_id, comparison_id, axis HAVING COUNT(*) > 1
            """;
        const string ItemsSql = """
            SELECT comparison_id || ' ' || axis FROM counting_vote WHERE study_id = @StudyId
            GROUP BY comparison_id, axis HAVING COUNT(*) > @places
            """;
        await using var connection = await db.OpenAsync();
        var stored = (await connection.QueryAsync<StoredVote>(VotesSql, new { study.StudyId })).ToDictionary(vote => vote.VoteId);
        var byId = made.ToDictionary(vote => vote.Id);
        var twice = await connection.QueryAsync<string>(PairsSql, new { study.StudyId });
        var tooMany = await connection.QueryAsync<string>(ItemsSql, new { study.StudyId, places });
        await using var writer = new DbWriter(db);
        return new ChaosResult
        {
            Made = made.Count,
            Seen = made.Count(vote => vote.LeftIsA is not null),
            Lost =
            [
                .. made.Where(vote => !stored.ContainsKey(vote.Id)).Select(vote => $"{vote.Id} {(vote.Refused is { } status ? $"refused with {(int)status}" : "not stored")}"),
                .. made.Where(vote => vote.TakenBack && stored.TryGetValue(vote.Id, out var row) && !row.Retracted).Select(vote => $"{vote.Id} is not taken back"),
            ],
            Doubled =
            [
                .. twice.Select(pair => $"rater, comparison, axis {pair} counts twice"),
                .. tooMany.Select(item => $"comparison, axis {item} has more than {places} votes"),
                .. stored.Keys.Where(id => !byId.ContainsKey(id)).Select(id => $"{id} was made by nobody"),
            ],
            Swapped = [.. made.Where(vote => stored.TryGetValue(vote.Id, out var row) && IsSwapped(vote, row)).Select(vote => $"{vote.Id} {vote.Choice}")],
            Ledger = await new LossLedgerStore(db, writer, TimeProvider.System).ReadAsync(study.StudyId),
        };
    }

    private static bool IsSwapped(MadeVote made, StoredVote stored)
    {
        if (made.AssignmentId != stored.AssignmentId || made.Choice != stored.ChoiceScreen)
            return true;
        string Winner(bool leftIsA) => made.Choice == "tie" ? "tie" : made.Choice == "left" == leftIsA ? "a" : "b";
        return stored.Winner != Winner(!stored.LeftIsB) || (made.LeftIsA is { } seen && stored.Winner != Winner(seen));
    }

    private sealed record StoredVote
    {
        public required Guid VoteId { get; init; }
        public required Guid AssignmentId { get; init; }
        public required string ChoiceScreen { get; init; }
        public required string Winner { get; init; }
        public required bool LeftIsB { get; init; }
        public required bool Retracted { get; init; }
    }
}
