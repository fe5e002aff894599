using System.Globalization;
using PixelPost.EvalPortal.Api.Problems;
using PixelPost.EvalPortal.Plans;
using PixelPost.EvalPortal.Presets;
using PixelPost.EvalPortal.Studies;

namespace PixelPost.EvalPortal.Api.Endpoints;

/// <summary>Makes studies by filling in the form that people fill in: what it refuses, the API refuses.</summary>
internal static class NewStudies
{
    /// <summary>Makes one study.</summary>
    /// <returns>Its id.</returns>
    public static async Task<long> AddAsync(NewStudySession form, NewStudyBody body, StudyStore studies, long accountId, CancellationToken cancel)
    {
        if (PresetOf(body) is { IsLinked: true } linked)
            throw new RefusedException($"The preset {linked.Key} makes linked studies: send this to {ApiSetup.Root}/study-groups.");
        if (await studies.FindByNameAsync(body.Name.Trim(), cancel) is { } taken)
            throw new ApiProblemException(StatusCodes.Status409Conflict, $"There is a study called '{taken.Name}' already: study {taken.StudyId}.");
        await form.StartAsync(body.Preset, systemA: null, systemB: null, original: null);
        form.Name = body.Name;
        var part = form.Parts[0];
        if (body.Preset is null)
            part.Draft.Form = body.Form;
        body.ApplyNew(part.Draft, QuestionSet(form, body));
        if (body.PlannedComparisons is { } planned)
            part.Planned = planned > 0 ? new PlannedNumber(planned, null) : throw new RefusedException("Plan at least 1 comparison.");
        await form.ChooseAsync(System(form, body.SystemA), System(form, body.SystemB));
        return await CreateAsync(form, accountId);
    }

    /// <summary>Makes a study like another.</summary>
    /// <returns>Its id.</returns>
    public static async Task<long> CopyAsync(NewStudySession form, long studyId, string name, StudyStore studies, long accountId, CancellationToken cancel)
    {
        if (await studies.FindByNameAsync(name.Trim(), cancel) is { } taken)
            throw new ApiProblemException(StatusCodes.Status409Conflict, $"There is a study called '{taken.Name}' already: study {taken.StudyId}.");
        await form.StartAsync(preset: null, systemA: null, systemB: null, studyId);
        form.Name = name;
        return await CreateAsync(form, accountId);
    }

    /// <summary>Makes linked studies.</summary>
    /// <returns>The id of their group.</returns>
    public static async Task<long> AddGroupAsync(NewStudySession form, NewStudyGroupBody body, StudyGroupStore groups, long accountId, CancellationToken cancel)
    {
        if (PresetOf(body) is not { IsLinked: true } preset)
            throw new RefusedException($"Linked studies are made from one of these presets: {string.Join(", ", StudyPresets.All.Where(known => known.IsLinked).Select(known => known.Key))}.");
        if ((await groups.ListAsync(cancel)).FirstOrDefault(group => group.Name == body.Name.Trim()) is { } taken)
            throw new ApiProblemException(StatusCodes.Status409Conflict, $"There are linked studies called '{taken.Name}' already: group {taken.StudyGroupId}.");
        await form.StartAsync(preset.Key, systemA: null, systemB: null, original: null);
        form.Name = body.Name;
        foreach (var name in body.LeaveOut ?? [])
        {
            (form.Parts.FirstOrDefault(part => string.Equals(part.Preset!.Name, name, StringComparison.OrdinalIgnoreCase))
                ?? throw new RefusedException($"The preset has no study '{name}'. It has: {string.Join(", ", preset.Studies.Select(study => study.Name.ToLowerInvariant()))}.")).IsWanted = false;
        }
        foreach (var part in form.Parts)
            (body with { Axes = body.Axes?.Where(axis => part.Draft.Axes.Any(asked => asked.Axis == axis.Axis)).ToList() is { Count: > 0 } own ? own : null }).ApplyNew(part.Draft, QuestionSet(form, body));
        if (preset.RanksSystems)
            await form.RankAsync([.. (body.Systems ?? []).Select(name => System(form, name)!.Value)]);
        else
            await form.ChooseAsync(System(form, body.SystemA), System(form, body.SystemB));
        return await CreateAsync(form, accountId);
    }

    private static StudyPreset? PresetOf(NewStudySettings body) => body.Preset is null ? null : StudyPresets.Find(body.Preset)
        ?? throw new RefusedException($"There is no preset '{body.Preset}'. There are: {string.Join(", ", StudyPresets.All.Select(preset => preset.Key))}.");

    private static long? System(NewStudySession form, string? name) => name is null ? null
        : form.Systems.FirstOrDefault(system => system.Name == name)?.SystemId
            ?? throw new RefusedException($"There is no system called '{name}'. Which there are says GET {ApiSetup.Root}/systems.");

    private static long? QuestionSet(NewStudySession form, NewStudySettings body) => body.QuestionSet is null ? null
        : form.QuestionSets.FirstOrDefault(set => set.Name == body.QuestionSet)?.QuestionSetId
            ?? throw new RefusedException($"There is no question set called '{body.QuestionSet}'. Which there are says GET {ApiSetup.Root}/question-sets.");

    /// <summary>The form says where what it made is: at <c>/studies/7</c> or <c>/groups/3</c>.</summary>
    private static async Task<long> CreateAsync(NewStudySession form, long accountId) => await form.CreateAsync(accountId) is { } address
        ? long.Parse(address.AsSpan(address.LastIndexOf('/') + 1), NumberStyles.None, CultureInfo.InvariantCulture)
        : throw new RefusedException(string.Join(' ', form.Faults));
}
