namespace PixelPost.EvalPortal.Plots;

/// <summary>Which end of a text stands at its place.</summary>
public enum Anchor
{
    Start,
    Middle,
    End,
}

/// <summary>One mark of a figure. Places and sizes are in pixels at a scale of 1, from the upper left corner.</summary>
public abstract record Mark
{
    /// <summary>Where a click leads on the page; a saved figure leads nowhere.</summary>
    public string? Link { get; init; }

    /// <summary>What the mark says in words, shown to a pointer that rests on it.</summary>
    public string? Hint { get; init; }

    /// <summary>0 is not seen, 1 hides what is behind.</summary>
    public double Opacity { get; init; } = 1;

    /// <summary>The same mark elsewhere.</summary>
    public abstract Mark Moved(double dx, double dy);
}

/// <summary>A filled rectangle.</summary>
public sealed record Box(double X, double Y, double Width, double Height, Paint Fill) : Mark
{
    public override Mark Moved(double dx, double dy) => this with { X = X + dx, Y = Y + dy };
}

/// <summary>A straight line.</summary>
public sealed record Stroke(double X1, double Y1, double X2, double Y2, Paint Colour, double Width = 1) : Mark
{
    public override Mark Moved(double dx, double dy) => this with { X1 = X1 + dx, Y1 = Y1 + dy, X2 = X2 + dx, Y2 = Y2 + dy };
}

/// <summary>A filled circle.</summary>
public sealed record Dot(double X, double Y, double Radius, Paint Fill) : Mark
{
    public override Mark Moved(double dx, double dy) => this with { X = X + dx, Y = Y + dy };
}

/// <summary>A line of text; <paramref name="Y"/> is its base line.</summary>
public sealed record Words(double X, double Y, string Text, Paint Colour, Anchor Anchor = Anchor.Start, double Size = Words.Usual, bool Bold = false) : Mark
{
    /// <summary>The size of text in figures.</summary>
    public const double Usual = 13;

    public override Mark Moved(double dx, double dy) => this with { X = X + dx, Y = Y + dy };
}

/// <summary>A picture in a frame.</summary>
/// <param name="Png">The file.</param>
public sealed record Picture(double X, double Y, double Width, double Height, byte[] Png) : Mark
{
    public override Mark Moved(double dx, double dy) => this with { X = X + dx, Y = Y + dy };
}

/// <summary>A figure as marks, those behind first.</summary>
public sealed record Drawing(double Width, double Height, IReadOnlyList<Mark> Marks);
