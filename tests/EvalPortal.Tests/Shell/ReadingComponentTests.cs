using System.Threading.Channels;
using Bunit;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Rendering;
using PixelPost.EvalPortal.Shell;

namespace PixelPost.EvalPortal.Tests.Shell;

/// <summary>When a component that reads is drawn.</summary>
public sealed class ReadingComponentTests
{
    [Fact]
    public async Task FirstReading_InTwoParts_IsDrawnWhenBothAreThere()
    {
        await using var browser = new BunitContext();
        var page = browser.Render<TwoParts>(parameters => parameters.Add(part => part.Id, 1));

        page.Instance.Answer("name");
        Assert.Empty(page.Markup);
        page.Instance.Answer("size");

        page.WaitForAssertion(() => Assert.Equal("1: name, size", page.Markup));
        Assert.Equal(1, page.RenderCount);
    }

    [Fact]
    public async Task NextReading_WhileSomethingElseIsToBeDrawn_LeavesTheOldUntilTheNewIsWhole()
    {
        await using var browser = new BunitContext();
        var page = browser.Render<TwoParts>(parameters => parameters.Add(part => part.Id, 1));
        page.Instance.Answer("name");
        page.Instance.Answer("size");
        page.WaitForAssertion(() => Assert.Equal("1: name, size", page.Markup));

        page.Render(parameters => parameters.Add(part => part.Id, 2));
        page.Instance.Answer("other name");
        await page.InvokeAsync(page.Instance.Draw);
        Assert.Equal("1: name, size", page.Markup);
        page.Instance.Answer("other size");

        page.WaitForAssertion(() => Assert.Equal("2: other name, other size", page.Markup));
    }

    /// <summary>Reads two parts, each of which waits for its answer.</summary>
    private sealed class TwoParts : ReadingComponent
    {
        private readonly Channel<string> _answers = Channel.CreateUnbounded<string>();
        private string? _name;
        private string? _size;

        [Parameter] public int Id { get; set; }

        public void Answer(string part) => Assert.True(_answers.Writer.TryWrite(part));

        public void Draw() => StateHasChanged();

        protected override async Task ReadAsync()
        {
            _name = await _answers.Reader.ReadAsync();
            _size = await _answers.Reader.ReadAsync();
        }

        protected override void BuildRenderTree(RenderTreeBuilder builder) => builder.AddContent(0, $"{Id}: {_name}, {_size}");
    }
}
