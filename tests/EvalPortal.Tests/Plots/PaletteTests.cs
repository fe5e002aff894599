using PixelPost.EvalPortal.Plots;

namespace PixelPost.EvalPortal.Tests.Plots;

/// <summary>Whether colours can be told apart and text on them read, by calculation.</summary>
public sealed class PaletteTests
{
    public static TheoryData<string> Themes => ["light", "dark"];

    private static Palette Of(string theme) => theme == "dark" ? Palette.Dark : Palette.Light;

    [Theory]
    [MemberData(nameof(Themes))]
    public void Text_OnGround_HasContrast(string theme)
    {
        Assert.True(Contrast(Of(theme)[Tone.Text], Of(theme)[Tone.Surface]) >= 7);
        Assert.True(Contrast(Of(theme)[Tone.Secondary], Of(theme)[Tone.Surface]) >= 4.5);
    }

    [Theory]
    [InlineData(Tone.A, Tone.White)]
    [InlineData(Tone.B, Tone.Black)]
    [InlineData(Tone.Tie, Tone.Black)]
    [InlineData(Tone.Split, Tone.Black)]
    public void Text_OnBars_HasContrast(Tone bar, Tone text) => Assert.True(Contrast(Palette.Light[bar], Palette.Light[text]) >= 4.5);

    [Theory]
    [MemberData(nameof(Themes))]
    public void Text_OnAnyCellOfTheHeatMap_HasContrast(string theme) => Assert.All(Enumerable.Range(0, 101), percent =>
        Assert.True(Contrast(Of(theme)[MatrixPlot.PaintOf(percent / 100.0)], Of(theme)[Tone.Text]) >= 4.5, $"{percent} %"));

    [Theory]
    [MemberData(nameof(Themes))]
    public void Bars_OnGround_AreSeen(string theme) => Assert.All(
        [Tone.A, Tone.B, Tone.Tie, Tone.Reject], tone => Assert.True(Contrast(Of(theme)[tone], Of(theme)[Tone.Surface]) >= 2.8, $"{tone}"));

    /// <summary>What each kind of sight makes of linear light: Machado, Oliveira and Fernandes (2009), severity 1.</summary>
    public static TheoryData<string, double[]> Sights => new()
    {
        { "all cones", [1, 0, 0, 0, 1, 0, 0, 0, 1] },
        { "no long ones", [0.152286, 1.052583, -0.204868, 0.114503, 0.786281, 0.099216, -0.003882, -0.048116, 1.051998] },
        { "no middle ones", [0.367322, 0.860646, -0.227968, 0.280085, 0.672501, 0.047413, -0.011820, 0.042940, 0.968881] },
        { "no short ones", [1.255528, -0.076749, -0.178779, -0.078411, 0.930809, 0.147602, 0.004733, 0.691367, 0.303900] },
    };

    /// <summary>Colours that stand beside each other differ for people without one kind of cone, too; 0.1 is five times what is just noticed.</summary>
    [Theory]
    [MemberData(nameof(Sights))]
    public void Outcomes_ForEveryKindOfSight_CanBeToldApart(string sight, double[] matrix)
    {
        (Tone, Tone)[] besides = [(Tone.A, Tone.B), (Tone.B, Tone.Tie), (Tone.Tie, Tone.Split), (Tone.Split, Tone.A), (Tone.Tie, Tone.A), (Tone.Split, Tone.B)];
        Assert.All(besides, pair => Assert.True(
            Distance(Seen(Palette.Light[pair.Item1], matrix), Seen(Palette.Light[pair.Item2], matrix)) > 0.1, $"{pair} with {sight}"));
    }

    [Fact]
    public void Palette_MeaningColours_AreThoseOfTheSheet()
    {
        var sheet = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "app.css"));

        foreach (var (variable, tone) in new[] { ("system-a", Tone.A), ("system-b", Tone.B), ("tie", Tone.Tie), ("split", Tone.Split), ("reject", Tone.Reject) })
            Assert.Contains($"--{variable}: {Palette.Light[tone]};", sheet, StringComparison.Ordinal);
        foreach (var palette in (Palette[])[Palette.Light, Palette.Dark])
        {
            foreach (var (variable, tone) in new[] { ("text", Tone.Text), ("text-secondary", Tone.Secondary), ("lines", Tone.Lines), ("surface", Tone.Surface) })
                Assert.Contains($"--{variable}: {palette[tone]};", sheet, StringComparison.Ordinal);
        }
    }

    /// <summary>WCAG 2.2: (L1 + 0.05)/(L2 + 0.05).</summary>
    private static double Contrast(Rgb one, Rgb other)
    {
        var (a, b) = (Luminance(one), Luminance(other));
        return (Math.Max(a, b) + 0.05) / (Math.Min(a, b) + 0.05);

        static double Luminance(Rgb colour) => Linear(colour) is var (r, g, b) ? 0.2126 * r + 0.7152 * g + 0.0722 * b : 0;
    }

    /// <summary>As it looks to somebody; see <see cref="Sights"/>.</summary>
    private static (double R, double G, double B) Seen(Rgb colour, double[] m)
    {
        var (r, g, b) = Linear(colour);
        return (Math.Clamp(m[0] * r + m[1] * g + m[2] * b, 0, 1), Math.Clamp(m[3] * r + m[4] * g + m[5] * b, 0, 1), Math.Clamp(m[6] * r + m[7] * g + m[8] * b, 0, 1));
    }

    /// <summary>Euclidean distance in Oklab (Ottosson, 2020).</summary>
    private static double Distance((double R, double G, double B) one, (double R, double G, double B) other)
    {
        var (a, b) = (Oklab(one), Oklab(other));
        return Math.Sqrt(Math.Pow(a.L - b.L, 2) + Math.Pow(a.A - b.A, 2) + Math.Pow(a.B - b.B, 2));

        static (double L, double A, double B) Oklab((double R, double G, double B) light)
        {
            var l = Math.Cbrt(0.4122214708 * light.R + 0.5363325363 * light.G + 0.0514459929 * light.B);
            var m = Math.Cbrt(0.2119034982 * light.R + 0.6806995451 * light.G + 0.1073969566 * light.B);
            var s = Math.Cbrt(0.0883024619 * light.R + 0.2817188376 * light.G + 0.6299787005 * light.B);
            return (0.2104542553 * l + 0.7936177850 * m - 0.0040720468 * s, 1.9779984951 * l - 2.4285922050 * m + 0.4505937099 * s, 0.0259040371 * l + 0.7827717662 * m - 0.8086757660 * s);
        }
    }

    private static (double R, double G, double B) Linear(Rgb colour)
    {
        return (One(colour.R), One(colour.G), One(colour.B));

        static double One(byte value) => value / 255.0 is var share && share <= 0.04045 ? share / 12.92 : Math.Pow((share + 0.055) / 1.055, 2.4);
    }
}
