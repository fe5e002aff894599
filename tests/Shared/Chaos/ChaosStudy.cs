using Microsoft.Extensions.DependencyInjection;
using NetVips;
using PixelPost.EvalPortal;
using PixelPost.EvalPortal.Database;
using PixelPost.EvalPortal.Images;
using PixelPost.EvalPortal.Library;
using PixelPost.EvalPortal.Studies;
using PixelPost.EvalPortal.Systems;

namespace PixelPost.Tests.Shared.Chaos;

/// <summary>A study that every rater answers whole: two systems whose images are one colour each, both axes, one place per rater.</summary>
internal sealed record ChaosStudy
{
    private static readonly double[] RedA = [200, 40, 40], BlueB = [40, 40, 200];

    public required long StudyId { get; init; }

    /// <summary>What comes after <c>/r/</c>.</summary>
    public required string Link { get; init; }

    /// <summary>Hash of every image of system A, and so of its bytes as a rater's browser gets them.</summary>
    public required string ImageOfA { get; init; }

    /// <summary>Makes the database and the study in a portal's data folder, with the portal's own stores.</summary>
    public static async Task<ChaosStudy> AddAsync(PortalOptions options, int prompts, int raters)
    {
        await using var services = new ServiceCollection().AddLogging().AddPortal(options).BuildServiceProvider();
        await Migrator.MigrateAsync(services.GetRequiredService<Db>(), TimeProvider.System);
        var sets = services.GetRequiredService<PromptSetStore>();
        var set = await sets.AddAsync(new NewPromptSet { Name = "Chaos", Prompts = [.. Enumerable.Range(1, prompts).Select(i => new NewPrompt($"a thing number {i}"))] });
        var (a, imageOfA) = await AddSystemAsync(services, set, "A", RedA);
        var (b, _) = await AddSystemAsync(services, set, "B", BlueB);

        var studies = services.GetRequiredService<StudyStore>();
        var id = await studies.AddAsync(new NewStudy
        {
            Name = "Chaos",
            VotesPerComparison = raters,
            Consent = "Your answers are kept.",
            Instructions = "Look closely.",
            SystemAId = a,
            SystemBId = b,
            Axes =
            [
                new StudyAxis { Axis = Axis.Flaws, Question = "Which image has fewer flaws?", PromptVisible = false },
                new StudyAxis { Axis = Axis.Appeal, Question = "Which image is more appealing?", PromptVisible = false },
            ],
            Pairs = await services.GetRequiredService<ComparisonStore>().PairUpAsync(a, b),
        });
        await studies.SetStateAsync(id, StudyState.Running);
        return new ChaosStudy { StudyId = id, Link = (await studies.FindAsync(id))!.LinkToken, ImageOfA = imageOfA };
    }

    private static async Task<(long Id, string Sha256)> AddSystemAsync(ServiceProvider services, long promptSet, string name, double[] colour)
    {
        var id = await services.GetRequiredService<SystemStore>().AddAsync(name, modelId: null, description: "");
        using var image = (Image.Black(16, 16, bands: 3) + colour).Cast(Enums.BandFormat.Uchar).Copy(interpretation: Enums.Interpretation.Srgb);
        var file = services.GetRequiredService<ImageFiles>().Keep(image.PngsaveBuffer(), name);
        var prompts = await services.GetRequiredService<PromptSetStore>().ListPromptsAsync(promptSet);
        await services.GetRequiredService<ImageStore>().AddAsync([.. prompts.Select(prompt => new NewImage { SystemId = id, PromptId = prompt.PromptId, Seed = 1, File = file })]);
        return (id, file.Sha256);
    }
}
