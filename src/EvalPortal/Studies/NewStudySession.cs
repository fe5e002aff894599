using PixelPost.EvalPortal.Images;
using PixelPost.EvalPortal.Library;
using PixelPost.EvalPortal.Systems;

namespace PixelPost.EvalPortal.Studies;

/// <summary>The form of a new study, with what the systems chosen in it have in common.</summary>
public sealed class NewStudySession(
    SystemStore systems, ImageStore images, ComparisonStore comparisons, StudyItems items, QuestionSetStore questions, StudyStore studies)
{
    public StudyDraft Draft { get; } = new();

    /// <summary>The systems to choose from, newest first.</summary>
    public IReadOnlyList<SystemUnderTest> Systems { get; private set; } = [];

    /// <summary>How the images of the chosen systems go together; null while two different ones are not chosen.</summary>
    public PairCheck? Pairs { get; private set; }

    /// <summary>What the images make in another form than pairs; null while not all of it is chosen.</summary>
    public ItemCheck? Items { get; private set; }

    /// <summary>The question sets to choose from, newest first.</summary>
    public IReadOnlyList<QuestionSet> QuestionSets { get; private set; } = [];

    /// <summary>How many things there are to judge; null while that is not known.</summary>
    public int? Count => Draft.Form == StudyForm.Pairs ? Pairs?.Pairs.Count : Items?.Items.Count;

    /// <summary>What was wrong at the last attempt.</summary>
    public IReadOnlyList<string> Faults { get; private set; } = [];

    /// <summary>Reads the systems, and chooses those asked for.</summary>
    public async Task StartAsync(long? systemA, long? systemB)
    {
        Systems = await systems.ListAsync();
        QuestionSets = await questions.ListAsync();
        await ChooseAsync(systemA, systemB);
    }

    /// <summary>Chooses systems and looks at what they have in common.</summary>
    public Task ChooseAsync(long? systemA, long? systemB)
    {
        (Draft.SystemAId, Draft.SystemBId) = (Known(systemA), Known(systemB));
        return CheckAsync();
    }

    /// <summary>Chooses the form.</summary>
    public Task ChooseAsync(StudyForm form)
    {
        Draft.Form = form;
        return CheckAsync();
    }

    /// <summary>Chooses what raters of text alignment are asked.</summary>
    public Task ChooseQuestionsAsync(long? questionSetId)
    {
        Draft.QuestionSetId = questionSetId;
        return CheckAsync();
    }

    /// <summary>Chooses how many images raters pick from.</summary>
    public Task ChooseImagesAsync(int images)
    {
        Draft.ImagesPerItem = images;
        return CheckAsync();
    }

    /// <summary>Makes the study.</summary>
    /// <returns>Its id; null when it has faults.</returns>
    public async Task<long?> CreateAsync(long accountId)
    {
        Faults = [.. Draft.Faults(Pairs, Items)];
        if (Faults.Count > 0)
            return null;
        try
        {
            return await studies.AddAsync(Draft.ToNewStudy(Pairs, accountId, Items));
        }
        catch (RefusedException refused)
        {
            Faults = [refused.Message];
            return null;
        }
    }

    private async Task CheckAsync()
    {
        (Pairs, Items) = (null, null);
        if (Draft is not { SystemAId: { } a } || a == Draft.SystemBId)
            return;
        switch (Draft)
        {
            case { Form: StudyForm.Pairs, SystemBId: { } b }:
                Pairs = PairCheck.Of(await images.ListAsync(a), await images.ListAsync(b), await comparisons.PairUpAsync(a, b));
                break;
            case { Form: StudyForm.Alignment, QuestionSetId: { } questionSet }:
                Items = ItemCheck.ForAlignment(await items.ListForAlignmentAsync(a, Draft.SystemBId, questionSet), await ListImagesAsync(Chosen(a)));
                break;
            case { Form: StudyForm.Preference, ImagesPerItem: >= 2 and <= StudyDraft.MaxImages and var count }:
                Items = ItemCheck.ForPreference(await items.ListForPreferenceAsync(a, Draft.SystemBId, count), await ListImagesAsync(Chosen(a)), count);
                break;
        }
    }

    private long[] Chosen(long systemA) => Draft.SystemBId is { } other ? [systemA, other] : [systemA];

    private async Task<IReadOnlyList<IReadOnlyList<StoredImage>>> ListImagesAsync(IReadOnlyList<long> chosen)
    {
        var bySystem = new List<IReadOnlyList<StoredImage>>();
        foreach (var system in chosen)
            bySystem.Add(await images.ListAsync(system));
        return bySystem;
    }

    private long? Known(long? system) => Systems.Any(known => known.SystemId == system) ? system : null;
}
