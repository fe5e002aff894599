using PixelPost.EvalPortal.Dashboards;
using PixelPost.EvalPortal.Images;
using PixelPost.EvalPortal.Library;
using PixelPost.EvalPortal.Quality;
using PixelPost.EvalPortal.Rating;
using PixelPost.EvalPortal.Studies;
using PixelPost.EvalPortal.Systems;

namespace PixelPost.EvalPortal.Items;

/// <summary>What raters answered to one question about an image.</summary>
public sealed record AskedQuestion
{
    public required string Label { get; init; }

    public required string Question { get; init; }

    public string? Category { get; init; }

    public required ExpectedAnswer Expected { get; init; }

    /// <summary>How often each answer was given, of those that count.</summary>
    public required IReadOnlyDictionary<Answer, int> Answers { get; init; }

    public int Total => Answers.Values.Sum();

    public required int AsExpected { get; init; }

    internal static AskedQuestion Of(IReadOnlyList<RecordedAnswer> all, IReadOnlyList<RecordedAnswer> counting) => new()
    {
        Label = all[0].Label,
        Question = all[0].Question,
        Category = all[0].Category,
        Expected = all[0].Expected,
        Answers = counting.CountBy(answer => answer.Answer).ToDictionary(),
        AsExpected = counting.Count(answer => answer.IsRight),
    };
}

/// <summary>One image of a study of text alignment, with its answers and its neighbours in the study.</summary>
public sealed class SheetItemSession(
    ItemStore items, ImageStore images, SystemStore systems, RecordedAnswerStore answers, RecordedVoteStore votes, ExclusionStore exclusions)
{
    private Dictionary<long, long> _excluded = [];
    private ResultsQuery _query = new();

    /// <summary>The image; null when the study has none of this id.</summary>
    public AskedImage? Item { get; private set; }

    public StoredImage Image { get; private set; } = default!;

    /// <summary>Name of its system.</summary>
    public string System { get; private set; } = "";

    /// <summary>Images of the same prompt by the other system, in this study.</summary>
    public IReadOnlyList<AskedImage> Others { get; private set; } = [];

    public ItemPlace Place { get; private set; } = default!;

    /// <summary>In the order of the sheet; only questions that somebody was given.</summary>
    public IReadOnlyList<AskedQuestion> Questions { get; private set; } = [];

    /// <summary>Every vote of the chosen source, those too that do not count, in order of arrival.</summary>
    public IReadOnlyList<RecordedVote> Votes { get; private set; } = [];

    /// <summary>The answers of each vote, in the order of the questions.</summary>
    public ILookup<Guid, RecordedAnswer> Answers { get; private set; } = Enumerable.Empty<RecordedAnswer>().ToLookup(answer => answer.VoteId);

    /// <summary>Reads the image and finds it among those of the study.</summary>
    /// <returns>Whether the study has it.</returns>
    public async Task<bool> ReadAsync(Study study, long comparisonId, ResultsQuery query, CancellationToken cancel = default)
    {
        _query = query;
        var all = await items.ListAskedAsync(study.StudyId, query.Votes, query.Exclusions, cancel);
        Item = all.FirstOrDefault(item => item.ComparisonId == comparisonId);
        if (Item is null)
            return false;
        Place = ItemPlace.Of(comparisonId, [.. all.Select(item => item.ComparisonId)]);
        Others = [.. all.Where(other => other.PromptId == Item.PromptId && other.SystemId != Item.SystemId)];
        Image = (await images.FindAsync(Item.ImageId, cancel))!;
        System = (await systems.FindAsync(Item.SystemId, cancel))!.Name;
        _excluded = (await exclusions.ListAsync(study.StudyId, cancel)).Where(exclusion => exclusion.IsInForce)
            .ToDictionary(exclusion => exclusion.RaterId, exclusion => exclusion.ExclusionId);
        Votes = [.. (await votes.ListAsync(comparisonId, cancel)).Where(vote => query.Votes.Includes(vote.Simulated))];
        var given = (await answers.ListAsync(comparisonId, cancel)).Where(answer => query.Votes.Includes(answer.Simulated)).ToList();
        Answers = given.ToLookup(answer => answer.VoteId);
        Questions = [.. given.GroupBy(answer => answer.QuestionId).Select(question => AskedQuestion.Of(
            [.. question], [.. question.Where(answer => answer.Counts && !IsLeftOut(answer.RaterId))]))];
        return true;
    }

    /// <summary>Whether the figures leave a rater out.</summary>
    public bool IsLeftOut(long raterId) => _query.Exclusions == Exclusions.Applied && _excluded.ContainsKey(raterId);
}
