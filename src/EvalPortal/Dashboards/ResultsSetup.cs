using Microsoft.AspNetCore.Components.Web;
using PixelPost.EvalPortal.Checks;
using PixelPost.EvalPortal.Guidelines;
using PixelPost.EvalPortal.Library;
using PixelPost.EvalPortal.Plans;
using PixelPost.EvalPortal.Quality;
using PixelPost.EvalPortal.Studies;

namespace PixelPost.EvalPortal.Dashboards;

/// <summary>Registers what the pages of studies and their results hold while they are open.</summary>
public static class ResultsSetup
{
    public static IServiceCollection AddStudyPages(this IServiceCollection services)
    {
        services.AddMemoryCache();
        services.AddSingleton<ReportCache>();
        services.AddScoped<HtmlRenderer>();
        services.AddTransient<StudySession>();
        services.AddTransient<NewStudySession>();
        services.AddTransient<PromptsSession>();
        services.AddTransient<StudyGroupSession>();
        services.AddTransient<PlanSession>();
        services.AddSingleton<PowerDefaultsReader>();
        services.AddTransient<QuestionsSession>();
        services.AddTransient<ResultsSession>();
        services.AddTransient<ComparisonSession>();
        services.AddTransient<QualitySession>();
        services.AddTransient<ChecksSession>();
        services.AddTransient<GuidelinesSession>();
        return services;
    }
}
