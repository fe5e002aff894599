using PixelPost.Training;
using PixelPost.Training.Ablation;
using PixelPost.Training.Bench;
using PixelPost.Training.Contracts;
using PixelPost.Training.Data;
using PixelPost.Training.Native;
using PixelPost.Training.PixelBudgets;
using PixelPost.Training.Pretraining;
using PixelPost.Training.Verification;

Option job = new("job", "FOLDER", "the job's folder (docs/job-contract.md)", Required: true);
Option data = new("data", "FOLDER", "pictures and captions, as data/fetch-emoji.sh fetches them", Required: true);
Option model = new("model", "FOLDER", "model in diffusers layout", Required: true);
Option output = new("out", "FOLDER", "where the model is made; a run that is already there goes on", Required: true);

Verb[] verbs =
[
    new("train", "post-trains a model; the same command goes on after an interruption",
        [job, new("dry-run", "", "says what the job would take, measured on its first batch, and leaves the folder as it is")],
        a => a.Has("dry-run") ? Tried(a["job"]) : Run(a["job"], JobKind.Train, TrainingLoop.Run)),
    new("sample", "generates images; the same command goes on after an interruption", [job],
        a => Run(a["job"], JobKind.Sample, SamplingJob.Run)),
    new("pretrain autoencoder", "trains an autoencoder from random weights", [data, output, .. Option.Of<AutoencoderSettings>()],
        a => Loaded(() => AutoencoderPretraining.Run(EmojiPackages.Read(a["data"]), a["out"], a.Settings<AutoencoderSettings>()))),
    new("pretrain denoiser", "trains a text encoder and a denoiser from random weights", [data, output, .. Option.Of<DenoiserSettings>()],
        a => Loaded(() => DenoiserPretraining.Run(EmojiPackages.Read(a["data"]), a["out"], a.Settings<DenoiserSettings>()))),
    new("bench quality", "measures a model on the pictures it was trained on", [model, data, new("sheet", "FILE", "PNG of 64 samples; default quality.png"), .. Option.Of<QualitySettings>()],
        a => Loaded(() => QualityBench.Run(EmojiPackages.Read(a["data"]), a["model"], a.Text("sheet", "quality.png"), a.Settings<QualitySettings>()))),
    new("bench memory", "measures what gradient_checkpointing saves and costs", [.. Option.Of<MemorySettings>()],
        a => Loaded(() => MemoryBench.Run(a.Settings<MemorySettings>()))),
    new("bench pixels", "counts what a pixel term adds to the arithmetic of training Stable Diffusion 1.5", [.. Option.Of<PixelsSettings>()],
        a => Loaded(() => PixelsBench.Run(a.Settings<PixelsSettings>(), Console.Out))),
    new("bench step", "measures the time of forward and backward passes and of whole training steps", [.. Option.Of<StepSettings>()],
        a => Loaded(() => StepBench.Run(a.Settings<StepSettings>()))),
    new("ablate", "compares ways to post-train, by seeds and formulas; the same command goes on after an interruption",
        [new("model", "FOLDER[,FOLDER]", "one or more models in diffusers layout", Required: true), data, new("out", "FOLDER", "where data, runs, results and table are made", Required: true),
            new("features", "FOLDER", "network of the kernel distance, as data/fetch-features.sh fetches it"), .. Option.Of<AblationSettings>()],
        a => Loaded(() => AblationRun.Run(EmojiPackages.Read(a["data"]), a["model"].Split(','), a.Text("features", "") is { Length: > 0 } features ? features : null, a["out"], a.Settings<AblationSettings>()))),
    new("distill-decoder", "trains a small decoder to do what a model's own does, for pixel_decoder; the same command goes on", [model, data, output, .. Option.Of<DistillationSettings>()],
        a => Loaded(() => DecoderDistillation.Run(EmojiPackages.Read(a["data"]), a["model"], a["out"], a.Settings<DistillationSettings>(), Console.Out))),
    new("pixel-budget", "measures what a pixel term costs and what windows of images give, and chooses settings for a budget", 
        [model, data, new("decoder", "FOLDER", "a decoder that stands in, as distill-decoder makes it, in place of the model's pixel_decoder"), .. Option.Of<PixelBudgetSettings>()],
        a => Loaded(() => PixelBudget.Run(EmojiPackages.Read(a["data"]), a["model"], a.Text("decoder", ""), a.Settings<PixelBudgetSettings>(), Console.Out))),
    new("merge-lora", "writes a model with a LoRA added to its denoiser's weights",
        [model, new("lora", "FILE", "safetensors, or a folder with adapter_model.safetensors", Required: true), new("out", "FOLDER", "where the new model is made", Required: true), new("scale", "N", "how much of it; default 1")],
        a => Loaded(() => LoraMerge.Run(a["model"], a["lora"], a["out"], a.Text("scale", "1")))),
    new("verify", "compares a model with what other software computed from it", [new("model", "FOLDER", "model in diffusers layout with expected/*.safetensors beside its parts", Required: true)],
        a => Verified(a["model"])),
    new("doctor", "says what the worker finds on this machine and, for every fault, its cure", [],
        _ => Doctor.Run(Console.Out)),
];

try
{
    return (int)CommandLine.Run(verbs, args);
}
catch (Exception problem)
{
    return (int)Report(problem);
}

// A job's outcome goes to its status.json too.
static WorkerExit Run(string path, JobKind kind, Func<JobSpec, RunFiles, JobResult> work)
{
    using var files = new RunFiles(new JobFolder(Path.GetFullPath(path)));
    try
    {
        var worked = files.Record(() =>
        {
            var job = Read(files.Folder, kind);
            files.ThrowIfStopRequested();
            LibTorch.Load();
            return work(job, files);
        });
        if (!worked) Console.WriteLine("The job is done already: result.json is there.");
        return WorkerExit.Done;
    }
    catch (Exception problem)
    {
        return Report(problem);
    }
}

static JobSpec Read(JobFolder folder, JobKind kind)
{
    var job = ContractJson.ReadFile<JobSpec>(folder.Job);
    if (job.ContractVersion != JobSpec.CurrentVersion)
        throw new BadJobException($"job.json: contract_version is {job.ContractVersion}; this worker knows {JobSpec.CurrentVersion} only.");
    return job.Kind == kind ? job : throw new BadJobException($"job.json: kind is '{Named(job.Kind)}'; '{Named(kind)}' needs a job of kind '{Named(kind)}'.");
}

static WorkerExit Tried(string path)
{
    var folder = new JobFolder(Path.GetFullPath(path));
    RunFiles.ThrowIfNoJob(folder);
    var job = Read(folder, JobKind.Train);
    return Loaded(() => DryRun.Measure(job, folder).Print(Console.Out));
}

static string Named(JobKind kind) => kind.ToString().ToLowerInvariant();

static WorkerExit Loaded(Action work)
{
    LibTorch.Load();
    work();
    return WorkerExit.Done;
}

static WorkerExit Verified(string folder)
{
    LibTorch.Load();
    return ModelVerification.Print(folder, Console.Out) ? WorkerExit.Done : throw new BadJobException($"'{folder}' does not give the expected values.");
}

// The last line on standard error is the sentence; a bug's stack trace stands above it.
static WorkerExit Report(Exception problem)
{
    var (exit, sentence) = Failure.Explain(problem);
    if (exit == WorkerExit.Bug) Console.Error.WriteLine(problem);
    Console.Error.WriteLine(sentence);
    return exit;
}
