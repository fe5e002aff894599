using static TorchSharp.torch;

namespace PixelPost.Training.Data;

/// <summary>Every example once per epoch, in an order drawn anew for each; a batch may end one epoch and begin the next.</summary>
/// <param name="count">Number of examples.</param>
internal sealed class Shuffle(int count)
{
    private long[] _order = [];
    private int _position;

    /// <summary>Indices of the next batch.</summary>
    public int[] Next(int batchSize, Generator generator)
    {
        var batch = new int[batchSize];
        for (var i = 0; i < batchSize; i++)
        {
            if (_position == _order.Length)
            {
                using var drawn = randperm(count, generator: generator);
                (_order, _position) = (drawn.data<long>().ToArray(), 0);
            }
            batch[i] = (int)_order[_position++];
        }
        return batch;
    }

    /// <summary>What is left of the epoch, [remaining] int64.</summary>
    public Tensor State() => tensor(_order[_position..], dtype: ScalarType.Int64);

    /// <summary>Goes on with what <see cref="State"/> left.</summary>
    public void Load(Tensor state) => (_order, _position) = (state.data<long>().ToArray(), 0);
}
