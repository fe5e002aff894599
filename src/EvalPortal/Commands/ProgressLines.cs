using System.Diagnostics;
using System.Globalization;

namespace PixelPost.EvalPortal.Commands;

/// <summary>Says in the terminal how far a command is, every two seconds.</summary>
/// <param name="what">What is counted and done: <c>images stored</c>.</param>
internal sealed class ProgressLines(string what)
{
    private static readonly TimeSpan Between = TimeSpan.FromSeconds(2);

    private readonly Stopwatch _since = Stopwatch.StartNew();

    public void Tell(long done, long total)
    {
        if (_since.Elapsed < Between)
            return;
        _since.Restart();
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{done:N0} of {total:N0} {what}"));
    }
}
