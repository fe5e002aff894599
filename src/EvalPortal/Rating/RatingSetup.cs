namespace PixelPost.EvalPortal.Rating;

/// <summary>Registers the rater's side.</summary>
public static class RatingSetup
{
    public static IServiceCollection AddRating(this IServiceCollection services)
    {
        services.AddSingleton<RaterPath>();
        services.AddSingleton<RaterLanguage>();
        services.AddRaterLimits();
        return services;
    }
}
