using MudBlazor;

namespace PixelPost.EvalPortal.Shell;

/// <summary>The look of the researcher's pages. The same colours stand in <c>wwwroot/app.css</c> for markup of our own.</summary>
public static class Theme
{
    private static readonly string[] Inter = ["Inter", "system-ui", "sans-serif"];

    public static readonly MudTheme Portal = new()
    {
        PaletteLight = new PaletteLight
        {
            Primary = "#0b6e69",
            Secondary = "#5d5d66",
            Error = "#b3261e",
            Background = "#fafaf8",
            Surface = "#ffffff",
            AppbarBackground = "#ffffff",
            DrawerBackground = "#ffffff",
            TextPrimary = "#1b1b1f",
            TextSecondary = "#5d5d66",
            ActionDefault = "#5d5d66",
            LinesDefault = "#e4e4e0",
            LinesInputs = "#8a8a92",
            TableLines = "#e4e4e0",
            Divider = "#e4e4e0",
        },
        PaletteDark = new PaletteDark
        {
            Primary = "#4fc3bc",
            PrimaryContrastText = "#141416",
            Secondary = "#a9a9b2",
            Error = "#f2b8b5",
            ErrorContrastText = "#141416",
            Background = "#141416",
            Surface = "#1c1c1f",
            AppbarBackground = "#1c1c1f",
            DrawerBackground = "#1c1c1f",
            TextPrimary = "#ececf0",
            TextSecondary = "#a9a9b2",
            ActionDefault = "#a9a9b2",
            LinesDefault = "#2d2d31",
            LinesInputs = "#77777f",
            TableLines = "#2d2d31",
            Divider = "#2d2d31",
        },
        LayoutProperties = new LayoutProperties { DefaultBorderRadius = "6px" },
        Typography = new Typography
        {
            Default = new DefaultTypography { FontFamily = Inter, FontSize = "15px", LineHeight = "1.5", LetterSpacing = "normal" },
            H1 = new H1Typography { FontSize = "24px", FontWeight = "600", LineHeight = "1.3", LetterSpacing = "normal" },
            H2 = new H2Typography { FontSize = "18px", FontWeight = "600", LineHeight = "1.4", LetterSpacing = "normal" },
            H3 = new H3Typography { FontSize = "15px", FontWeight = "600", LineHeight = "1.5", LetterSpacing = "normal" },
            Body1 = new Body1Typography { FontSize = "15px", LineHeight = "1.5", LetterSpacing = "normal" },
            Body2 = new Body2Typography { FontSize = "13px", LineHeight = "1.5", LetterSpacing = "normal" },
            Button = new ButtonTypography { FontSize = "15px", FontWeight = "600", LetterSpacing = "normal", TextTransform = "none" },
            Caption = new CaptionTypography { FontSize = "13px", LetterSpacing = "normal" },
        },
    };
}
