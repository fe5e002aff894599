using PixelPost.EvalPortal.Database;
using PixelPost.EvalPortal.Images;
using PixelPost.EvalPortal.Library;
using PixelPost.EvalPortal.Systems;
using PixelPost.EvalPortal.Tests.Database;

namespace PixelPost.EvalPortal.Tests.Images;

public sealed class ImageStoreOnSqlite() : ImageStoreTests(DatabaseKind.Sqlite);

public sealed class ImageStoreOnPostgres() : ImageStoreTests(DatabaseKind.Postgres);

public abstract class ImageStoreTests(DatabaseKind kind) : DatabaseTests(kind)
{
    private static readonly ImageFile File = new() { Sha256 = "ab", Width = 128, Height = 96, ByteLength = 5000, MediaType = "image/png" };

    private ImageStore Images => new(Db, Clock);

    [SkippableFact]
    public async Task Add_GeneratedImage_KeepsHowItWasMade()
    {
        var (system, prompt) = await PlaceAsync("a fox");

        await Images.AddAsync([new NewImage
        {
            SystemId = system,
            PromptId = prompt,
            File = File,
            Seed = long.MaxValue,
            InferenceSteps = 30,
            GuidanceScale = 3.5,
            Scheduler = "ddim",
            ModelSha256 = "cd",
        }]);

        var image = Assert.Single(await Images.ListAsync(system));
        Assert.Equal(
            new StoredImage
            {
                ImageId = image.ImageId,
                SystemId = system,
                PromptId = prompt,
                Sha256 = "ab",
                Width = 128,
                Height = 96,
                ByteLength = 5000,
                MediaType = "image/png",
                Seed = long.MaxValue,
                InferenceSteps = 30,
                GuidanceScale = 3.5,
                Scheduler = "ddim",
                ModelSha256 = "cd",
                CreatedAt = Clock.GetUtcNow(),
            },
            await Images.FindAsync(image.ImageId));
    }

    [SkippableFact]
    public async Task Add_SamePlaceAgain_ChangesNothing()
    {
        var (system, prompt) = await PlaceAsync("a fox");
        var image = new NewImage { SystemId = system, PromptId = prompt, File = File, Seed = 1 };

        await Images.AddAsync([image]);
        await Images.AddAsync([image with { File = File with { Sha256 = "other" } }, image with { Seed = 2 }]);

        Assert.Equal([(1L, "ab"), (2L, "ab")], (await Images.ListAsync(system)).Select(i => (i.Seed!.Value, i.Sha256)));
    }

    private async Task<(long System, long Prompt)> PlaceAsync(string prompt)
    {
        var prompts = new PromptSetStore(Db, Clock);
        var set = await Seeds.PromptSetAsync(prompt);
        var system = await new SystemStore(Db, Clock).AddAsync("system", modelId: null, "");
        return (system, (await prompts.ListPromptsAsync(set))[0].PromptId);
    }
}
