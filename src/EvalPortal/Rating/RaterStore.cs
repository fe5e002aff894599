using System.Data.Common;
using System.Security.Cryptography;
using Dapper;
using PixelPost.EvalPortal.Accounts;
using PixelPost.EvalPortal.Database;

namespace PixelPost.EvalPortal.Rating;

/// <summary>Somebody who judges images. All that is known of them is what they agreed to.</summary>
public sealed record Rater
{
    public required long RaterId { get; init; }

    /// <summary>The name in results and exports, such as <c>R-4F7QK2MX</c>.</summary>
    public required string Pseudonym { get; init; }

    /// <summary>True when a program votes under this name.</summary>
    public required bool Simulated { get; init; }

    public string? UserAgentFamily { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }
}

/// <summary>Raters and their sessions: one rater in one study.</summary>
public sealed class RaterStore(Db db, TimeProvider clock)
{
    // Crockford's base 32: no letter is taken for a digit.
    private const string PseudonymAlphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

    private const string SessionColumns = """
        s.session_id, s.rater_id, s.study_id, r.simulated, s.instructed_at, s.finished_at,
        EXISTS (SELECT 1 FROM withdrawal w WHERE w.session_id = s.session_id) AS withdrawn,
        EXISTS (SELECT 1 FROM rater_invitation i
          WHERE i.study_id = s.study_id AND i.rater_id = s.rater_id AND i.revoked_at IS NOT NULL) AS revoked
        """;

    /// <summary>Adds a person who has agreed to take part.</summary>
    /// <param name="userAgentFamily">Name of the browser without its version.</param>
    /// <returns>The rater's id, and the secret for their cookie, which is not kept.</returns>
    public async Task<(long RaterId, string Token)> AddAsync(string? userAgentFamily, CancellationToken cancel = default)
    {
        var token = Token.New();
        return (await InsertAsync(Token.Sha256(token), simulated: false, userAgentFamily, cancel), token);
    }

    /// <summary>Adds a simulated rater.</summary>
    /// <returns>Its id.</returns>
    public Task<long> AddSimulatedAsync(CancellationToken cancel = default) =>
        InsertAsync(tokenSha256: null, simulated: true, userAgentFamily: null, cancel);

    /// <summary>The rater with this id, or null.</summary>
    public async Task<Rater?> FindAsync(long raterId, CancellationToken cancel = default)
    {
        const string Sql = """
            SELECT rater_id, pseudonym, simulated, user_agent_family, created_at
            FROM rater
            WHERE rater_id = @RaterId
            """;
        await using var connection = await db.OpenAsync(cancel);
        return await connection.QuerySingleOrDefaultAsync<Rater>(
            new CommandDefinition(Sql, new { RaterId = raterId }, cancellationToken: cancel));
    }

    /// <summary>The rater whose cookie holds this secret, or null.</summary>
    public async Task<Rater?> FindByTokenAsync(string token, CancellationToken cancel = default)
    {
        const string Sql = """
            SELECT rater_id, pseudonym, simulated, user_agent_family, created_at
            FROM rater
            WHERE token_sha256 = @TokenSha256
            """;
        await using var connection = await db.OpenAsync(cancel);
        return await connection.QuerySingleOrDefaultAsync<Rater>(
            new CommandDefinition(Sql, new { TokenSha256 = Token.Sha256(token) }, cancellationToken: cancel));
    }

    /// <summary>Records that a rater agrees to a study; a second time changes nothing.</summary>
    /// <returns>The rater's session in the study.</returns>
    public async Task<RaterSession> ConsentAsync(long raterId, long studyId, CancellationToken cancel = default)
    {
        const string Sql = """
            INSERT INTO session (rater_id, study_id, consented_at)
            VALUES (@RaterId, @StudyId, @Now)
            ON CONFLICT (rater_id, study_id) DO NOTHING
            """;
        await using (var connection = await db.OpenAsync(cancel))
        {
            await connection.ExecuteAsync(new CommandDefinition(
                Sql, new { RaterId = raterId, StudyId = studyId, Now = clock.GetUtcNow() }, cancellationToken: cancel));
        }
        return (await FindSessionAsync(raterId, studyId, cancel))!;
    }

    /// <summary>The session of a rater in a study; null before they agree.</summary>
    public async Task<RaterSession?> FindSessionAsync(long raterId, long studyId, CancellationToken cancel = default)
    {
        const string Sql = $"""
            SELECT {SessionColumns}
            FROM session s
            JOIN rater r ON r.rater_id = s.rater_id
            WHERE s.rater_id = @RaterId AND s.study_id = @StudyId
            """;
        await using var connection = await db.OpenAsync(cancel);
        return await connection.QuerySingleOrDefaultAsync<RaterSession>(
            new CommandDefinition(Sql, new { RaterId = raterId, StudyId = studyId }, cancellationToken: cancel));
    }

    /// <summary>The session of the rater whose cookie holds a secret, in the study that a link leads to; null before they agree.</summary>
    public async Task<RaterSession?> FindSessionAsync(string token, string linkToken, CancellationToken cancel = default)
    {
        const string Sql = $"""
            SELECT {SessionColumns}
            FROM rater r
            JOIN session s ON s.rater_id = r.rater_id
            JOIN study y ON y.study_id = s.study_id
            WHERE r.token_sha256 = @TokenSha256 AND y.link_token = @LinkToken
            """;
        await using var connection = await db.OpenAsync(cancel);
        return await connection.QuerySingleOrDefaultAsync<RaterSession>(new CommandDefinition(
            Sql, new { TokenSha256 = Token.Sha256(token), LinkToken = linkToken }, cancellationToken: cancel));
    }

    /// <summary>Records that a rater has read the instructions; the first time counts.</summary>
    public async Task SetInstructedAsync(long sessionId, CancellationToken cancel = default)
    {
        const string Sql = "UPDATE session SET instructed_at = COALESCE(instructed_at, @Now) WHERE session_id = @SessionId";
        await using var connection = await db.OpenAsync(cancel);
        await connection.ExecuteAsync(new CommandDefinition(
            Sql, new { SessionId = sessionId, Now = clock.GetUtcNow() }, cancellationToken: cancel));
    }

    /// <summary>A name that nobody has yet, as good as certainly.</summary>
    internal static string NewPseudonym(bool simulated) =>
        $"{(simulated ? 'S' : 'R')}-{RandomNumberGenerator.GetString(PseudonymAlphabet, 8)}";

    /// <summary>Adds a row of <c>rater</c>.</summary>
    /// <returns>Its id.</returns>
    internal static Task<long> InsertAsync(
        DbConnection connection, DbTransaction? transaction, string pseudonym, string? tokenSha256, bool simulated, string? userAgentFamily, DateTimeOffset now)
    {
        const string Sql = """
            INSERT INTO rater (pseudonym, token_sha256, simulated, user_agent_family, created_at)
            VALUES (@Pseudonym, @TokenSha256, @Simulated, @UserAgentFamily, @CreatedAt)
            RETURNING rater_id
            """;
        var row = new
        {
            Pseudonym = pseudonym,
            TokenSha256 = tokenSha256,
            Simulated = simulated,
            UserAgentFamily = userAgentFamily,
            CreatedAt = now,
        };
        return connection.ExecuteScalarAsync<long>(Sql, row, transaction);
    }

    private async Task<long> InsertAsync(string? tokenSha256, bool simulated, string? userAgentFamily, CancellationToken cancel)
    {
        await using var connection = await db.OpenAsync(cancel);
        return await InsertAsync(connection, transaction: null, NewPseudonym(simulated), tokenSha256, simulated, userAgentFamily, clock.GetUtcNow());
    }
}
