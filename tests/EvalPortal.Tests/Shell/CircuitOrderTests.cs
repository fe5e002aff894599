#pragma warning disable BL0006 // the renderer's own types: what is tested is how Blazor draws

using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Rendering;
using Microsoft.AspNetCore.Components.RenderTree;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using PixelPost.EvalPortal.Shell;

namespace PixelPost.EvalPortal.Tests.Shell;

/// <summary>A click that comes while its page is being drawn anew, and the acknowledgement of that drawing right behind it.</summary>
public sealed class CircuitOrderTests
{
    [Fact]
    public async Task Click_BeforeAcknowledgement_FindsItsHandler()
    {
        var order = new CircuitOrder();
        var clicked = await ClickWhileDrawnAsync(order.OnCircuitOpenedAsync, activity => order.CreateInboundActivityHandler(_ => activity())(null!));
        Assert.Equal(0, Assert.Single(await clicked)); // the first drawing's: the one that was seen
    }

    [Fact] // once this fails, Blazor keeps the order itself and CircuitOrder can go
    public async Task Click_WhenAcknowledgementsDoNotWait_IsLost()
    {
        var clicked = await ClickWhileDrawnAsync((_, _) => Task.CompletedTask, activity => activity());
        var lost = await Assert.ThrowsAsync<ArgumentException>(() => clicked);
        Assert.Contains("no event handler", lost.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Fault_ReachesTheCaller()
    {
        var order = new CircuitOrder();
        var dispatcher = Dispatcher.CreateDefault();
        await dispatcher.InvokeAsync(() => order.OnCircuitOpenedAsync(null!, default));
        var handler = order.CreateInboundActivityHandler(_ => throw new InvalidOperationException("of the page"));
        Assert.Equal("of the page", (await Assert.ThrowsAsync<InvalidOperationException>(() => handler(null!))).Message);
    }

    /// <summary>The drawings whose button was clicked, once the click has been dealt with.</summary>
    private static async Task<Task<List<int>>> ClickWhileDrawnAsync(
        Func<Microsoft.AspNetCore.Components.Server.Circuits.Circuit, CancellationToken, Task> open, Func<Func<Task>, Task> takeAsync)
    {
        var page = new ButtonPage();
        var renderer = new Browser();
        await renderer.Dispatcher.InvokeAsync(() => open(null!, default));
        await renderer.Dispatcher.InvokeAsync(() => renderer.Show(page));
        renderer.Acknowledge();

        var clicked = Task.FromResult(new List<int>());
        renderer.Sent = () =>
        {
            // The browser's connection is read by another thread, while this one still draws.
            var connection = new Thread(() =>
            {
                clicked = ClickAsync();
                _ = takeAsync(renderer.AcknowledgeAsync);
            });
            connection.Start();
            connection.Join();
        };
        await renderer.Dispatcher.InvokeAsync(page.DrawAnew);
        return clicked;

        async Task<List<int>> ClickAsync()
        {
            var id = renderer.FirstHandler;
            await takeAsync(() => renderer.Dispatcher.InvokeAsync(() => renderer.DispatchEventAsync(id, null, EventArgs.Empty)));
            return page.Clicked;
        }
    }

    /// <summary>A button whose handler is a new one at every drawing, as those of most components are.</summary>
    private sealed class ButtonPage : ComponentBase
    {
        private int _drawn;

        /// <summary>Of every click, the drawing whose button it was.</summary>
        public List<int> Clicked { get; } = [];

        public void DrawAnew() => StateHasChanged();

        protected override void BuildRenderTree(RenderTreeBuilder builder)
        {
            var drawn = _drawn++;
            builder.OpenElement(0, "button");
            builder.AddAttribute(1, "onclick", new Action(() => Clicked.Add(drawn)));
            builder.CloseElement();
        }
    }

    private sealed class Browser() : Renderer(new ServiceCollection().BuildServiceProvider(), NullLoggerFactory.Instance)
    {
        private TaskCompletionSource _acknowledged = new();

        public Action? Sent { get; set; }

        public ulong FirstHandler { get; private set; }

        public override Dispatcher Dispatcher { get; } = Dispatcher.CreateDefault();

        public Task Show(IComponent page) => RenderRootComponentAsync(AssignRootComponentId(page));

        public void Acknowledge() => _acknowledged.SetResult();

        public Task AcknowledgeAsync()
        {
            Acknowledge();
            return Task.CompletedTask;
        }

        protected override Task UpdateDisplayAsync(in RenderBatch renderBatch)
        {
            _acknowledged = new();
            if (FirstHandler == 0)
                FirstHandler = renderBatch.ReferenceFrames.Array.First(frame => frame.FrameType == RenderTreeFrameType.Attribute && frame.AttributeEventHandlerId > 0).AttributeEventHandlerId;
            Sent?.Invoke();
            return _acknowledged.Task;
        }

        protected override void HandleException(Exception exception) => throw new InvalidOperationException("The page could not be drawn.", exception);
    }
}
