using PixelPost.EvalPortal.Dashboards;
using PixelPost.EvalPortal.Database;

namespace PixelPost.EvalPortal.Bundles;

/// <summary>
/// A portal that holds nothing but a bundle, in a folder that is removed again: what is computed in it is computed from the bundle, by the
/// same program that shows results.
/// </summary>
internal sealed class BundlePortal : IAsyncDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("pixelpost-bundle-").FullName;
    private ServiceProvider? _services;

    private BundlePortal()
    {
    }

    public IServiceProvider Services => _services!;

    /// <summary>The studies, in order.</summary>
    public IReadOnlyList<long> StudyIds { get; private set; } = [];

    /// <summary>Fills a portal with the rows of a bundle; image files stay where they are.</summary>
    /// <exception cref="RefusedException">The rows cannot be right.</exception>
    public static async Task<BundlePortal> OpenAsync(BundleContents contents, BundleOrigin origin, Action<long, long>? tell, CancellationToken cancel)
    {
        var portal = new BundlePortal();
        try
        {
            await portal.FillAsync(contents, origin, tell, cancel);
            return portal;
        }
        catch
        {
            await portal.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_services is not null)
            await _services.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    private async Task FillAsync(BundleContents contents, BundleOrigin origin, Action<long, long>? tell, CancellationToken cancel)
    {
        _services = new ServiceCollection().AddPortal(new PortalOptions { Data = _folder, Demo = false }).AddStudyPages().BuildServiceProvider();
        var db = Services.GetRequiredService<Db>();
        var clock = Services.GetRequiredService<TimeProvider>();
        await Migrator.MigrateAsync(db, clock, cancel);
        await using var connection = await db.OpenAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        StudyIds = await contents.StoreAsync(transaction, origin, clock.GetUtcNow(), tell, cancel);
        await transaction.CommitAsync(cancel);
    }
}
