using Microsoft.AspNetCore.Components.Forms;

namespace PixelPost.EvalPortal.Systems;

/// <summary>The form of a new model: what was chosen, and how far the adding is.</summary>
public sealed class NewModelSession(ModelStore models, ModelIntake intake, TimeProvider clock) : IDisposable
{
    // Drawn more often, progress would only cost.
    private static readonly TimeSpan Redraw = TimeSpan.FromMilliseconds(250);

    private CancellationTokenSource? _adding;
    private Func<Task> _changed = () => Task.CompletedTask;
    private DateTimeOffset _drawn;

    public ModelDraft Draft { get; } = new();

    /// <summary>The models there are, newest first.</summary>
    public IReadOnlyList<Model> Models { get; private set; } = [];

    /// <summary>The folder or zip on the server.</summary>
    public string? Path { get; set; }

    /// <summary>The file on the researcher's computer; null while none is chosen.</summary>
    public IBrowserFile? File { get; private set; }

    /// <summary>Whether that is one part of a model.</summary>
    public bool IsPart => File?.Name.EndsWith(".safetensors", StringComparison.OrdinalIgnoreCase) == true;

    /// <summary>How far it is; null while nothing is being added.</summary>
    public IntakeProgress? Progress { get; private set; }

    public bool IsBusy => _adding is not null;

    /// <summary>Why it was not added; null when it was, and before.</summary>
    public string? Problem { get; private set; }

    /// <summary>Reads what there is to choose from.</summary>
    /// <param name="changed">Called when there is something new to show.</param>
    public async Task StartAsync(Func<Task> changed)
    {
        _changed = changed;
        Models = await models.ListAsync();
        Draft.RestOfModelId ??= Models is [var newest, ..] ? newest.ModelId : null;
    }

    /// <summary>Takes a file of the researcher's computer; nothing is sent yet.</summary>
    public void Choose(IBrowserFile file)
    {
        (File, Problem) = (file, null);
        if (string.IsNullOrWhiteSpace(Draft.Name))
            Draft.Name = System.IO.Path.GetFileNameWithoutExtension(file.Name);
    }

    /// <summary>Adds the model.</summary>
    /// <returns>Its id; null when it was not added, and <see cref="Problem"/> says why.</returns>
    public async Task<long?> AddAsync(bool isUpload)
    {
        if (IsBusy)
            return null;
        (_adding, Problem) = (new CancellationTokenSource(), null);
        try
        {
            return await (isUpload ? SendAsync(_adding.Token) : intake.TakeServerAsync(Draft, Required(Path), new Relay(Report), _adding.Token));
        }
        catch (OperationCanceledException)
        {
            Problem = "It was cancelled, and nothing was added.";
        }
        catch (Exception exception) when (exception is RefusedException or IOException or UnauthorizedAccessException)
        {
            Problem = exception is RefusedException ? exception.Message : $"The model cannot be read or stored: {exception.Message}";
        }
        finally
        {
            _adding.Dispose();
            (_adding, Progress) = (null, null);
        }
        return null;
    }

    /// <summary>Stops the adding; nothing of the model stays.</summary>
    public void Cancel() => _adding?.Cancel();

    public void Dispose() => _adding?.Dispose();

    private async Task<long> SendAsync(CancellationToken cancel)
    {
        var file = File ?? throw new RefusedException("Choose a zip or a safetensors file.");
        await using var content = file.OpenReadStream(long.MaxValue, cancel); // the intake says what is too much
        return await intake.TakeUploadAsync(Draft, file.Name, content, file.Size, new Relay(Report), cancel);
    }

    private static string Required(string? path) =>
        string.IsNullOrWhiteSpace(path) ? throw new RefusedException("Name the folder or zip on the server.") : path;

    private void Report(IntakeProgress progress)
    {
        var isNew = Progress?.What != progress.What;
        Progress = progress;
        if (!isNew && clock.GetUtcNow() - _drawn < Redraw)
            return;
        _drawn = clock.GetUtcNow();
        _ = _changed();
    }

    private sealed class Relay(Action<IntakeProgress> report) : IProgress<IntakeProgress>
    {
        public void Report(IntakeProgress value) => report(value);
    }
}
