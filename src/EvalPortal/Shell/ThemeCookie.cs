namespace PixelPost.EvalPortal.Shell;

/// <summary>Tells the server whether the last page was dark, so that the next is not first drawn in the wrong colours.</summary>
public static class ThemeCookie
{
    private const string Name = "theme"; // written by shell.js

    /// <summary>True when the last page was dark, by choice or because the system is.</summary>
    public static bool IsDark(HttpRequest request) => request.Cookies[Name] == "dark";

    /// <summary>The class of the root element; none on a first visit, where the style sheet follows the system.</summary>
    public static string? CssClass(HttpRequest request) => request.Cookies[Name] switch
    {
        "dark" => "dark",
        "light" => "light",
        _ => null,
    };
}
