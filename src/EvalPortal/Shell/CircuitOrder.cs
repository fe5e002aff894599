using Microsoft.AspNetCore.Components.Server.Circuits;

namespace PixelPost.EvalPortal.Shell;

/// <summary>Takes everything that a browser says in the order it came, between two drawings of its page and never beside one.</summary>
/// <remarks>
/// Blazor keeps the handlers that a drawing replaces until the browser has acknowledged the drawing; what was clicked before that still finds
/// its handler. Events wait while a page is being drawn, but acknowledgements do not: one that comes after a drawing is sent and before the
/// method that draws has returned makes Blazor forget those handlers at once, and the events that wait, though they came first, are lost
/// ("There is no event handler associated with this event"). Here acknowledgements wait with the events.
/// </remarks>
public sealed class CircuitOrder : CircuitHandler
{
    private SynchronizationContext? _drawing;

    /// <summary>Before the other handlers: they are in order then too.</summary>
    public override int Order => -1;

    public override Task OnCircuitOpenedAsync(Circuit circuit, CancellationToken cancellationToken)
    {
        _drawing = SynchronizationContext.Current;
        return Task.CompletedTask;
    }

    public override Func<CircuitInboundActivityContext, Task> CreateInboundActivityHandler(Func<CircuitInboundActivityContext, Task> next) => context =>
    {
        if (_drawing is null)
            return next(context);
        var done = new TaskCompletionSource();
        _drawing.Post(
            async _ =>
            {
                try
                {
                    await next(context);
                    done.SetResult();
                }
                catch (Exception exception)
                {
                    done.SetException(exception);
                }
            },
            state: null);
        return done.Task;
    };
}
