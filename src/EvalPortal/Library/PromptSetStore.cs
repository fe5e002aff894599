using System.Data.Common;
using Dapper;
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
            INSERT INTO prompt (prompt_set_id, position, text, category)
            VALUES (@PromptSetId, @Position, @Text, @Category)
            """;
        await using var connection = await db.OpenAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        try
        {
            var id = await connection.ExecuteScalarAsync<long>(
                InsertSet, new { set.Name, set.Description, set.Source, set.Licence, CreatedAt = clock.GetUtcNow() }, transaction);
            var prompts = set.Prompts.Select((prompt, i) => new { PromptSetId = id, Position = i + 1, prompt.Text, prompt.Category });
            await connection.ExecuteAsync(InsertPrompt, prompts, transaction);
            await transaction.CommitAsync(cancel);
            return id;
        }
        catch (DbException exception) when (Db.IsDuplicate(exception))
        {
            throw new RefusedException($"There is a prompt set called '{set.Name}' already: choose another name.", exception);
        }
    }

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

    /// <summary>The prompts of a set, in order.</summary>
    public async Task<IReadOnlyList<Prompt>> ListPromptsAsync(long promptSetId, CancellationToken cancel = default)
    {
        const string Sql = """
            SELECT prompt_id, prompt_set_id, position, text, category
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
