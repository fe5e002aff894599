using PixelPost.EvalPortal.Ablations;
using PixelPost.EvalPortal.Systems;
using PixelPost.EvalPortal.TrainingJobs;

namespace PixelPost.EvalPortal.Rounds;

/// <summary>Registers what takes the loop round: what every verb may use, and what the running portal does.</summary>
public static class LoopSetup
{
    public static IServiceCollection AddLoop(this IServiceCollection services) => services
        .AddSingleton<JobStore>()
        .AddSingleton<JobOrders>()
        .AddSingleton<JobHarvest>()
        .AddSingleton<ModelIntake>()
        .AddSingleton<AskedImageStore>()
        .AddSingleton<TrainOrders>()
        .AddSingleton<GenerationOrders>()
        .AddSingleton<RoundStore>()
        .AddSingleton<RoundOrders>()
        .AddSingleton<AblationStore>()
        .AddSingleton<AblationOrders>()
        .AddSingleton<LineageStore>()
        .AddSingleton<LineagePathStore>();

    public static IServiceCollection AddLoopPages(this IServiceCollection services) => services
        .AddHostedService<JobQueue>()
        .AddHostedService<RoundRunner>()
        .AddHostedService<AblationRunner>()
        .AddScoped<JobSession>()
        .AddTransient<NewModelSession>();
}
