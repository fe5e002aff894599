using System.IO.Compression;
using System.Runtime.CompilerServices;
using System.Text.Json;

namespace PixelPost.EvalPortal.VoteImports;

/// <summary>A row that was read, or why it could not be.</summary>
internal readonly record struct ReadRow(int Number, SourceRow? Row, string? Fault);

/// <summary>Reads a file of votes row by row: CSV with a heading, JSON lines, a JSON list, or Parquet; CSV and JSON also as .gz.</summary>
internal static class SourceFile
{
    /// <summary>Most bytes of a row. A quote or bracket that is never closed would otherwise take in the rest of the file.</summary>
    public const int MostRowBytes = 8 << 20;

    /// <summary>Most bytes of a file once it is unpacked.</summary>
    public const long MostBytes = 16L << 30;

    /// <summary>How deep JSON may be nested.</summary>
    public const int MostDepth = 32;

    private static readonly JsonSerializerOptions ListOptions = new() { MaxDepth = MostDepth, DefaultBufferSize = 1 << 16 };

    /// <summary>The rows, those that cannot be read among them, with the number of bytes of the file that were read so far.</summary>
    /// <exception cref="RefusedException">The file as a whole cannot be read: it says where and what would be right.</exception>
    public static async IAsyncEnumerable<(ReadRow Row, long BytesRead)> ReadAsync(string path, [EnumeratorCancellation] CancellationToken cancel = default)
    {
        await using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 16, FileOptions.SequentialScan | FileOptions.Asynchronous);
        var head = new byte[4];
        var length = await file.ReadAtLeastAsync(head, head.Length, throwOnEndOfStream: false, cancel);
        file.Position = 0;
        if (length == 0)
            throw new RefusedException($"{Path.GetFileName(path)} is empty.");
        if (head.AsSpan().SequenceEqual("PAR1"u8))
        {
            await foreach (var row in ParquetSource.ReadAsync(file, cancel))
                yield return (row, file.Position);
            yield break;
        }
        if (head is [0x50, 0x4b, ..]) // PK
            throw new RefusedException($"{Path.GetFileName(path)} is a zip. Unpack it and choose the file of votes in it.");
        var isPacked = head is [0x1f, 0x8b, ..];
        await using var text = new GuardedStream(isPacked ? new GZipStream(file, CompressionMode.Decompress, leaveOpen: true) : file, MostBytes);
        await foreach (var row in ReadTextAsync(text, cancel))
            yield return (row, file.Position);
    }

    private static async IAsyncEnumerable<ReadRow> ReadTextAsync(GuardedStream text, [EnumeratorCancellation] CancellationToken cancel)
    {
        var first = await text.PeekAsync(cancel);
        var rows = first switch
        {
            (byte)'[' => ReadListAsync(text, cancel),
            (byte)'{' => JsonLines.ReadAsync(text, cancel),
            _ => CsvSource.ReadAsync(text, cancel),
        };
        var enumerator = rows.GetAsyncEnumerator(cancel);
        await using (enumerator.ConfigureAwait(false))
        {
            while (await RefusingAsync(enumerator))
                yield return enumerator.Current;
        }
    }

    private static async Task<bool> RefusingAsync(IAsyncEnumerator<ReadRow> rows)
    {
        try
        {
            return await rows.MoveNextAsync();
        }
        catch (InvalidDataException exception)
        {
            throw new RefusedException($"The file cannot be unpacked: {exception.Message} Pack it again with gzip.", exception);
        }
    }

    private static async IAsyncEnumerable<ReadRow> ReadListAsync(GuardedStream text, [EnumeratorCancellation] CancellationToken cancel)
    {
        var entries = JsonSerializer.DeserializeAsyncEnumerable<JsonElement>(text, ListOptions, cancel).GetAsyncEnumerator(cancel);
        await using (entries.ConfigureAwait(false))
        {
            for (var number = 1; await NextAsync(entries, number); number++)
            {
                text.StartRow();
                yield return JsonLines.Row(entries.Current, number, "entry");
            }
        }
    }

    private static async Task<bool> NextAsync(IAsyncEnumerator<JsonElement> entries, int number)
    {
        try
        {
            return await entries.MoveNextAsync();
        }
        catch (JsonException exception)
        {
            throw new RefusedException($"entry {number} or after it, line {exception.LineNumber + 1}: this is no JSON, or nested deeper than {MostDepth} levels. Write a list of objects, [{{…}}, {{…}}].", exception);
        }
    }
}
