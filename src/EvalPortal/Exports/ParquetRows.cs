using Parquet;
using Parquet.Schema;

namespace PixelPost.EvalPortal.Exports;

/// <summary>
/// Writes a table as Parquet: text, 64-bit integers, doubles, booleans, timestamps in UTC to the millisecond, and lists. Rows wait in
/// memory until there are enough for a row group, so that their number does not matter.
/// </summary>
internal static class ParquetRows
{
    /// <summary>Rows of a row group, but for the last.</summary>
    public const int GroupSize = 32 * Batches.Size;

    /// <returns>Number of rows.</returns>
    public static async Task<long> WriteAsync<T>(
        ExportTable<T> table, Stream stream, IAsyncEnumerable<IReadOnlyList<T>> batches, CancellationToken cancel)
    {
        List<ParquetColumn<T>> columns = [.. table.Columns.Select(column => ParquetColumn<T>.Of(column, GroupSize))];
        var buffer = new PositionedBuffer();
        var count = 0L;
        await using (var parquet = await ParquetWriter.CreateAsync(
            new ParquetSchema(columns.Select(column => column.Field)), buffer, new ParquetOptions { CompressionMethod = CompressionMethod.Snappy }, cancellationToken: cancel))
        {
            var waiting = 0;
            await foreach (var batch in batches)
            {
                foreach (var column in columns)
                    column.Take(batch, waiting);
                waiting += batch.Count;
                count += batch.Count;
                if (waiting < GroupSize)
                    continue;
                await WriteGroupAsync(parquet, columns, waiting, cancel);
                await buffer.MoveToAsync(stream, cancel);
                waiting = 0;
            }
            if (waiting > 0)
                await WriteGroupAsync(parquet, columns, waiting, cancel);
        }
        await buffer.MoveToAsync(stream, cancel);
        return count;
    }

    private static async Task WriteGroupAsync<T>(ParquetWriter parquet, List<ParquetColumn<T>> columns, int rows, CancellationToken cancel)
    {
        using var group = parquet.CreateRowGroup();
        foreach (var column in columns)
            await column.WriteAsync(group, rows, cancel);
        group.CompleteValidate();
    }

    /// <summary>Keeps what is written until it is moved on, and knows how much there was in all: the format has offsets from its beginning.</summary>
    private sealed class PositionedBuffer : Stream
    {
        private readonly MemoryStream _waiting = new();
        private long _moved;

        public override bool CanRead => false;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => Position;

        public override long Position
        {
            get => _moved + _waiting.Length;
            set => throw new NotSupportedException();
        }

        public async Task MoveToAsync(Stream stream, CancellationToken cancel)
        {
            await stream.WriteAsync(_waiting.GetBuffer().AsMemory(0, (int)_waiting.Length), cancel);
            _moved += _waiting.Length;
            _waiting.SetLength(0);
        }

        public override void Flush()
        {
        }

        public override void Write(byte[] buffer, int offset, int count) => _waiting.Write(buffer, offset, count);

        public override void Write(ReadOnlySpan<byte> buffer) => _waiting.Write(buffer);

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();
    }
}
