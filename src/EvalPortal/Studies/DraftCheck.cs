using PixelPost.EvalPortal.Images;

namespace PixelPost.EvalPortal.Studies;

/// <summary>Looks at what the images of systems give to judge.</summary>
public sealed class DraftCheck(ImageStore images, ComparisonStore comparisons, StudyItems items)
{
    /// <summary>How the images of two systems go together.</summary>
    public async Task<PairCheck> OfPairsAsync(long systemA, long systemB) =>
        PairCheck.Of(await images.ListAsync(systemA), await images.ListAsync(systemB), await comparisons.PairUpAsync(systemA, systemB));

    /// <summary>Looks at what a study of the form would show; nothing where the draft does not say enough.</summary>
    public async Task LookAsync(NewStudyPart part)
    {
        (part.Pairs, part.Items) = (null, null);
        if (part.Draft is not { SystemAId: { } a } || a == part.Draft.SystemBId)
            return;
        var draft = part.Draft;
        switch (draft)
        {
            case { Form: StudyForm.Pairs, SystemBId: { } b }:
                part.Pairs = await OfPairsAsync(a, b);
                break;
            case { Form: StudyForm.Alignment, QuestionSetId: { } questionSet }:
                part.Items = ItemCheck.ForAlignment(await items.ListForAlignmentAsync(a, draft.SystemBId, questionSet), await ListImagesAsync(a, draft.SystemBId));
                break;
            case { Form: StudyForm.Preference, ImagesPerItem: >= 2 and <= StudyDraft.MaxImages and var count }:
                part.Items = ItemCheck.ForPreference(await items.ListForPreferenceAsync(a, draft.SystemBId, count), await ListImagesAsync(a, draft.SystemBId), count);
                break;
        }
    }

    private async Task<IReadOnlyList<IReadOnlyList<StoredImage>>> ListImagesAsync(long systemA, long? systemB) =>
        systemB is { } other ? [await images.ListAsync(systemA), await images.ListAsync(other)] : [await images.ListAsync(systemA)];
}
