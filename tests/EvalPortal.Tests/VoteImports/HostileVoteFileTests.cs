using System.IO.Compression;
using System.Text;
using Parquet;
using Parquet.Schema;
using PixelPost.EvalPortal.Database;
using PixelPost.EvalPortal.Tests.Database;
using PixelPost.EvalPortal.Tests.Exports;
using PixelPost.EvalPortal.VoteImports;

namespace PixelPost.EvalPortal.Tests.VoteImports;

/// <summary>Files that are damaged or want to do harm: each ends in a sentence, or in a line of the report, and takes no good vote with it.</summary>
public sealed class HostileVoteFileTests() : DatabaseTests(DatabaseKind.Sqlite)
{
    private const string Heading = "system_a,system_b,image_a,image_b,winner,prompt,rater_id\n";

    [Theory]
    [InlineData("", "is empty")]
    [InlineData("no table at all\n", "has one column")]
    [InlineData("cat,dog\n1,2\n", "is in no known format")]
    [InlineData("[{\"prompt\": ", "this is no JSON")]
    [InlineData("PAR1 and nothing else", "cannot be read as such")]
    [InlineData("PK\u0003\u0004", "is a zip")]
    [InlineData("system_a,system_b,winner,prompt\nm,n,perhaps,a fox\n", "none of a, b, tie, reject")]
    [InlineData("system_a,system_b,winner,prompt\nm,n,\"a\n", "never closed")]
    public async Task Look_NoVotes_SaysWhy(string content, string why)
    {
        using var importer = new Importer(Db, Clock);

        var refused = await Assert.ThrowsAsync<RefusedException>(() => importer.LookAsync(importer.Write("votes", content)));

        Assert.Contains(why, refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Look_DeepJson_IsAFaultOfItsLine()
    {
        using var importer = new Importer(Db, Clock);
        var deep = $"{{\"winner\": \"a\", \"x\": {new string('[', 100_000)}{new string(']', 100_000)}}}\n";
        var good = """{"system_a": "m", "system_b": "n", "winner": "a", "prompt": "a fox"}""" + "\n";

        var summary = await importer.LookAsync(importer.Write("votes.jsonl", good + deep + good));

        Assert.Equal((2, 1, 2), (summary.Votes, summary.Faults.Single().Count, summary.Faults.Single().FirstLine));
        await Assert.ThrowsAsync<RefusedException>(() => importer.LookAsync(importer.Write("votes.json", $"[{good}, {deep}]")));
    }

    [Theory]
    [InlineData("votes.csv", Heading + "m,n,1,2,a,\"")]
    [InlineData("votes.jsonl", "{\"prompt\": \"")]
    [InlineData("votes.json", "[{\"prompt\": \"")]
    public async Task Look_EndlessRow_IsRefusedBeforeItFillsTheMemory(string name, string start)
    {
        using var importer = new Importer(Db, Clock);
        var path = importer.Write(name, start);
        await using (var file = new FileStream(path, FileMode.Append))
        {
            var chunk = Encoding.UTF8.GetBytes(new string('x', 1 << 20));
            for (var i = 0; i < 24; i++)
                await file.WriteAsync(chunk);
        }

        var refused = await Assert.ThrowsAsync<RefusedException>(() => importer.LookAsync(path));

        Assert.Contains("never closed", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Look_BrokenGzip_IsRefused()
    {
        using var importer = new Importer(Db, Clock);
        using var packed = new MemoryStream();
        await using (var gzip = new GZipStream(packed, CompressionMode.Compress, leaveOpen: true))
            await gzip.WriteAsync(Encoding.UTF8.GetBytes(Heading + string.Concat(Enumerable.Range(0, 5_000).Select(i => $"m,n,a{Guid.NewGuid()},b,a,{i},u\n"))));
        var bytes = packed.ToArray();
        bytes.AsSpan(bytes.Length / 2, 64).Fill(0xff);

        await Assert.ThrowsAsync<RefusedException>(() => importer.LookAsync(importer.Write("votes.csv.gz", bytes)));
    }

    [Fact]
    public async Task Import_WrongRowsAmongGoodOnes_AreToldByLine_AndTheGoodOnesComeIn()
    {
        using var importer = new Importer(Db, Clock);
        var file = importer.Write("votes.csv", Heading
            + "m,n,1,2,a,a fox,u\n"
            + "m,n,1,2,a\n" // too few columns
            + "m,,1,2,a,a fox,u\n" // one system
            + "m,n,1,,a,a fox,u\n" // one image
            + "m,n,1,1,a,a fox,u\n" // the same image
            + "m,n,3,4,A,a hen,u\n" // upper case is no other answer
            + "m,n,5,6,2,a cat,u\n"); // no answer
        var report = Path.Combine(Path.GetDirectoryName(file)!, "report.csv");

        var summary = await importer.LookAsync(file, report: report);
        var (_, added) = await importer.ImportAsync(file);

        Assert.Equal((2, 2), (summary.Votes, added));
        Assert.Equal(
            [("2", "new"), ("3", "faulty"), ("4", "faulty"), ("5", "faulty"), ("6", "faulty"), ("7", "new"), ("8", "faulty")],
            CsvText.Read((await File.ReadAllTextAsync(report)).TrimStart('\uFEFF')).Select(row => (row["line"], row["status"])));
    }

    [Fact]
    public async Task Import_PathsFormulasAndMarkup_AreTextAndNothingElse()
    {
        using var importer = new Importer(Db, Clock);
        var name = "../../../etc/passwd";
        await importer.ImportAsync(importer.Write("votes.csv", Heading + $"=1+1,<script>,{name},/etc/shadow,a,\"=HYPERLINK(\"\"http://example.org\"\")\",@u\n"));

        var vote = Assert.Single(await importer.TellAsync());
        using var table = new MemoryStream();
        await importer.Export.WriteAsync(await importer.StudyAsync(), EvalPortal.Exports.StudyTable.Votes, table, EvalPortal.Exports.ExportFormat.Spreadsheet);
        var row = CsvText.Read(Encoding.UTF8.GetString(table.ToArray()).TrimStart('\uFEFF')).Single();

        Assert.Equal((name, "/etc/shadow"), (vote.SystemA == "<script>" ? vote.ImageB : vote.ImageA, vote.SystemA == "<script>" ? vote.ImageA : vote.ImageB));
        Assert.Equal("'=HYPERLINK(\"http://example.org\")", row["prompt"]);
        Assert.Contains("'=1+1", (string[])[row["system_a"], row["system_b"]]);
    }

    [Fact]
    public async Task Import_SameIdTwice_KeepsBothVotes()
    {
        using var importer = new Importer(Db, Clock);

        var (_, added) = await importer.ImportAsync(importer.Write("votes.csv", "vote_id,system_a,system_b,winner,prompt,rater_id\nx,m,n,a,a fox,u\nx,m,n,b,a fox,v\nx,m,n,a,a fox,w\n"));

        Assert.Equal(3, added);
        Assert.Equal(["x", "x", "x"], (await importer.TellAsync()).Select(vote => vote.SourceVoteId));
    }

    [Theory]
    [InlineData("{\"prompt\": \"a fox\", \"human_preference\": \"1\", \"file_path\": [\"1\", \"2\"]}")]
    [InlineData("{\"prompt\": \"a fox\", \"human_preference\": [1, 1], \"file_path\": [\"1\", \"2\"]}")]
    [InlineData("{\"prompt\": \"a fox\", \"human_preference\": [1, 0, 0], \"file_path\": [\"1\", \"2\"]}")]
    [InlineData("{\"prompt\": \"a fox\", \"human_preference\": [1, \"0\"], \"file_path\": [\"1\", \"2\"]}")]
    [InlineData("{\"prompt\": 5e400, \"human_preference\": [1, 0], \"file_path\": [{}, \"2\"]}")]
    [InlineData("{\"prompt\": \"\\u0000\", \"human_preference\": [1, 0], \"file_path\": [\"1\", \"2\"]}")]
    [InlineData("{\"prompt\": \"\\ud800\", \"human_preference\": [1, 0], \"file_path\": [\"1\", \"2\"]}")]
    public async Task Look_WrongTypes_AreFaults(string line)
    {
        using var importer = new Importer(Db, Clock);
        var good = """{"prompt": "a fox", "human_preference": [1, 0], "file_path": ["1", "2"]}""";

        var summary = await importer.LookAsync(importer.Write("train.jsonl", $"{good}\n{line}\n"));

        Assert.Equal((1, 1), (summary.Votes, summary.Faults.Sum(fault => fault.Count)));
    }

    [Fact]
    public async Task Look_TooManyPairsOfOneEntry_IsAFault()
    {
        using var importer = new Importer(Db, Clock);
        var many = string.Join(',', Enumerable.Range(0, 5_000).Select(i => $"\"{i}\""));
        var ranks = string.Join(',', Enumerable.Range(0, 5_000));

        var refused = await Assert.ThrowsAsync<RefusedException>(() => importer.LookAsync(
            importer.Write("test.json", $$"""[{"id": "1", "prompt": "a fox", "generations": [{{many}}], "ranking": [{{ranks}}]}]""")));

        Assert.Contains("may have 64", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Look_ParquetWithAnAbsurdRowGroup_IsRefused()
    {
        using var importer = new Importer(Db, Clock);
        var path = importer.Write("votes.parquet", "");
        var field = new DataField<bool>("label_0");
        await using (var file = File.Create(path))
        await using (var parquet = await ParquetWriter.CreateAsync(new ParquetSchema(field), file))
        {
            using var group = parquet.CreateRowGroup();
            await group.WriteAsync<bool>(field, new bool[ParquetSource.MostGroupRows + 1]);
        }

        var refused = await Assert.ThrowsAsync<RefusedException>(() => importer.LookAsync(path));

        Assert.Contains("smaller row groups", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Look_DamagedParquet_IsRefusedWhereverItIsDamaged()
    {
        using var importer = new Importer(Db, Clock);
        var schema = new ParquetSchema(new DataField<string>("winner"), new DataField<string>("system_a"), new DataField<string>("system_b"));
        using var whole = new MemoryStream();
        await using (var parquet = await ParquetWriter.CreateAsync(schema, whole))
        {
            using var group = parquet.CreateRowGroup();
            foreach (var column in schema.DataFields)
                await group.WriteAsync(column, Enumerable.Range(0, 100).Select(i => $"a{i}").ToArray());
        }
        var random = new Random(1);
        for (var i = 0; i < 200; i++)
        {
            var bytes = whole.ToArray();
            for (var j = 0; j < 4; j++)
                bytes[random.Next(4, bytes.Length)] = (byte)random.Next(256);

            // Damage may leave a file that reads and has no vote; both are a sentence, and nothing else may come out.
            await Assert.ThrowsAsync<RefusedException>(() => importer.LookAsync(importer.Write("votes.parquet", bytes)));
        }
    }
}
