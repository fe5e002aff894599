namespace PixelPost.EvalPortal.Material;

/// <summary>Registers how material comes in: what every verb may use, and what the portal's pages do.</summary>
public static class MaterialSetup
{
    public static IServiceCollection AddMaterial(this IServiceCollection services) => services
        .AddSingleton<ImportRoots>()
        .AddSingleton<MaterialCheck>()
        .AddSingleton<MaterialTake>()
        .AddSingleton<ImportStore>();

    public static IServiceCollection AddMaterialPages(this IServiceCollection services) => services
        .AddSingleton<Uploads>()
        .AddSingleton<ImportRunner>()
        .AddHostedService(provider => provider.GetRequiredService<ImportRunner>())
        .AddTransient<NewImportSession>()
        .AddTransient<ImportSession>();
}
