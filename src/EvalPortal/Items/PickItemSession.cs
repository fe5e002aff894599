using PixelPost.EvalPortal.Dashboards;
using PixelPost.EvalPortal.Images;
using PixelPost.EvalPortal.Quality;
using PixelPost.EvalPortal.Studies;
using PixelPost.EvalPortal.Systems;

namespace PixelPost.EvalPortal.Items;

/// <summary>One prompt of a study in which best and worst are picked, with its picks and its neighbours in the study.</summary>
public sealed class PickItemSession(ImageStore images, SystemStore systems, RecordedPickStore picks, RecordedVoteStore votes, ExclusionStore exclusions)
{
    private Dictionary<long, long> _excluded = [];
    private ResultsQuery _query = new();

    /// <summary>The prompt with the picks that count; null when the study has none of this id.</summary>
    public PickedItem? Item { get; private set; }

    /// <summary>The images in the order of the study.</summary>
    public IReadOnlyList<ShownImage> Images { get; private set; } = [];

    public ItemPlace Place { get; private set; } = default!;

    /// <summary>Every vote of the chosen source, those too that do not count, in order of arrival.</summary>
    public IReadOnlyList<RecordedVote> Votes { get; private set; } = [];

    /// <summary>What each vote picked.</summary>
    public IReadOnlyDictionary<Guid, RecordedPick> Picks { get; private set; } = new Dictionary<Guid, RecordedPick>();

    /// <summary>Reads the prompt and finds it among those of the study.</summary>
    /// <returns>Whether the study has it.</returns>
    public async Task<bool> ReadAsync(Study study, long comparisonId, ResultsQuery query, CancellationToken cancel = default)
    {
        _query = query;
        var all = await picks.ListImagesAsync(study.StudyId, cancel);
        var own = all.Where(image => image.ComparisonId == comparisonId).ToList();
        if (own.Count == 0)
            return false;
        Place = ItemPlace.Of(comparisonId, [.. all.Select(image => image.ComparisonId).Distinct()]);
        _excluded = (await exclusions.ListAsync(study.StudyId, cancel)).Where(exclusion => exclusion.IsInForce)
            .ToDictionary(exclusion => exclusion.RaterId, exclusion => exclusion.ExclusionId);
        Votes = [.. (await votes.ListAsync(comparisonId, cancel)).Where(vote => query.Votes.Includes(vote.Simulated))];
        Picks = (await picks.ListOfAsync(comparisonId, cancel)).Where(pick => query.Votes.Includes(pick.Simulated)).ToDictionary(pick => pick.VoteId);
        Item = PickedItem.Of(own, Picks.Values.Where(pick => pick.Counts && !IsLeftOut(pick.RaterId)))[0];
        var shown = new List<ShownImage>();
        foreach (var (place, image) in Item.Images.Index())
            shown.Add(await ShownAsync(study, place, image, cancel));
        Images = shown;
        return true;
    }

    /// <summary>The number under which an image is shown here.</summary>
    public string MarkOf(long imageId) => Images.First(image => image.Image.ImageId == imageId).Mark;

    /// <summary>Whether the figures leave a rater out.</summary>
    public bool IsLeftOut(long raterId) => _query.Exclusions == Exclusions.Applied && _excluded.ContainsKey(raterId);

    private async Task<ShownImage> ShownAsync(Study study, int place, PickedImage image, CancellationToken cancel) => new()
    {
        Mark = $"{place + 1}",
        Swatch = study.SystemBId is null ? null : image.Image.SystemId == study.SystemAId ? "a" : "b",
        System = (await systems.FindAsync(image.Image.SystemId, cancel))!.Name,
        Image = (await images.FindAsync(image.Image.ImageId, cancel))!,
        Remark = $"best {image.Best}, worst {image.Worst}{(image == Item!.Chosen ? ", chosen" : image == Item.Rejected ? ", rejected" : "")}",
    };
}
