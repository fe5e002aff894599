using static TorchSharp.torch;

namespace PixelPost.Training.Data;

/// <summary>
/// Every example once per epoch, in an order drawn anew for each; a batch may end one epoch and begin the next. A batch has images of
/// one shape: in the drawn order examples wait for others of their shape, and the batch that is full first goes first.
/// </summary>
/// <param name="count">Number of examples.</param>
/// <param name="shapeOf">Shape of an example; null where all have the same.</param>
internal sealed class Shuffle(int count, Func<int, ImageShape>? shapeOf = null)
{
    private readonly Dictionary<ImageShape, List<long>> _waiting = [];
    private long[] _order = [];
    private int _position;

    /// <summary>Indices of the next batch.</summary>
    public int[] Next(int batchSize, Generator generator)
    {
        while (true)
        {
            if (_position == _order.Length)
            {
                using var drawn = randperm(count, generator: generator);
                (_order, _position) = (drawn.data<long>().ToArray(), 0);
            }
            var next = _order[_position++];
            var shape = shapeOf?.Invoke((int)next) ?? default;
            if (!_waiting.TryGetValue(shape, out var waiting)) _waiting[shape] = waiting = [];
            waiting.Add(next);
            if (waiting.Count < batchSize) continue;
            int[] batch = [.. waiting.Select(i => (int)i)];
            waiting.Clear();
            return batch;
        }
    }

    /// <summary>What waits and what is left of the epoch, [remaining] int64: gone through from the start, it leaves the same waiting.</summary>
    public Tensor State() => tensor([.. _waiting.Values.SelectMany(w => w), .. _order[_position..]], dtype: ScalarType.Int64);

    /// <summary>Goes on with what <see cref="State"/> left.</summary>
    public void Load(Tensor state)
    {
        _waiting.Clear();
        (_order, _position) = (state.data<long>().ToArray(), 0);
    }
}
