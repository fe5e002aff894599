namespace PixelPost.EvalPortal.Reports.Reading;

/// <summary>The known sets of columns. They are described in <c>docs/report.md</c>.</summary>
internal static class VoteFormats
{
    private static readonly ExclusionRule[] Exclusions =
    [
        new("counts", false, "superseded or taken back (counts is false)"),
        new("retracted_at", null, "taken back (retracted_at has a time)"),
        new("excluded", true, "of a rater who was excluded (excluded is true)"),
        new("pilot", true, "of a pilot (pilot is true)"),
        new("is_training", true, "given in training (is_training is true)"),
        new("is_gold", true, "a check question (is_gold is true)"),
    ];

    private static readonly VoteFormat Canonical = new()
    {
        Name = "PixelPost votes",
        RecognisedBy = ["system_a", "system_b", "winner"],
        Systems = ("system_a", "system_b"),
        Answer = new WordRule("winner", ("a", Answer.First), ("b", Answer.Second), ("tie", Answer.Tie), ("reject", Answer.Reject)),
        LeftSystem = "left_system",
        Item = ["item_id"],
        Prompt = ["prompt_id", "prompt"],
        Rater = ["rater_id"],
        ResponseMs = "rt_ms",
        Axis = ["axis"],
        FirstImage = ["image_a_id", "image_a"],
        SecondImage = ["image_b_id", "image_b"],
        Exclusions = Exclusions,
        HasSuperseding = true,
        HasSimulated = true,
    };

    /// <summary>In the order in which they are tried.</summary>
    public static readonly IReadOnlyList<VoteFormat> All =
    [
        Canonical,
        Canonical with
        {
            Name = "PixelPost votes by side",
            RecognisedBy = ["left_system", "right_system", "choice_screen"],
            Systems = ("left_system", "right_system"),
            Answer = new WordRule("choice_screen",
                ("left", Answer.First), ("right", Answer.Second), ("tie", Answer.Tie), ("reject", Answer.Reject)),
            LeftSystem = null,
            FirstIsLeft = true,
            FirstImage = ["left_image_id"],
            SecondImage = ["right_image_id"],
        },
        Canonical with
        {
            Name = "pairs with a choice",
            RecognisedBy = ["system_a", "system_b", "choice"],
            Answer = new WordRule("choice", ("a", Answer.First), ("b", Answer.Second), ("tie", Answer.Tie), ("reject", Answer.Reject)),
        },
        new()
        {
            Name = "LMSYS 55k (Kaggle)",
            RecognisedBy = ["model_a", "model_b", "winner_model_a", "winner_model_b", "winner_tie"],
            Systems = ("model_a", "model_b"),
            Answer = new FlagsRule("winner_model_a", "winner_model_b", "winner_tie"),
            FirstIsLeft = true,
            Item = ["id"],
            Prompt = ["prompt"],
        },
        new()
        {
            Name = "LMArena",
            RecognisedBy = ["model_a", "model_b", "winner"],
            Systems = ("model_a", "model_b"),
            Answer = new WordRule("winner",
                ("model_a", Answer.First), ("model_b", Answer.Second), ("tie", Answer.Tie),
                ("both_bad", Answer.BothBad), ("tie (bothbad)", Answer.BothBad)),
            FirstIsLeft = true,
            Item = ["question_id", "id"],
            Rater = ["evaluation_session_id", "judge"],
            Exclusions = [new("anony", false, "the models were named to the voter (anony is false)")],
        },
        new()
        {
            Name = "GenAI-Bench",
            RecognisedBy = ["vote_type"],
            Systems = ("left_model", "right_model"),
            Answer = new WordRule("vote_type",
                ("leftvote", Answer.First), ("rightvote", Answer.Second), ("tievote", Answer.Tie), ("bothbad_vote", Answer.BothBad)),
            FirstIsLeft = true,
            Prompt = ["prompt", "instruct_prompt"],
            FirstImage = ["left_image", "left_video", "left_output_image"],
            SecondImage = ["right_image", "right_video", "right_output_image"],
        },
        new()
        {
            // label_0 belongs to the image in slot 0, which is not the left side
            Name = "Pick-a-Pic",
            RecognisedBy = ["label_0", "caption"],
            Systems = ("model_0", "model_1"),
            Answer = new LabelRule("label_0", "has_label"),
            Prompt = ["caption"],
            Rater = ["user_id"],
            FirstImage = ["image_0_uid"],
            SecondImage = ["image_1_uid"],
        },
        new()
        {
            Name = "HPDv2 pairs",
            RecognisedBy = ["image_left_id", "image_right_id", "pref"],
            Systems = ("left_model", "right_model"),
            Answer = new WordRule("pref", ("1", Answer.First), ("-1", Answer.Second), ("1.0", Answer.First), ("-1.0", Answer.Second)),
            FirstIsLeft = true,
            Prompt = ["prompt"],
            Rater = ["user_id"],
            FirstImage = ["image_left_id"],
            SecondImage = ["image_right_id"],
        },
        new()
        {
            Name = "HPDv3",
            RecognisedBy = ["path1", "path2", "prompt"],
            Systems = ("model1", "model2"),
            Answer = new FirstWinsRule("path1"),
            Prompt = ["prompt"],
            FirstImage = ["path1"],
            SecondImage = ["path2"],
        },
        new()
        {
            Name = "chosen and rejected",
            RecognisedBy = ["chosen_model", "rejected_model"],
            Systems = ("chosen_model", "rejected_model"),
            Answer = new FirstWinsRule("chosen"),
            Prompt = ["prompt"],
        },
        new()
        {
            Name = "webMUSHRA paired comparison",
            RecognisedBy = ["choice_reference", "choice_non_reference", "choice_answer"],
            Systems = ("choice_reference", "choice_non_reference"),
            // "correct" is webMUSHRA's word for choosing the reference
            Answer = new WordRule("choice_answer", ("correct", Answer.First), ("incorrect", Answer.Second), ("undecided", Answer.Tie)),
            Item = ["trial_id"],
            Rater = ["session_uuid"],
            ResponseMs = "choice_time",
        },
    ];

    /// <summary>Tables of neighbouring kinds, by a column or two that give them away, and what to do about each.</summary>
    public static readonly IReadOnlyList<(IReadOnlyList<string> RecognisedBy, string Hint)> OtherTables =
    [
        (["n_a", "n_b", "n_tie", "majority"], "these are decisions, one row a comparison; the votes they were made from are in votes.csv of the same export"),
        (["preference_set_id", "chosen_image_id"], "this is a preference set, which has decisive majorities only; the votes are in votes.csv of the same export"),
        (["chosen", "rejected"], "chosen_model and rejected_model are missing, so it does not say which systems were compared"),
        (["image_1_uid", "image_2_uid", "best_image_uid"], "this is Pick-a-Pic's table of rankings, which names images and no models; its table of pairs (label_0, caption, model_0, model_1) is what can be reported"),
        (["system", "score"], "these are scores of one image a row; a report needs comparisons of two"),
        (["question", "expected", "answer"], "these are answers to yes/no questions about one image; a report needs comparisons of two"),
    ];
}
