using Microsoft.Extensions.DependencyInjection;
using NetVips;
using PixelPost.EvalPortal.Dashboards;
using PixelPost.EvalPortal.Database;
using PixelPost.EvalPortal.Images;
using PixelPost.EvalPortal.Library;
using PixelPost.EvalPortal.Rounds;
using PixelPost.EvalPortal.Studies;
using PixelPost.EvalPortal.Systems;
using PixelPost.EvalPortal.Tests.Database;
using PixelPost.EvalPortal.TrainingJobs;
using PixelPost.Training.Contracts;

namespace PixelPost.EvalPortal.Tests.Rounds;

/// <summary>A portal's services with a model, its images with seeds 1 and 2, and a running study of them.</summary>
public abstract class LoopTests(DatabaseKind kind) : DatabaseTests(kind)
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("pixelpost-loop-");

    /// <summary>The model that made the images.</summary>
    protected Model Base { get; private set; } = null!;

    /// <summary>"Round 1", with three prompts and both axes.</summary>
    protected Study Study { get; private set; } = null!;

    protected IServiceProvider Services { get; private set; } = null!;

    public override async Task InitializeAsync()
    {
        await base.InitializeAsync();
        Services = Build(services => services
            .AddLogging()
            .AddPortal(new PortalOptions { Data = _folder.FullName, Demo = false })
            .AddSingleton(Db)
            .AddSingleton<TimeProvider>(Clock));
        Base = await AddModelAsync("base");
        Study = await AddStudyAsync();
    }

    public override async Task DisposeAsync()
    {
        await base.DisposeAsync();
        _folder.Delete(recursive: true);
    }

    protected T Get<T>() where T : notnull => Services.GetRequiredService<T>();

    /// <summary>Makes the services; overridden where a browser brings its own.</summary>
    protected virtual IServiceProvider Build(Action<IServiceCollection> addPortal)
    {
        var services = new ServiceCollection();
        addPortal(services);
        return services.BuildServiceProvider();
    }

    /// <summary>Freezes the study's votes on flaws and orders a training on them.</summary>
    /// <returns>The job's id.</returns>
    protected async Task<long> TrainAsync(string name = "tuned", VoteSource source = VoteSource.Real, long? modelId = null)
    {
        var preview = PreferencePreview.Of(await Get<PreferenceSetStore>().ReadVotesAsync(Study.StudyId, source), AxisRule.Flaws, votesPerComparison: 1);
        var votes = new ChosenVotes(Study, AxisRule.Flaws, source, preview.Sha256);
        var draft = new TrainDraft { Name = name, ModelId = modelId ?? Base.ModelId };
        return await Get<TrainOrders>().TrainAsync(votes, draft, createdByAccountId: null);
    }

    /// <summary>Has the oldest queued job succeed as a worker and the queue would: a training leaves a model, a sampling its images.</summary>
    protected async Task<Job> SucceedAsync()
    {
        var job = (await Get<JobStore>().ClaimAsync())!;
        var folder = Folder(job);
        if (job.Kind == JobKind.Train)
            Directory.CreateDirectory(folder.Checkpoint(300));
        else
            Draw(folder);
        var result = new JobResult
        {
            Output = job.Kind == JobKind.Train ? "checkpoints/000300" : "samples/manifest.jsonl",
            ModelSha256 = "ff",
            Done = 300,
            Elapsed = 90,
            FinishedAt = Clock.GetUtcNow(),
        };
        ContractJson.WriteFile(folder.Result, result);
        await Get<JobHarvest>().TakeInAsync(job, result);
        await Get<JobStore>().FinishAsync(job.JobId, RunState.Succeeded, exitCode: 0, error: null);
        return (await Get<JobStore>().FindAsync(job.JobId))!;
    }

    protected JobFolder Folder(Job job) => new(Get<DataFolder>().Resolve(job.Folder));

    protected async Task<Model> AddModelAsync(string name)
    {
        var folder = Directory.CreateDirectory(Path.Combine(Get<DataFolder>().Models, name)).FullName;
        var id = await Get<ModelStore>().AddAsync(name, Get<DataFolder>().Relative(folder), new string('b', 64));
        return (await Get<ModelStore>().FindAsync(id))!;
    }

    /// <summary>An image file that no other has the content of.</summary>
    protected static byte[] Png(int shade)
    {
        using var image = Image.Black(16, 16, bands: 3) + new double[] { shade % 256, shade / 256 % 256, 7 };
        return image.Cast(Enums.BandFormat.Uchar).PngsaveBuffer(keep: Enums.ForeignKeep.None);
    }

    private async Task<Study> AddStudyAsync()
    {
        var set = await Seeds.PromptSetAsync("a fox", "a hen", "a cat");
        var prompts = await Get<PromptSetStore>().ListPromptsAsync(set);
        var systems = new List<long>();
        foreach (var seed in (int[])[1, 2])
        {
            systems.Add(await Get<SystemStore>().AddAsync($"base, seed {seed}", Base.ModelId, ""));
            await Get<ImageStore>().AddAsync([.. prompts.Select(prompt => new NewImage
            {
                SystemId = systems[^1],
                PromptId = prompt.PromptId,
                Seed = seed,
                File = Get<ImageFiles>().Keep(Png(10 * seed + prompt.Position), "image"),
            })]);
        }
        var id = await Get<StudyStore>().AddAsync(await Seeds.DraftAsync(systems[0], systems[1]) with { Name = "Round 1", Language = "ar" });
        await Get<StudyStore>().SetStateAsync(id, StudyState.Running);
        return (await Get<StudyStore>().FindAsync(id))!;
    }

    private static void Draw(JobFolder folder)
    {
        Directory.CreateDirectory(folder.Samples);
        var lines = ContractJson.ReadLines<PromptLine>(folder.Prompts).Select(line =>
        {
            var file = $"samples/{line.Number:D6}.png";
            var bytes = Png(folder.Root.Sum(c => c) + line.Number);
            File.WriteAllBytes(Path.Combine(folder.Root, file), bytes);
            return new SampleLine
            {
                Image = file,
                Sha256 = Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(bytes)),
                PromptId = line.Value.PromptId,
                Prompt = line.Value.Prompt,
                Seed = line.Value.Seed,
                Width = 16,
                Height = 16,
                InferenceSteps = 30,
                GuidanceScale = 3,
                Scheduler = "ddim",
                ModelSha256 = "ff",
            };
        });
        File.WriteAllLines(folder.SampleManifest, lines.Select(line => System.Text.Json.JsonSerializer.Serialize(line, ContractJson.Line)));
    }
}
