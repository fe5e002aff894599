using System.Runtime.CompilerServices;
using System.Threading.Channels;

namespace PixelPost.EvalPortal.Exports;

/// <summary>Reads ahead while what was read is written: the database works on one processor and the writer on another.</summary>
internal static class Batches
{
    /// <summary>Rows handed over at once.</summary>
    public const int Size = 512;

    private const int Ahead = 8;

    /// <summary>The same rows in the same order, in batches; a few of them are read before they are asked for.</summary>
    public static async IAsyncEnumerable<IReadOnlyList<T>> OfAsync<T>(IAsyncEnumerable<T> rows, [EnumeratorCancellation] CancellationToken cancel = default)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        var waiting = Channel.CreateBounded<IReadOnlyList<T>>(new BoundedChannelOptions(Ahead) { SingleReader = true, SingleWriter = true });
        var reader = Task.Run(() => ReadAsync(rows, waiting.Writer, stop.Token), CancellationToken.None);
        try
        {
            await foreach (var batch in waiting.Reader.ReadAllAsync(cancel))
                yield return batch;
        }
        finally
        {
            await stop.CancelAsync(); // whoever stops writing wants no more
            await reader;
        }
    }

    private static async Task ReadAsync<T>(IAsyncEnumerable<T> rows, ChannelWriter<IReadOnlyList<T>> batches, CancellationToken cancel)
    {
        try
        {
            var batch = new List<T>(Size);
            await foreach (var row in rows.WithCancellation(cancel))
            {
                batch.Add(row);
                if (batch.Count < Size)
                    continue;
                await batches.WriteAsync(batch, cancel);
                batch = new List<T>(Size);
            }
            await batches.WriteAsync(batch, cancel);
            batches.Complete();
        }
        catch (Exception exception)
        {
            batches.TryComplete(exception); // the writer throws it
        }
    }
}
