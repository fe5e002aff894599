using PixelPost.EvalPortal.Images;
using PixelPost.EvalPortal.Rating;
using PixelPost.EvalPortal.Studies;

namespace PixelPost.EvalPortal.Guidelines;

/// <summary>What the page of a study's guidelines shows, and what is done there.</summary>
public sealed class GuidelinesSession(StudyStore studies, GuidelineStore guidelines, TrainingRecordStore training, ImageFiles files)
{
    private int? _passMark;

    /// <summary>The study; null when there is none.</summary>
    public Study? Study { get; private set; }

    /// <summary>Its examples, question by question.</summary>
    public IReadOnlyList<ExamplePair> Examples { get; private set; } = [];

    /// <summary>The raters who have begun the training.</summary>
    public IReadOnlyList<RaterTraining> Raters { get; private set; } = [];

    /// <summary>The example that is made or changed; null while none is.</summary>
    public ExampleDraft? Draft { get; private set; }

    /// <summary>What is wrong with <see cref="Draft"/>.</summary>
    public IReadOnlyList<string> Faults { get; private set; } = [];

    /// <summary>Why the last thing could not be done; null when it was.</summary>
    public string? Problem { get; private set; }

    /// <summary>Whether anything can be changed.</summary>
    public bool IsDraft => Study is { State: StudyState.Draft };

    /// <summary>The questions that examples can be made of: those answered by choosing one image for its flaws or its appeal.</summary>
    public IReadOnlyList<StudyAxis> Axes => [.. Study!.Axes.Where(axis => axis.Axis is Axis.Flaws or Axis.Appeal)];

    /// <summary>Whether the question of <see cref="Draft"/> shows prompts.</summary>
    public bool ShowsPrompt => Axes.Any(axis => axis.Axis == Draft?.Axis && axis.PromptVisible);

    /// <summary>Right answers that a rater needs in training.</summary>
    public int PassMark => TrainingProgress.PassMarkOf(_passMark, Of(ExampleUse.Training).Count);

    /// <summary>The examples of the guidelines, or of the training.</summary>
    public IReadOnlyList<ExamplePair> Of(ExampleUse use) => [.. Examples.Where(example => example.UsedIn == use)];

    /// <summary>Reads everything anew; what is being made or changed stays.</summary>
    public async Task ReadAsync(long studyId, CancellationToken cancel = default)
    {
        Study = await studies.FindAsync(studyId, cancel);
        if (Study is null)
            return;
        Examples = await guidelines.ListAsync(studyId, cancel);
        _passMark = await guidelines.FindPassMarkAsync(studyId, cancel);
        Raters = await training.ListRatersAsync(studyId, cancel);
    }

    /// <summary>Begins a new example; there must be <see cref="Axes"/>.</summary>
    public void Add(ExampleUse use) => Open(new ExampleDraft { UsedIn = use, Axis = Axes[0].Axis });

    /// <summary>Begins to change an example.</summary>
    public void Edit(ExamplePair example) => Open(ExampleDraft.Of(example));

    /// <summary>Ends making or changing without keeping it.</summary>
    public void Forget() => (Draft, Faults) = (null, []);

    /// <summary>Takes an image into the draft, checked and stripped like every image of the portal.</summary>
    /// <param name="open">Opens the file.</param>
    public async Task TakeImageAsync(Side side, string name, long length, Func<Stream> open, CancellationToken cancel = default)
    {
        try
        {
            if (length > ImageFiles.MaxBytes)
                throw new RefusedException($"{name} has {length / 1e6:0} MB; an image may have {ImageFiles.MaxBytes / 1e6:0} MB.");
            using var bytes = new MemoryStream();
            await using (var stream = open())
                await stream.CopyToAsync(bytes, cancel);
            var image = await Task.Run(() => files.Keep(bytes.ToArray(), name), cancel);
            Draft?.SetImage(side, image);
            Faults = [];
        }
        catch (RefusedException refused)
        {
            Faults = [refused.Message];
        }
    }

    /// <summary>Keeps the draft as an example, unless it has faults.</summary>
    public async Task SaveAsync()
    {
        Faults = [.. Draft!.Faults(ShowsPrompt)];
        if (Faults.Count == 0 && await TryAsync(() => guidelines.SaveAsync(Draft.ToExample(Study!.StudyId, ShowsPrompt))))
            Forget();
        else if (Problem is not null)
            Faults = [Problem];
    }

    /// <summary>Deletes an example.</summary>
    public Task DeleteAsync(ExamplePair example) => TryAsync(() => guidelines.DeleteAsync(example));

    /// <summary>The example before or after another among those of its question and use; null at the end.</summary>
    /// <param name="by">−1 for the one before, 1 for the one after.</param>
    public ExamplePair? Neighbour(ExamplePair example, int by)
    {
        var row = Examples.Where(other => (other.Axis, other.UsedIn) == (example.Axis, example.UsedIn)).ToList();
        return row.ElementAtOrDefault(row.FindIndex(other => other.ExamplePairId == example.ExamplePairId) + by);
    }

    /// <summary>Gives an example the place of its neighbour.</summary>
    public Task MoveAsync(ExamplePair example, int by) =>
        Neighbour(example, by) is { } neighbour ? TryAsync(() => guidelines.ExchangeAsync(example, neighbour)) : Task.CompletedTask;

    /// <summary>Sets how many right answers a rater needs in training; null for four in five.</summary>
    public Task SetPassMarkAsync(int? passMark) =>
        TryAsync(() => guidelines.SetPassMarkAsync(Study!.StudyId, passMark is { } mark ? TrainingProgress.PassMarkOf(mark, Of(ExampleUse.Training).Count) : null));

    private void Open(ExampleDraft draft) => (Draft, Faults, Problem) = (draft, [], null);

    private async Task<bool> TryAsync(Func<Task> change)
    {
        Problem = null;
        try
        {
            await change();
        }
        catch (RefusedException refused)
        {
            Problem = refused.Message;
        }
        await ReadAsync(Study!.StudyId);
        return Problem is null;
    }
}
