using PixelPost.EvalPortal.Studies;

namespace PixelPost.EvalPortal.Demo;

/// <summary>The study that a new portal starts with.</summary>
internal static class DemoStudy
{
    public const string Name = "Round 1";

    private const string Consent = """
        You will see pairs of small pictures that a computer program has drawn, and say which of the two is better. That takes about ten minutes; you can stop at any moment.

        Your answers, the time each took, how you looked at the pictures (such as zooming in) and the size of your screen are kept under a made-up name. Your name and your network address are not kept. The answers are used to improve the program.
        """;

    private const string Instructions = """
        First you are asked about flaws. Look for what is plainly wrong: parts that are missing, doubled or in the wrong place, distorted faces and eyes, smeared edges. A small flaw counts less than a large one. Leave aside which picture you like.

        Then you are asked about appeal: which picture is more pleasing to look at, taken as a whole.

        If you see no difference, answer that they are equal. If the two cannot be compared, reject the pair and say why.
        """;

    /// <summary>The study, of two systems.</summary>
    public static NewStudy Of(long systemA, long systemB, IReadOnlyList<ImagePair> pairs) => new()
    {
        Name = Name,
        Consent = Consent,
        Instructions = Instructions,
        SystemAId = systemA,
        SystemBId = systemB,
        Axes =
        [
            new StudyAxis { Axis = Axis.Flaws, Question = "Which image has fewer visual flaws?", PromptVisible = false },
            new StudyAxis { Axis = Axis.Appeal, Question = "Which image is more pleasing?", PromptVisible = false },
        ],
        Pairs = pairs,
    };
}
