using System.Security.Cryptography;
using Dapper;
using NetVips;
using PixelPost.EvalPortal.Database;
using PixelPost.EvalPortal.Images;
using PixelPost.EvalPortal.Library;
using PixelPost.EvalPortal.Studies;
using PixelPost.EvalPortal.Systems;

namespace PixelPost.EvalPortal.Tests.Security;

/// <summary>
/// A study in which everything that raters must not learn is a random word that stands nowhere else: in the names of systems,
/// models, prompt set and study, in hidden prompts, and inside the files of the images, in every place where a file can hold text.
/// </summary>
internal sealed class SecretStudy
{
    private readonly List<string> _secrets = [];
    private readonly Random _random;

    private SecretStudy(Random random) => _random = random;

    public Study Study { get; private set; } = null!;

    /// <summary>What must be told nowhere, hashes and numbers of images and systems included.</summary>
    public IReadOnlyList<string> Secrets => _secrets;

    /// <summary>Makes one; the same seed makes the same, but for hashes.</summary>
    public static async Task<SecretStudy> AddAsync(AttackedStudy portal, int seed)
    {
        var study = new SecretStudy(new Random(seed));
        await study.AddAsync(portal);
        return study;
    }

    private async Task AddAsync(AttackedStudy portal)
    {
        var (db, promptVisible) = (portal.Get<Db>(), _random.Next(2) == 0);
        await RaiseNumbersAsync(db);
        var prompts = Enumerable.Range(0, _random.Next(2, 5)).Select(_ => promptVisible ? Word("prompt") : Secret("prompt")).ToList();
        var set = await portal.Get<PromptSetStore>().AddAsync(new NewPromptSet { Name = Secret("set"), Prompts = [.. prompts.Select(text => new NewPrompt(text))] });
        var kinds = _random.GetItems(Kinds, 2);
        var systems = new List<long>();
        foreach (var kind in kinds)
            systems.Add(await AddSystemAsync(portal, set, kind));

        var studies = portal.Get<StudyStore>();
        var id = await studies.AddAsync(new NewStudy
        {
            Name = Secret("study"),
            VotesPerComparison = 3,
            Consent = "Agree.",
            Instructions = "Look.",
            SystemAId = systems[0],
            SystemBId = systems[1],
            Axes = [new StudyAxis { Axis = Axis.Flaws, Question = "Fewer flaws?", PromptVisible = promptVisible, FlawStrip = true }],
            Pairs = await portal.Get<ComparisonStore>().PairUpAsync(systems[0], systems[1]),
        });
        await studies.SetStateAsync(id, StudyState.Running);
        Study = (await studies.FindAsync(id))!;
        const string Numbers = """
            SELECT sha256 FROM image
            UNION SELECT model_sha256 FROM image
            UNION SELECT CAST(image_id AS TEXT) FROM image
            UNION SELECT CAST(seed AS TEXT) FROM image
            UNION SELECT CAST(system_id AS TEXT) FROM system
            UNION SELECT CAST(model_id AS TEXT) FROM model
            UNION SELECT CAST(comparison_id AS TEXT) FROM comparison
            """;
        await using var connection = await db.OpenAsync();
        _secrets.AddRange((await connection.QueryAsync<string?>(Numbers)).OfType<string>().Where(secret => secret.Length >= 9)); // others than this study's are small
    }

    private async Task<long> AddSystemAsync(AttackedStudy portal, long promptSet, Func<Image, byte[]> kind)
    {
        var modelHash = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32));
        var model = await portal.Get<ModelStore>().AddAsync(Secret("model"), Secret("folder"), modelHash, null, null);
        var id = await portal.Get<SystemStore>().AddAsync(Secret("system"), model, Secret("description"));
        var images = new List<NewImage>();
        foreach (var prompt in await portal.Get<PromptSetStore>().ListPromptsAsync(promptSet))
        {
            images.Add(new NewImage
            {
                SystemId = id,
                PromptId = prompt.PromptId,
                File = portal.Get<ImageFiles>().Keep(kind(Marked()), Secret("file")),
                Seed = _random.NextInt64(1_000_000_000, long.MaxValue),
                Scheduler = Secret("scheduler"),
                ModelSha256 = modelHash,
            });
        }
        await portal.Get<ImageStore>().AddAsync(images);
        return id;
    }

    // The ways in which a program may hand in an image.
    private static readonly Func<Image, byte[]>[] Kinds =
    [
        image => image.PngsaveBuffer(),
        image => image.PngsaveBuffer(interlace: true, compression: 1, filter: Enums.ForeignPngFilter.All),
        image => image.PngsaveBuffer(palette: true),
        image => image.Copy(xres: 11.811, yres: 11.811).PngsaveBuffer(keep: Enums.ForeignKeep.None),
        image => image.PngsaveBuffer(bitdepth: 16),
        image => image.Bandjoin(255).PngsaveBuffer(),
        image => image.Colourspace(Enums.Interpretation.Bw).PngsaveBuffer(),
        image => image.JpegsaveBuffer(q: 95),
        image => image.Copy(xres: 2.8, yres: 2.8).JpegsaveBuffer(q: 40, interlace: true),
        image => image.WebpsaveBuffer(lossless: true),
        image => image.WebpsaveBuffer(q: 60),
        image => [.. image.PngsaveBuffer(keep: Enums.ForeignKeep.None), .. "after the end"u8],
    ];

    /// <summary>A picture with secrets in all that is not pixels.</summary>
    private Image Marked()
    {
        var picture = Image.Gaussnoise(_random.Next(16, 40), 24, mean: 128, sigma: 40, seed: _random.Next()).Bandjoin(Image.Black(1, 1) + 0, Image.Black(1, 1) + 9);
        var (exif, xmp, comment) = (Secret("exif"), Secret("xmp"), Secret("comment"));
        return picture.Cast(Enums.BandFormat.Uchar).Copy(interpretation: Enums.Interpretation.Srgb).Mutate(image =>
        {
            image.Set(GValue.RefStrType, "exif-ifd0-ImageDescription", $"{exif} ({exif}, ASCII, {exif.Length + 1} components, {exif.Length + 1} bytes)");
            image.Set(GValue.BlobType, "xmp-data", System.Text.Encoding.UTF8.GetBytes($"<x:xmpmeta xmlns:x=\"adobe:ns:meta/\">{xmp}</x:xmpmeta>"));
            image.Set(GValue.RefStrType, "png-comment-0-parameters", comment);
        });
    }

    private string Secret(string kind)
    {
        var word = Word(kind);
        _secrets.Add(word);
        return word;
    }

    private string Word(string kind) => $"{kind}{_random.NextInt64(1_000_000_000_000):x}{_random.NextInt64(1_000_000_000_000):x}";

    /// <summary>Makes the numbers of what comes next so large that they stand nowhere by chance.</summary>
    private async Task RaiseNumbersAsync(Db db)
    {
        const string Sql = """
            INSERT INTO sqlite_sequence (name, seq)
            SELECT name, 0 FROM (SELECT 'image' AS name UNION SELECT 'system' UNION SELECT 'comparison' UNION SELECT 'prompt' UNION SELECT 'model')
            WHERE name NOT IN (SELECT name FROM sqlite_sequence);
            UPDATE sqlite_sequence SET seq = seq + @Step WHERE name IN ('image', 'system', 'comparison', 'prompt', 'model')
            """;
        await using var connection = await db.OpenAsync();
        await connection.ExecuteAsync(Sql, new { Step = _random.NextInt64(1_000_000_000_000, 9_000_000_000_000) });
    }
}
