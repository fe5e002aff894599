using PixelPost.EvalPortal.Dashboards;
using PixelPost.EvalPortal.Presets;
using PixelPost.EvalPortal.Systems;

namespace PixelPost.EvalPortal.Studies;

/// <summary>What the page of linked studies shows.</summary>
public sealed class StudyGroupSession(
    StudyGroupStore groups, StudyStore studies, SystemStore systems, ProgressStore progress, StudyMaterialStore materials, ReportCache reports)
{
    /// <summary>The group; null when there is none.</summary>
    public StudyGroup? Group { get; private set; }

    /// <summary>What it was made from; null for a preset that the program no longer has.</summary>
    public StudyPreset? Preset { get; private set; }

    /// <summary>Its studies, in the order in which they were made.</summary>
    public IReadOnlyList<Study> Studies { get; private set; } = [];

    /// <summary>Studies of the preset that were not made.</summary>
    public IReadOnlyList<PresetStudy> LeftOut { get; private set; } = [];

    /// <summary>Names of systems, by id.</summary>
    public IReadOnlyDictionary<long, string> Names { get; private set; } = new Dictionary<long, string>();

    /// <summary>How far its studies have got.</summary>
    public ILookup<long, AxisProgress> Progress { get; private set; } = Enumerable.Empty<AxisProgress>().ToLookup(axis => axis.StudyId);

    /// <summary>How many deviations from the preset each study has.</summary>
    public Dictionary<long, int> Deviations { get; } = [];

    /// <summary>The rankings of a leaderboard, one for each axis; none otherwise.</summary>
    public IReadOnlyList<Leaderboard> Boards { get; private set; } = [];

    /// <summary>Reads everything anew.</summary>
    /// <returns>Whether there is such a group.</returns>
    public async Task<bool> ReadAsync(long studyGroupId, CancellationToken cancel = default)
    {
        if (await groups.FindAsync(studyGroupId, cancel) is not { } group)
        {
            Group = null;
            return false;
        }
        Preset = StudyPresets.Find(group.Preset);
        Studies = await studies.ListGroupAsync(studyGroupId, cancel);
        // Studies of imported votes are linked for their ranking alone: nothing was to be made of a preset.
        LeftOut = Studies.All(study => study.Preset is null) ? [] : [.. Preset?.Studies.Where(study => Studies.All(made => made.Preset != study.Key)) ?? []];
        Names = (await systems.ListAsync(cancel)).ToDictionary(system => system.SystemId, system => system.Name);
        var axes = new List<AxisProgress>();
        foreach (var study in Studies)
        {
            axes.AddRange(await progress.ListAsync(study.StudyId, cancel));
            Deviations[study.StudyId] = Deviation.Of(study, await materials.ReadAsync(study.StudyId, cancel)).Count;
        }
        Progress = axes.ToLookup(axis => axis.StudyId);
        Boards = Preset is { RanksSystems: true } ? await reports.RankAsync(Studies, Names, cancel) : [];
        Group = group;
        return true;
    }
}
