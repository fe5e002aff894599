using PixelPost.EvalPortal.Dashboards;
using PixelPost.EvalPortal.Flaws;
using PixelPost.EvalPortal.Images;
using PixelPost.EvalPortal.Plots;
using PixelPost.EvalPortal.Quality;
using PixelPost.EvalPortal.Studies;

namespace PixelPost.EvalPortal.Items;

/// <summary>One pair of a study, with its votes, its flaws and its neighbours in the list it was reached from.</summary>
public sealed class PairItemSession(ResultsSession results, ImageStore images, ImageFiles files, RecordedVoteStore votes)
{
    private ResultsQuery _query = new();
    private IReadOnlyList<RecordedVote> _votes = [];

    public Study? Study => results.Study;

    public string SystemA => results.SystemA;

    public string SystemB => results.SystemB;

    /// <summary>The comparison; null when the study has none of this id.</summary>
    public TalliedComparison? Row { get; private set; }

    /// <summary>Which raters are excluded, and what the decisions leave out of the study's votes.</summary>
    public ExclusionSet Exclusions => results.Report(_query.Votes, _query.Exclusions).Exclusions;

    public StoredImage ImageA { get; private set; } = default!;

    public StoredImage ImageB { get; private set; } = default!;

    /// <summary>Where it stands in the list it was reached from.</summary>
    public ItemPlace Place { get; private set; } = default!;

    /// <summary>The flaws that counting votes pointed out in either image, in order of arrival.</summary>
    public IReadOnlyList<FlawVote> Flaws { get; private set; } = [];

    /// <summary>Reads the comparison and finds it in the list.</summary>
    /// <returns>Whether the study has it.</returns>
    public async Task<bool> ReadAsync(long studyId, long comparisonId, ResultsQuery query, CancellationToken cancel = default)
    {
        _query = query;
        if (!await results.ReadAsync(studyId, cancel))
            return false;
        var all = results.Report(query.Votes, query.Exclusions).Comparisons;
        Row = all.FirstOrDefault(row => row.Comparison.ComparisonId == comparisonId);
        if (Row is null)
            return false;

        Place = ItemPlace.Of(comparisonId, [.. query.Select(all, query.AxisOf(results.Table.Axes)).Select(row => row.Comparison.ComparisonId)]);
        ImageA = (await images.FindAsync(Row.Comparison.ImageAId, cancel))!;
        ImageB = (await images.FindAsync(Row.Comparison.ImageBId, cancel))!;
        _votes = await votes.ListAsync(comparisonId, cancel);
        Flaws = [.. _votes.Where(vote => vote.Counts && Shows(vote) && !IsLeftOut(vote) && (vote.FlawType is not null || vote.FlawSide is not null)).Select(FlawOf)];
        return true;
    }

    /// <summary>The flaws of one image, to lie over it.</summary>
    /// <param name="types">Which types are shown; null for all.</param>
    public Plot MapOf(bool isA, FlawFilter types) => Map(isA, [.. Flaws.Where(types.Shows)], picture: null);

    /// <summary>The flaws on an image as a file; null for a figure that there is none of.</summary>
    /// <param name="figure"><c>flaws-a</c> or <c>flaws-b</c>.</param>
    public SavedPlot? SavedMap(string figure) => figure is not ("flaws-a" or "flaws-b") ? null : new SavedPlot
    {
        Plot = Map(figure == "flaws-a", Flaws, File.ReadAllBytes(files.PathOf((figure == "flaws-a" ? ImageA : ImageB).Sha256))),
        Study = Study!.Name,
        Axis = Axis.Flaws.ToString(),
        Basis = [$"Comparison {Row!.Comparison.Position}: {Row.Comparison.Prompt}"],
        Simulated = Flaws.Any(flaw => flaw.Simulated),
    };

    private Plot Map(bool isA, IReadOnlyList<FlawVote> flaws, byte[]? picture)
    {
        var (letter, system, image) = isA ? ("a", SystemA, ImageA) : ("b", SystemB, ImageB);
        return FlawPlots.Map($"{Row!.Comparison.Position}-flaws-{letter}", system, [.. flaws.Where(flaw => flaw.IsOfA == isA)], image.Width, image.Height, picture);
    }

    /// <summary>The votes on an axis, of the chosen source.</summary>
    public IReadOnlyList<RecordedVote> VotesOn(Axis axis) =>
        [.. _votes.Where(vote => vote.Axis == axis && Shows(vote))];

    /// <summary>Whether the decision on an axis rests on simulated votes.</summary>
    public bool CountsSimulated(Axis axis) => VotesOn(axis).Any(vote => vote is { Simulated: true, Counts: true } && !IsLeftOut(vote));

    /// <summary>Whether the rater of a vote is excluded.</summary>
    public bool IsExcluded(RecordedVote vote) => results.Table.Excluded.ContainsKey(vote.RaterId);

    /// <summary>Whether the decision leaves a vote out because its rater is excluded.</summary>
    public bool IsLeftOut(RecordedVote vote) => _query.Exclusions == Quality.Exclusions.Applied && IsExcluded(vote);

    private bool Shows(RecordedVote vote) => _query.Votes.Includes(vote.Simulated);

    private static FlawVote FlawOf(RecordedVote vote) => new()
    {
        VoteId = vote.VoteId,
        ComparisonId = vote.ComparisonId,
        PromptId = vote.PromptId,
        Prompt = vote.Prompt,
        Pseudonym = vote.Pseudonym,
        Simulated = vote.Simulated,
        LeftIsB = vote.LeftIsB,
        FlawType = vote.FlawType,
        FlawSeverity = vote.FlawSeverity,
        FlawSide = vote.FlawSide,
        FlawX = vote.FlawX,
        FlawY = vote.FlawY,
    };
}
