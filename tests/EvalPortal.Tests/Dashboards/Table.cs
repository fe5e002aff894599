using PixelPost.EvalPortal.Dashboards;
using PixelPost.EvalPortal.Studies;
using PixelPost.Stats;

namespace PixelPost.EvalPortal.Tests.Dashboards;

/// <summary>Vote tables written down in a line each.</summary>
internal static class Table
{
    /// <summary>
    /// One axis, one comparison per line, each with a prompt of its own. A letter is a vote: a, b, t(ie), r(eject), capital when
    /// simulated; the first letter of a line is rater 0's. Every other rater saw system B on the left.
    /// </summary>
    public static VoteTable Of(params string[] lines) => new()
    {
        Axes = [Axis.Appeal],
        VotesPerComparison = 5,
        Comparisons = [.. lines.Select((_, i) => Comparison(i, prompt: i))],
        Votes = [.. lines.SelectMany((line, i) => line.Select((letter, rater) => Vote(i, rater, letter)))],
    };

    public static Comparison Comparison(long comparison, long prompt) => new()
    {
        ComparisonId = comparison,
        StudyId = 1,
        Position = (int)comparison + 1,
        PromptId = prompt,
        Prompt = $"prompt {prompt}",
        ImageAId = 2 * comparison,
        ImageASha256 = $"{2 * comparison}",
        ImageBId = 2 * comparison + 1,
        ImageBSha256 = $"{2 * comparison + 1}",
    };

    public static CountingVote Vote(long comparison, long rater, char letter, Axis axis = Axis.Appeal) => new()
    {
        ComparisonId = comparison,
        Axis = axis,
        RaterId = rater,
        Winner = char.ToLowerInvariant(letter) switch
        {
            'a' => Outcome.A,
            'b' => Outcome.B,
            't' => Outcome.Tie,
            _ => Outcome.Reject,
        },
        LeftIsB = rater % 2 == 1,
        Simulated = char.IsUpper(letter),
        ReceivedAt = DateTimeOffset.UnixEpoch,
    };

    /// <summary>A study drawn at random: some comparisons without a vote, some prompts twice, some raters simulated.</summary>
    public static VoteTable Random(int seed)
    {
        var random = new Random(seed);
        var comparisons = Enumerable.Range(0, random.Next(0, 30)).Select(i => Comparison(i, prompt: i - i % random.Next(1, 3))).ToList();
        var votes = from comparison in comparisons
                    from axis in Enum.GetValues<Axis>()
                    from rater in Enumerable.Range(0, random.Next(0, 7))
                    let letter = "abtr"[random.Next(4)]
                    select Vote(comparison.ComparisonId, rater, rater % 3 == 0 ? char.ToUpperInvariant(letter) : letter, axis);
        return new VoteTable { Axes = Enum.GetValues<Axis>(), VotesPerComparison = 5, Comparisons = comparisons, Votes = [.. votes] };
    }
}
