using PixelPost.EvalPortal.Images;
using PixelPost.EvalPortal.Rating;
using PixelPost.EvalPortal.Studies;

namespace PixelPost.EvalPortal.Guidelines;

/// <summary>An example while it is made or changed, and the rules it has to keep.</summary>
public sealed class ExampleDraft
{
    /// <summary>The longest explanation, in characters: it has to fit beside a pair on a phone.</summary>
    public const int MaxExplanation = 300;

    /// <summary>The longest prompt, in characters.</summary>
    public const int MaxPrompt = 1_000;

    /// <summary>Null while the example is new.</summary>
    public Guid? ExamplePairId { get; private init; }

    public ExampleUse UsedIn { get; init; }

    public Axis Axis { get; set; }

    public ImageFile? Left { get; set; }

    public ImageFile? Right { get; set; }

    /// <summary>What the images were to show; it counts where the question shows prompts.</summary>
    public string Prompt { get; set; } = "";

    public Choice? Answer { get; set; }

    public string Explanation { get; set; } = "";

    public FlawType? FlawType { get; set; }

    public FlawSeverity? FlawSeverity { get; set; }

    public Side? FlawSide { get; set; }

    /// <summary>From the image's left edge, in percent of its width.</summary>
    public double? FlawXPercent { get; set; }

    /// <summary>From the image's upper edge, in percent of its height.</summary>
    public double? FlawYPercent { get; set; }

    /// <summary>Whether flaws are told of: on their own axis only.</summary>
    public bool HasFlaw => Axis == Axis.Flaws;

    /// <summary>A draft of an example that is there.</summary>
    public static ExampleDraft Of(ExamplePair example) => new()
    {
        ExamplePairId = example.ExamplePairId,
        UsedIn = example.UsedIn,
        Axis = example.Axis,
        Left = File(example, Side.Left),
        Right = File(example, Side.Right),
        Prompt = example.Prompt ?? "",
        Answer = example.Answer,
        Explanation = example.Explanation,
        FlawType = example.FlawType,
        FlawSeverity = example.FlawSeverity,
        FlawSide = example.FlawSide,
        FlawXPercent = 100 * example.FlawX,
        FlawYPercent = 100 * example.FlawY,
    };

    /// <summary>The image on a side, or null.</summary>
    public ImageFile? Image(Side side) => side == Side.Left ? Left : Right;

    /// <summary>Puts an image on a side. A flaw that was pointed out on the image before it is forgotten.</summary>
    public void SetImage(Side side, ImageFile image)
    {
        if (side == Side.Left)
            Left = image;
        else
            Right = image;
        if (FlawSide == side)
            (FlawSide, FlawXPercent, FlawYPercent) = (null, null, null);
    }

    /// <summary>Points at the flaw; 0 to 1 from the left and upper edge of an image.</summary>
    public void Point(Side side, double x, double y) =>
        (FlawSide, FlawXPercent, FlawYPercent) = (side, Math.Round(100 * Math.Clamp(x, 0, 1), 1), Math.Round(100 * Math.Clamp(y, 0, 1), 1));

    /// <summary>What keeps it from being an example, a sentence each.</summary>
    /// <param name="showsPrompt">Whether its question shows prompts.</param>
    public IEnumerable<string> Faults(bool showsPrompt)
    {
        if (Left is null || Right is null)
            yield return "Choose two images.";
        else if (Left.Sha256 == Right.Sha256)
            yield return "Left and right are the same image.";
        if (showsPrompt && string.IsNullOrWhiteSpace(Prompt))
            yield return "Write down the prompt: raters see it with this question.";
        else if (showsPrompt && Prompt.Trim().Length > MaxPrompt)
            yield return $"The prompt has {Prompt.Trim().Length} characters; it may have {MaxPrompt}.";
        if (Answer is not (Choice.Left or Choice.Right or Choice.Tie))
            yield return "Say what the right answer is.";
        if (string.IsNullOrWhiteSpace(Explanation))
            yield return "Say why, in a sentence or two: raters read it.";
        else if (Explanation.Trim().Length > MaxExplanation)
            yield return $"The reason has {Explanation.Trim().Length} characters; it may have {MaxExplanation}.";
        if (HasFlaw && FlawSide is not null && (FlawXPercent is not (>= 0 and <= 100) || FlawYPercent is not (>= 0 and <= 100)))
            yield return "The place of the flaw is 0 to 100 % from the left and from the top.";
    }

    /// <summary>The example, once there are no faults.</summary>
    /// <param name="showsPrompt">Whether its question shows prompts.</param>
    public ExamplePair ToExample(long studyId, bool showsPrompt) => new()
    {
        ExamplePairId = ExamplePairId ?? Guid.NewGuid(),
        StudyId = studyId,
        Axis = Axis,
        UsedIn = UsedIn,
        LeftSha256 = Left!.Sha256,
        LeftWidth = Left.Width,
        LeftHeight = Left.Height,
        RightSha256 = Right!.Sha256,
        RightWidth = Right.Width,
        RightHeight = Right.Height,
        Prompt = showsPrompt ? Prompt.Trim() : null,
        Answer = Answer!.Value,
        Explanation = Explanation.Trim(),
        FlawType = HasFlaw ? FlawType : null,
        FlawSeverity = HasFlaw ? FlawSeverity : null,
        FlawSide = HasFlaw ? FlawSide : null,
        FlawX = HasFlaw && FlawSide is not null ? FlawXPercent / 100 : null,
        FlawY = HasFlaw && FlawSide is not null ? FlawYPercent / 100 : null,
    };

    private static ImageFile File(ExamplePair example, Side side)
    {
        var (width, height) = example.Size(side);
        return new ImageFile { Sha256 = example.Sha256(side), Width = width, Height = height, ByteLength = 0, MediaType = "image/png" };
    }
}
