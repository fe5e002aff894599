using NetVips;
using PixelPost.EvalPortal.Library;
using PixelPost.EvalPortal.TrainingJobs;
using PixelPost.Training.Contracts;

namespace PixelPost.EvalPortal.Tests.TrainingJobs;

/// <summary>What the queue makes of jobs: models, images, cancelling, doing again.</summary>
public sealed class JobQueueTests : JobQueueTestBase
{
    [SkippableFact]
    public async Task Train_Success_RecordsTheModel()
    {
        var id = await TrainAsync();

        await StartAsync("echo hello; status running training 300 300; result checkpoints/000300");

        var job = await UntilAsync(id, RunState.Succeeded);
        Assert.Equal((0, null), (job.ExitCode, job.Error));
        var model = (await Models.FindByJobAsync(id))!;
        Assert.Equal(("tuned", $"{job.Folder}/checkpoints/000300", "ff", BaseModel), (model.Name, model.Folder, model.WeightsSha256, model.ParentModelId));
        Assert.Equal(["hello"], Folder(job).ReadLogTail(5));
    }

    [SkippableFact]
    public async Task Train_NameOfTheModelTakenMeanwhile_AddsTheJobsNumber()
    {
        await Models.AddAsync("tuned", "models/other", "bb");
        var id = await TrainAsync();

        await StartAsync("result checkpoints/000300");

        await UntilAsync(id, RunState.Succeeded);
        Assert.Equal($"tuned (job {id})", (await Models.FindByJobAsync(id))!.Name);
    }

    [SkippableFact]
    public async Task Sample_Success_RecordsASystemWithItsImages()
    {
        var prompts = await new PromptSetStore(Db, Clock).ListPromptsAsync(await Seeds.PromptSetAsync("a fox", "a hen"));
        File.WriteAllBytes(Path.Combine(Work.FullName, "image.png"), Image.Black(16, 16, bands: 3).PngsaveBuffer(keep: Enums.ForeignKeep.None));
        var id = await Orders().SampleAsync(
            "new images",
            BaseModel,
            [.. prompts.Select(prompt => new PromptLine { PromptId = $"{prompt.PromptId}", Prompt = prompt.Text, Seed = 7 })],
            new SampleSettings { GuidanceScale = 2 },
            createdByAccountId: null);

        await StartAsync("""
            mkdir "$folder/samples"
            i=0
            while read -r line; do
              i=$((i+1)); cp "${0%/*}/image.png" "$folder/samples/$i.png"
              echo "${line%\}},\"image\":\"samples/$i.png\",\"sha256\":\"00\",\"width\":16,\"height\":16,\"inference_steps\":30,\"guidance_scale\":2,\"scheduler\":\"ddim\",\"model_sha256\":\"aa\"}" >> "$folder/samples/manifest.jsonl"
            done < "$folder/prompts.jsonl"
            result samples/manifest.jsonl
            """);

        await UntilAsync(id, RunState.Succeeded);
        var system = (await Systems.FindByJobAsync(id))!;
        Assert.Equal(("new images", BaseModel, 2), (system.Name, system.ModelId, system.ImageCount));
        var images = await Images.ListAsync(system.SystemId);
        Assert.Equal(prompts.Select(prompt => ((long?)prompt.PromptId, (long?)7, (double?)2, (long?)id)), images.Select(image => (image.PromptId, image.Seed, image.GuidanceScale, image.JobId)));
        Assert.True(File.Exists(Files.PathOf(images[0].Sha256)));
    }

    [SkippableFact]
    public async Task Repeat_EndedJob_IsANewOneWithTheSameSettingsAndData()
    {
        var set = await FreezeAsync();
        var settings = new LoopSettings { Objective = Objective.Dpo, Steps = 20 };
        var first = await Orders().TrainAsync("tuned", BaseModel, set.PreferenceSetId, settings, createdByAccountId: null);
        var images = await Orders().SampleAsync("images", BaseModel, [new PromptLine { PromptId = "1", Prompt = "a fox", Seed = 7 }], new SampleSettings { GuidanceScale = 2 }, null);

        var second = (await Jobs.FindAsync(await Orders().RepeatAsync(first, createdByAccountId: null)))!;
        var third = (await Jobs.FindAsync(await Orders().RepeatAsync(second.JobId, createdByAccountId: null)))!;
        var drawn = (await Jobs.FindAsync(await Orders().RepeatAsync(images, createdByAccountId: null)))!;

        Assert.Equal(("tuned (2)", "tuned (3)", "images (2)"), (second.Name, third.Name, drawn.Name));
        Assert.Equal(settings, ContractJson.ReadFile<JobSpec>(Folder(third).Job).Training);
        Assert.Equal(set.PreferenceSetId, third.PreferenceSetId);
        Assert.NotEqual(second.Folder, third.Folder);
        Assert.Equal(("a fox", 7L), ContractJson.ReadLines<PromptLine>(Folder(drawn).Prompts).Select(line => (line.Value.Prompt, line.Value.Seed)).Single());
        Assert.Equal(2, ContractJson.ReadFile<JobSpec>(Folder(drawn).Job).Sampling!.GuidanceScale);
    }

    [SkippableFact]
    public async Task Cancel_RunningJob_StopsAndResumes()
    {
        var id = await TrainAsync();
        await StartAsync(FakeWorker.WorksUntilCancelled);
        await UntilAsync(id, job => job.ProcessId is not null);

        await Jobs.CancelAsync(id);
        await UntilAsync(id, job => File.Exists(Folder(job).Cancel));

        var job = await UntilAsync(id, job => job.State == RunState.Cancelled, timePasses: false);
        Assert.Equal((3, null), (job.ExitCode, job.Error));
        await Jobs.ResumeAsync(id);
        await UntilAsync(id, job => job.State == RunState.Running && job.ProcessId is not null);
        Assert.False(File.Exists(Folder(job).Cancel));
    }

    [SkippableFact]
    public async Task Cancel_WorkerThatDoesNotHeed_IsKilledAfterAGraceTime()
    {
        var id = await TrainAsync();
        await StartAsync("status running training 37 300; while :; do sleep 0.05; done");
        await UntilAsync(id, job => job.ProcessId is not null);
        var asked = Clock.GetUtcNow();

        await Jobs.CancelAsync(id);

        var job = await UntilAsync(id, RunState.Cancelled);
        Assert.Equal("The worker did not stop by itself when asked (exit code 137).", job.Error);
        Assert.True(Clock.GetUtcNow() - asked >= JobQueue.CancelGrace);
    }
}
