using System.Runtime.CompilerServices;
using System.Security.Cryptography;

namespace PixelPost.EvalPortal.VoteImports;

/// <summary>A row of a file with the votes in it, or why there are none.</summary>
/// <param name="IsRow">False for votes that only the whole file gives.</param>
internal readonly record struct ReadVotes(int Line, IReadOnlyList<PlacedVote> Votes, string? Fault, string? LeftOut, long BytesRead, bool IsRow = true);

/// <summary>Reads the votes of a file, in its order.</summary>
internal sealed class VoteReading(VoteOrder order)
{
    /// <summary>The format that was named or recognised; null before the first row.</summary>
    public ImportFormat? Format { get; private set; } = ImportFormat.Find(order.Format);

    /// <summary>Bytes of the file.</summary>
    public long Length { get; } = new FileInfo(order.Path).Length;

    /// <summary>Reads row by row; what the whole file decides comes at the end.</summary>
    /// <exception cref="RefusedException">The file cannot be read, or is in no known format.</exception>
    public async IAsyncEnumerable<ReadVotes> ReadAsync([EnumeratorCancellation] CancellationToken cancel = default)
    {
        IVoteReader? reader = null;
        string? firstFault = null;
        await foreach (var (read, bytes) in SourceFile.ReadAsync(order.Path, cancel))
        {
            if (read.Row is not { } row)
            {
                firstFault ??= $": row {read.Number}: {read.Fault}";
                yield return new ReadVotes(read.Number, [], read.Fault, null, bytes);
                continue;
            }
            Format ??= ImportFormat.Recognise(row) ?? throw Unknown(row);
            reader ??= Format.Reader();
            var votes = reader.Read(row);
            yield return Placed(row.Number, votes.Votes, votes.Fault, votes.LeftOut, bytes);
        }
        if (reader is null)
            throw new RefusedException($"{order.FileName} has no row that can be read{firstFault?.TrimEnd('.')}. docs/vote-imports.md lists the formats that are known.");
        foreach (var vote in reader.Finish())
            yield return Placed(vote.Line, [vote], null, null, Length) with { IsRow = false };
    }

    /// <summary>Names the file's content.</summary>
    public async Task<string> HashAsync(CancellationToken cancel)
    {
        await using var file = File.OpenRead(order.Path);
        return Convert.ToHexStringLower(await SHA256.HashDataAsync(file, cancel));
    }

    private static ReadVotes Placed(int line, IReadOnlyList<ForeignVote> votes, string? fault, string? leftOut, long bytes)
    {
        List<PlacedVote> placed = [.. votes.Select(PlacedVote.Of)];
        return placed.Select(vote => vote.Fault()).FirstOrDefault(found => found is not null) is { } bad
            ? new ReadVotes(line, [], bad, null, bytes)
            : new ReadVotes(line, placed, fault, leftOut, bytes);
    }

    private RefusedException Unknown(SourceRow row) => new(
        $"{order.FileName} is in no known format: its first row has {string.Join(", ", row.Values.Keys.Take(12).Select(name => $"'{(name.Length > 40 ? $"{name[..40]}…" : name)}'"))}. "
        + "A row is one comparison, for instance with the columns system_a, system_b, winner (a, b, tie or reject), prompt and rater_id; docs/vote-imports.md lists the formats that are known.");
}
