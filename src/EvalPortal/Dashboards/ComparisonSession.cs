using PixelPost.EvalPortal.Images;
using PixelPost.EvalPortal.Quality;
using PixelPost.EvalPortal.Studies;

namespace PixelPost.EvalPortal.Dashboards;

/// <summary>One comparison of a study, with its votes and its neighbours in the list it was reached from.</summary>
public sealed class ComparisonSession(ResultsSession results, ImageStore images, RecordedVoteStore votes)
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

    /// <summary>Its place in the list, from 1; 0 when the list does not have it any more.</summary>
    public int Place { get; private set; }

    /// <summary>Length of the list.</summary>
    public int Listed { get; private set; }

    /// <summary>The comparison before it in the list.</summary>
    public long? Previous { get; private set; }

    /// <summary>The comparison after it in the list.</summary>
    public long? Next { get; private set; }

    /// <summary>Reads the comparison and finds it in the list.</summary>
    /// <returns>Whether the study has it.</returns>
    public async Task<bool> ReadAsync(long studyId, long comparisonId, ResultsQuery query, CancellationToken cancel = default)
    {
        _query = query;
        if (!await results.ReadAsync(studyId, cancel))
            return false;
        var all = TalliedComparison.Of(results.Table.From(query.Votes).Under(query.Exclusions));
        Row = all.FirstOrDefault(row => row.Comparison.ComparisonId == comparisonId);
        if (Row is null)
            return false;

        var list = query.Select(all, query.AxisOf(results.Table.Axes)).Select(row => row.Comparison.ComparisonId).ToList();
        (Place, Listed) = (list.IndexOf(comparisonId) + 1, list.Count);
        Previous = Place > 1 ? list[Place - 2] : null;
        Next = Place > 0 && Place < Listed ? list[Place] : null;
        ImageA = (await images.FindAsync(Row.Comparison.ImageAId, cancel))!;
        ImageB = (await images.FindAsync(Row.Comparison.ImageBId, cancel))!;
        _votes = await votes.ListAsync(comparisonId, cancel);
        return true;
    }

    /// <summary>The votes on an axis, of the chosen source.</summary>
    public IReadOnlyList<RecordedVote> VotesOn(Axis axis) =>
        [.. _votes.Where(vote => vote.Axis == axis && _query.Votes switch
        {
            VoteSource.Real => !vote.Simulated,
            VoteSource.Simulated => vote.Simulated,
            _ => true,
        })];

    /// <summary>Whether the decision on an axis rests on simulated votes.</summary>
    public bool CountsSimulated(Axis axis) => VotesOn(axis).Any(vote => vote is { Simulated: true, Counts: true } && !IsLeftOut(vote));

    /// <summary>Whether the rater of a vote is excluded.</summary>
    public bool IsExcluded(RecordedVote vote) => results.Table.Excluded.ContainsKey(vote.RaterId);

    /// <summary>Whether the decision leaves a vote out because its rater is excluded.</summary>
    public bool IsLeftOut(RecordedVote vote) => _query.Exclusions == Quality.Exclusions.Applied && IsExcluded(vote);
}
