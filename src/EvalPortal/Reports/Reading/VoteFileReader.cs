using System.IO.Compression;
using System.Security.Cryptography;
using CsvHelper;
using PixelPost.EvalPortal.Dashboards;

namespace PixelPost.EvalPortal.Reports.Reading;

/// <summary>Reads a file of votes: CSV with commas, semicolons or tabs, plain or gzipped, row by row.</summary>
internal static class VoteFileReader
{
    private const int BufferBytes = 1 << 20;

    // A quote that is never closed would otherwise take the rest of the file into memory.
    private const int MostRecordBytes = 64 << 20;

    private static ReadOnlySpan<byte> GzipMark => [0x1f, 0x8b];

    /// <summary>Reads every row.</summary>
    /// <param name="source">Whose votes count; null for people's where there are any, else the simulated ones.</param>
    /// <exception cref="RefusedException">It cannot be read, is no file of votes, or has no row that counts.</exception>
    public static async Task<VoteFile> ReadAsync(string path, VoteSource? source = null)
    {
        try
        {
            var hash = Task.Run(() => Hash(path));
            var read = Read(path, source);
            return read with { Facts = read.Facts with { Sha256 = await hash } };
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new RefusedException($"{path}: there is no such file.", exception);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            throw new RefusedException($"{path} cannot be read: {exception.Message}", exception);
        }
    }

    private static VoteFile Read(string path, VoteSource? source)
    {
        var name = Path.GetFileName(path);
        using var stream = Open(path);
        long? neverClosed = null;
        using var csv = CsvReader.Create(stream, new CsvReaderOptions
        {
            TrackLineNumbers = true,
            TrimWhitespace = true,
            BufferSize = BufferBytes,
            MaxRecordSize = MostRecordBytes,
            OnMalformedRecord = record =>
            {
                if (record.Reason == CsvMalformedReason.UnterminatedQuote)
                    neverClosed = record.LineNumber;
            },
        });
        try
        {
            if (csv.Headers.Count == 0)
                throw new RefusedException($"{name} is empty: a file of votes has a heading and a row per comparison.");
            var bound = new BoundFormat(VoteHeading.Recognise([.. csv.Headers], name), csv);
            var rows = new VoteRows(csv, bound);
            while (csv.Read())
                rows.Add();
            return neverClosed is { } line ? throw NeverClosed(name, line) : Finish(name, rows, bound, source);
        }
        catch (CsvFormatException exception)
        {
            throw NeverClosed(name, exception.LineNumber);
        }
    }

    private static VoteFile Finish(string name, VoteRows rows, BoundFormat bound, VoteSource? source)
    {
        var (votes, systems, axes) = VoteSelection.Of(rows, bound, source);
        var namesSystems = rows.Systems.Count > 0;
        if (votes.Count > 0 && !namesSystems && !bound.Format.Answer.CanChooseEither)
            throw new RefusedException(
                $"{name} says of every row that the first is the preferred one, and not which systems were compared: {bound.Format.Systems.First} and {bound.Format.Systems.Second} are missing or empty.");
        var facts = new FileFacts
        {
            Name = name,
            Sha256 = "",
            Format = bound.Format.Name,
            Mapping = MappingWords.Of(bound, rows),
            NamesSystems = namesSystems,
            CountsSimulated = votes.Any(vote => vote.Simulated),
            Rows = rows.Count,
            Counted = votes.Count,
            Unusable = rows.Unusable.ByReason(),
            Excluded = rows.Excluded.ByReason(),
        };
        return votes.Count > 0
            ? new VoteFile { Facts = facts, Axes = axes, Systems = systems, Raters = rows.Raters.All(), Votes = votes }
            : throw new RefusedException(NothingCounts(facts));
    }

    private static string NothingCounts(FileFacts facts)
    {
        if (facts.Rows == 0)
            return $"{facts.Name} has the heading of {facts.Format} and no row under it.";
        var reasons = facts.Unusable.Concat(facts.Excluded).Select(rows =>
            $"{rows.Reason} (line {rows.Lines[0]}{(rows.Values is { } values ? $": '{values[0]}'" : "")}{(rows.Count > 1 ? $" and {rows.Count - 1} more" : "")})");
        return $"{facts.Name} was read as {facts.Format}, and none of its rows counts: {string.Join("; ", reasons)}.";
    }

    private static RefusedException NeverClosed(string name, long line) =>
        new($"{name}, line {line}: a quote that opens in this row is never closed, so where its columns end cannot be told. Close it; a quote inside quotes is written twice.");

    internal static Stream Open(string path)
    {
        var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 1, FileOptions.SequentialScan);
        Span<byte> start = stackalloc byte[GzipMark.Length];
        var length = file.ReadAtLeast(start, start.Length, throwOnEndOfStream: false);
        file.Position = 0;
        return start[..length].SequenceEqual(GzipMark) ? new GZipStream(file, CompressionMode.Decompress) : file;
    }

    internal static string Hash(string path)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, BufferBytes, FileOptions.SequentialScan);
        return Convert.ToHexStringLower(SHA256.HashData(file));
    }
}
