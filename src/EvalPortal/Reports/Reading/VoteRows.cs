using System.Buffers.Text;
using CsvHelper;
using PixelPost.Stats;

namespace PixelPost.EvalPortal.Reports.Reading;

/// <summary>Turns the rows of a file into votes one by one; what the whole file decides is done by <see cref="VoteSelection"/>.</summary>
internal sealed class VoteRows(CsvReader csv, BoundFormat bound)
{
    /// <summary>What the axis is called where a file has none.</summary>
    public const string OnlyAxis = "overall";

    private readonly int _columns = csv.Headers.Count;
    private readonly Labels _items = new();
    private readonly Labels _prompts = new();
    private readonly Labels _images = new();
    private readonly Dictionary<ComparisonKey, int> _comparisons = [];

    /// <summary>Rows so far.</summary>
    public int Count { get; private set; }

    /// <summary>The votes, with numbers of systems and axes in order of first appearance; −1 for a system that is not named.</summary>
    public List<FileVote> Votes { get; } = [];

    /// <summary>The number of each vote's id, where votes may be superseded.</summary>
    public List<int> VoteIds { get; } = [];

    /// <summary>The ids that some vote supersedes.</summary>
    public HashSet<int> Superseded { get; } = [];

    public Labels Ids { get; } = new();

    public Labels Systems { get; } = new();

    public Labels Axes { get; } = new();

    public Labels Raters { get; } = new();

    /// <summary>Whether any row names its prompt or item.</summary>
    public bool KnowsPrompts => _prompts.Count + _items.Count > 0;

    /// <summary>Whether any row names its rater.</summary>
    public bool KnowsRaters => Raters.Count > 0;

    public RowCollector Unusable { get; } = new();

    public RowCollector Excluded { get; } = new();

    /// <summary>Reads the current row.</summary>
    public void Add()
    {
        Count++;
        var line = checked((int)csv.LineNumber);
        if (csv.FieldCount != _columns)
        {
            Unusable.Add(line, $"the heading has {_columns} columns and the row has another number", $"{csv.FieldCount} columns");
            return;
        }
        NoteSuperseded();
        if (bound.ReadExclusion() is { } reason)
        {
            Excluded.Add(line, reason);
            return;
        }
        if (bound.ReadAnswer() is not { } answer)
        {
            Unusable.Add(line, $"{bound.Format.Answer.Columns[0]} is {bound.Format.Answer.Expected}", bound.AnswerText());
            return;
        }
        if (ReadSystems(line) is { } systems)
            Votes.Add(Vote(line, answer, systems.First, systems.Second));
    }

    private void NoteSuperseded()
    {
        if (bound.Text(bound.Supersedes) is { Length: > 0 } earlier)
            Superseded.Add(Ids.NumberOf(earlier));
    }

    /// <summary>The two systems, both −1 when none is named; null when the row cannot be used.</summary>
    private (int First, int Second)? ReadSystems(int line)
    {
        var first = bound.Text(bound.First);
        var second = bound.Text(bound.Second);
        if (first.IsEmpty && second.IsEmpty)
            return (-1, -1);
        if (first.IsEmpty || second.IsEmpty)
        {
            Unusable.Add(line, $"{(first.IsEmpty ? bound.Format.Systems.First : bound.Format.Systems.Second)} is empty");
            return null;
        }
        if (first.SequenceEqual(second))
        {
            Excluded.Add(line, "both images are by the same system", csv.GetString(bound.First));
            return null;
        }
        return (Systems.NumberOf(first), Systems.NumberOf(second));
    }

    private FileVote Vote(int line, Answer answer, int first, int second)
    {
        var unknown = -Count; // like no other row's
        if (bound.VoteId >= 0)
            VoteIds.Add(Ids.NumberOf(bound.Text(bound.VoteId)));
        var axis = Axes.NumberOf(bound.Text(bound.Axis) is { Length: > 0 } named ? named : "overall"u8);
        var item = Number(_items, bound.Item, unknown);
        var prompt = bound.PromptName is null ? item : Number(_prompts, bound.Prompt, unknown);
        return new FileVote
        {
            Line = line,
            Axis = axis,
            Comparison = ComparisonOf(axis, bound.ItemName is null ? prompt : item, prompt, first, second),
            Prompt = prompt,
            Rater = Number(Raters, bound.Rater, unknown),
            SystemA = first,
            SystemB = second,
            Winner = answer switch
            {
                Answer.First => Outcome.A,
                Answer.Second => Outcome.B,
                Answer.Reject => Outcome.Reject,
                _ => Outcome.Tie,
            },
            LeftIsA = LeftIsFirst(),
            BothBad = answer == Answer.BothBad,
            Simulated = Flags.Parse(bound.Text(bound.Simulated)) == true,
            ResponseMs = Utf8Parser.TryParse(bound.Text(bound.ResponseMs), out int ms, out _) && ms >= 0 ? ms : null,
        };
    }

    private bool? LeftIsFirst()
    {
        if (bound.Format.FirstIsLeft)
            return true;
        var left = bound.Text(bound.Left);
        if (left.IsEmpty)
            return null;
        return left.SequenceEqual(bound.Text(bound.First)) ? true
            : left.SequenceEqual(bound.Text(bound.Second)) ? false
            : null;
    }

    private int ComparisonOf(int axis, int item, int prompt, int first, int second)
    {
        var (one, other) = (Number(_images, bound.FirstImage, -1), Number(_images, bound.SecondImage, -1));
        var key = first <= second
            ? new ComparisonKey(axis, item, prompt, first, second, one, other)
            : new ComparisonKey(axis, item, prompt, second, first, other, one);
        if (!_comparisons.TryGetValue(key, out var comparison))
            _comparisons.Add(key, comparison = _comparisons.Count);
        return comparison;
    }

    private int Number(Labels labels, int column, int unknown) =>
        bound.Text(column) is { Length: > 0 } text ? labels.NumberOf(text) : unknown;

    private readonly record struct ComparisonKey(int Axis, int Item, int Prompt, int SystemA, int SystemB, int ImageA, int ImageB);
}
