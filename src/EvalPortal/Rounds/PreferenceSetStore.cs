using System.Data.Common;
using System.Text.Json;
using Dapper;
using PixelPost.EvalPortal.Accounts;
using PixelPost.EvalPortal.Audit;
using PixelPost.EvalPortal.Dashboards;
using PixelPost.EvalPortal.Database;
using PixelPost.EvalPortal.Quality;
using PixelPost.EvalPortal.Studies;
using PixelPost.Stats;
using PixelPost.Training.Contracts;

namespace PixelPost.EvalPortal.Rounds;

/// <summary>Preference sets. They are added whole and never changed.</summary>
public sealed class PreferenceSetStore(Db db, ComparisonStore comparisons, RecordedPickStore picks, AskedImageStore asked, TimeProvider clock)
{
    private const string Columns = """
        preference_set_id, name, study_id, axis_rule, rules, vote_source, sha256, pair_count, left_out, created_by_account_id, created_at
        """;

    /// <summary>What the study's counting votes say now without those of excluded raters, to be looked at before a set is frozen.</summary>
    public async Task<IReadOnlyList<ComparisonVotes>> ReadVotesAsync(long studyId, VoteSource source, CancellationToken cancel = default) =>
        (await ReadVotesUnderExclusionsAsync(studyId, source, Exclusions.Applied, cancel)).Votes;

    /// <summary>The same under exclusions that may be applied or not, and what they leave out of it.</summary>
    public async Task<(IReadOnlyList<ComparisonVotes> Votes, ExclusionSet Exclusions)> ReadVotesUnderExclusionsAsync(
        long studyId, VoteSource source, Exclusions exclusions = Exclusions.Applied, CancellationToken cancel = default)
    {
        const string Sql = """
            SELECT vote.comparison_id, vote.axis, vote.winner, exclusion.exclusion_id
            FROM counting_vote vote
            JOIN rater ON rater.rater_id = vote.rater_id
            LEFT JOIN exclusion ON exclusion.study_id = vote.study_id AND exclusion.rater_id = vote.rater_id
              AND exclusion.lifted_at IS NULL
            WHERE vote.study_id = @StudyId AND vote.axis IN ('flaws', 'appeal')
              AND (@Source = 'both' OR rater.simulated = (@Source = 'simulated'))
            """;
        await using var connection = await db.OpenAsync(cancel);
        var votes = await connection.QueryAsync<VoteRow>(
            new CommandDefinition(Sql, new { StudyId = studyId, Source = source.ToText() }, cancellationToken: cancel));
        var byComparison = votes.Where(vote => vote.ExclusionId is null || exclusions == Exclusions.None).ToLookup(vote => vote.ComparisonId);
        return
        ([
            .. (await comparisons.ListAsync(studyId, cancel)).Select(comparison => new ComparisonVotes
            {
                Comparison = comparison,
                Votes = byComparison[comparison.ComparisonId]
                    .GroupBy(vote => vote.Axis, vote => vote.Winner)
                    .ToDictionary(axis => axis.Key, axis => (IReadOnlyList<Outcome>)[.. axis]),
            }),
        ], ExclusionSet.Of(votes.Select(vote => vote.ExclusionId), exclusions));
    }

    /// <summary>The same of the study's picks of best and worst.</summary>
    public async Task<(IReadOnlyList<PickedItem> Items, ExclusionSet Exclusions)> ReadPicksUnderExclusionsAsync(
        long studyId, VoteSource source, Exclusions exclusions = Exclusions.Applied, CancellationToken cancel = default)
    {
        const string Sql = "SELECT rater_id, exclusion_id FROM exclusion WHERE study_id = @StudyId AND lifted_at IS NULL";
        await using var connection = await db.OpenAsync(cancel);
        var excluded = (await connection.QueryAsync<(long RaterId, long ExclusionId)>(
            new CommandDefinition(Sql, new { StudyId = studyId }, cancellationToken: cancel))).ToDictionary(rater => rater.RaterId, rater => rater.ExclusionId);
        var votes = new FormVotes<RecordedPick>([.. (await picks.ListAsync(studyId, cancel)).Where(pick => pick.Counts)], excluded);
        return (PickedItem.Of(await picks.ListImagesAsync(studyId, cancel), votes.Of(source, exclusions)), votes.SetOf(source, exclusions));
    }

    /// <summary>What a rule makes of the votes that count now.</summary>
    public async Task<(IReadOnlyList<FrozenPair> Pairs, LeftOut LeftOut)> ReadPairsAsync(
        long studyId, AxisRule rule, VoteSource source, PreferenceRules rules, CancellationToken cancel = default)
    {
        if (rule == AxisRule.Alignment)
        {
            var (images, answerExclusions) = await asked.ListAsync(studyId, source, rules.Exclusions, cancel);
            var (shown, others) = AlignmentFreeze.Apply(images, rules);
            return (shown, others.Under(answerExclusions));
        }
        if (rule == AxisRule.Preference)
        {
            var (items, pickExclusions) = await ReadPicksUnderExclusionsAsync(studyId, source, rules.Exclusions, cancel);
            var (picked, ties) = PickFreeze.Apply(items, rules);
            return (picked, ties.Under(pickExclusions));
        }
        var (votes, exclusions) = await ReadVotesUnderExclusionsAsync(studyId, source, rules.Exclusions, cancel);
        var (pairs, leftOut) = PreferenceFreeze.Apply(votes, rule, rules);
        return (pairs, leftOut.Under(exclusions));
    }

    /// <summary>How many votes on the study count, of people and of simulated raters who are not excluded.</summary>
    public async Task<(int Real, int Simulated)> CountVotesAsync(long studyId, CancellationToken cancel = default)
    {
        const string Sql = """
            SELECT COUNT(CASE WHEN rater.simulated THEN NULL ELSE 1 END), COUNT(CASE WHEN rater.simulated THEN 1 END)
            FROM counting_vote vote
            JOIN rater ON rater.rater_id = vote.rater_id
            WHERE vote.study_id = @StudyId
              AND NOT EXISTS (SELECT 1 FROM exclusion
                WHERE exclusion.study_id = vote.study_id AND exclusion.rater_id = vote.rater_id AND exclusion.lifted_at IS NULL)
            """;
        await using var connection = await db.OpenAsync(cancel);
        return await connection.QuerySingleAsync<(int Real, int Simulated)>(
            new CommandDefinition(Sql, new { StudyId = studyId }, cancellationToken: cancel));
    }

    /// <summary>Freezes the preferences in the study's counting votes.</summary>
    /// <param name="name">Name of the set.</param>
    /// <param name="studyId">The study.</param>
    /// <param name="rule">Which axis decides.</param>
    /// <param name="source">Whose votes.</param>
    /// <param name="createdByAccountId">Who freezes it.</param>
    /// <param name="expectedSha256">What somebody has looked at and agreed to; null to take whatever the votes say now.</param>
    /// <param name="rules">The rest of the rules; null for those of the reference protocol.</param>
    /// <param name="cancel">Ends the wait.</param>
    /// <returns>The set's id.</returns>
    /// <exception cref="RefusedException">The study is a pilot, no comparison is decided, the votes say something else by now, or there is a set of this name.</exception>
    public async Task<long> FreezeAsync(
        string name, long studyId, AxisRule rule, VoteSource source, long? createdByAccountId, string? expectedSha256 = null,
        PreferenceRules? rules = null, CancellationToken cancel = default)
    {
        const string InsertSet = """
            INSERT INTO preference_set (name, study_id, axis_rule, rules, vote_source, sha256, pair_count, left_out, created_by_account_id, created_at)
            VALUES (@Name, @StudyId, @AxisRule, @Rules, @VoteSource, @Sha256, @PairCount, @LeftOut, @CreatedByAccountId, @CreatedAt)
            RETURNING preference_set_id
            """;
        const string InsertPair = """
            INSERT INTO preference_pair (preference_set_id, pair_number, comparison_id, axis, prompt,
              chosen_image_id, rejected_image_id, votes_chosen, votes_rejected, votes_tie, weight)
            VALUES (@PreferenceSetId, @PairNumber, @ComparisonId, @Axis, @Prompt,
              @ChosenImageId, @RejectedImageId, @VotesChosen, @VotesRejected, @VotesTie, @Weight)
            """;
        rules ??= PreferenceRules.Protocol;
        await RefusePilotAsync(studyId, cancel);
        var (pairs, leftOut) = await ReadPairsAsync(studyId, rule, source, rules, cancel);
        if (pairs.Count == 0)
            throw new RefusedException($"No comparison of this study is decided yet: {leftOut.ToWords()}.");

        var sha256 = PreferenceFreeze.Sha256(pairs);
        if (expectedSha256 is not null && sha256 != expectedSha256)
            throw new RefusedException("Votes have come in since you looked, and the pairs are others now. Look at them again, then start.");

        await using var connection = await db.OpenAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        try
        {
            var row = new
            {
                Name = name,
                StudyId = studyId,
                AxisRule = rule.ToText(),
                Rules = JsonSerializer.Serialize(rules, ContractJson.Line),
                VoteSource = source.ToText(),
                Sha256 = sha256,
                PairCount = pairs.Count,
                LeftOut = JsonSerializer.Serialize(leftOut, ContractJson.Line),
                CreatedByAccountId = createdByAccountId,
                CreatedAt = clock.GetUtcNow(),
            };
            var id = await connection.ExecuteScalarAsync<long>(InsertSet, row, transaction);
            var rows = pairs.Select(pair => new
            {
                PreferenceSetId = id,
                pair.PairNumber,
                pair.ComparisonId,
                Axis = pair.Axis.ToText(),
                pair.Prompt,
                pair.ChosenImageId,
                pair.RejectedImageId,
                pair.VotesChosen,
                pair.VotesRejected,
                pair.VotesTie,
                pair.Weight,
            });
            await connection.ExecuteAsync(InsertPair, rows, transaction);
            await AuditLog.RecordAsync(transaction, clock, new Change(StudyScope.PreferenceSet(id), "frozen") { After = new { row.Name, row.AxisRule, row.VoteSource, row.Sha256, row.PairCount } });
            await transaction.CommitAsync(cancel);
            return id;
        }
        catch (DbException exception) when (Db.IsDuplicate(exception))
        {
            throw new RefusedException($"There is a preference set called '{name}' already: choose another name.", exception);
        }
    }

    private async Task RefusePilotAsync(long studyId, CancellationToken cancel)
    {
        const string Sql = "SELECT pilot_of_study_id FROM study WHERE study_id = @StudyId";
        await using var connection = await db.OpenAsync(cancel);
        if (await connection.QuerySingleOrDefaultAsync<long?>(new CommandDefinition(Sql, new { StudyId = studyId }, cancellationToken: cancel)) is not null)
            throw new RefusedException("This study is a pilot: nothing is trained from its votes.");
    }

    /// <summary>The set with this id, or null.</summary>
    public async Task<PreferenceSet?> FindAsync(long preferenceSetId, CancellationToken cancel = default)
    {
        const string Sql = $"SELECT {Columns} FROM preference_set WHERE preference_set_id = @PreferenceSetId";
        await using var connection = await db.OpenAsync(cancel);
        var row = await connection.QuerySingleOrDefaultAsync<PreferenceSetRow>(
            new CommandDefinition(Sql, new { PreferenceSetId = preferenceSetId }, cancellationToken: cancel));
        return row?.ToSet();
    }

    /// <summary>The set of this study that was made by the same rules from the same votes under the same exclusions, or null.</summary>
    public async Task<PreferenceSet?> FindSameAsync(
        long studyId, AxisRule rule, PreferenceRules rules, VoteSource source, string sha256, string exclusionSet, CancellationToken cancel = default)
    {
        const string Sql = $"""
            SELECT {Columns}
            FROM preference_set
            WHERE study_id = @StudyId AND axis_rule = @AxisRule AND vote_source = @VoteSource AND sha256 = @Sha256
            """;
        var key = new { StudyId = studyId, AxisRule = rule.ToText(), VoteSource = source.ToText(), Sha256 = sha256 };
        await using var connection = await db.OpenAsync(cancel);
        var rows = await connection.QueryAsync<PreferenceSetRow>(new CommandDefinition(Sql, key, cancellationToken: cancel));
        return rows.Select(row => row.ToSet()).FirstOrDefault(set => set.LeftOut.ExclusionSet == exclusionSet && set.Rules == rules);
    }

    /// <summary>All sets, newest first.</summary>
    public async Task<IReadOnlyList<PreferenceSet>> ListAsync(CancellationToken cancel = default)
    {
        const string Sql = $"SELECT {Columns} FROM preference_set ORDER BY preference_set_id DESC";
        await using var connection = await db.OpenAsync(cancel);
        var rows = await connection.QueryAsync<PreferenceSetRow>(new CommandDefinition(Sql, cancellationToken: cancel));
        return [.. rows.Select(row => row.ToSet())];
    }

    /// <summary>The sets made from a study, newest first.</summary>
    public async Task<IReadOnlyList<PreferenceSet>> ListAsync(long studyId, CancellationToken cancel = default)
    {
        const string Sql = $"SELECT {Columns} FROM preference_set WHERE study_id = @StudyId ORDER BY preference_set_id DESC";
        await using var connection = await db.OpenAsync(cancel);
        var rows = await connection.QueryAsync<PreferenceSetRow>(
            new CommandDefinition(Sql, new { StudyId = studyId }, cancellationToken: cancel));
        return [.. rows.Select(row => row.ToSet())];
    }

    /// <summary>The pairs of a set, in order.</summary>
    public async Task<IReadOnlyList<FrozenPair>> ListPairsAsync(long preferenceSetId, CancellationToken cancel = default)
    {
        const string Sql = """
            SELECT pair_number, comparison_id, axis, prompt, chosen_image_id, chosen.sha256 AS chosen_sha256,
              rejected_image_id, rejected.sha256 AS rejected_sha256, votes_chosen, votes_rejected, votes_tie, weight
            FROM preference_pair
            JOIN image chosen ON chosen.image_id = chosen_image_id
            JOIN image rejected ON rejected.image_id = rejected_image_id
            WHERE preference_set_id = @PreferenceSetId
            ORDER BY pair_number
            """;
        await using var connection = await db.OpenAsync(cancel);
        return [.. await connection.QueryAsync<FrozenPair>(
            new CommandDefinition(Sql, new { PreferenceSetId = preferenceSetId }, cancellationToken: cancel))];
    }

    /// <summary>The images of a set that a system made.</summary>
    public async Task<IReadOnlySet<long>> ListImagesOfAsync(long preferenceSetId, long systemId, CancellationToken cancel = default)
    {
        const string Sql = """
            SELECT i.image_id FROM preference_pair p JOIN image i ON i.image_id = p.chosen_image_id
            WHERE p.preference_set_id = @PreferenceSetId AND i.system_id = @SystemId
            UNION
            SELECT i.image_id FROM preference_pair p JOIN image i ON i.image_id = p.rejected_image_id
            WHERE p.preference_set_id = @PreferenceSetId AND i.system_id = @SystemId
            """;
        await using var connection = await db.OpenAsync(cancel);
        return (await connection.QueryAsync<long>(
            new CommandDefinition(Sql, new { PreferenceSetId = preferenceSetId, SystemId = systemId }, cancellationToken: cancel))).ToHashSet();
    }

    private sealed record VoteRow
    {
        public long ComparisonId { get; init; }

        public Axis Axis { get; init; }

        public Outcome Winner { get; init; }

        public long? ExclusionId { get; init; }
    }

    private sealed record PreferenceSetRow
    {
        public long PreferenceSetId { get; init; }

        public string Name { get; init; } = "";

        public long StudyId { get; init; }

        public string AxisRule { get; init; } = "";

        public string Rules { get; init; } = "";

        public VoteSource VoteSource { get; init; }

        public string Sha256 { get; init; } = "";

        public int PairCount { get; init; }

        public string LeftOut { get; init; } = "";

        public long? CreatedByAccountId { get; init; }

        public DateTimeOffset CreatedAt { get; init; }

        public PreferenceSet ToSet() => new()
        {
            PreferenceSetId = PreferenceSetId,
            Name = Name,
            StudyId = StudyId,
            AxisRule = ColumnTypes.ToEnum<AxisRule>(AxisRule),
            Rules = JsonSerializer.Deserialize<PreferenceRules>(Rules, ContractJson.Line)!,
            VoteSource = VoteSource,
            Sha256 = Sha256,
            PairCount = PairCount,
            LeftOut = JsonSerializer.Deserialize<LeftOut>(LeftOut, ContractJson.Line)!,
            CreatedByAccountId = CreatedByAccountId,
            CreatedAt = CreatedAt,
        };
    }
}
