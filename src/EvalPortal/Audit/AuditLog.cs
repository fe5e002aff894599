using System.Data.Common;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Dapper;
using PixelPost.EvalPortal.Accounts;
using PixelPost.EvalPortal.Database;

namespace PixelPost.EvalPortal.Audit;

/// <summary>A change that is being made.</summary>
/// <param name="Of">What it changes, or what the changed thing belongs to.</param>
/// <param name="Action">What is done, in a word or two such as <c>opened</c>.</param>
public sealed record Change(StudyScope Of, string Action)
{
    /// <summary>What is changed where that is a part of <see cref="Of"/>: <c>plan</c>; null for itself.</summary>
    public string? Subject { get; init; }

    /// <summary>Its id or number within its kind; null for that of <see cref="Of"/>.</summary>
    public object? SubjectId { get; init; }

    /// <summary>What it was; an anonymous object of the values that change, null where there was nothing.</summary>
    public object? Before { get; init; }

    /// <summary>What it is now; null where there is nothing any more.</summary>
    public object? After { get; init; }

    /// <summary>What it takes to do this.</summary>
    public Access Needs { get; init; } = Access.Change;

    /// <summary>Who does it; null for whoever is at work.</summary>
    public Actor? By { get; init; }
}

/// <summary>
/// The log of all changes. Every store records what it changes in the transaction that changes it, and nothing is changed by somebody who may
/// not: both are here, so that neither is done without the other.
/// </summary>
public static class AuditLog
{
    private static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>Records a change in the transaction that makes it.</summary>
    /// <exception cref="RefusedException">Whoever is at work may not make it; nothing of the transaction must be kept.</exception>
    public static async Task RecordAsync(DbTransaction transaction, TimeProvider clock, Change change)
    {
        await DemandAsync(transaction, change.Of, change.Needs, change.By);
        await NoteAsync(transaction, clock, change);
    }

    /// <summary>Refuses a change to whoever may not make it. What changes rights is asked about before it is made.</summary>
    /// <exception cref="RefusedException">Whoever is at work may not make it.</exception>
    public static async Task DemandAsync(DbTransaction transaction, StudyScope of, Access needs, Actor? by = null)
    {
        var actor = by ?? Actor.Current;
        if (actor.Kind == ActorKind.Rater || await StudyAccess.OfAsync(transaction.Connection!, transaction, actor, of) >= needs)
            return;
        throw new RefusedException(of == StudyScope.Portal
            ? "Your role does not allow this. An admin can change it."
            : "You may look at this, not change it. Whoever administers the study can let you.");
    }

    /// <summary>Records a change that <see cref="DemandAsync"/> has allowed.</summary>
    public static async Task NoteAsync(DbTransaction transaction, TimeProvider clock, Change change)
    {
        const string Sql = """
            INSERT INTO audit_entry (at, actor, account_id, command, study_id, subject, subject_id, action, before_json, after_json)
            VALUES (@At, @Actor, @AccountId, @Command, @StudyId, @Subject, @SubjectId, @Action, @BeforeJson, @AfterJson)
            """;
        var actor = change.By ?? Actor.Current;
        var connection = transaction.Connection!;
        var study = await connection.QueryFirstOrDefaultAsync<long?>($"SELECT MIN(study_id) FROM ({change.Of.Sql}) of_scope", new { change.Of.Id }, transaction);
        await connection.ExecuteAsync(
            Sql,
            new
            {
                At = clock.GetUtcNow(),
                Actor = actor.Kind.ToText(),
                actor.AccountId,
                actor.Command,
                StudyId = study,
                Subject = change.Subject ?? change.Of.Kind,
                SubjectId = (change.SubjectId ?? (change.Subject is null ? change.Of.Id : null)) is { } id ? Convert.ToString(id, CultureInfo.InvariantCulture) : null,
                change.Action,
                BeforeJson = ToJson(change.Before),
                AfterJson = ToJson(change.After),
            },
            transaction);
    }

    /// <summary>Runs a statement that is the whole change, and records it if it changed anything.</summary>
    /// <returns>How many rows it changed.</returns>
    public static async Task<int> ExecuteAsync(Db db, TimeProvider clock, string sql, object row, Change change, CancellationToken cancel)
    {
        await using var connection = await db.OpenAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        await DemandAsync(transaction, change.Of, change.Needs, change.By);
        var rows = await connection.ExecuteAsync(new CommandDefinition(sql, row, transaction, cancellationToken: cancel));
        if (rows > 0)
            await NoteAsync(transaction, clock, change);
        await transaction.CommitAsync(cancel);
        return rows;
    }

    private static string? ToJson(object? value) => value is null ? null : JsonSerializer.Serialize(value, Json);
}
