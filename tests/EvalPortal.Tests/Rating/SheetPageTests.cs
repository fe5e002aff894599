using Microsoft.Extensions.DependencyInjection;
using PixelPost.EvalPortal.Database;
using PixelPost.EvalPortal.Studies;
using PixelPost.EvalPortal.Tests.Database;

namespace PixelPost.EvalPortal.Tests.Rating;

/// <summary>A study that is not made of pairs over HTTP, with a rater who has read its instructions: a browser without script.</summary>
public abstract class SheetPageTests : IAsyncLifetime
{
    protected PortalServer Portal { get; } = new();

    protected Study Study { get; private set; } = null!;

    protected HttpClient Rater { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        await Portal.InitializeAsync();
        var (db, clock) = (Portal.Services.GetRequiredService<Db>(), Portal.Services.GetRequiredService<TimeProvider>());
        Study = await AddStudyAsync(new Seeds(db, clock), db, clock);
        Rater = Portal.Client();
        await Rater.SubmitAsync($"/r/{Study.LinkToken}", [], "form");
        await Rater.SubmitAsync($"/r/{Study.LinkToken}", [], "form");
    }

    public async Task DisposeAsync()
    {
        Rater.Dispose();
        await Portal.DisposeAsync();
    }

    /// <summary>Adds a running study of two prompts.</summary>
    protected abstract Task<Study> AddStudyAsync(Seeds seeds, Db db, TimeProvider clock);
}
