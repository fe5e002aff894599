using CsvHelper;

namespace PixelPost.EvalPortal.Reports.Reading;

/// <summary>A format on the columns of one file: where everything stands, −1 where it does not.</summary>
internal sealed class BoundFormat
{
    private const int Missing = -1;

    private readonly CsvReader _csv;
    private readonly List<(int Column, bool? When, string Reason)> _exclusions = [];
    private readonly int[] _answerColumns;
    private readonly ColumnText _answerText;

    public BoundFormat(VoteFormat format, CsvReader csv)
    {
        (Format, _csv) = (format, csv);
        (First, Second) = (Find(format.Systems.First), Find(format.Systems.Second));
        if (First == Missing || Second == Missing)
            First = Second = Missing;
        Left = format.LeftSystem is { } left && HasSystems ? Find(left) : Missing;
        (Item, ItemName) = FindFirst(format.Item);
        (Prompt, PromptName) = FindFirst(format.Prompt);
        (Rater, RaterName) = FindFirst(format.Rater);
        (Axis, AxisName) = FindFirst(format.Axis);
        (FirstImage, FirstImageName) = FindFirst(format.FirstImage);
        (SecondImage, SecondImageName) = FindFirst(format.SecondImage);
        ResponseMs = format.ResponseMs is { } time ? Find(time) : Missing;
        Simulated = format.HasSimulated ? Find("simulated") : Missing;
        // where "counts" says which votes count, superseded ones are among those that do not
        var superseding = format.HasSuperseding && Find("counts") == Missing;
        (VoteId, Supersedes) = superseding ? (Find("vote_id"), Find("supersedes_vote_id")) : (Missing, Missing);
        _answerColumns = [.. format.Answer.Columns.Select(Find)];
        _answerText = column => Text(_answerColumns[column]);
        foreach (var rule in format.Exclusions)
        {
            if (Find(rule.Column) is >= 0 and var column)
                _exclusions.Add((column, rule.When, rule.Reason));
        }
    }

    public VoteFormat Format { get; }

    public int First { get; }

    public int Second { get; }

    public int Left { get; }

    public int Item { get; }

    public int Prompt { get; }

    public int Rater { get; }

    public int ResponseMs { get; }

    public int Axis { get; }

    public int FirstImage { get; }

    public int SecondImage { get; }

    public int Simulated { get; }

    public int VoteId { get; }

    public int Supersedes { get; }

    public string? ItemName { get; }

    public string? PromptName { get; }

    public string? RaterName { get; }

    public string? AxisName { get; }

    public string? FirstImageName { get; }

    public string? SecondImageName { get; }

    public bool HasSystems => First != Missing;

    public bool KnowsSides => Format.FirstIsLeft || Left != Missing;

    /// <summary>The answer of the current row; null when it has none.</summary>
    public Answer? ReadAnswer() => Format.Answer.Read(_answerText);

    /// <summary>The text of the current row that should have been an answer.</summary>
    public string AnswerText() => string.Join(", ", _answerColumns.Where(column => column != Missing).Select(_csv.GetString));

    /// <summary>Why the current row does not count; null when it does.</summary>
    public string? ReadExclusion()
    {
        foreach (var (column, when, reason) in _exclusions)
        {
            var text = Text(column);
            if (when is { } flag ? Flags.Parse(text) == flag : text.Length > 0)
                return reason;
        }
        return null;
    }

    /// <summary>The text of the current row in a column, empty where the file has no such column.</summary>
    public ReadOnlySpan<byte> Text(int column) => column == Missing ? [] : _csv.GetSpan(column);

    private int Find(string column) => _csv.TryGetFieldIndex(column, out var index) ? index : Missing;

    private (int Column, string? Name) FindFirst(IReadOnlyList<string> names) =>
        names.Select(name => (Column: Find(name), Name: name)).FirstOrDefault(found => found.Column != Missing) is { Name: not null } found
            ? (found.Column, found.Name)
            : (Missing, null);
}
