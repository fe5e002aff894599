using PixelPost.EvalPortal.Checks;
using PixelPost.EvalPortal.Dashboards.ExclusionSets;
using PixelPost.EvalPortal.Dashboards.Live;
using PixelPost.EvalPortal.Dashboards.Slices;
using PixelPost.EvalPortal.Dashboards.VoteLists;
using PixelPost.EvalPortal.Exports;
using PixelPost.EvalPortal.Guidelines;
using PixelPost.EvalPortal.Items;
using PixelPost.EvalPortal.Library;
using PixelPost.EvalPortal.Plans;
using PixelPost.EvalPortal.Plots;
using PixelPost.EvalPortal.Quality;
using PixelPost.EvalPortal.Reports.Sources;
using PixelPost.EvalPortal.Studies;
using PixelPost.EvalPortal.VoteImports;

namespace PixelPost.EvalPortal.Dashboards;

/// <summary>Registers what the pages of studies and their results hold while they are open.</summary>
public static class ResultsSetup
{
    public static IServiceCollection AddStudyPages(this IServiceCollection services)
    {
        services.AddMemoryCache();
        services.AddSingleton<ReportCache>();
        services.AddSingleton<StudyDataStore>();
        services.AddTransient<StudySession>();
        services.AddTransient<NewStudySession>();
        services.AddTransient<PromptsSession>();
        services.AddTransient<StudyGroupSession>();
        services.AddTransient<PlanSession>();
        services.AddSingleton<PowerDefaultsReader>();
        services.AddTransient<QuestionsSession>();
        services.AddSingleton<PacedReadings>();
        services.AddSingleton<LiveStore>();
        services.AddSingleton<StudyAlarms>();
        services.AddTransient<LiveSession>();
        services.AddSingleton<SliceStore>();
        services.AddTransient<SlicesSession>();
        services.AddSingleton<VoteListStore>();
        services.AddTransient<VoteListSession>();
        services.AddTransient<ExclusionComparisonSession>();
        services.AddTransient<ResultsSession>();
        services.AddTransient<PairItemSession>();
        services.AddTransient<SheetItemSession>();
        services.AddTransient<PickItemSession>();
        services.AddTransient<StudyFigures>();
        services.AddTransient<GroupFigures>();
        services.AddTransient<QualitySession>();
        services.AddTransient<ChecksSession>();
        services.AddTransient<GuidelinesSession>();
        services.AddTransient<ExportSession>();
        services.AddTransient<VoteImportSession>();
        return services;
    }
}
