using PixelPost.EvalPortal.Reports.Reading;

namespace PixelPost.EvalPortal.VoteImports;

/// <summary>Counts what a file holds while it is read, and gives each vote its id.</summary>
/// <param name="import">Name of the import.</param>
/// <param name="known">Ids of the votes that are here already.</param>
internal sealed class VoteTally(string import, IReadOnlySet<Guid> known)
{
    private readonly Dictionary<Guid, int> _occurrences = [];
    private readonly HashSet<Guid> _pairsOfRaters = [];
    private readonly Dictionary<Guid, int> _comparisons = [];
    private readonly HashSet<string> _raters = [];
    private readonly Dictionary<StudyKey, (long Votes, int Most)> _studies = [];
    private readonly Dictionary<string, Found> _leftOut = [];
    private readonly Dictionary<string, Found> _faults = [];
    private long _rows, _there, _ties, _bothBad, _rejects, _repeats, _derived, _simulated, _noRater, _noSides, _noTime, _noPrompt, _noSystems;

    /// <summary>Votes so far.</summary>
    public long Votes { get; private set; }

    /// <summary>Gives a vote its id. Votes have to come in the order of the file.</summary>
    public Guid IdOf(PlacedVote vote)
    {
        var content = vote.ContentKey();
        _occurrences[content] = _occurrences.GetValueOrDefault(content) + 1;
        return vote.VoteId(import, _occurrences[content]);
    }

    /// <summary>Counts a row.</summary>
    /// <returns>How many of its votes are here already.</returns>
    public int Add(ReadVotes row)
    {
        _rows += row.IsRow ? 1 : 0;
        if (row.Fault is { } fault)
            Count(_faults, fault, row.Line);
        if (row.LeftOut is { } reason)
            Count(_leftOut, reason, row.Line);
        var there = 0;
        foreach (var vote in row.Votes)
            there += Add(vote) ? 1 : 0;
        _there += there;
        return there;
    }

    public VoteSummary Summary(ImportFormat format, string sha256) => new()
    {
        Format = format.Name,
        FormatNotes = format.Notes,
        Sha256 = sha256,
        Rows = _rows,
        Votes = Votes,
        There = _there,
        Ties = _ties,
        BothBad = _bothBad,
        Rejects = _rejects,
        Repeats = _repeats,
        Derived = _derived,
        Simulated = _simulated,
        WithoutRater = _noRater,
        WithoutSides = _noSides,
        WithoutTime = _noTime,
        WithoutPrompt = _noPrompt,
        WithoutSystems = _noSystems,
        Raters = _raters.Count,
        Comparisons = _comparisons.Count,
        Studies = [.. _studies.Select(study => new FoundStudy(study.Key, study.Value.Votes, study.Value.Most))],
        LeftOut = [.. _leftOut.Values.OrderByDescending(found => found.Count)],
        Faults = [.. _faults.Values.OrderByDescending(found => found.Count)],
    };

    private bool Add(PlacedVote vote)
    {
        Votes++;
        var (foreign, comparison) = (vote.Foreign, vote.ComparisonKey());
        _ties += foreign.Answer is Answer.Tie or Answer.BothBad ? 1 : 0;
        _bothBad += foreign.Answer == Answer.BothBad ? 1 : 0;
        _rejects += foreign.Answer == Answer.Reject ? 1 : 0;
        _derived += foreign.Derived ? 1 : 0;
        _simulated += foreign.Simulated ? 1 : 0;
        _noRater += foreign.Rater is null ? 1 : 0;
        _noSides += vote.LeftIsB is null ? 1 : 0;
        _noTime += foreign.VotedAt is null ? 1 : 0;
        _noPrompt += foreign.Prompt is null ? 1 : 0;
        _noSystems += foreign.FirstSystem.Length == 0 ? 1 : 0;
        if (foreign.Rater is { } rater)
        {
            _raters.Add(rater);
            _repeats += _pairsOfRaters.Add(PlacedVote.IdOf($"{comparison}", rater, $"{foreign.Simulated}")) ? 0 : 1;
        }
        var onComparison = _comparisons[comparison] = _comparisons.GetValueOrDefault(comparison) + 1;
        var study = _studies.GetValueOrDefault(vote.Study);
        _studies[vote.Study] = (study.Votes + 1, Math.Max(study.Most, onComparison));
        return known.Contains(IdOf(vote));
    }

    private static void Count(Dictionary<string, Found> found, string what, int line)
    {
        // Reasons may quote what stands in a row; only so many are told apart.
        if (found.Count >= 200 && !found.ContainsKey(what))
            what = "other reasons";
        found[what] = found.TryGetValue(what, out var before) ? before with { Count = before.Count + 1 } : new Found(what, 1, line);
    }
}
