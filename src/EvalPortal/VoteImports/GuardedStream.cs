namespace PixelPost.EvalPortal.VoteImports;

/// <summary>Text that is read forward, and no more of it than a row may have: what never ends does not fill the memory.</summary>
internal sealed class GuardedStream(Stream source, long mostBytes) : Stream
{
    private byte? _peeked;
    private long _read;
    private long _rowStart;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => _read;
        set => throw new NotSupportedException();
    }

    /// <summary>The first byte that is neither space nor a byte order mark, which stays to be read; what was before it is gone. Null at the end.</summary>
    public async Task<byte?> PeekAsync(CancellationToken cancel)
    {
        var one = new byte[1];
        while (await source.ReadAsync(one, cancel) == 1)
        {
            _read++;
            if (one[0] is (byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n' or 0xef or 0xbb or 0xbf)
                continue;
            return _peeked = one[0];
        }
        return null;
    }

    /// <summary>Says that a row is read and another begins.</summary>
    public void StartRow() => _rowStart = _read;

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (buffer.Length > 0 && _peeked is { } peeked)
        {
            buffer.Span[0] = peeked;
            _peeked = null;
            return 1;
        }
        var count = await source.ReadAsync(buffer, cancellationToken);
        _read += count;
        if (_read - _rowStart > SourceFile.MostRowBytes + (1 << 20)) // what is read ahead belongs to later rows
            throw new RefusedException($"A row is longer than {SourceFile.MostRowBytes >> 20} MB, or a quote or bracket is never closed. It begins after byte {_rowStart:N0}.");
        if (_read > mostBytes)
            throw new RefusedException($"The file has more than {mostBytes >> 30} GB once it is unpacked. Split it.");
        return count;
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) => ReadAsync(buffer.AsMemory(offset, count)).AsTask().GetAwaiter().GetResult();

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            source.Dispose();
        base.Dispose(disposing);
    }
}
