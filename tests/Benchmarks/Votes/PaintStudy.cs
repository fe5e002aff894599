using Microsoft.Extensions.DependencyInjection;
using NetVips;
using PixelPost.EvalPortal;
using PixelPost.EvalPortal.Database;
using PixelPost.EvalPortal.Images;
using PixelPost.EvalPortal.Library;
using PixelPost.EvalPortal.Studies;
using PixelPost.EvalPortal.Systems;

namespace PixelPost.Benchmarks.Votes;

/// <summary>A running study of one question, with images as large and as hard to decode as real ones.</summary>
internal static class PaintStudy
{
    private const int Pictures = 4; // a system's files take turns: what is decoded is told apart by its address and not by its content

    /// <summary>Makes it in a portal's data folder, with the portal's own stores.</summary>
    /// <param name="size">Width and height of its images.</param>
    /// <returns>Its id, and what comes after <c>/r/</c> in its link.</returns>
    public static async Task<(long Id, string Link)> AddAsync(PortalOptions options, int size, int pairs)
    {
        await using var services = new ServiceCollection().AddLogging().AddPortal(options).BuildServiceProvider();
        await Migrator.MigrateAsync(services.GetRequiredService<Db>(), TimeProvider.System);
        var set = await services.GetRequiredService<PromptSetStore>().AddAsync(
            new NewPromptSet { Name = $"Paint {size}", Prompts = [.. Enumerable.Range(1, pairs).Select(i => new NewPrompt($"a thing number {i}"))] });
        var (a, b) = (await AddSystemAsync(services, set, size, seed: 1), await AddSystemAsync(services, set, size, seed: 2));
        var studies = services.GetRequiredService<StudyStore>();
        var id = await studies.AddAsync(new NewStudy
        {
            Name = $"Paint {size}",
            VotesPerComparison = 5,
            Consent = "Your answers are kept.",
            Instructions = "Look closely.",
            SystemAId = a,
            SystemBId = b,
            Axes = [new StudyAxis { Axis = Axis.Appeal, Question = "Which image is more pleasing?", PromptVisible = false }],
            Pairs = await services.GetRequiredService<ComparisonStore>().PairUpAsync(a, b),
        });
        await studies.SetStateAsync(id, StudyState.Running);
        return (id, (await studies.FindAsync(id))!.LinkToken);
    }

    private static async Task<long> AddSystemAsync(ServiceProvider services, long promptSet, int size, int seed)
    {
        var files = Enumerable.Range(0, Pictures).Select(i => services.GetRequiredService<ImageFiles>().Keep(Picture(size, Pictures * seed + i), "picture")).ToList();
        var id = await services.GetRequiredService<SystemStore>().AddAsync($"Paint {size}, {seed}", modelId: null, description: "");
        var prompts = await services.GetRequiredService<PromptSetStore>().ListPromptsAsync(promptSet);
        await services.GetRequiredService<ImageStore>().AddAsync(
            [.. prompts.Select((prompt, i) => new NewImage { SystemId = id, PromptId = prompt.PromptId, Seed = 1, File = files[i % Pictures] })]);
        return id;
    }

    /// <summary>Soft shapes under fine noise: about 2 bytes a pixel as PNG, like a photograph.</summary>
    private static byte[] Picture(int size, int seed)
    {
        Image Band(int band)
        {
            using var coarse = Image.Gaussnoise(16, 16, mean: 128, sigma: 60, seed: 10 * seed + band);
            using var noise = Image.Gaussnoise(size, size, mean: 0, sigma: 5, seed: 10 * seed + band + 5);
            return coarse.Resize(size / 16.0) + noise;
        }
        using var picture = Band(0).Bandjoin(Band(1), Band(2)).Cast(Enums.BandFormat.Uchar).Copy(interpretation: Enums.Interpretation.Srgb);
        return picture.PngsaveBuffer(keep: Enums.ForeignKeep.None);
    }
}
