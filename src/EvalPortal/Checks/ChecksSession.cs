using PixelPost.EvalPortal.Database;
using PixelPost.EvalPortal.Studies;
using PixelPost.Stats;

namespace PixelPost.EvalPortal.Checks;

/// <summary>What the page of a study's checks shows, and what is done there.</summary>
public sealed class ChecksSession(StudyStore studies, ComparisonStore comparisons, StudyChecksStore checks)
{
    /// <summary>Comparisons on a page.</summary>
    public const int PageSize = 20;

    private Dictionary<(long ComparisonId, Axis Axis), Outcome> _gold = [];

    /// <summary>The study; null when there is none.</summary>
    public Study? Study { get; private set; }

    public IReadOnlyList<Comparison> Comparisons { get; private set; } = [];

    /// <summary>How many checks raters meet, as it stands in the form.</summary>
    public StudyChecks Checks { get; set; } = StudyChecks.None;

    /// <summary>Why the last thing could not be done; null when it was.</summary>
    public string? Problem { get; private set; }

    public bool CanChange => Study is { State: StudyState.Draft, Form: StudyForm.Pairs };

    /// <summary>Comparisons with a known answer.</summary>
    public int GoldComparisons => _gold.Keys.Select(key => key.ComparisonId).Distinct().Count();

    /// <summary>Reads everything anew.</summary>
    public async Task ReadAsync(long studyId)
    {
        Study = await studies.FindAsync(studyId);
        if (Study is null)
            return;
        Comparisons = await comparisons.ListAllAsync(studyId);
        Checks = await checks.FindAsync(studyId);
        await ReadGoldAsync();
    }

    /// <summary>The known answer to a comparison on an axis, or null.</summary>
    public Outcome? Gold(long comparisonId, Axis axis) => _gold.TryGetValue((comparisonId, axis), out var winner) ? winner : null;

    /// <summary>What does not go together, a sentence each.</summary>
    public IEnumerable<string> Cautions()
    {
        foreach (var axis in Study!.Axes.Where(axis => Checks.GoldPerDozen > 0 && _gold.Keys.All(key => key.Axis != axis.Axis)))
            yield return $"No pair has a known answer on {axis.Axis.ToText()}: raters meet no gold there.";
        if (Checks.GoldPerDozen == 0 && _gold.Count > 0)
            yield return "Pairs have known answers and raters are shown none of them: ask for gold in each dozen.";
        if (GoldComparisons == Comparisons.Count)
            yield return "Every pair has a known answer: there is nothing left to judge.";
    }

    /// <summary>Stores how many checks there are.</summary>
    public Task SaveAsync() => TryAsync(() => checks.SaveAsync(Study!.StudyId, Checks));

    /// <summary>Says what the answer to a comparison is, or that it is not known.</summary>
    public Task SetGoldAsync(long comparisonId, Axis axis, Outcome? winner) => TryAsync(async () =>
    {
        await checks.SetGoldAsync(Study!.StudyId, comparisonId, axis, winner);
        await ReadGoldAsync();
    });

    private async Task ReadGoldAsync() =>
        _gold = (await checks.ListGoldAsync(Study!.StudyId)).ToDictionary(gold => (gold.ComparisonId, gold.Axis), gold => gold.Winner);

    private async Task TryAsync(Func<Task> change)
    {
        try
        {
            Problem = null;
            await change();
        }
        catch (RefusedException refused)
        {
            Problem = refused.Message;
        }
    }
}
