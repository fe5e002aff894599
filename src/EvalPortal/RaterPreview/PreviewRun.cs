using PixelPost.EvalPortal.Library;

namespace PixelPost.EvalPortal.RaterPreview;

/// <summary>One thing to judge in a preview. Of the images a researcher may know the files.</summary>
public sealed record PreviewItem
{
    /// <summary>In the place of an assignment's id: there is none.</summary>
    public Guid AssignmentId { get; } = Guid.CreateVersion7();

    public required string Question { get; init; }

    /// <summary>Null where the study hides it.</summary>
    public string? Prompt { get; init; }

    public bool FlawStrip { get; init; }

    /// <summary>Hashes of the images in the order of the screen: from the left, or by place.</summary>
    public required IReadOnlyList<string> Images { get; init; }

    /// <summary>What is asked about the one image; none elsewhere.</summary>
    public IReadOnlyList<Question> Questions { get; init; } = [];
}

/// <summary>Somebody looking at a study as a rater: what they are shown, and what they have answered, which nobody keeps.</summary>
public sealed class PreviewRun(long studyId, bool isPairs, IReadOnlyList<PreviewItem> items, DateTimeOffset startedAt)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<Guid, Guid> _answers = []; // what was answered, by vote

    public long StudyId { get; } = studyId;

    /// <summary>Whether its items are pairs, which have a left and a right.</summary>
    public bool IsPairs { get; } = isPairs;

    public DateTimeOffset StartedAt { get; } = startedAt;

    public int Total => items.Count;

    /// <summary>How many are answered.</summary>
    public int Answered => Total - Open().Count;

    /// <summary>The votes that were not taken back.</summary>
    public IReadOnlyList<Guid> VoteIds
    {
        get
        {
            lock (_lock)
                return [.. _answers.Keys];
        }
    }

    /// <summary>What is not answered, in order.</summary>
    public IReadOnlyList<PreviewItem> Open()
    {
        lock (_lock)
        {
            var answered = _answers.Values.ToHashSet();
            return [.. items.Where(item => !answered.Contains(item.AssignmentId))];
        }
    }

    /// <summary>Takes an answer; false where nothing of the kind was asked.</summary>
    public bool Answer(Guid voteId, Guid assignmentId)
    {
        if (items.All(item => item.AssignmentId != assignmentId))
            return false;
        lock (_lock)
            _answers[voteId] = assignmentId;
        return true;
    }

    /// <summary>Takes an answer back.</summary>
    public void Retract(Guid voteId)
    {
        lock (_lock)
            _answers.Remove(voteId);
    }
}
