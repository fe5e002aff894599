using PixelPost.EvalPortal.Rating;

namespace PixelPost.EvalPortal.Accounts;

/// <summary>What a browser says of itself, in the few words by which its owner knows it again.</summary>
public static class Device
{
    // Android names Linux too, and telephones of Apple name Mac OS, so the order matters.
    private static readonly (string Mark, string Name)[] Systems =
        [("Windows", "Windows"), ("Android", "Android"), ("iPhone", "iPhone"), ("iPad", "iPad"), ("Mac OS", "macOS"), ("CrOS", "ChromeOS"), ("Linux", "Linux")];

    /// <summary>Such as <c>Firefox on Linux</c>.</summary>
    public static string Of(string? userAgent)
    {
        var browser = UserAgentFamily.Of(userAgent) ?? "Another program";
        var system = Systems.FirstOrDefault(system => userAgent?.Contains(system.Mark, StringComparison.Ordinal) == true).Name;
        return system is null ? browser : $"{browser} on {system}";
    }
}
