namespace PixelPost.EvalPortal.Studies;

/// <summary>What a new study of a form begins with.</summary>
public static class FormDefaults
{
    private const string Data = """
        Your answers, the time each took, how you looked at the images (such as zooming in) and the size of your window are kept under a made-up name. Your name and your network address are not kept. The answers are used for research.
        """;

    /// <summary>What raters agree to.</summary>
    public static string Consent(StudyForm form) => form switch
    {
        StudyForm.Alignment => $"""
            You will see images made by computer programs, each with the text it was made from, and answer questions about what the image shows. You can stop at any moment.

            {Data}
            """,
        StudyForm.Preference => $"""
            You will see images made by computer programs, several at a time, and say which is the best and which the worst. You can stop at any moment.

            {Data}
            """,
        _ => $"""
            You will see pairs of images made by computer programs and say which of the two is better. You can stop at any moment.

            {Data}
            """,
    };

    /// <summary>How raters are to judge.</summary>
    public static string Instructions(StudyForm form) => form switch
    {
        StudyForm.Alignment => """
            Look at the image and answer every question about it with yes or no. Judge what the image shows, not how well it is made and not what the text says.

            Answer “can't tell” where the image leaves it open, for example because something is cut off or too small.

            Some questions follow from others: after a no they are not asked.
            """,
        StudyForm.Preference => """
            All images were made from the same text. First pick the best one, then the worst.

            Flaws decide: look for what is plainly wrong, such as parts that are missing, doubled or in the wrong place, distorted faces and hands, smeared edges. The image with the fewest flaws is the best, and a major flaw counts more than several small ones. Only between images that are equal in this, take the more pleasing one.

            Flag images with a major flaw.
            """,
        _ => """
            You are asked one question at a time about two images.

            Flaws: look for what is plainly wrong, such as parts that are missing, doubled or in the wrong place, distorted faces and eyes, smeared edges. A small flaw counts less than a large one. Leave aside which image you like.

            Appeal: say which image is more pleasing to look at, taken as a whole.

            If you see no difference, answer that they are equal. If the two cannot be compared, for example a photograph and a drawing, reject the pair and say why.
            """,
    };

    /// <summary>Every axis of the form, in the order raters meet them.</summary>
    public static IReadOnlyList<AxisDraft> Axes(StudyForm form) => form switch
    {
        StudyForm.Alignment => [new() { Axis = Axis.Alignment, Question = "What does the image show?", PromptVisible = true }],
        StudyForm.Preference => [new() { Axis = Axis.Preference, Question = "Which image is the best, and which the worst?", PromptVisible = true }],
        _ =>
        [
            new() { Axis = Axis.Flaws, Question = "Which image has fewer visual flaws?", FlawStrip = true },
            new() { Axis = Axis.Appeal, Question = "Which image is more pleasing?" },
        ],
    };
}
