namespace PixelPost.EvalPortal.Reports.Reading;

/// <summary>Says what was read from which column of a file, and what follows where there is no such column.</summary>
internal static class MappingWords
{
    private const string OwnPrompt = "every row is taken for a prompt of its own";
    private const string OwnRater = "every row is taken for another rater's, and votes are clustered by prompt alone";

    /// <param name="rows">All rows, for what is in no row although there is a column for it.</param>
    public static IReadOnlyList<Mapping> Of(BoundFormat bound, VoteRows rows)
    {
        var namesSystems = rows.Systems.Count > 0;
        var format = bound.Format;
        var (first, second) = namesSystems ? format.Systems : format.Places;
        return
        [
            new("systems", namesSystems
                ? $"first = {first}, second = {second}"
                : $"none are named: the {first} place is compared with the {second} one, so this tells about places, not about systems"),
            new("answer", format.Answer.Convention),
            new("ties", "in the base of every rate, as neither a win nor a loss"),
            new("rejected", "counted, and left out of every rate"),
            new("comparison", Comparison(bound)),
            new("prompt", Column(bound.PromptName ?? bound.ItemName, rows.KnowsPrompts, OwnPrompt)),
            new("rater", Column(bound.RaterName, rows.KnowsRaters, OwnRater)),
            new("axis", bound.AxisName ?? $"no column: a single axis, called {VoteRows.OnlyAxis}"),
            new("left side", bound.KnowsSides
                ? bound.Left >= 0 ? format.LeftSystem! : "the first"
                : "not known"),
        ];
    }

    private static string Column(string? name, bool isFilled, string otherwise) =>
        name is null ? $"no column: {otherwise}" : isFilled ? name : $"{name}, empty throughout: {otherwise}";

    private static string Comparison(BoundFormat bound)
    {
        if ((bound.ItemName ?? bound.PromptName) is not { } item)
            return "no column: every row is a comparison of its own";
        var images = bound.FirstImageName is not null && bound.SecondImageName is not null
            ? $", {bound.FirstImageName}, {bound.SecondImageName}"
            : "";
        return $"{item}{images} and the two systems, on one axis";
    }
}
