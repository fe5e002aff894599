using System.Runtime.CompilerServices;
using Dapper;
using PixelPost.EvalPortal.Accounts;
using PixelPost.EvalPortal.Database;

namespace PixelPost.EvalPortal.Audit;

/// <summary>One change that was made.</summary>
public sealed record AuditEntry
{
    public required long AuditEntryId { get; init; }

    public required DateTimeOffset At { get; init; }

    public required ActorKind Actor { get; init; }

    public long? AccountId { get; init; }

    /// <summary>Name of the account today.</summary>
    public string? AccountName { get; init; }

    public string? Command { get; init; }

    public long? StudyId { get; init; }

    /// <summary>Name of the study today.</summary>
    public string? StudyName { get; init; }

    public required string Subject { get; init; }

    public string? SubjectId { get; init; }

    public required string Action { get; init; }

    public string? BeforeJson { get; init; }

    public string? AfterJson { get; init; }

    /// <summary>Who it was, for people.</summary>
    public string Who => Actor switch
    {
        ActorKind.Account => AccountName ?? $"account {AccountId}",
        ActorKind.Command => $"command {Command}",
        ActorKind.Rater => "a rater",
        _ => "the portal",
    };

    /// <summary>What it was about, for people.</summary>
    public string What => $"{Subject.Replace('_', ' ')}{(SubjectId is null ? "" : $" {SubjectId}")}";
}

/// <summary>Reads the log that <see cref="AuditLog"/> writes.</summary>
public sealed class AuditStore(Db db)
{
    private const string Select = """
        SELECT e.audit_entry_id, e.at, e.actor, e.account_id, a.display_name AS account_name, e.command, e.study_id, s.name AS study_name,
          e.subject, e.subject_id, e.action, e.before_json, e.after_json
        FROM audit_entry e
        LEFT JOIN account a ON a.account_id = e.account_id
        LEFT JOIN study s ON s.study_id = e.study_id
        """;

    /// <summary>A page of entries, newest first, and one more where there are older ones.</summary>
    public async Task<IReadOnlyList<AuditEntry>> ListAsync(AuditQuery query, CancellationToken cancel = default)
    {
        var (where, values) = Where(query);
        values.Add("Most", AuditQuery.PageSize + 1);
        await using var connection = await db.OpenAsync(cancel);
        return [.. await connection.QueryAsync<AuditEntry>(
            new CommandDefinition($"{Select} {where} ORDER BY e.audit_entry_id DESC LIMIT @Most", values, cancellationToken: cancel))];
    }

    /// <summary>Every entry that is asked for, newest first, read while they are written elsewhere.</summary>
    public async IAsyncEnumerable<AuditEntry> ReadAsync(AuditQuery query, [EnumeratorCancellation] CancellationToken cancel = default)
    {
        var (where, values) = Where(query);
        await using var connection = await db.OpenAsync(cancel);
        await foreach (var entry in connection.QueryUnbufferedAsync<AuditEntry>($"{Select} {where} ORDER BY e.audit_entry_id DESC", values).WithCancellation(cancel))
            yield return entry;
    }

    /// <summary>Everybody who has an entry, by name.</summary>
    public async Task<IReadOnlyList<(long AccountId, string Name)>> ListPeopleAsync(CancellationToken cancel = default)
    {
        const string Sql = """
            SELECT account_id, display_name
            FROM account
            WHERE account_id IN (SELECT account_id FROM audit_entry)
            ORDER BY display_name, account_id
            """;
        await using var connection = await db.OpenAsync(cancel);
        return [.. await connection.QueryAsync<(long, string)>(new CommandDefinition(Sql, cancellationToken: cancel))];
    }

    /// <summary>Every kind of thing that has an entry.</summary>
    public async Task<IReadOnlyList<string>> ListSubjectsAsync(CancellationToken cancel = default)
    {
        await using var connection = await db.OpenAsync(cancel);
        return [.. await connection.QueryAsync<string>(new CommandDefinition("SELECT DISTINCT subject FROM audit_entry ORDER BY subject", cancellationToken: cancel))];
    }

    private static (string Sql, DynamicParameters Values) Where(AuditQuery query)
    {
        var conditions = new List<string>();
        var values = new DynamicParameters();
        void Add(string condition, string name, object? value)
        {
            if (value is null)
                return;
            conditions.Add(condition);
            values.Add(name, value);
        }
        Add("e.study_id = @StudyId", "StudyId", query.StudyId);
        Add("e.account_id = @AccountId", "AccountId", query.AccountId);
        Add("e.subject = @Subject", "Subject", query.Subject);
        Add("e.at >= @From", "From", query.From is { } from ? Start(from).ToText() : null);
        Add("e.at < @To", "To", query.To is { } to ? Start(to.AddDays(1)).ToText() : null);
        Add("e.audit_entry_id < @Before", "Before", query.Before);
        return (conditions.Count == 0 ? "" : $"WHERE {string.Join(" AND ", conditions)}", values);
    }

    private static DateTimeOffset Start(DateOnly day) => new(day, TimeOnly.MinValue, TimeSpan.Zero);
}
