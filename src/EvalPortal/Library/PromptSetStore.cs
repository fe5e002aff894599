using System.Data.Common;
using Dapper;
using PixelPost.EvalPortal.Accounts;
using PixelPost.EvalPortal.Audit;
using PixelPost.EvalPortal.Database;

namespace PixelPost.EvalPortal.Library;

/// <summary>Prompt sets and their prompts.</summary>
public sealed class PromptSetStore(Db db, TimeProvider clock)
{
    /// <summary>Adds a set with all its prompts.</summary>
    /// <returns>The set's id.</returns>
    /// <exception cref="RefusedException">There is a set of this name.</exception>
    public async Task<long> AddAsync(NewPromptSet set, CancellationToken cancel = default)
    {
        const string InsertSet = """
            INSERT INTO prompt_set (name, description, source, licence, created_at)
            VALUES (@Name, @Description, @Source, @Licence, @CreatedAt)
            RETURNING prompt_set_id
            """;
        const string InsertPrompt = """
            INSERT INTO prompt (prompt_set_id, position, text, category, label)
            VALUES (@PromptSetId, @Position, @Text, @Category, @Label)
            """;
        await using var connection = await db.OpenAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        try
        {
            var id = await connection.ExecuteScalarAsync<long>(
                InsertSet, new { set.Name, set.Description, set.Source, set.Licence, CreatedAt = clock.GetUtcNow() }, transaction);
            var prompts = set.Prompts.Select((prompt, i) => new { PromptSetId = id, Position = i + 1, prompt.Text, prompt.Category, prompt.Label });
            await connection.ExecuteAsync(InsertPrompt, prompts, transaction);
            await AuditLog.RecordAsync(transaction, clock, new Change(StudyScope.Portal, "added") { Subject = "prompt_set", SubjectId = id, After = new { set.Name, Prompts = set.Prompts.Count } });
            await transaction.CommitAsync(cancel);
            return id;
        }
        catch (DbException exception) when (Db.IsDuplicate(exception))
        {
            throw new RefusedException($"There is a prompt set called '{set.Name}' already: choose another name.", exception);
        }
    }

    /// <summary>Adds a set; one of the same name with the same prompts is left as it is.</summary>
    /// <returns>The set's id, and whether it is new.</returns>
    /// <exception cref="RefusedException">There is a set of this name with other prompts.</exception>
    public async Task<(long PromptSetId, bool IsNew)> TakeAsync(NewPromptSet set, CancellationToken cancel = default)
    {
        if (await FindByNameAsync(set.Name, cancel) is not { } found)
            return (await AddAsync(set, cancel), true);
        var prompts = (await ListPromptsAsync(found.PromptSetId, cancel)).Select(prompt => new NewPrompt(prompt.Text, prompt.Category, prompt.Label));
        return prompts.SequenceEqual(set.Prompts)
            ? (found.PromptSetId, false)
            : throw new RefusedException($"There is a prompt set called '{set.Name}' already, and it has other prompts: choose another name.");
    }

    /// <summary>The set of this name, or null.</summary>
    public async Task<PromptSet?> FindByNameAsync(string name, CancellationToken cancel = default) =>
        (await ListAsync(cancel)).FirstOrDefault(set => set.Name == name);

    /// <summary>All sets, newest first.</summary>
    public async Task<IReadOnlyList<PromptSet>> ListAsync(CancellationToken cancel = default)
    {
        const string Sql = """
            SELECT prompt_set_id, name, description, source, licence, created_at,
              (SELECT COUNT(*) FROM prompt WHERE prompt.prompt_set_id = prompt_set.prompt_set_id) AS prompt_count
            FROM prompt_set
            ORDER BY prompt_set_id DESC
            """;
        await using var connection = await db.OpenAsync(cancel);
        return [.. await connection.QueryAsync<PromptSet>(new CommandDefinition(Sql, cancellationToken: cancel))];
    }

    /// <summary>What stands on each set, in no order.</summary>
    public async Task<IReadOnlyList<PromptSetUse>> ListUsesAsync(CancellationToken cancel = default)
    {
        const string Categories = "SELECT DISTINCT prompt_set_id, category FROM prompt WHERE category IS NOT NULL ORDER BY category";
        const string Systems = """
            SELECT DISTINCT p.prompt_set_id, s.name
            FROM image i
            JOIN prompt p ON p.prompt_id = i.prompt_id
            JOIN system s ON s.system_id = i.system_id
            ORDER BY s.name
            """;
        const string QuestionSets = "SELECT prompt_set_id, name FROM question_set ORDER BY name";
        const string Studies = """
            SELECT DISTINCT p.prompt_set_id, s.study_id, s.name
            FROM comparison c
            JOIN prompt p ON p.prompt_id = c.prompt_id
            JOIN study s ON s.study_id = c.study_id
            ORDER BY s.study_id
            """;
        await using var connection = await db.OpenAsync(cancel);
        var sets = await connection.QueryAsync<long>(new CommandDefinition("SELECT prompt_set_id FROM prompt_set", cancellationToken: cancel));
        var categories = await NamesAsync(Categories);
        var systems = await NamesAsync(Systems);
        var questionSets = await NamesAsync(QuestionSets);
        var studies = (await connection.QueryAsync<(long Set, long StudyId, string Name)>(new CommandDefinition(Studies, cancellationToken: cancel)))
            .ToLookup(row => row.Set, row => (row.StudyId, row.Name));
        return [.. sets.Select(set => new PromptSetUse
        {
            PromptSetId = set,
            Categories = [.. categories[set]],
            Systems = [.. systems[set]],
            QuestionSets = [.. questionSets[set]],
            Studies = [.. studies[set]],
        })];

        async Task<ILookup<long, string>> NamesAsync(string sql) =>
            (await connection.QueryAsync<(long Set, string Name)>(new CommandDefinition(sql, cancellationToken: cancel)))
                .ToLookup(row => row.Set, row => row.Name);
    }

    /// <summary>The prompts of a set, in order.</summary>
    public async Task<IReadOnlyList<Prompt>> ListPromptsAsync(long promptSetId, CancellationToken cancel = default)
    {
        const string Sql = """
            SELECT prompt_id, prompt_set_id, position, text, category, label
            FROM prompt
            WHERE prompt_set_id = @PromptSetId
            ORDER BY position
            """;
        await using var connection = await db.OpenAsync(cancel);
        return [.. await connection.QueryAsync<Prompt>(
            new CommandDefinition(Sql, new { PromptSetId = promptSetId }, cancellationToken: cancel))];
    }

    /// <summary>The texts of prompts, of whatever set, by id.</summary>
    public async Task<IReadOnlyDictionary<long, string>> FindTextsAsync(IEnumerable<long> promptIds, CancellationToken cancel = default)
    {
        const string Sql = "SELECT text FROM prompt WHERE prompt_id = @PromptId";
        await using var connection = await db.OpenAsync(cancel);
        var texts = new Dictionary<long, string>();
        foreach (var id in promptIds.Distinct()) // the databases have no list as a parameter in common
        {
            if (await connection.QuerySingleOrDefaultAsync<string>(new CommandDefinition(Sql, new { PromptId = id }, cancellationToken: cancel)) is { } text)
                texts[id] = text;
        }
        return texts;
    }
}
