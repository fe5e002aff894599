using System.Security.Cryptography;
using System.Text;
using Dapper;
using PixelPost.EvalPortal.Database;

namespace PixelPost.EvalPortal.Accounts;

/// <summary>
/// Slows guesses at the password of one address down, more with each: whether it has an account or not, so that nothing is learned from it.
/// </summary>
/// <remarks>
/// A browser in which an account was signed in before is counted by itself, so that nobody can lock its owner out by guessing elsewhere. A try
/// is counted before the password is looked at: many at once are no way around it. A try that came too early counts for nothing, so the longest
/// wait is <see cref="LongestWait"/> whatever somebody does.
/// </remarks>
public sealed class SignInFailureStore(Db db, TimeProvider clock)
{
    /// <summary>So many wrong passwords cost no wait.</summary>
    public const int Free = 5;

    /// <summary>The wait after the first that does; it doubles with each.</summary>
    public static readonly TimeSpan FirstWait = TimeSpan.FromSeconds(15);

    public static readonly TimeSpan LongestWait = TimeSpan.FromMinutes(15);

    /// <summary>After so long without a try all is forgotten.</summary>
    public static readonly TimeSpan Memory = TimeSpan.FromDays(1);

    /// <summary>Counts a try.</summary>
    /// <param name="key">What it is counted by.</param>
    /// <returns>How long to wait before the next; null where this one may be made.</returns>
    public async Task<TimeSpan?> TryAsync(string key, CancellationToken cancel = default)
    {
        const string Forget = "DELETE FROM sign_in_failure WHERE last_at < @Since";
        const string Count = """
            INSERT INTO sign_in_failure (key_sha256, failures, last_at, next_try_at)
            VALUES (@Key, 1, @Now, @Now)
            ON CONFLICT (key_sha256) DO UPDATE SET failures = sign_in_failure.failures + 1, last_at = excluded.last_at
            WHERE sign_in_failure.next_try_at <= @Now
            RETURNING failures
            """;
        const string Wait = "UPDATE sign_in_failure SET next_try_at = @Next WHERE key_sha256 = @Key";
        const string Next = "SELECT next_try_at FROM sign_in_failure WHERE key_sha256 = @Key";
        var now = clock.GetUtcNow();
        var row = new { Key = Sha256(key), Now = now, Since = now - Memory };
        await using var connection = await db.OpenAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        await connection.ExecuteAsync(Forget, row, transaction);
        TimeSpan? wait = null;
        if (await connection.ExecuteScalarAsync<int?>(Count, row, transaction) is { } failures)
            await connection.ExecuteAsync(Wait, new { row.Key, Next = now + WaitAfter(failures) }, transaction);
        else
            wait = await connection.QuerySingleAsync<DateTimeOffset>(Next, row, transaction) - now;
        await transaction.CommitAsync(cancel);
        return wait;
    }

    /// <summary>Forgets the tries that led to a right password.</summary>
    public async Task ForgetAsync(string key, CancellationToken cancel = default)
    {
        await using var connection = await db.OpenAsync(cancel);
        await connection.ExecuteAsync(new CommandDefinition(
            "DELETE FROM sign_in_failure WHERE key_sha256 = @Key", new { Key = Sha256(key) }, cancellationToken: cancel));
    }

    /// <summary>The wait after so many wrong passwords in a row.</summary>
    public static TimeSpan WaitAfter(int failures) => failures < Free
        ? TimeSpan.Zero
        : TimeSpan.FromTicks(Math.Min(LongestWait.Ticks, FirstWait.Ticks << Math.Min(failures - Free, 20)));

    private static string Sha256(string key) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(key)));
}
