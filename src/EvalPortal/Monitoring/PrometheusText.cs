using System.Globalization;
using System.Text;

namespace PixelPost.EvalPortal.Monitoring;

/// <summary>Writes numbers in the text format that Prometheus reads, version 0.0.4.</summary>
public sealed class PrometheusText
{
    /// <summary>Its media type.</summary>
    public const string MediaType = "text/plain; version=0.0.4; charset=utf-8";

    private readonly StringBuilder _text = new();

    /// <summary>Begins a metric: <c>counter</c> goes up only, <c>gauge</c> up and down, <c>histogram</c> has buckets.</summary>
    public void Begin(string name, string type, string help) =>
        _text.Append("# HELP ").Append(name).Append(' ').Append(help).Append("\n# TYPE ").Append(name).Append(' ').Append(type).Append('\n');

    public void Value(string name, double value, params ReadOnlySpan<(string Name, string Value)> labels)
    {
        _text.Append(name);
        Labels(labels, le: null);
        _text.Append(' ').Append(Number(value)).Append('\n');
    }

    /// <summary>A metric that has one value.</summary>
    public void One(string name, string type, string help, double value)
    {
        Begin(name, type, help);
        Value(name, value);
    }

    public void Buckets(string name, Histogram histogram, params ReadOnlySpan<(string Name, string Value)> labels)
    {
        var counts = histogram.Counts();
        var total = 0L;
        for (var i = 0; i < counts.Length; i++)
        {
            total += counts[i];
            _text.Append(name).Append("_bucket");
            Labels(labels, le: i < histogram.Bounds.Count ? Number(histogram.Bounds[i]) : "+Inf");
            _text.Append(' ').Append(total.ToString(CultureInfo.InvariantCulture)).Append('\n');
        }
        Value($"{name}_sum", histogram.Sum, labels);
        Value($"{name}_count", total, labels);
    }

    public override string ToString() => _text.ToString();

    private void Labels(ReadOnlySpan<(string Name, string Value)> labels, string? le)
    {
        if (labels.Length == 0 && le is null)
            return;
        var separator = '{';
        foreach (var (name, value) in labels)
        {
            Label(separator, name, value);
            separator = ',';
        }
        if (le is not null)
            Label(separator, "le", le);
        _text.Append('}');
    }

    private void Label(char separator, string name, string value) => _text.Append(separator).Append(name).Append("=\"")
        .Append(value.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal))
        .Append('"');

    private static string Number(double value) => value.ToString(value == Math.Round(value) ? "0" : "G9", CultureInfo.InvariantCulture);
}
