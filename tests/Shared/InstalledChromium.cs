namespace PixelPost.Tests.Shared;

/// <summary>The browser of this machine.</summary>
internal static class InstalledChromium
{
    private static readonly string[] Names = ["chromium", "chromium-browser", "google-chrome"];

    /// <summary>Its path; null when there is none.</summary>
    public static string? Program { get; } = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
        .SelectMany(_ => Names, Path.Combine)
        .FirstOrDefault(File.Exists);

    /// <summary>Why there is no browser; null when there is one.</summary>
    public static string? WhyNot => Program is null
        ? $"No browser is installed: none of {string.Join(", ", Names)} is on the PATH. On Debian or Ubuntu: sudo apt-get install chromium"
        : null;
}
