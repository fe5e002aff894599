namespace PixelPost.Tests.Shared;

/// <summary>The browser of this machine.</summary>
internal static class InstalledChromium
{
    // The first is made for tests: it has no window with tabs and menus to draw, which take as much of the processor as many a page.
    private static readonly string[] Names = ["chromium-headless-shell", "chromium", "chromium-browser", "google-chrome"];

    /// <summary>Its path; null when there is none.</summary>
    public static string? Program { get; } =
        (from name in Names
         from folder in (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
         let path = Path.Combine(folder, name)
         where File.Exists(path)
         select path).FirstOrDefault();

    /// <summary>Why there is no browser; null when there is one.</summary>
    public static string? WhyNot => Program is null
        ? $"No browser is installed: none of {string.Join(", ", Names)} is on the PATH. On Debian or Ubuntu: sudo apt-get install chromium"
        : null;
}
