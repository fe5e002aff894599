using PixelPost.EvalPortal.Dashboards;
using PixelPost.EvalPortal.Database;
using PixelPost.EvalPortal.TrainingJobs;

namespace PixelPost.EvalPortal.Rounds;

/// <summary>A place on the way from votes to a report.</summary>
/// <param name="Kind">Which of the stations it is.</param>
/// <param name="Title">That, for a person.</param>
/// <param name="Name">What it is called, or how much it is.</param>
/// <param name="Address">Its page.</param>
public sealed record LineageStation(string Kind, string Title, string Name, string Address)
{
    /// <summary>Paths as rows of stations. What a row shares with the one above is marked as repeated, so that it is drawn once.</summary>
    public static IReadOnlyList<IReadOnlyList<(LineageStation Station, bool IsRepeated)>> Rows(IReadOnlyList<LineagePath> paths)
    {
        var rows = new List<IReadOnlyList<(LineageStation, bool)>>();
        IReadOnlyList<LineageStation> above = [];
        foreach (var path in paths)
        {
            IReadOnlyList<LineageStation> row = [.. Of(path)];
            var shared = row.Zip(above).TakeWhile(pair => pair.First == pair.Second).Count();
            rows.Add([.. row.Select((station, i) => (station, i < shared))]);
            above = row;
        }
        return rows;
    }

    private static IEnumerable<LineageStation> Of(LineagePath path)
    {
        var simulated = path.VoteSource == VoteSource.Real ? "" : $", {path.VoteSource.ToWords()}";
        yield return new("votes", "Votes", path.StudyName, $"/studies/{path.StudyId}");
        yield return new("set", "Preference set", Figures.Count(path.PairCount, "pair") + simulated, $"/preference-sets/{path.PreferenceSetId}");
        if (path.JobId is null)
            yield break;
        yield return new("job", "Training", path.JobState == RunState.Succeeded ? path.JobName! : $"{path.JobName} ({path.JobState!.Value.ToText()})", $"/jobs/{path.JobId}");
        if (path.ModelId is null)
            yield break;
        yield return new("model", "Checkpoint", path.ModelName!, $"/models/{path.ModelId}");
        if (path.SystemId is null)
            yield break;
        yield return new("images", "Images", Figures.Count(path.ImageCount, "image"), path.ImageJobId is { } job ? $"/jobs/{job}" : "/systems");
        if (path.NextGroupId is { } group)
        {
            yield return new("study", "Studies and ranking", path.NextGroupName!, $"/groups/{group}");
            yield break;
        }
        if (path.NextStudyId is not { } study)
            yield break;
        yield return new("study", "Study", path.NextStudyName!, $"/studies/{study}");
        yield return new("report", "Report", "Results", $"/studies/{study}/results");
    }
}
