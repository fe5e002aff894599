using PixelPost.EvalPortal.Exports.Layouts;
using PixelPost.EvalPortal.Rounds;
using PixelPost.EvalPortal.Studies;

namespace PixelPost.EvalPortal.Exports;

/// <summary>The export page of a study: what can be had, and what a layout would leave out.</summary>
public sealed class ExportSession(StudyStore studies, PreferenceSetStore preferences, LayoutExport layouts)
{
    private CancellationTokenSource? _counting;

    /// <summary>The study; null when there is none.</summary>
    public Study? Study { get; private set; }

    public IReadOnlyList<PreferenceSet> Sets { get; private set; } = [];

    /// <summary>What is chosen; null where the study compares no pairs, or no layout was chosen.</summary>
    public LayoutOrder? Order { get; private set; }

    /// <summary>What the layout would hold and leave out; null while that is counted.</summary>
    public LayoutReport? Report { get; private set; }

    /// <summary>Reads the study.</summary>
    public async Task ReadAsync(long studyId, CancellationToken cancel)
    {
        Study = await studies.FindAsync(studyId, cancel);
        if (Study is not null)
            Sets = await preferences.ListAsync(studyId, cancel);
    }

    /// <summary>Counts what a layout would hold, by writing it to nowhere. A later choice ends the counting for an earlier one.</summary>
    public async Task ChooseAsync(string? layout, string? axis, string? votes, string? format, CancellationToken cancel)
    {
        if (_counting is not null)
            await _counting.CancelAsync();
        (Order, Report) = (null, null);
        if (Study is not { Form: StudyForm.Pairs } study || PublicLayouts.Find(layout) is not { } known)
            return;
        Order = LayoutChoice.Read(study, known, axis, votes, format);
        using var counting = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        _counting = counting;
        var order = Order;
        try
        {
            var report = await Task.Run(() => layouts.WriteAsync(study, order with { Format = ExportFormat.Jsonl }, Stream.Null, counting.Token), counting.Token);
            if (ReferenceEquals(Order, order))
                Report = report;
        }
        catch (OperationCanceledException)
        {
            // something else was chosen
        }
        finally
        {
            if (ReferenceEquals(_counting, counting))
                _counting = null;
        }
    }
}
