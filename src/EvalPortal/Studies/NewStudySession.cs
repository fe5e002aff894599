using PixelPost.EvalPortal.Images;
using PixelPost.EvalPortal.Systems;

namespace PixelPost.EvalPortal.Studies;

/// <summary>The form of a new study, with what the systems chosen in it have in common.</summary>
public sealed class NewStudySession(SystemStore systems, ImageStore images, ComparisonStore comparisons, StudyStore studies)
{
    public StudyDraft Draft { get; } = new();

    /// <summary>The systems to choose from, newest first.</summary>
    public IReadOnlyList<SystemUnderTest> Systems { get; private set; } = [];

    /// <summary>How the images of the chosen systems go together; null while two different ones are not chosen.</summary>
    public PairCheck? Pairs { get; private set; }

    /// <summary>What was wrong at the last attempt.</summary>
    public IReadOnlyList<string> Faults { get; private set; } = [];

    /// <summary>Reads the systems, and chooses those asked for.</summary>
    public async Task StartAsync(long? systemA, long? systemB)
    {
        Systems = await systems.ListAsync();
        await ChooseAsync(systemA, systemB);
    }

    /// <summary>Chooses systems and looks at what they have in common.</summary>
    public async Task ChooseAsync(long? systemA, long? systemB)
    {
        (Draft.SystemAId, Draft.SystemBId) = (Known(systemA), Known(systemB));
        Pairs = Draft is { SystemAId: { } a, SystemBId: { } b } && a != b
            ? PairCheck.Of(await images.ListAsync(a), await images.ListAsync(b), await comparisons.PairUpAsync(a, b))
            : null;
    }

    /// <summary>Makes the study.</summary>
    /// <returns>Its id; null when it has faults.</returns>
    public async Task<long?> CreateAsync(long accountId)
    {
        Faults = [.. Draft.Faults(Pairs)];
        if (Faults.Count > 0)
            return null;
        try
        {
            return await studies.AddAsync(Draft.ToNewStudy(Pairs!, accountId));
        }
        catch (RefusedException refused)
        {
            Faults = [refused.Message];
            return null;
        }
    }

    private long? Known(long? system) => Systems.Any(known => known.SystemId == system) ? system : null;
}
