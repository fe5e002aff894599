using System.Data.Common;
using PixelPost.EvalPortal.Database;
using PixelPost.EvalPortal.Participants;

namespace PixelPost.EvalPortal.VoteImports;

/// <summary>
/// Stores the votes of a file that was looked at. What is here already stays as it is, so that a taking that was broken off goes on
/// when it is begun again.
/// </summary>
public sealed class VoteTake(Db db, VoteImportStore store, ParticipantKey key, TimeProvider clock)
{
    /// <summary>Votes of a transaction. On SQLite whoever else writes waits for it.</summary>
    private const int BatchSize = 1_000;

    /// <summary>Stores all that is new.</summary>
    /// <param name="summary">What the check found.</param>
    /// <returns>How many votes were added.</returns>
    /// <exception cref="RefusedException">The file has changed since the check.</exception>
    internal async Task<long> RunAsync(VoteOrder order, VoteSummary summary, Action<VoteProgress>? progress = null, CancellationToken cancel = default)
    {
        await store.ThrowIfNameIsTakenAsync(order.Study, cancel);
        var reading = new VoteReading(order);
        if (await reading.HashAsync(cancel) != summary.Sha256)
            throw new RefusedException($"{order.FileName} has changed since it was looked at, so nothing was taken. Look at it again.");
        var (import, prompts) = await InTransactionAsync(
            async transaction =>
            {
                var started = await store.StartAsync(transaction, order, summary);
                await store.AddStudiesAsync(transaction, started.VoteImportId, order, summary.Studies);
                return started;
            },
            cancel);
        var known = await store.ListVoteIdsAsync(order.Study, cancel);
        var tally = new VoteTally(order.Study, known);
        var places = await InTransactionAsync(transaction => VotePlaces.ReadAsync(transaction, import, prompts, order, key, clock.GetUtcNow()), cancel);
        var (batch, added) = (new List<(Guid Id, PlacedVote Vote)>(BatchSize), 0L);
        await foreach (var row in reading.ReadAsync(cancel))
        {
            foreach (var vote in row.Votes)
            {
                var id = tally.IdOf(vote);
                if (!known.Contains(id))
                    batch.Add((id, vote));
            }
            if (batch.Count >= BatchSize)
                await StoreAsync();
            progress?.Invoke(new VoteProgress(row.BytesRead, reading.Length, added + batch.Count));
        }
        await StoreAsync();
        await InTransactionAsync(
            async transaction =>
            {
                await places.AddTasksAsync(transaction);
                await store.FinishAsync(transaction, import);
                return true;
            },
            cancel);
        return added;

        async Task StoreAsync()
        {
            await InTransactionAsync(
                async transaction =>
                {
                    await places.StoreAsync(transaction, batch);
                    return true;
                },
                cancel);
            added += batch.Count;
            batch.Clear();
        }
    }

    private async Task<T> InTransactionAsync<T>(Func<DbTransaction, Task<T>> work, CancellationToken cancel)
    {
        await using var connection = await db.OpenAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        var result = await work(transaction);
        await transaction.CommitAsync(cancel);
        return result;
    }
}
