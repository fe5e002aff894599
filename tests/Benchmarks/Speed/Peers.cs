using System.Diagnostics;
using System.Globalization;

namespace PixelPost.Benchmarks.Speed;

/// <summary>The same estimates by other people's software, where it is installed: see <c>Peers/</c> and <c>peers.sh</c>.</summary>
internal static class Peers
{
    /// <summary>Runs every peer on the same data.</summary>
    /// <param name="pairs">File left,right,left_wins,ties,right_wins.</param>
    /// <param name="promptTotals">File prompt,sum,count.</param>
    public static IEnumerable<Measured> Run(string pairs, string promptTotals) =>
        Lines("Rscript", Script("bradley_terry.R"), pairs).Concat(Lines("python3", Script("peers.py"), pairs, promptTotals)).Select(Read);

    private static string Script(string name) => Path.Combine(AppContext.BaseDirectory, "Peers", name);

    private static Measured Read(string line)
    {
        var fields = line.Split('\t');
        return new(fields[0], fields[1], Number(fields[2]), Goal: null, Number(fields[3]));
    }

    private static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);

    private static List<string> Lines(string program, params string[] arguments)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true })!;
            var lines = process.StandardOutput.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries);
            process.WaitForExit();
            if (process.ExitCode != 0)
                Console.Error.WriteLine($"{program} {arguments[0]} ended with {process.ExitCode}; what it printed is kept.");
            return [.. lines];
        }
        catch (System.ComponentModel.Win32Exception)
        {
            Console.Error.WriteLine($"{program} is not installed, so its peers are left out: tests/Benchmarks/peers.sh installs it on Debian.");
            return [];
        }
    }
}
