using System.Data.Common;
using Dapper;
using PixelPost.EvalPortal.Accounts;
using PixelPost.EvalPortal.Audit;
using PixelPost.EvalPortal.Database;
using PixelPost.EvalPortal.Plans;

namespace PixelPost.EvalPortal.Studies;

/// <summary>Studies with their axes; their pairs are read through <see cref="ComparisonStore"/>.</summary>
public sealed class StudyStore(Db db, TimeProvider clock)
{
    private const string Columns = """
        study_id, name, link_token, state, votes_per_comparison, answers_per_rater, top_up, language, consent, instructions, system_a_id, system_b_id,
        question_set_id, parent_study_id, study_group_id, preset, pilot_of_study_id, created_by_account_id, created_at, opened_at, closed_at
        """;

    /// <summary>Adds a draft with its axes, comparisons and tasks.</summary>
    /// <returns>Its id.</returns>
    /// <exception cref="ArgumentException">It has no axis, or nothing to judge.</exception>
    /// <exception cref="RefusedException">There is a study of this name.</exception>
    public async Task<long> AddAsync(NewStudy study, CancellationToken cancel = default)
    {
        await using var connection = await db.OpenAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        var id = await InsertAsync(transaction, study, studyGroupId: null);
        await transaction.CommitAsync(cancel);
        return id;
    }

    /// <summary>Adds linked drafts: all of them, or none.</summary>
    /// <returns>The id of their group.</returns>
    /// <exception cref="ArgumentException">There is none, or one of them has no axis or nothing to judge.</exception>
    /// <exception cref="RefusedException">There is a group or a study of such a name.</exception>
    public async Task<long> AddGroupAsync(NewStudyGroup group, CancellationToken cancel = default)
    {
        const string Sql = """
            INSERT INTO study_group (name, preset, created_by_account_id, created_at)
            VALUES (@Name, @Preset, @CreatedByAccountId, @Now)
            RETURNING study_group_id
            """;
        if (group.Studies.Count == 0)
            throw new ArgumentException($"A group needs studies; '{group.Name}' has none.", nameof(group));
        await using var connection = await db.OpenAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        try
        {
            var id = await connection.ExecuteScalarAsync<long>(
                Sql, new { group.Name, group.Preset, group.Studies[0].CreatedByAccountId, Now = clock.GetUtcNow() }, transaction);
            foreach (var study in group.Studies)
                await InsertAsync(transaction, study, id);
            await AuditLog.RecordAsync(transaction, clock, new Change(StudyScope.Group(id), "added") { After = new { group.Name, group.Preset } });
            await transaction.CommitAsync(cancel);
            return id;
        }
        catch (DbException exception) when (Db.IsDuplicate(exception))
        {
            throw new RefusedException($"There are linked studies called '{group.Name}' already: choose another name.", exception);
        }
    }

    private async Task<long> InsertAsync(DbTransaction transaction, NewStudy study, long? studyGroupId)
    {
        const string InsertStudy = """
            INSERT INTO study (name, link_token, state, votes_per_comparison, answers_per_rater, top_up, language, consent, instructions, system_a_id, system_b_id,
              question_set_id, parent_study_id, study_group_id, preset, created_by_account_id, created_at)
            VALUES (@Name, @LinkToken, 'draft', @VotesPerComparison, @AnswersPerRater, @TopUp, @Language, @Consent, @Instructions, @SystemAId, @SystemBId,
              @QuestionSetId, @ParentStudyId, @StudyGroupId, @Preset, @CreatedByAccountId, @CreatedAt)
            RETURNING study_id
            """;
        const string InsertAxis = """
            INSERT INTO study_axis (study_id, axis, position, question, prompt_visible, flaw_strip)
            VALUES (@StudyId, @Axis, @Position, @Question, @PromptVisible, @FlawStrip)
            """;
        const string InsertComparison = """
            INSERT INTO comparison (study_id, prompt_id, image_a_id, image_b_id, position)
            VALUES (@StudyId, @PromptId, @ImageAId, @ImageBId, @Position)
            """;
        if (study.Axes.Count == 0 || study.Pairs.Count + study.Items.Count == 0)
            throw new ArgumentException($"A study needs an axis and something to judge; '{study.Name}' has {study.Axes.Count} and {study.Pairs.Count + study.Items.Count}.", nameof(study));

        var connection = transaction.Connection!;
        try
        {
            var id = await connection.ExecuteScalarAsync<long>(
                InsertStudy,
                new
                {
                    study.Name,
                    LinkToken = Token.New(),
                    study.VotesPerComparison,
                    study.AnswersPerRater,
                    TopUp = study.TopUp.ToText(),
                    study.Language,
                    study.Consent,
                    study.Instructions,
                    study.SystemAId,
                    study.SystemBId,
                    study.QuestionSetId,
                    study.ParentStudyId,
                    StudyGroupId = studyGroupId,
                    study.Preset,
                    study.CreatedByAccountId,
                    CreatedAt = clock.GetUtcNow(),
                },
                transaction);
            await StudyMemberStore.InsertFirstAsync(transaction, id, study.CreatedByAccountId, study.ParentStudyId, clock.GetUtcNow());
            await AuditLog.RecordAsync(transaction, clock, new Change(StudyScope.Study(id), "added")
            {
                After = new { study.Name, study.Preset, study.VotesPerComparison, study.AnswersPerRater, study.SystemAId, study.SystemBId, study.ParentStudyId, ClonedFrom = study.OriginalStudyId },
            });
            await connection.ExecuteAsync(
                InsertAxis,
                study.Axes.Select((axis, i) => new { StudyId = id, Axis = axis.Axis.ToText(), Position = i + 1, axis.Question, axis.PromptVisible, axis.FlawStrip }),
                transaction);
            await connection.ExecuteAsync(
                InsertComparison,
                study.Pairs.Select((pair, i) => new { StudyId = id, pair.PromptId, pair.ImageAId, pair.ImageBId, Position = i + 1 }),
                transaction);
            await StudyItems.InsertAsync(transaction, id, study.Items);
            if (study.OriginalStudyId is { } original)
                await StudyCopy.CopyAsync(transaction, original, id);
            await AddTasksAsync(transaction, id);
            if (study.Plan is not null)
                await PlanStore.InsertAsync(transaction, id, study, clock.GetUtcNow());
            return id;
        }
        catch (DbException exception) when (Db.IsDuplicate(exception))
        {
            throw new RefusedException($"There is a study called '{study.Name}' already: choose another name.", exception);
        }
    }

    /// <summary>Asks for votes on every comparison of a study that has no tasks yet, unless its answer is known.</summary>
    internal static Task<int> AddTasksAsync(DbTransaction transaction, long studyId)
    {
        // Multiples of 2^32 divided by the golden ratio lie evenly on a ring, however many there are.
        const string Sql = """
            INSERT INTO task (study_id, comparison_id, axis, block, simulated, wanted, ring)
            SELECT c.study_id, c.comparison_id, x.axis, x.position, r.simulated, s.votes_per_comparison,
              c.position * 2654435769 % 4294967296
            FROM study s
            JOIN comparison c ON c.study_id = s.study_id
            JOIN study_axis x ON x.study_id = s.study_id
            CROSS JOIN (SELECT (1 = 0) AS simulated UNION ALL SELECT (1 = 1)) r
            WHERE s.study_id = @StudyId
              AND NOT EXISTS (SELECT 1 FROM gold g WHERE g.study_id = c.study_id AND g.comparison_id = c.comparison_id)
            ON CONFLICT (comparison_id, axis, simulated) DO NOTHING
            """;
        return transaction.Connection!.ExecuteAsync(Sql, new { StudyId = studyId }, transaction, commandTimeout: 600); // millions, perhaps
    }

    /// <summary>The study with this id, or null.</summary>
    public Task<Study?> FindAsync(long studyId, CancellationToken cancel = default)
    {
        const string Sql = $"SELECT {Columns} FROM study WHERE study_id = @StudyId";
        return FindOneAsync(Sql, new { StudyId = studyId }, cancel);
    }

    /// <summary>The study that a rater's link leads to, whatever its state, or null.</summary>
    public Task<Study?> FindByLinkAsync(string linkToken, CancellationToken cancel = default)
    {
        const string Sql = $"SELECT {Columns} FROM study WHERE link_token = @LinkToken";
        return FindOneAsync(Sql, new { LinkToken = linkToken }, cancel);
    }

    /// <summary>The code of the language of the study that a rater's link leads to, or null.</summary>
    public async Task<string?> FindLanguageAsync(string linkToken, CancellationToken cancel = default)
    {
        const string Sql = "SELECT language FROM study WHERE link_token = @LinkToken";
        await using var connection = await db.OpenAsync(cancel);
        return await connection.QuerySingleOrDefaultAsync<string>(new CommandDefinition(Sql, new { LinkToken = linkToken }, cancellationToken: cancel));
    }

    /// <summary>The study of this name, or null.</summary>
    public Task<Study?> FindByNameAsync(string name, CancellationToken cancel = default)
    {
        const string Sql = $"SELECT {Columns} FROM study WHERE name = @Name";
        return FindOneAsync(Sql, new { Name = name }, cancel);
    }

    /// <summary>All studies, newest first.</summary>
    public Task<IReadOnlyList<Study>> ListAsync(CancellationToken cancel = default)
    {
        const string Sql = $"SELECT {Columns} FROM study ORDER BY study_id DESC";
        return ListAsync(Sql, new { }, cancel);
    }

    /// <summary>Linked studies, in the order in which they were made.</summary>
    public Task<IReadOnlyList<Study>> ListGroupAsync(long studyGroupId, CancellationToken cancel = default)
    {
        const string Sql = $"SELECT {Columns} FROM study WHERE study_group_id = @StudyGroupId ORDER BY study_id";
        return ListAsync(Sql, new { StudyGroupId = studyGroupId }, cancel);
    }

    private async Task<IReadOnlyList<Study>> ListAsync(string sql, object key, CancellationToken cancel)
    {
        const string AxesSql = "SELECT study_id, axis, question, prompt_visible, flaw_strip FROM study_axis ORDER BY study_id, position";
        await using var connection = await db.OpenAsync(cancel);
        var studies = await connection.QueryAsync<Study>(new CommandDefinition(sql, key, cancellationToken: cancel));
        var axes = (await connection.QueryAsync<long, StudyAxis, (long StudyId, StudyAxis Axis)>(
            new CommandDefinition(AxesSql, cancellationToken: cancel), (id, axis) => (id, axis), splitOn: "axis"))
            .ToLookup(row => row.StudyId, row => row.Axis);
        return [.. studies.Select(study => study with { Axes = [.. axes[study.StudyId]] })];
    }

    /// <summary>Moves a study on: a draft is opened; a running one paused or closed; a paused one resumed or closed. The pilots of one that runs are over.</summary>
    /// <exception cref="RefusedException">The study is not in a state from which it can get there.</exception>
    public async Task SetStateAsync(long studyId, StudyState state, CancellationToken cancel = default)
    {
        const string Sql = """
            UPDATE study
            SET state = @State,
                opened_at = CASE WHEN @State = 'running' THEN COALESCE(opened_at, @Now) ELSE opened_at END,
                closed_at = CASE WHEN @State = 'closed' THEN @Now END
            WHERE study_id = @StudyId
              AND ((@State = 'running' AND state IN ('draft', 'paused'))
                OR (@State = 'paused' AND state = 'running')
                OR (@State = 'closed' AND state IN ('running', 'paused')))
            """;
        const string EndPilots = """
            UPDATE study SET state = 'closed', closed_at = @Now WHERE pilot_of_study_id = @StudyId AND state <> 'closed'
            """;
        const string Before = "SELECT state FROM study WHERE study_id = @StudyId";
        var change = new { StudyId = studyId, State = state.ToText(), Now = clock.GetUtcNow() };
        await using var connection = await db.OpenAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        var before = await connection.QuerySingleOrDefaultAsync<string>(Before, change, transaction);
        if (await connection.ExecuteAsync(Sql, change, transaction) == 0)
            throw new RefusedException($"The study cannot become {state.ToText()} from the state it is in. Reload the page to see it.");
        await AuditLog.RecordAsync(transaction, clock, new Change(StudyScope.Study(studyId), "state changed") { Before = new { State = before }, After = new { change.State } });
        if (state == StudyState.Running)
            await connection.ExecuteAsync(EndPilots, change, transaction);
        await transaction.CommitAsync(cancel);
    }

    private async Task<Study?> FindOneAsync(string sql, object key, CancellationToken cancel)
    {
        const string AxesSql = "SELECT axis, question, prompt_visible, flaw_strip FROM study_axis WHERE study_id = @StudyId ORDER BY position";
        await using var connection = await db.OpenAsync(cancel);
        var study = await connection.QuerySingleOrDefaultAsync<Study>(new CommandDefinition(sql, key, cancellationToken: cancel));
        if (study is null)
            return null;
        var axes = await connection.QueryAsync<StudyAxis>(new CommandDefinition(AxesSql, new { study.StudyId }, cancellationToken: cancel));
        return study with { Axes = [.. axes] };
    }
}
