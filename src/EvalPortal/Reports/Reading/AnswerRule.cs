using System.Buffers.Text;
using System.Text;

namespace PixelPost.EvalPortal.Reports.Reading;

/// <summary>How the answer of a row is read from its columns.</summary>
internal abstract record AnswerRule
{
    /// <summary>The columns it needs.</summary>
    public abstract IReadOnlyList<string> Columns { get; }

    /// <summary>The mapping in words: which text becomes which answer.</summary>
    public abstract string Convention { get; }

    /// <summary>Whether there are answers for the second system too; otherwise a row without systems says nothing.</summary>
    public virtual bool CanChooseEither => true;

    /// <summary>The answer; null when the text stands for none.</summary>
    /// <param name="row">Gives the text of the n-th of <see cref="Columns"/>.</param>
    public abstract Answer? Read(ColumnText row);

    /// <summary>What would be right, for the rows that have no answer.</summary>
    public abstract string Expected { get; }
}

/// <summary>The text of a row in a column of a rule.</summary>
internal delegate ReadOnlySpan<byte> ColumnText(int column);

/// <summary>One column with a word for each answer, upper or lower case.</summary>
internal sealed record WordRule(string Column, params IReadOnlyList<(string Word, Answer Answer)> Words) : AnswerRule
{
    private readonly (byte[] Word, Answer Answer)[] _words = [.. Words.Select(word => (Encoding.UTF8.GetBytes(word.Word), word.Answer))];

    public override IReadOnlyList<string> Columns => [Column];

    public override string Convention =>
        $"{Column}: " + string.Join(", ", Words.Select(word => $"{word.Word} = {AnswerWords.Of(word.Answer)}"));

    public override string Expected => $"none of {string.Join(", ", Words.Select(word => word.Word))}";

    public override Answer? Read(ColumnText row)
    {
        var text = row(0);
        foreach (var (word, answer) in _words)
        {
            if (Ascii.EqualsIgnoreCase(text, word))
                return answer;
        }
        return null;
    }
}

/// <summary>The share of the first in one column, 1, 0.5 or 0; where a second column says that there is no label, nothing was compared.</summary>
internal sealed record LabelRule(string Column, string HasLabel) : AnswerRule
{
    public override IReadOnlyList<string> Columns => [Column, HasLabel];

    public override string Convention => $"{Column}: 1 = first wins, 0 = second wins, 0.5 = tie; {HasLabel} false = rejected";

    public override string Expected => "none of 1, 0.5, 0";

    public override Answer? Read(ColumnText row)
    {
        if (Ascii.EqualsIgnoreCase(row(1), "false"u8))
            return Answer.Reject;
        var text = row(0);
        return Utf8Parser.TryParse(text, out double share, out var length) && length == text.Length
            ? share switch { 1 => Answer.First, 0 => Answer.Second, 0.5 => Answer.Tie, _ => null }
            : null;
    }
}

/// <summary>Three columns, of which the one that is true has 1.</summary>
internal sealed record FlagsRule(string First, string Second, string Tie) : AnswerRule
{
    public override IReadOnlyList<string> Columns => [First, Second, Tie];

    public override string Convention => $"{First} 1 = first wins, {Second} 1 = second wins, {Tie} 1 = tie";

    public override string Expected => "not a single 1 among zeros";

    public override Answer? Read(ColumnText row)
    {
        Answer? answer = null;
        foreach (var (column, meaning) in new[] { (0, Answer.First), (1, Answer.Second), (2, Answer.Tie) })
        {
            var text = row(column);
            if (text.SequenceEqual("0"u8))
                continue;
            if (!text.SequenceEqual("1"u8) || answer is not null)
                return null;
            answer = meaning;
        }
        return answer;
    }
}

/// <summary>The first is the preferred one in every row: such a set has no ties and no second winners.</summary>
internal sealed record FirstWinsRule(string Column) : AnswerRule
{
    public override IReadOnlyList<string> Columns => [];

    public override string Convention => $"{Column} is the preferred one in every row; ties cannot be expressed";

    public override bool CanChooseEither => false;

    public override string Expected => "";

    public override Answer? Read(ColumnText row) => Answer.First;
}

/// <summary>Answers as words.</summary>
internal static class AnswerWords
{
    public static string Of(Answer answer) => answer switch
    {
        Answer.First => "first wins",
        Answer.Second => "second wins",
        Answer.Tie => "tie",
        Answer.BothBad => "tie, counted apart as both bad",
        _ => "rejected",
    };
}
