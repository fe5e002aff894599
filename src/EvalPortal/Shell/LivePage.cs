using Microsoft.AspNetCore.Components;

namespace PixelPost.EvalPortal.Shell;

/// <summary>A page that follows something that goes on without it: it reads again every second for as long as it is open.</summary>
public abstract class LivePage : ReadingComponent, IAsyncDisposable
{
    /// <summary>How often the page reads.</summary>
    public static readonly TimeSpan Beat = TimeSpan.FromSeconds(1);

    private readonly CancellationTokenSource _closed = new();
    private Task _following = Task.CompletedTask;

    [Inject] protected TimeProvider Clock { get; private set; } = default!;

    /// <summary>Ends when the page is closed.</summary>
    protected CancellationToken Closed => _closed.Token;

    protected override void OnAfterRender(bool firstRender)
    {
        if (firstRender)
            _following = FollowAsync();
    }

    private async Task FollowAsync()
    {
        using var timer = new PeriodicTimer(Beat, Clock);
        try
        {
            while (await timer.WaitForNextTickAsync(Closed))
                await InvokeAsync(async () =>
                {
                    await ReadAsync();
                    StateHasChanged();
                });
        }
        catch (OperationCanceledException)
        {
            // the page is closed
        }
        catch (Exception exception)
        {
            await DispatchExceptionAsync(exception);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _closed.CancelAsync();
        await _following;
        _closed.Dispose();
        GC.SuppressFinalize(this);
    }
}
