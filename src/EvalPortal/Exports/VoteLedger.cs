using System.Text.Json.Serialization;
using PixelPost.EvalPortal.Dashboards;
using PixelPost.EvalPortal.Studies;

namespace PixelPost.EvalPortal.Exports;

/// <summary>Counts votes of each kind while they are written; a vote can be of several.</summary>
internal sealed class VoteLedger
{
    public int Rows { get; private set; }

    public int Superseded { get; private set; }

    public int Retracted { get; private set; }

    public int Surplus { get; private set; }

    /// <summary>Those that results are made from as far as their raters are not excluded.</summary>
    public int Counting => CountingRaters.Count;

    /// <summary>Simulated ones among the counting.</summary>
    public int CountingSimulated { get; private set; }

    /// <summary>Whose the counting votes are, one for each vote.</summary>
    [JsonIgnore]
    public List<long> CountingRaters { get; } = [];

    /// <summary>What decisions on pairs are made from, those of excluded raters among them.</summary>
    [JsonIgnore]
    public List<CountingVote> CountingVotes { get; } = [];

    /// <summary>Counts a vote.</summary>
    /// <returns>The vote.</returns>
    public RecordedVote Note(RecordedVote vote)
    {
        Rows++;
        Superseded += vote.Superseded ? 1 : 0;
        Retracted += vote.RetractedAt is null ? 0 : 1;
        Surplus += vote.Surplus ? 1 : 0;
        CountingSimulated += vote is { Counts: true, Simulated: true } ? 1 : 0;
        if (vote.Counts)
            CountingRaters.Add(vote.RaterId);
        if (vote.Counts && vote.Axis.Form() == StudyForm.Pairs)
            CountingVotes.Add(vote.ToCounting());
        return vote;
    }
}
