using PixelPost.EvalPortal.Material;

namespace PixelPost.EvalPortal.Api.Requests;

/// <summary>The next piece of a body, no larger than an upload takes at once.</summary>
/// <param name="body">It stays open, at the end of the piece.</param>
internal sealed class BodyPiece(Stream body) : Stream
{
    /// <summary>Bytes that the piece could still have; none are left where the body may go on.</summary>
    public int Left { get; private set; } = MaterialEndpoints.MaxPiece;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var read = await body.ReadAsync(buffer[..Math.Min(buffer.Length, Left)], cancellationToken);
        Left -= read;
        return read;
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Flush() => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
