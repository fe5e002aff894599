using Microsoft.AspNetCore.Components;

namespace PixelPost.EvalPortal.Shell;

/// <summary>
/// A component that is drawn when it has read what it shows, and not in between: neither half of it, nor that there is nothing, nor the
/// old with a part of the new after its parameters changed.
/// </summary>
/// <remarks>
/// A component is usually drawn at every wait of its reading. On SQLite that cannot be seen, for it answers at once; on PostgreSQL, or
/// where the answer is shared with others, it can. It is not for what shows that it is still reading, or how far it has got.
/// </remarks>
public abstract class ReadingComponent : ComponentBase
{
    private int _readings;

    /// <summary>Reads what the component shows; its parameters are set.</summary>
    protected abstract Task ReadAsync();

    public override async Task SetParametersAsync(ParameterView parameters)
    {
        parameters.SetParameterProperties(this); // they are gone after the first wait
        _readings++;
        try
        {
            await ReadAsync();
        }
        finally
        {
            _readings--;
        }
        await base.SetParametersAsync(ParameterView.Empty);
    }

    protected override bool ShouldRender() => _readings == 0;
}
