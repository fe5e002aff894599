using PixelPost.EvalPortal.Database;
using PixelPost.EvalPortal.Images;
using PixelPost.EvalPortal.Library;
using PixelPost.EvalPortal.Studies;
using PixelPost.EvalPortal.Systems;
using PixelPost.Training.Contracts;

namespace PixelPost.EvalPortal.Demo;

/// <summary>
/// Fills an empty portal once with something to rate: the shipped models, one's images with two seeds, and a study of them. Every
/// part is looked for before it is added, so that a start that was cut short is completed by the next.
/// </summary>
public sealed class DemoLoader(
    PortalOptions options, ShippedData shipped, DataFolder data, SettingStore settings, ModelStore models, PromptSetStore promptSets,
    SystemStore systems, ImageFiles files, ImageStore images, StudyStore studies, ComparisonStore comparisons, ILogger<DemoLoader> log)
{
    private const string Setting = "demo";
    private const string Begun = "begun";
    private const string Loaded = "loaded";
    private const string ModelName = "Fluent Emoji";
    private const string UNetName = "Fluent Emoji U-Net";
    private const string PromptSetName = "Fluent Emoji captions";

    /// <summary>Why there is no demonstration although one is wanted; null when there is one or none is wanted.</summary>
    public string? Absence { get; private set; }

    /// <summary>Loads the demonstration into a portal without studies, unless that is switched off or was done before.</summary>
    public async Task LoadAsync(CancellationToken cancel = default)
    {
        var state = await settings.FindAsync(Setting, cancel);
        if (!options.Demo || state == Loaded || (state is null && await studies.ListAsync(cancel) is not []))
            return;
        try
        {
            if (shipped.Missing() is { } missing)
                throw new RefusedException($"{missing} is not there.");
            await settings.SetAsync(Setting, Begun, cancel);
            await LoadRound1Async(cancel);
            await settings.SetAsync(Setting, Loaded, cancel);
        }
        catch (RefusedException refused)
        {
            Absence = $"The demonstration is not loaded: {refused.Message}";
            log.LogWarning("{Absence}", Absence);
        }
    }

    private async Task LoadRound1Async(CancellationToken cancel)
    {
        var samples = ContractJson.ReadLines<SampleLine>(shipped.Round1.SampleManifest).Select(line => line.Value).ToList();
        var sha256 = ModelFolder.Sha256(shipped.Model);
        if (samples.FirstOrDefault(sample => sample.ModelSha256 != sha256) is { } foreign)
            throw new RefusedException($"{foreign.Image} was not made by the model in {shipped.Model}.");
        var model = await TakeModelAsync(ModelName, shipped.Model, cancel);
        await TakeModelAsync(UNetName, shipped.UNetModel, cancel);
        var prompts = await TakePromptsAsync(samples, cancel);
        var systemIds = new List<long>();
        foreach (var ofSeed in samples.GroupBy(sample => sample.Seed))
            systemIds.Add(await TakeImagesAsync(model, ofSeed.Key, [.. ofSeed], prompts, cancel));
        await TakeStudyAsync(systemIds[0], systemIds[1], cancel);
    }

    /// <summary>Copies a model into the data folder, which so holds everything that the portal's rows speak of.</summary>
    private async Task<Model> TakeModelAsync(string name, string source, CancellationToken cancel)
    {
        var folder = Path.Combine(data.Models, Path.GetFileName(source));
        if (!Directory.Exists(folder))
        {
            var half = folder + ".tmp";
            if (Directory.Exists(half))
                Directory.Delete(half, recursive: true);
            foreach (var file in Directory.EnumerateFiles(source, "*", SearchOption.AllDirectories))
            {
                var copy = Path.Combine(half, Path.GetRelativePath(source, file));
                Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
                File.Copy(file, copy);
            }
            Directory.Move(half, folder);
        }
        if (!(await models.ListAsync(cancel)).Any(model => model.Name == name))
            await models.AddAsync(name, data.Relative(folder), ModelFolder.Sha256(folder), cancel: cancel);
        return (await models.ListAsync(cancel)).Single(model => model.Name == name);
    }

    /// <returns>The ids in the database by those in the manifest.</returns>
    private async Task<IReadOnlyDictionary<string, long>> TakePromptsAsync(IReadOnlyList<SampleLine> samples, CancellationToken cancel)
    {
        var shippedPrompts = samples.DistinctBy(sample => sample.PromptId).ToList();
        var set = (await promptSets.ListAsync(cancel)).FirstOrDefault(set => set.Name == PromptSetName)?.PromptSetId
            ?? await promptSets.AddAsync(
                new NewPromptSet
                {
                    Name = PromptSetName,
                    Description = "Names of emoji that the shipped model has learnt to draw.",
                    Source = "Unicode CLDR short names, by way of emojibase-data",
                    Licence = "MIT",
                    Prompts = [.. shippedPrompts.Select(prompt => new NewPrompt(prompt.Prompt))],
                },
                cancel);
        return shippedPrompts.Zip(await promptSets.ListPromptsAsync(set, cancel))
            .ToDictionary(pair => pair.First.PromptId, pair => pair.Second.PromptId);
    }

    /// <returns>The system's id.</returns>
    private async Task<long> TakeImagesAsync(
        Model model, long seed, IReadOnlyList<SampleLine> samples, IReadOnlyDictionary<string, long> prompts, CancellationToken cancel)
    {
        var name = $"{model.Name}, seed {seed}";
        var system = (await systems.ListAsync(cancel)).FirstOrDefault(system => system.Name == name)?.SystemId
            ?? await systems.AddAsync(name, model.ModelId, "Shipped with PixelPost.", cancel: cancel);
        await images.AddAsync(
            [.. samples.Select(sample => new NewImage
            {
                SystemId = system,
                PromptId = prompts[sample.PromptId],
                File = Keep(sample),
                Seed = sample.Seed,
                InferenceSteps = sample.InferenceSteps,
                GuidanceScale = sample.GuidanceScale,
                Scheduler = sample.Scheduler,
                ModelSha256 = sample.ModelSha256,
            })],
            cancel);
        return system;
    }

    private ImageFile Keep(SampleLine sample)
    {
        var path = Path.Combine(shipped.Round1.Root, sample.Image);
        var kept = files.Keep(File.ReadAllBytes(path), sample.Image);
        return kept.Sha256 == sample.Sha256 ? kept : throw new RefusedException($"{path} is not the file that its manifest lists.");
    }

    private async Task TakeStudyAsync(long systemA, long systemB, CancellationToken cancel)
    {
        var study = await studies.FindByNameAsync(DemoStudy.Name, cancel);
        var id = study?.StudyId
            ?? await studies.AddAsync(DemoStudy.Of(systemA, systemB, await comparisons.PairUpAsync(systemA, systemB, cancel)), cancel);
        if ((study?.State ?? StudyState.Draft) == StudyState.Draft)
            await studies.SetStateAsync(id, StudyState.Running, cancel);
    }
}
