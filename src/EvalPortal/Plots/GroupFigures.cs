using PixelPost.EvalPortal.Dashboards;
using PixelPost.EvalPortal.Quality;
using PixelPost.EvalPortal.Studies;
using PixelPost.EvalPortal.Systems;

namespace PixelPost.EvalPortal.Plots;

/// <summary>The figures of linked studies of pairs: their systems on one scale and against each other, by people's votes.</summary>
public sealed class GroupFigures(StudyGroupStore groups, StudyStore studies, SystemStore systems, ReportCache reports)
{
    private readonly List<(Study Study, string SystemA, string SystemB, StudyReport Report)> _studies = [];

    /// <summary>The group; null when there is none.</summary>
    public StudyGroup? Group { get; private set; }

    /// <summary>The rankings, one for each axis that is asked; none without a study of pairs.</summary>
    public IReadOnlyList<Leaderboard> Boards { get; private set; } = [];

    /// <summary>Reads the studies and their votes.</summary>
    /// <returns>Whether there is such a group.</returns>
    public async Task<bool> ReadAsync(long studyGroupId, CancellationToken cancel = default)
    {
        Group = await groups.FindAsync(studyGroupId, cancel);
        if (Group is null)
            return false;
        var names = (await systems.ListAsync(cancel)).ToDictionary(system => system.SystemId, system => system.Name);
        var pairs = (await studies.ListGroupAsync(studyGroupId, cancel)).Where(study => study.Form == StudyForm.Pairs && study.SystemBId is not null).ToList();
        _studies.Clear();
        foreach (var study in pairs)
        {
            var report = reports.Report(await reports.ReadVotesAsync(study, cancel), VoteSource.Real, Exclusions.Applied);
            _studies.Add((study, names[study.SystemAId], names[study.SystemBId!.Value], report));
        }
        Boards = pairs.Count == 0 ? [] : await reports.RankAsync(pairs, names, cancel);
        return true;
    }

    /// <summary>The board of an axis, or the first one.</summary>
    public Leaderboard? BoardOf(Axis? axis) => Boards.FirstOrDefault(board => board.Axis == axis) ?? (Boards.Count > 0 ? Boards[0] : null);

    /// <summary>The figure of a name on an axis; null when there is none of it.</summary>
    public SavedPlot? Find(string key, Axis axis) => Boards.FirstOrDefault(board => board.Axis == axis) is { } board ? PlotsOf(board).FirstOrDefault(plot => plot.Plot.Key == key) : null;

    /// <summary>The figures of an axis, in the order of the page; none without a vote.</summary>
    public IEnumerable<SavedPlot> PlotsOf(Leaderboard board)
    {
        if (board.Votes == 0)
            yield break;
        string[] basis = [$"{Figures.Count(board.Votes, "vote")} by {Figures.Count(board.Raters, "rater")}, simulated votes and those of excluded raters left out"];
        if (board.Ranking.Systems is not null)
            yield return Saved(RankingPlot.Of(board.Ranking));
        yield return Saved(MatrixPlot.Of(board.Systems, [.. board.Pairs.Select(cell => cell with { Link = LinkOf(board.Systems[cell.Row], board.Systems[cell.Column], board.Axis) })]));
        yield return Saved(StudyPlots.Forest(board.Axis, [.. _studies.Select(study => ($"{study.SystemA} over {study.SystemB}", study.Report, ResultsOf(study.Study, board.Axis)))]));

        SavedPlot Saved(Plot plot) => new() { Plot = plot, Study = Group!.Name, Axis = board.Axis.ToString(), Basis = basis };
    }

    /// <summary>The results of the study that compares two systems.</summary>
    private string? LinkOf(string one, string other, Axis axis) =>
        _studies.Find(study => (study.SystemA, study.SystemB) == (one, other) || (study.SystemA, study.SystemB) == (other, one)) is { Study: { } study } ? ResultsOf(study, axis) : null;

    private static string ResultsOf(Study study, Axis axis) => $"/studies/{study.StudyId}/results{new ResultsQuery { Axis = axis }}#comparisons";
}
