using Dapper;
using PixelPost.EvalPortal.Database;

namespace PixelPost.EvalPortal.Api.Requests;

/// <summary>What was answered to a request that named itself.</summary>
public sealed record KeptAnswer
{
    /// <summary>Names what was asked.</summary>
    public required string RequestSha256 { get; init; }

    /// <summary>Null while it is being answered.</summary>
    public int? Status { get; init; }

    public string? Location { get; init; }

    /// <summary>JSON.</summary>
    public string? Body { get; init; }
}

/// <summary>Remembers for a day which requests were answered, and how.</summary>
public sealed class ApiRequestStore(Db db, TimeProvider clock)
{
    /// <summary>How long an answer is kept.</summary>
    public static readonly TimeSpan Life = TimeSpan.FromDays(1);

    private static readonly TimeSpan LongestAnswer = TimeSpan.FromMinutes(10); // whoever has not answered by then was stopped

    /// <summary>Notes that a request is being answered.</summary>
    /// <returns>Null, or what is known of the request already: then it is not to be answered again.</returns>
    public async Task<KeptAnswer?> BeginAsync(long apiKeyId, string idempotencyKey, string requestSha256, CancellationToken cancel = default)
    {
        const string Forget = """
            DELETE FROM api_request
            WHERE started_at < @Old OR (api_key_id = @ApiKeyId AND idempotency_key = @IdempotencyKey AND status IS NULL AND started_at < @Stopped)
            """;
        const string Insert = """
            INSERT INTO api_request (api_key_id, idempotency_key, request_sha256, started_at)
            VALUES (@ApiKeyId, @IdempotencyKey, @RequestSha256, @Now)
            ON CONFLICT (api_key_id, idempotency_key) DO NOTHING
            """;
        const string Find = """
            SELECT request_sha256, status, location, body
            FROM api_request
            WHERE api_key_id = @ApiKeyId AND idempotency_key = @IdempotencyKey
            """;
        var now = clock.GetUtcNow();
        var row = new { ApiKeyId = apiKeyId, IdempotencyKey = idempotencyKey, RequestSha256 = requestSha256, Now = now, Old = now - Life, Stopped = now - LongestAnswer };
        await using var connection = await db.OpenAsync(cancel);
        await connection.ExecuteAsync(new CommandDefinition(Forget, row, cancellationToken: cancel));
        return await connection.ExecuteAsync(new CommandDefinition(Insert, row, cancellationToken: cancel)) == 1 ? null
            : await connection.QuerySingleAsync<KeptAnswer>(new CommandDefinition(Find, row, cancellationToken: cancel));
    }

    /// <summary>Keeps the answer.</summary>
    public async Task FinishAsync(long apiKeyId, string idempotencyKey, int status, string? location, string? body, CancellationToken cancel = default)
    {
        const string Sql = """
            UPDATE api_request SET status = @Status, location = @Location, body = @Body
            WHERE api_key_id = @ApiKeyId AND idempotency_key = @IdempotencyKey
            """;
        await using var connection = await db.OpenAsync(cancel);
        await connection.ExecuteAsync(new CommandDefinition(
            Sql, new { ApiKeyId = apiKeyId, IdempotencyKey = idempotencyKey, Status = status, Location = location, Body = body }, cancellationToken: cancel));
    }

    /// <summary>Forgets a request that came to nothing, so that it can be sent again.</summary>
    public async Task ForgetAsync(long apiKeyId, string idempotencyKey, CancellationToken cancel = default)
    {
        const string Sql = "DELETE FROM api_request WHERE api_key_id = @ApiKeyId AND idempotency_key = @IdempotencyKey";
        await using var connection = await db.OpenAsync(cancel);
        await connection.ExecuteAsync(new CommandDefinition(Sql, new { ApiKeyId = apiKeyId, IdempotencyKey = idempotencyKey }, cancellationToken: cancel));
    }
}
