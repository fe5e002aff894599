using PixelPost.EvalPortal.Accounts;
using PixelPost.EvalPortal.Dashboards;
using PixelPost.EvalPortal.Studies;
using PixelPost.Stats;

namespace PixelPost.EvalPortal.Plans;

/// <summary>How alike votes are, to plan with: measured in a study of this portal where there is one, otherwise in public ones.</summary>
public sealed record PowerDefaults
{
    /// <summary>Fewest raters from whom a correlation is taken.</summary>
    public const int FewestRaters = 5;

    /// <summary>Fewest prompts from which one is taken.</summary>
    public const int FewestPrompts = 20;

    /// <summary>
    /// Middle of public sets with several raters for each pair of images (TIFA160, GenAI-Bench, ImagenHub): two votes on a prompt
    /// correlate by 0.26 to 0.61, two of a rater by 0 to 0.12, 38 to 66 % are ties; see <c>docs/studies.md</c>.
    /// </summary>
    public static readonly PowerDefaults Public = new()
    {
        PromptCorrelation = 0.4,
        RaterCorrelation = 0.02,
        TieShare = 0.45,
        Source = "Public studies of generated images: 0.26 to 0.61 on a prompt, 0 to 0.12 of a rater, 38 to 66 % ties.",
    };

    public required double PromptCorrelation { get; init; }

    public required double RaterCorrelation { get; init; }

    public required double TieShare { get; init; }

    /// <summary>Where they were measured, a sentence.</summary>
    public required string Source { get; init; }

    /// <summary>Measures on the question with the most votes; null where there are too few to measure.</summary>
    /// <param name="table">Votes of a study; simulated ones and those of excluded raters are left out.</param>
    public static PowerDefaults? Of(string study, VoteTable table)
    {
        var prompts = table.Comparisons.ToDictionary(comparison => comparison.ComparisonId, comparison => comparison.PromptId);
        var axis = table.From(VoteSource.Real).Under(Quality.Exclusions.Applied).Sorted().Votes
            .Where(vote => vote.Winner != Outcome.Reject)
            .GroupBy(vote => vote.Axis)
            .MaxBy(votes => votes.Count());
        if (axis is null || axis.Select(vote => vote.RaterId).Distinct().Count() < FewestRaters
            || axis.Select(vote => prompts[vote.ComparisonId]).Distinct().Count() < FewestPrompts)
        {
            return null;
        }
        var scores = CountingVote.Scores(axis, prompts).ToList();
        var byPrompt = ClusterEffect.OfVotes(scores);
        var byRater = ClusterEffect.OfVotes([.. scores.Select(score => new ClusteredScore(score.Rater, score.Prompt, score.Score))]);
        if (byPrompt.IntraclassCorrelation is not { } ofPrompt || byRater.IntraclassCorrelation is not { } ofRater)
            return null;
        return new PowerDefaults
        {
            PromptCorrelation = Math.Round(Math.Clamp(ofPrompt, 0, 1), 3),
            RaterCorrelation = Math.Round(Math.Clamp(ofRater, 0, 1), 3),
            TieShare = Math.Round(Math.Min(0.95, (double)axis.Count(vote => vote.Winner == Outcome.Tie) / axis.Count()), 3),
            Source = $"Measured in {Figures.Count(axis.Count(), "vote")} on {axis.Key.ToString().ToLowerInvariant()} of the study {study}.",
        };
    }
}

/// <summary>Looks for a study to measure in.</summary>
public sealed class PowerDefaultsReader(StudyStore studies, ReportCache reports, StudyAccess accesses)
{
    // Older studies are of other images and other raters, and reading many takes time.
    private const int MostStudies = 5;

    /// <summary>The newest study of pairs with votes enough, or what is publicly known.</summary>
    public async Task<PowerDefaults> ReadAsync(CancellationToken cancel = default)
    {
        var visible = await accesses.ListVisibleAsync(cancel);
        foreach (var study in (await studies.ListAsync(cancel)).Where(study => visible.Contains(study.StudyId) && study.Form == StudyForm.Pairs && study.OpenedAt is not null).Take(MostStudies))
        {
            if (PowerDefaults.Of(study.Name, await reports.ReadVotesAsync(study, cancel)) is { } measured)
                return measured;
        }
        return PowerDefaults.Public;
    }
}
