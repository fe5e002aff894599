using System.Globalization;
using CsvHelper;
using PixelPost.EvalPortal.Reports.Reading;

namespace PixelPost.EvalPortal.Reports.Sources;

/// <summary>A table that the portal exported, read row by row; what cannot be right is refused with the line on which it stands.</summary>
internal sealed class ExportedTable : IDisposable
{
    // A quote that is never closed would otherwise take the rest of the file into memory.
    private const int MostRecordBytes = 64 << 20;

    private readonly Stream _stream;
    private readonly CsvReader _csv;
    private readonly Dictionary<string, int> _columns;
    private bool _neverClosed;

    private ExportedTable(string path)
    {
        (Path, Name) = (path, System.IO.Path.GetFileName(path));
        _stream = VoteFileReader.Open(path);
        _csv = CsvReader.Create(_stream, new CsvReaderOptions
        {
            TrackLineNumbers = true,
            MaxRecordSize = MostRecordBytes,
            OnMalformedRecord = record => _neverClosed |= record.Reason == CsvMalformedReason.UnterminatedQuote,
        });
        _columns = _csv.Headers.Index().DistinctBy(column => column.Item).ToDictionary(column => column.Item, column => column.Index, StringComparer.OrdinalIgnoreCase);
    }

    public string Path { get; }

    /// <summary>Name without its folder.</summary>
    public string Name { get; }

    /// <summary>Rows read so far.</summary>
    public int Rows { get; private set; }

    /// <summary>Opens a file.</summary>
    /// <exception cref="RefusedException">It cannot be read.</exception>
    public static ExportedTable Open(string path)
    {
        try
        {
            return new ExportedTable(path);
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new RefusedException($"{path}: there is no such file.", exception);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or InvalidDataException or CsvFormatException)
        {
            throw new RefusedException($"{path} cannot be read: {exception.Message}", exception);
        }
    }

    public bool Has(string column) => _columns.ContainsKey(column);

    /// <summary>Refuses a table without a column.</summary>
    public ExportedTable With(params IReadOnlyList<string> columns)
    {
        var missing = columns.Where(column => !Has(column)).ToList();
        return missing.Count == 0 ? this
            : throw new RefusedException($"{Name} has no column {string.Join(", ", missing)}: it is no export of this portal, or one from before there was such a column. Export the study anew.");
    }

    /// <summary>Goes to the next row.</summary>
    /// <exception cref="RefusedException">The file cannot be read to its end.</exception>
    public bool Read()
    {
        try
        {
            if (!_csv.Read())
                return _neverClosed ? throw NeverClosed() : false;
            Rows++;
            return true;
        }
        catch (CsvFormatException exception)
        {
            throw new RefusedException(NeverClosed().Message, exception);
        }
        catch (Exception exception) when (exception is IOException or InvalidDataException)
        {
            throw new RefusedException($"{Path} cannot be read: {exception.Message}", exception);
        }
    }

    /// <summary>Empty where there is no such column.</summary>
    public string Text(string column) => _columns.TryGetValue(column, out var index) ? _csv.GetString(index) : "";

    public long Number(string column) =>
        long.TryParse(Text(column), NumberStyles.Integer, CultureInfo.InvariantCulture, out var number) ? number : throw Wrong(column, "a whole number");

    public bool Flag(string column) => Text(column) switch
    {
        "true" => true,
        "false" => false,
        _ => throw Wrong(column, "true or false"),
    };

    public Guid Id(string column) => Guid.TryParse(Text(column), out var id) ? id : throw Wrong(column, "an id as the portal makes them");

    public DateTimeOffset Time(string column) =>
        DateTimeOffset.TryParse(Text(column), CultureInfo.InvariantCulture, out var time) ? time : throw Wrong(column, "a time such as 2026-11-24T04:12:31Z");

    /// <summary>One of some words.</summary>
    public T Word<T>(string column, IReadOnlyDictionary<string, T> words) =>
        words.TryGetValue(Text(column), out var meaning) ? meaning : throw Wrong(column, $"one of {string.Join(", ", words.Keys)}");

    public RefusedException Wrong(string column, string expected) =>
        new($"{Name}, line {_csv.LineNumber}: {column} is '{Text(column)}', and should be {expected}.");

    public void Dispose()
    {
        _csv.Dispose();
        _stream.Dispose();
    }

    private RefusedException NeverClosed() =>
        new($"{Name}: a quote that opens in row {Rows + 1} is never closed, so where its columns end cannot be told.");
}
