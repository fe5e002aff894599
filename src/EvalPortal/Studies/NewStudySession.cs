using PixelPost.EvalPortal.Accounts;
using PixelPost.EvalPortal.Library;
using PixelPost.EvalPortal.Plans;
using PixelPost.EvalPortal.Presets;
using PixelPost.EvalPortal.Rating.Texts;
using PixelPost.EvalPortal.Systems;

namespace PixelPost.EvalPortal.Studies;

/// <summary>The form of new studies: one, or those that a preset links.</summary>
public sealed class NewStudySession(
    SystemStore systems, QuestionSetStore questions, DraftCheck check, StudyStore studies, StudyMaterialStore materials, PlanStore plans, StudyAccess accesses)
{
    /// <summary>Most systems that are compared each with each: 28 studies.</summary>
    public const int MostRanked = 8;

    private const int FewestRanked = 3;

    private readonly List<RankedPair> _ranked = [];

    /// <summary>What the form began with; null for a study of one's own design.</summary>
    public StudyPreset? Preset { get; private set; }

    /// <summary>The study that the form began as a copy of; null without one.</summary>
    public Study? Original { get; private set; }

    /// <summary>Name of the study, or of the linked studies together.</summary>
    public string Name { get; set; } = "";

    /// <summary>The studies of the form; the one of a leaderboard stands for those of all pairs of systems.</summary>
    public IReadOnlyList<NewStudyPart> Parts { get; private set; } = [new()];

    /// <summary>The systems to choose from, newest first.</summary>
    public IReadOnlyList<SystemUnderTest> Systems { get; private set; } = [];

    /// <summary>The question sets to choose from, newest first.</summary>
    public IReadOnlyList<QuestionSet> QuestionSets { get; private set; } = [];

    public long? SystemA { get; private set; }

    public long? SystemB { get; private set; }

    /// <summary>The systems of a leaderboard.</summary>
    public IReadOnlyCollection<long> Ranked { get; private set; } = [];

    /// <summary>Every two of the systems of a leaderboard.</summary>
    public IReadOnlyList<RankedPair> RankedPairs => _ranked;

    /// <summary>The language of the raters' pages, in all studies of the form.</summary>
    public Language Language
    {
        get => Parts[0].Draft.Language;
        set
        {
            foreach (var part in Parts)
                part.Draft.Language = value;
        }
    }

    /// <summary>What was wrong at the last attempt.</summary>
    public IReadOnlyList<string> Faults { get; private set; } = [];

    /// <summary>Reads what there is to choose from, and chooses what the address asks for.</summary>
    public async Task StartAsync(string? preset, long? systemA, long? systemB, long? original)
    {
        Systems = await systems.ListAsync();
        QuestionSets = await questions.ListAsync();
        Original = original is { } id && await accesses.OfAsync(StudyScope.Study(id)) != Access.None ? await studies.FindAsync(id) : null;
        (Preset, Faults) = (StudyPresets.Find(preset), []);
        Parts = Preset is null ? [new()] : [.. Preset.Studies.Select(study => new NewStudyPart { Preset = study })];
        foreach (var part in Parts)
            part.Preset?.Apply(part.Draft);
        if (Original is not null)
            await CopyAsync(Original);
        await ChooseAsync(Original?.SystemAId ?? systemA ?? SystemA, Original is null ? systemB ?? SystemB : Original.SystemBId);
    }

    /// <summary>Chooses the systems of all studies; a study that its preset has of one system is of the first.</summary>
    public async Task ChooseAsync(long? systemA, long? systemB)
    {
        (SystemA, SystemB) = (Known(systemA), Known(systemB));
        foreach (var part in Parts)
            await ChooseAsync(part, SystemA, part.Preset is { IsOfOneSystem: true } && Preset is { IsLinked: true } ? null : SystemB);
    }

    /// <summary>Chooses the systems of one study.</summary>
    public Task ChooseAsync(NewStudyPart part, long? systemA, long? systemB)
    {
        (part.Draft.SystemAId, part.Draft.SystemBId) = (systemA, systemB);
        return check.LookAsync(part);
    }

    /// <summary>Changes something of a study on which depends what it shows.</summary>
    public Task ChangeAsync(NewStudyPart part, Action<StudyDraft> change)
    {
        change(part.Draft);
        return check.LookAsync(part);
    }

    /// <summary>Chooses the systems of a leaderboard.</summary>
    public async Task RankAsync(IReadOnlyCollection<long> chosen)
    {
        Ranked = chosen;
        _ranked.Clear();
        if (chosen.Count is < FewestRanked or > MostRanked)
            return;
        var ranked = Systems.Where(system => chosen.Contains(system.SystemId)).OrderBy(system => system.SystemId).ToList();
        foreach (var (i, a) in ranked.Index())
        {
            foreach (var b in ranked.Skip(i + 1))
                _ranked.Add(new RankedPair(a, b, await check.OfPairsAsync(a.SystemId, b.SystemId)));
        }
    }

    /// <summary>Makes what the form says: one study, or all the linked ones.</summary>
    /// <returns>The address of what was made; null when it has faults.</returns>
    public async Task<string?> CreateAsync(long accountId)
    {
        var wanted = Parts.Where(part => part.IsWanted).ToList();
        foreach (var part in wanted)
            part.Draft.Name = Preset is { IsLinked: true } ? $"{Name.Trim()}: {part.Preset!.Name.ToLowerInvariant()}" : Name;
        Faults = [.. FaultsOf(wanted)];
        if (Faults.Count > 0)
            return null;
        try
        {
            if (Preset is not { IsLinked: true })
                return $"/studies/{await studies.AddAsync(wanted[0].ToNewStudy(accountId) with { OriginalStudyId = Original?.StudyId, ParentStudyId = Original?.ParentStudyId })}";
            var made = Preset.RanksSystems
                ? _ranked.Select(pair => OfPair(wanted[0], pair, accountId))
                : wanted.Select(part => part.ToNewStudy(accountId));
            return $"/groups/{await studies.AddGroupAsync(new NewStudyGroup(Name.Trim(), Preset.Key, [.. made]))}";
        }
        catch (RefusedException refused)
        {
            Faults = [refused.Message];
            return null;
        }
    }

    private IEnumerable<string> FaultsOf(List<NewStudyPart> wanted)
    {
        if (Preset is not { IsLinked: true })
            return wanted[0].Faults();
        if (string.IsNullOrWhiteSpace(Name))
            return ["Give the studies a name that they share."];
        if (wanted.Count == 0)
            return ["Leave at least one study in."];
        if (!Preset.RanksSystems)
            return wanted.SelectMany(part => part.Faults().Select(fault => $"{part.Preset!.Name}: {fault}"));
        if (Ranked.Count is < FewestRanked or > MostRanked)
            return [$"Choose {FewestRanked} to {MostRanked} systems; for two there is the two-model A/B."];
        return
        [
            .. wanted[0].Draft.FaultsBesideSystems(),
            .. _ranked.Where(pair => pair.Pairs.Fault is not null).Select(pair => $"{pair.A.Name} and {pair.B.Name} have no images for the same prompts."),
        ];
    }

    private NewStudy OfPair(NewStudyPart part, RankedPair pair, long accountId)
    {
        var draft = part.Draft;
        (draft.Name, draft.SystemAId, draft.SystemBId) = ($"{Name.Trim()}: {pair.A.Name} and {pair.B.Name}", pair.A.SystemId, pair.B.SystemId);
        return part.Complete(draft.ToNewStudy(pair.Pairs, accountId));
    }

    private async Task CopyAsync(Study study)
    {
        var plan = await plans.ListAsync(study.StudyId) is [.., var last] ? last.Plan : null;
        var part = new NewStudyPart { Preset = StudyPresets.FindStudy(study.Preset)?.Study, OriginalPlan = plan, Planned = new(plan?.PlannedComparisons, plan?.Power) };
        part.Draft.CopyFrom(study, (await materials.ReadAsync(study.StudyId)).ImagesAtOnce);
        (Preset, Parts, Name) = (null, [part], $"{study.Name}, copy");
    }

    private long? Known(long? system) => Systems.Any(known => known.SystemId == system) ? system : null;
}
