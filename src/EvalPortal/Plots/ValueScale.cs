using PixelPost.EvalPortal.TrainingJobs;

namespace PixelPost.EvalPortal.Plots;

/// <summary>A horizontal axis: values from left to right, with their lines and labels.</summary>
internal sealed class ValueScale
{
    private readonly CurveScale _scale;
    private readonly double _left;
    private readonly double _width;
    private readonly double _unit;
    private readonly bool _signed;

    /// <summary>An axis that holds all values and 0.</summary>
    /// <param name="unit">What a value is multiplied by for its label: 100 for percent.</param>
    /// <param name="signed">Whether what is above 0 has a plus.</param>
    public ValueScale(IReadOnlyCollection<double> values, double left, double width, double unit, bool signed)
    {
        IReadOnlyCollection<double> shown = values.Any(value => value != 0) ? values : signed ? [-1, 1] : [1]; // an axis without values is whole
        (_scale, _left, _width, _unit, _signed) = (CurveScale.Of(shown.Select(value => value * unit), include: 0), left, width, unit, signed);
    }

    public double At(double value) => AtTick(Math.Clamp(value * _unit, _scale.Low, _scale.High));

    /// <summary>Lines down through the rows, the one at 0 stronger.</summary>
    public IEnumerable<Mark> Lines(double top, double bottom) => _scale.Ticks.Select(tick =>
        new Stroke(AtTick(tick), top, AtTick(tick), bottom, _scale.Label(tick) == "0" ? Tone.Secondary : Tone.Lines));

    /// <summary>Labels under the lines, as many as there is room for, and under them what is measured.</summary>
    public IEnumerable<Mark> Labels(double y, string unit)
    {
        var end = double.NegativeInfinity;
        foreach (var tick in _scale.Ticks)
        {
            var label = _scale.Label(tick);
            label = _signed && tick > 0 && label != "0" ? $"+{label}" : label;
            var half = Typeface.Regular.Width(label, Words.Usual) / 2;
            if (AtTick(tick) - half < end + 8)
                continue;
            end = AtTick(tick) + half;
            yield return new Words(AtTick(tick), y, label, Tone.Secondary, Anchor.Middle);
        }
        yield return Typeface.Regular.Width(unit, Words.Usual) > _width
            ? new Words(_left + _width, y + 18, unit, Tone.Secondary, Anchor.End)
            : new Words(_left + _width / 2, y + 18, unit, Tone.Secondary, Anchor.Middle);
    }

    private double AtTick(double tick) => _left + _width * (1 - _scale.Place(tick));
}
