namespace PixelPost.EvalPortal.Studies;

/// <summary>What raters are asked to judge, one question each.</summary>
public enum Axis
{
    /// <summary>Which image has fewer visual flaws; the prompt is hidden.</summary>
    Flaws,

    /// <summary>Which image is more pleasing.</summary>
    Appeal,

    /// <summary>Whether one image shows what its prompt asks for, by questions that are fixed beforehand.</summary>
    Alignment,

    /// <summary>Which of several images is the best and which the worst.</summary>
    Preference,
}

/// <summary>In which form a study is judged. All axes of a study have the same.</summary>
public enum StudyForm
{
    /// <summary>Two images side by side.</summary>
    Pairs,

    /// <summary>One image, and questions about it.</summary>
    Alignment,

    /// <summary>Several images of one prompt.</summary>
    Preference,
}

/// <summary>What follows from an axis.</summary>
public static class AxisForms
{
    /// <summary>The form in which an axis is judged.</summary>
    public static StudyForm Form(this Axis axis) => axis switch
    {
        Axis.Alignment => StudyForm.Alignment,
        Axis.Preference => StudyForm.Preference,
        _ => StudyForm.Pairs,
    };
}
