using System.Text;
using System.Text.Json;
using DuckDB.NET.Data;
using PixelPost.EvalPortal.Exports;

namespace PixelPost.EvalPortal.Tests.Exports;

/// <summary>One definition of columns, written as every kind of file.</summary>
public sealed class ExportTableTests : IDisposable
{
    private static readonly DateTimeOffset Time = new(2026, 3, 1, 13, 0, 0, 250, TimeSpan.FromHours(1));

    private readonly string _file = Path.Combine(Path.GetTempPath(), $"pixelpost-table-{Guid.NewGuid():N}.parquet");

    private static readonly ExportTable<Thing> Things = new("things",
    [
        new("text", thing => thing.Text),
        new("whole", thing => thing.Whole),
        new("number", thing => thing.Number),
        new("flag", thing => thing.Flag),
        new("time", thing => thing.Time),
        new("id", thing => thing.Id),
        new("wholes", thing => thing.Wholes),
        new("texts", thing => thing.Texts),
    ]);

    private sealed record Thing(string? Text, long? Whole, double? Number, bool? Flag, DateTimeOffset? Time, Guid? Id, IReadOnlyList<long> Wholes, IReadOnlyList<string> Texts);

    public void Dispose() => File.Delete(_file);

    [Theory]
    [InlineData("a fox, red")]
    [InlineData("a \"fox\"")]
    [InlineData("two\r\nlines")]
    [InlineData("=HYPERLINK(\"http://example.org\")")]
    [InlineData("Füchse 狐 🦊")]
    [InlineData(" spaces ")]
    [InlineData("</script><!-- & '")]
    public async Task Write_Text_ReadsBackUnchanged(string text)
    {
        Assert.Equal(text, CsvText.Read(await TextAsync(text)).Single()["value"]);
        Assert.Equal(text, JsonDocument.Parse(await TextAsync(text, ExportFormat.Jsonl)).RootElement.GetProperty("value").GetString());
        Assert.Equal(text, JsonDocument.Parse(await TextAsync(text, ExportFormat.Json)).RootElement[0].GetProperty("value").GetString());
    }

    [Theory]
    [InlineData("=1+1", "'=1+1")]
    [InlineData("+1", "'+1")]
    [InlineData("-1", "'-1")]
    [InlineData("@SUM(A1)", "'@SUM(A1)")]
    [InlineData("\t=1", "'\t=1")]
    [InlineData("a=1", "a=1")]
    public async Task Write_ForSpreadsheets_DisarmsWhatWouldBeAFormula(string text, string expected) =>
        Assert.Equal(expected, CsvText.Read((await TextAsync(text, ExportFormat.Spreadsheet)).TrimStart('\uFEFF')).Single()["value"]);

    [Fact]
    public async Task Write_Values_AreTextThatEveryProgramReads()
    {
        Assert.Equal("\uFEFFvalue\r\n-1.5\r\n", await WriteAsync(new Column<double>("value", x => x), -1.5, ExportFormat.Spreadsheet));
        Assert.Equal("value\r\n2026-03-01T12:00:00.250Z\r\n", await WriteAsync(new Column<DateTimeOffset>("value", x => x), Time));
        Assert.Equal("value\r\ntrue\r\n", await WriteAsync(new Column<bool>("value", x => x), true));
        Assert.Equal("value\r\n1234567\r\n", await WriteAsync(new Column<long>("value", x => x), 1_234_567));
        Assert.Equal("value\r\n\"\"\r\n", await TextAsync(null));
        Assert.Equal("value\r\n1 2\r\n", await WriteAsync(new Column<int>("value", _ => (IReadOnlyList<long>)[1, 2]), 0));
    }

    [Fact]
    public async Task Write_ForSpreadsheets_SaysItIsUtf8()
    {
        Assert.StartsWith("\uFEFF", await TextAsync("x", ExportFormat.Spreadsheet), StringComparison.Ordinal);
        Assert.StartsWith("value", await TextAsync("x"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Write_Json_HasEveryColumnWithItsType()
    {
        var id = Guid.Parse("0190a5c4-0000-7000-8000-000000000001");
        Thing[] things = [new("a", 1, 0.5, true, Time, id, [1, 2], ["x y", "z"]), new(null, null, null, null, null, null, [], [])];
        using var stream = new MemoryStream();

        Assert.Equal(2, await Things.WriteAsync(stream, things.ToAsyncEnumerable(), ExportFormat.Jsonl));

        Assert.Equal(
            $$"""{"text":"a","whole":1,"number":0.5,"flag":true,"time":"2026-03-01T12:00:00.250Z","id":"{{id}}","wholes":[1,2],"texts":["x y","z"]}"""
            + "\n" + """{"text":null,"whole":null,"number":null,"flag":null,"time":null,"id":null,"wholes":[],"texts":[]}""" + "\n",
            Encoding.UTF8.GetString(stream.ToArray()));
    }

    [Fact]
    public async Task Write_JsonWithoutRows_IsAnEmptyList()
    {
        using var stream = new MemoryStream();

        await Things.WriteAsync(stream, Array.Empty<Thing>().ToAsyncEnumerable(), ExportFormat.Json);

        Assert.Equal("[]\n", Encoding.UTF8.GetString(stream.ToArray()));
    }

    /// <summary>DuckDB is another program's reader: it shares no code with what wrote the file.</summary>
    [Fact]
    public async Task Write_Parquet_IsReadByDuckDbWithTypesNullsAndLists()
    {
        var rows = ParquetRows.GroupSize + 3; // two row groups
        await using (var file = File.Create(_file))
        {
            var things = Enumerable.Range(0, rows).Select(i => i % 2 == 1
                ? new Thing(null, null, null, null, null, null, [], [])
                : new Thing($"a {i}", i, i / 4.0, i % 4 == 0, Time.AddMilliseconds(i), Guid.CreateVersion7(), [i, -1], [$"x {i}"]));
            Assert.Equal(rows, await Things.WriteAsync(file, things.ToAsyncEnumerable(), ExportFormat.Parquet));
        }

        Assert.Equal(
            ["VARCHAR", "BIGINT", "DOUBLE", "BOOLEAN", "TIMESTAMP WITH TIME ZONE", "VARCHAR", "BIGINT[]", "VARCHAR[]"],
            Query($"SELECT column_type FROM (DESCRIBE SELECT * FROM '{_file}')"));
        Assert.Equal([$"{rows}", $"{rows / 2 + 1}"], Query($"SELECT unnest([count(*), count(text)]) FROM '{_file}'"));
        Assert.Equal(
            ["a 16384|16384|4096.0|true|1772366416634|[16384, -1]|[x 16384]"],
            Query($"SELECT concat_ws('|', text, whole, number, flag, epoch_ms(time), wholes, texts) FROM '{_file}' WHERE whole = 16384"));
        Assert.Equal(["2"], Query($"SELECT max(row_group_id) + 1 FROM parquet_metadata('{_file}')"));
        Assert.Equal([$"{rows / 2}"], Query($"SELECT count(*) FROM '{_file}' WHERE len(wholes) = 0 AND text IS NULL AND time IS NULL"));
    }

    [Fact]
    public async Task Write_WriterStops_TheReaderStopsToo()
    {
        var read = 0;
        using var stop = new CancellationTokenSource();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Things.WriteAsync(Stream.Null, EndlessAsync(), ExportFormat.Csv, stop.Token));

        var then = read;
        await Task.Delay(50);
        Assert.Equal(then, read);

        async IAsyncEnumerable<Thing> EndlessAsync()
        {
            while (true)
            {
                await Task.Yield();
                if (++read == 100_000)
                    await stop.CancelAsync();
                yield return new Thing("a", 1, 1, true, Time, null, [], []);
            }
        }
    }

    [Fact]
    public async Task Write_ReadingFails_TheFailureIsTold()
    {
        var exception = await Assert.ThrowsAsync<InvalidOperationException>(() => Things.WriteAsync(Stream.Null, BrokenAsync(), ExportFormat.Jsonl));

        Assert.Equal("the database is gone", exception.Message);

        static async IAsyncEnumerable<Thing> BrokenAsync()
        {
            await Task.Yield();
            yield return new Thing("a", 1, 1, true, Time, null, [], []);
            throw new InvalidOperationException("the database is gone");
        }
    }

    private static Task<string> TextAsync(string? text, ExportFormat format = ExportFormat.Csv) => WriteAsync(new Column<string?>("value", x => x), text, format);

    private static async Task<string> WriteAsync<T>(Column<T> column, T value, ExportFormat format = ExportFormat.Csv)
    {
        using var stream = new MemoryStream();
        var table = new ExportTable<T>("test", [column]);
        Assert.Equal(1, await table.WriteAsync(stream, new[] { value }.ToAsyncEnumerable(), format));
        return Encoding.UTF8.GetString(stream.ToArray());
    }

    private static List<string> Query(string sql)
    {
        using var connection = new DuckDBConnection("Data Source=:memory:");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        using var reader = command.ExecuteReader();
        var rows = new List<string>();
        while (reader.Read())
            rows.Add(Convert.ToString(reader.GetValue(0), System.Globalization.CultureInfo.InvariantCulture)!);
        return rows;
    }
}
