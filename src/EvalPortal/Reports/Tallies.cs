using PixelPost.EvalPortal.Reports.Reading;
using PixelPost.Stats;

namespace PixelPost.EvalPortal.Reports;

/// <summary>The first votes of each rater by comparison, counted in place.</summary>
internal sealed class Tallies
{
    private readonly Dictionary<int, int> _places = [];
    private readonly List<(int Prompt, int A, int B, int Tie, int Reject)> _counts = [];

    public static Tallies Of(IReadOnlyList<FileVote> votes)
    {
        var tallies = new Tallies();
        foreach (var vote in votes)
        {
            if (!vote.IsRepeat)
                tallies.Add(vote);
        }
        return tallies;
    }

    /// <summary>The decision of each comparison, in order of first appearance.</summary>
    public List<(long PromptId, Decision Decision)> Decide()
    {
        var decided = new List<(long, Decision)>(_counts.Count);
        foreach (var (prompt, a, b, tie, reject) in _counts)
            decided.Add((prompt, MajorityDecision.Of(new OutcomeCounts(a, b, tie, reject))));
        return decided;
    }

    private void Add(FileVote vote)
    {
        if (!_places.TryGetValue(vote.Comparison, out var place))
        {
            _places.Add(vote.Comparison, place = _counts.Count);
            _counts.Add((vote.Prompt, 0, 0, 0, 0));
        }
        var counts = _counts[place];
        switch (vote.Winner)
        {
            case Outcome.A:
                counts.A++;
                break;
            case Outcome.B:
                counts.B++;
                break;
            case Outcome.Tie:
                counts.Tie++;
                break;
            default:
                counts.Reject++;
                break;
        }
        _counts[place] = counts;
    }
}
