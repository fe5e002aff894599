namespace PixelPost.EvalPortal.Bundles;

/// <summary>Registers what makes bundles and takes them in.</summary>
public static class BundleSetup
{
    public static IServiceCollection AddBundles(this IServiceCollection services) => services
        .AddSingleton(provider => BundleKey.OfFile(provider.GetRequiredService<DataFolder>().BundleKey))
        .AddSingleton<BundleStore>()
        .AddSingleton<BundleExport>()
        .AddSingleton<BundleImport>()
        .AddTransient<BundleImportSession>();
}
