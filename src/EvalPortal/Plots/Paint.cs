using PixelPost.EvalPortal.Dashboards;

namespace PixelPost.EvalPortal.Plots;

/// <summary>What a colour stands for; the colours themselves are those of <c>wwwroot/app.css</c>.</summary>
public enum Tone
{
    Text,
    Secondary,
    Lines,
    Surface,
    A,
    B,
    Tie,
    Split,
    Reject,

    /// <summary>Text on dark fills, whatever the theme.</summary>
    White,

    /// <summary>Text on light fills, whatever the theme.</summary>
    Black,
}

/// <summary>A colour of a figure: a tone, or a tone thinned with the ground that the figure stands on.</summary>
/// <param name="Tone">What it stands for.</param>
/// <param name="Share">1 is the tone alone, 0 the ground.</param>
public readonly record struct Paint(Tone Tone, double Share = 1)
{
    public static implicit operator Paint(Tone tone) => new(tone);
}

/// <summary>Red, green and blue, 0 to 255.</summary>
public readonly record struct Rgb(byte R, byte G, byte B)
{
    /// <summary>Reads <c>#0072b2</c>.</summary>
    public static Rgb Parse(string hex)
    {
        var bytes = Convert.FromHexString(hex.AsSpan(1));
        return new(bytes[0], bytes[1], bytes[2]);
    }

    public override string ToString() => $"#{R:x2}{G:x2}{B:x2}";
}

/// <summary>The colours of saved figures, on light or on dark ground.</summary>
public sealed record Palette
{
    private readonly Dictionary<Tone, Rgb> _colours;

    private Palette(string text, string secondary, string lines, string surface) => _colours = new Dictionary<Tone, string>
    {
        [Tone.Text] = text,
        [Tone.Secondary] = secondary,
        [Tone.Lines] = lines,
        [Tone.Surface] = surface,
        [Tone.A] = Colours.A,
        [Tone.B] = Colours.B,
        [Tone.Tie] = Colours.Tie,
        [Tone.Split] = Colours.Split,
        [Tone.Reject] = Colours.Reject,
        [Tone.White] = "#ffffff",
        [Tone.Black] = "#111114",
    }.ToDictionary(colour => colour.Key, colour => Rgb.Parse(colour.Value));

    /// <summary>For paper.</summary>
    public static Palette Light { get; } = new("#1b1b1f", "#5d5d66", "#e4e4e0", "#ffffff");

    /// <summary>For dark slides and pages.</summary>
    public static Palette Dark { get; } = new("#ececf0", "#a9a9b2", "#2d2d31", "#1c1c1f");

    /// <summary>The colour of a paint.</summary>
    public Rgb this[Paint paint]
    {
        get
        {
            var (tone, ground) = (_colours[paint.Tone], _colours[Tone.Surface]);
            return new(Mix(tone.R, ground.R), Mix(tone.G, ground.G), Mix(tone.B, ground.B));

            byte Mix(byte part, byte rest) => (byte)Math.Round(part * paint.Share + rest * (1 - paint.Share));
        }
    }
}
