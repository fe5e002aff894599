using System.Diagnostics;
using System.Text.RegularExpressions;

namespace PixelPost.EvalPortal.Tests.Reports.Documents;

/// <summary>Whether a document compiles is for pdfLaTeX to say.</summary>
internal static partial class Latex
{
    public const string Missing = "There is no pdflatex: on Debian it is in texlive-latex-recommended.";

    private const double MostTooWide = 3; // points; a sixth of a millimetre less than one is seen

    public static bool IsHere { get; } = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Any(folder => File.Exists(Path.Combine(folder, "pdflatex")));

    /// <summary>Compiles it: without an error, and with no text over the edge.</summary>
    public static async Task AssertCompilesAsync(string text)
    {
        var folder = Directory.CreateTempSubdirectory("pixelpost-latex-");
        try
        {
            await File.WriteAllTextAsync(Path.Combine(folder.FullName, "report.tex"), text);
            using var process = Process.Start(new ProcessStartInfo("pdflatex", ["-interaction=nonstopmode", "-halt-on-error", "-no-shell-escape", "report.tex"])
            {
                WorkingDirectory = folder.FullName,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
                RedirectStandardInput = true,
            })!;
            process.StandardInput.Close();
            var (output, errors) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
            await process.WaitForExitAsync();
            Assert.True(process.ExitCode == 0, $"pdflatex ended with {process.ExitCode}:\n{Tail(await output)}\n{Tail(await errors)}");
            Assert.DoesNotContain(TooWide().Matches(await output), wide => double.Parse(wide.Groups[1].Value, System.Globalization.CultureInfo.InvariantCulture) > MostTooWide);
            Assert.True(File.Exists(Path.Combine(folder.FullName, "report.pdf")));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static string Tail(string text) => text[Math.Max(0, text.Length - 2_000)..];

    [GeneratedRegex(@"Overfull \\hbox \(([0-9.]+)pt too wide\)[^\n]*")]
    private static partial Regex TooWide();
}
