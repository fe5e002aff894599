using System.Diagnostics;
using System.Globalization;
using System.IO.Compression;
using System.Text;
using NetVips;
using PixelPost.EvalPortal;
using PixelPost.EvalPortal.Database;
using PixelPost.EvalPortal.Images;
using PixelPost.EvalPortal.Library;
using PixelPost.EvalPortal.Material;
using PixelPost.EvalPortal.Systems;

namespace PixelPost.Benchmarks.Material;

/// <summary>What an import costs: a long manifest without opening an image, then images down to the pixels.</summary>
internal static class ImportBench
{
    private const int Systems = 4, Decoded = 400, DecodedSize = 512;
    private const double GoalSeconds = 60, GoalMegabytes = 500;

    /// <summary>Measures and prints a table.</summary>
    /// <param name="rows">Rows of the manifest.</param>
    public static async Task RunAsync(int rows)
    {
        var folder = Directory.CreateTempSubdirectory("pixelpost-bench-").FullName;
        try
        {
            var data = new DataFolder(Path.Combine(folder, "data"));
            using var db = Db.Sqlite(data.Database);
            await Migrator.MigrateAsync(db, TimeProvider.System);
            var prompts = new PromptSetStore(db, TimeProvider.System);
            var set = Enumerable.Range(1, rows / Systems).Select(i => new NewPrompt($"a fox number {i}, asleep in the snow, with a hat of \"felt\"", $"category {i % 12}", $"fox_{i}")).ToList();
            await prompts.AddAsync(new NewPromptSet { Name = "Bench", Prompts = set });
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{rows:N0} rows, {Systems} systems, {set.Count:N0} prompts; {Environment.ProcessorCount} processors, .NET {Environment.Version}\n"));
            Console.WriteLine("| | seconds | resident | goal |\n|---|---:|---:|---|");

            Match("manifest of a folder, no image opened", WriteFolder(Path.Combine(folder, "source"), set), set, rows);
            Match("manifest of a zip, no image opened", WriteZip(Path.Combine(folder, "source"), Path.Combine(folder, "source.zip")), set, rows);
            await DecodeAsync(Path.Combine(folder, "images"), data, db);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>Lists the source and matches every row with its file, prompt and system.</summary>
    private static void Match(string what, string path, IReadOnlyList<NewPrompt> set, int rows)
    {
        var clock = Stopwatch.StartNew();
        using var source = MaterialSource.Open(path);
        var match = MaterialMatch.Of(source, new MaterialOrder { PromptSet = "Bench" }, set);
        Row(what, clock.Elapsed, $"{GoalSeconds} s, {GoalMegabytes} MB");
        if (match.Images.Count != rows || match.LeftOut.Count != 0)
            throw new InvalidOperationException($"{match.Images.Count} of {rows} images were matched.");
    }

    /// <summary>Checks and stores real images.</summary>
    private static async Task DecodeAsync(string folder, DataFolder data, Db db)
    {
        Directory.CreateDirectory(folder);
        var manifest = new StringBuilder("file,prompt\n");
        for (var i = 0; i < Decoded; i++)
        {
            using var noise = Image.Gaussnoise(DecodedSize, DecodedSize, mean: 128, sigma: 30, seed: i).Gaussblur(3);
            using var image = noise.Bandjoin(noise, noise).Cast(Enums.BandFormat.Uchar).Copy(interpretation: Enums.Interpretation.Srgb);
            image.WriteToFile(Path.Combine(folder, $"{i}.png"));
            manifest.Append(CultureInfo.InvariantCulture, $"{i}.png,a thing number {i}\n");
        }
        await File.WriteAllTextAsync(Path.Combine(folder, "manifest.csv"), manifest.ToString());
        var (sets, systems, images, files) = (new PromptSetStore(db, TimeProvider.System), new SystemStore(db, TimeProvider.System), new ImageStore(db, TimeProvider.System), new ImageFiles(data));
        using var source = MaterialSource.Open(folder);
        var work = Path.Combine(data.Imports, "1");

        var clock = Stopwatch.StartNew();
        var order = new MaterialOrder { PromptSet = "Things", System = "noise" };
        var material = await new MaterialCheck(sets, systems, images, files).RunAsync(order, source, work);
        var one = clock.Elapsed / Decoded;
        Row($"{Decoded} PNGs of {DecodedSize} × {DecodedSize} checked ({one.TotalMilliseconds.ToString("0", CultureInfo.InvariantCulture)} ms each)", clock.Elapsed, "");
        clock.Restart();
        await new MaterialTake(sets, systems, images, files).RunAsync(material, work);
        Row("the same stored", clock.Elapsed, "");
    }

    private static string WriteFolder(string folder, IReadOnlyList<NewPrompt> set)
    {
        using var manifest = new StringWriter { NewLine = "\n" };
        manifest.WriteLine("file,prompt,seed,category");
        for (var system = 0; system < Systems; system++)
        {
            Directory.CreateDirectory(Path.Combine(folder, $"system {system}"));
            foreach (var (i, prompt) in set.Index())
            {
                var file = $"system {system}/{i:00000}.png";
                File.WriteAllBytes(Path.Combine(folder, file), [1]);
                manifest.WriteLine($"{file},\"{prompt.Text.Replace("\"", "\"\"", StringComparison.Ordinal)}\",{i},{prompt.Category}");
            }
        }
        File.WriteAllText(Path.Combine(folder, "manifest.csv"), manifest.ToString());
        return folder;
    }

    private static string WriteZip(string folder, string zip)
    {
        ZipFile.CreateFromDirectory(folder, zip, CompressionLevel.Fastest, includeBaseDirectory: false);
        return zip;
    }

    private static void Row(string what, TimeSpan took, string goal)
    {
        using var process = Process.GetCurrentProcess();
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {what} | {took.TotalSeconds:0.0} | {process.WorkingSet64 / 1e6:0} MB | {goal} |"));
    }
}
