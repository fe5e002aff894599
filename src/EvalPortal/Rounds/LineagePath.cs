using PixelPost.EvalPortal.Dashboards;
using PixelPost.EvalPortal.TrainingJobs;

namespace PixelPost.EvalPortal.Rounds;

/// <summary>One way from votes to the study of what came of them, as far as it has gone.</summary>
public sealed record LineagePath
{
    public required long StudyId { get; init; }

    public required string StudyName { get; init; }

    /// <summary>The linked studies that it is one of.</summary>
    public long? StudyGroupId { get; init; }

    public required long PreferenceSetId { get; init; }

    public required int PairCount { get; init; }

    public required VoteSource VoteSource { get; init; }

    public long? JobId { get; init; }

    public string? JobName { get; init; }

    public RunState? JobState { get; init; }

    /// <summary>The model that the training began with.</summary>
    public long? BaseModelId { get; init; }

    public long? ModelId { get; init; }

    public string? ModelName { get; init; }

    /// <summary>What the model's images are filed as.</summary>
    public long? SystemId { get; init; }

    public int ImageCount { get; init; }

    /// <summary>The job that drew them.</summary>
    public long? ImageJobId { get; init; }

    /// <summary>The study in which they are judged; null where linked studies judge them.</summary>
    public long? NextStudyId { get; init; }

    public string? NextStudyName { get; init; }

    /// <summary>The linked studies in which they are judged.</summary>
    public long? NextGroupId { get; init; }

    public string? NextGroupName { get; init; }

    /// <summary>Names the study, or the linked studies, that it begins with.</summary>
    internal string From => StudyGroupId is { } group ? $"group {group}" : $"study {StudyId}";

    /// <summary>Names the study, or the linked studies, that it ends with; null while it has not come that far.</summary>
    internal string? To => NextGroupId is { } group ? $"group {group}" : NextStudyId is { } study ? $"study {study}" : null;

    /// <summary>All that led to some paths and all that came of them, in the order in which it was made.</summary>
    /// <param name="all">Every path there is.</param>
    /// <param name="isSeed">The paths to begin with.</param>
    public static IReadOnlyList<LineagePath> Around(IReadOnlyList<LineagePath> all, Func<LineagePath, bool> isSeed)
    {
        var found = all.Where(isSeed).ToHashSet();
        Spread(found, path => all.Where(other => other.To is not null && other.To == path.From));
        var after = found.ToHashSet();
        Spread(after, path => path.To is null ? [] : all.Where(other => other.From == path.To));
        return [.. all.Where(path => found.Contains(path) || after.Contains(path))];
    }

    private static void Spread(HashSet<LineagePath> found, Func<LineagePath, IEnumerable<LineagePath>> next)
    {
        var waiting = new Queue<LineagePath>(found);
        while (waiting.TryDequeue(out var path))
        {
            foreach (var other in next(path).Where(found.Add))
                waiting.Enqueue(other);
        }
    }
}
