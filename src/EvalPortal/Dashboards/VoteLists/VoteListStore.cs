using Dapper;
using PixelPost.EvalPortal.Database;
using PixelPost.EvalPortal.Quality;
using PixelPost.EvalPortal.Studies;

namespace PixelPost.EvalPortal.Dashboards.VoteLists;

/// <summary>A page of votes, newest first.</summary>
/// <param name="Votes">At most <see cref="VoteListStore.PageSize"/>.</param>
/// <param name="HasNewer">Whether there are matching votes before the first.</param>
/// <param name="HasOlder">Whether there are matching votes after the last.</param>
public sealed record VotePage(IReadOnlyList<RecordedVote> Votes, bool HasNewer, bool HasOlder);

/// <summary>
/// Lists votes by what is asked of them, page by page from where the last page ended: the millionth vote is found by an index, as the
/// first is, and not by counting up to it.
/// </summary>
public sealed class VoteListStore(Db db)
{
    /// <summary>Votes on a page.</summary>
    public const int PageSize = 50;

    private const string IsExcluded =
        "EXISTS (SELECT 1 FROM exclusion x WHERE x.study_id = vote.study_id AND x.rater_id = vote.rater_id AND x.lifted_at IS NULL)";

    private const string IsCounting = """
        (NOT vote.surplus AND vote.kind = 'item'
          AND NOT EXISTS (SELECT 1 FROM vote_retraction taken WHERE taken.vote_id = vote.vote_id)
          AND NOT EXISTS (SELECT 1 FROM vote later WHERE later.supersedes_vote_id = vote.vote_id))
        """;

    // The opposite, by what makes it so: each is found by an index, and the votes that count are not looked at.
    private const string NotCounting = """
        SELECT beside.vote_id FROM vote beside WHERE beside.study_id = @StudyId AND (beside.surplus OR beside.kind <> 'item')
        UNION ALL SELECT taken.vote_id FROM vote_retraction taken
        UNION ALL SELECT later.supersedes_vote_id FROM vote later WHERE later.study_id = @StudyId AND later.supersedes_vote_id IS NOT NULL
        """;

    private const string OfExcluded = """

        UNION ALL SELECT theirs.vote_id
          FROM exclusion x
          JOIN vote theirs ON theirs.study_id = x.study_id AND theirs.rater_id = x.rater_id
          WHERE x.study_id = @StudyId AND x.lifted_at IS NULL
        """;

    /// <summary>The votes of a page.</summary>
    public async Task<VotePage> ListAsync(Study study, VoteQuery query, CancellationToken cancel = default)
    {
        await using var connection = await db.OpenAsync(cancel);
        long? rater = query.Rater is null ? null : await connection.QuerySingleOrDefaultAsync<long?>(
            new CommandDefinition("SELECT rater_id FROM rater WHERE pseudonym = @Rater", new { query.Rater }, cancellationToken: cancel));
        if (query.Rater is not null && rater is null)
            return new VotePage([], HasNewer: false, HasOlder: false);

        // going back to newer votes, the nearest ones are read first and then turned round
        var (key, compare, order) = query.Before is { } before ? (before, ">", "ASC") : (query.After, "<", "DESC");
        var conditions = Conditions(study, query).ToList();
        if (key is not null)
            conditions.Add($"(vote.received_at, vote.vote_id) {compare} (@At, @VoteId)");
        // What is few is found and then sorted; as an expression the time keeps SQLite from going through all that ever arrived.
        var isFew = query is { Comparison: not null } or { Prompt: not null } or { Show: VoteShow.NotCounted };
        var arrival = isFew ? "vote.received_at || ''" : "vote.received_at";
        // The page is found first, from narrow rows; what was recorded is then read of its votes alone.
        var sql = $"""
            WITH page AS (
              SELECT vote.vote_id
              FROM vote
              JOIN rater ON rater.rater_id = vote.rater_id
              WHERE {string.Join("\n    AND ", conditions)}
              ORDER BY {arrival} {order}, vote.vote_id {order}
              LIMIT {PageSize + 1}
            )
            {RecordedVoteStore.Select}
            WHERE vote.vote_id IN (SELECT page.vote_id FROM page)
            ORDER BY vote.received_at {order}, vote.vote_id {order}
            """;
        var votes = (await connection.QueryAsync<RecordedVote>(new CommandDefinition(sql, new
        {
            study.StudyId,
            RaterId = rater,
            Axis = query.Axis?.ToText(),
            Outcome = query.Outcome?.ToText(),
            query.Comparison,
            query.Prompt,
            query.Category,
            query.System,
            query.Flaw,
            query.Input,
            Group = query.Group?.ToText(),
            At = key?.At,
            VoteId = key?.VoteId,
        }, cancellationToken: cancel))).ToList();
        var more = votes.Count > PageSize;
        if (more)
            votes.RemoveAt(PageSize);
        if (query.Before is null)
            return new VotePage(votes, HasNewer: query.After is not null, HasOlder: more);
        votes.Reverse();
        return new VotePage(votes, HasNewer: more, HasOlder: true);
    }

    /// <summary>The categories of a study's prompts, in order; those without one are not among them.</summary>
    public async Task<IReadOnlyList<string>> ListCategoriesAsync(long studyId, CancellationToken cancel = default)
    {
        const string Sql = """
            SELECT DISTINCT prompt.category
            FROM comparison
            JOIN prompt ON prompt.prompt_id = comparison.prompt_id
            WHERE comparison.study_id = @StudyId AND prompt.category IS NOT NULL
            ORDER BY prompt.category
            """;
        await using var connection = await db.OpenAsync(cancel);
        return [.. await connection.QueryAsync<string>(new CommandDefinition(Sql, new { StudyId = studyId }, cancellationToken: cancel))];
    }

    // Written out, for an index holds only what a condition names.
    private static IEnumerable<string> Conditions(Study study, VoteQuery query)
    {
        yield return "vote.study_id = @StudyId";
        if (query.Source != VoteSource.Both)
            yield return query.Source == VoteSource.Simulated ? "rater.simulated" : "NOT rater.simulated";
        switch (query.Show)
        {
            case VoteShow.Counted:
                yield return IsCounting;
                if (query.Exclusions == Exclusions.Applied)
                    yield return $"NOT {IsExcluded}";
                break;
            case VoteShow.NotCounted:
                yield return $"vote.vote_id IN ({NotCounting}{(query.Exclusions == Exclusions.Applied ? OfExcluded : "")})";
                break;
            case VoteShow.Excluded:
                yield return "vote.rater_id IN (SELECT x.rater_id FROM exclusion x WHERE x.study_id = @StudyId AND x.lifted_at IS NULL)";
                break;
            default:
                break;
        }
        if (query.Axis is not null)
            yield return "vote.axis = @Axis";
        if (query.Outcome is { } outcome)
            yield return outcome is VoteOutcome.Reject or VoteOutcome.Answered ? $"vote.choice_screen = '{outcome.ToText()}'" : "vote.winner = @Outcome";
        if (query.Rater is not null)
            yield return "vote.rater_id = @RaterId";
        if (query.Comparison is not null)
            yield return "vote.comparison_id = @Comparison";
        if (query.Prompt is not null)
            yield return "vote.comparison_id IN (SELECT c.comparison_id FROM comparison c WHERE c.study_id = @StudyId AND c.prompt_id = @Prompt)";
        if (query.Category is { } category)
        {
            yield return $"""
                vote.comparison_id IN (
                  SELECT c.comparison_id FROM comparison c JOIN prompt p ON p.prompt_id = c.prompt_id
                  WHERE c.study_id = @StudyId AND {(category == VoteQuery.Without ? "p.category IS NULL" : "p.category = @Category")})
                """;
        }
        if (query.System is { } system)
            yield return OfSystem(study, system);
        if (query.Flaw is { } flaw)
        {
            yield return flaw == VoteQuery.Without
                ? "NOT EXISTS (SELECT 1 FROM vote_flaw f WHERE f.vote_id = vote.vote_id AND f.flaw_type IS NOT NULL)"
                : "EXISTS (SELECT 1 FROM vote_flaw f WHERE f.vote_id = vote.vote_id AND f.flaw_type = @Flaw)";
        }
        if (query.Input is { } input)
            yield return input == VoteQuery.Without ? "vote.input IS NULL" : "vote.input = @Input";
        if (query.Screen is { } screen)
        {
            yield return screen switch
            {
                ScreenKind.Phone => $"(vote.viewport_w < {CountingVote.PhoneSide} OR vote.viewport_h < {CountingVote.PhoneSide}) AND vote.viewport_w IS NOT NULL AND vote.viewport_h IS NOT NULL",
                ScreenKind.Large => $"vote.viewport_w >= {CountingVote.PhoneSide} AND vote.viewport_h >= {CountingVote.PhoneSide}",
                _ => "(vote.viewport_w IS NULL OR vote.viewport_h IS NULL)",
            };
        }
        if (query.Group is not null)
            yield return $"{RaterGroups.Sql("vote")} = @Group";
    }

    /// <summary>Of pairs those that its image won, of sheets those about its image, of picks those of its image as the best.</summary>
    private static string OfSystem(Study study, long system) => study.Form switch
    {
        StudyForm.Pairs => $"vote.winner = '{(system == study.SystemAId ? "a" : system == study.SystemBId ? "b" : "")}'",
        StudyForm.Alignment => "vote.comparison_id IN (SELECT c.comparison_id FROM comparison c JOIN image i ON i.image_id = c.image_a_id WHERE c.study_id = @StudyId AND i.system_id = @System)",
        _ => "EXISTS (SELECT 1 FROM vote_pick k JOIN image i ON i.image_id = k.best_image_id WHERE k.vote_id = vote.vote_id AND i.system_id = @System)",
    };
}
