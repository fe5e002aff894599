using PixelPost.EvalPortal.Accounts;
using static PixelPost.EvalPortal.Bundles.Tables.BundleColumn;
using static PixelPost.EvalPortal.Bundles.Tables.BundleTables;

namespace PixelPost.EvalPortal.Bundles.Tables;

/// <summary>
/// How studies are set up. They are stored as drafts, as which alone checks and gold can be added, and closed when all of it is there.
/// What a portal has of a panel, its codes and addresses, is no part of the evaluation and stays at home.
/// </summary>
internal static class StudyTables
{
    public static IReadOnlyList<BundleTable> All { get; } =
    [
        Configured("study_groups", "study_group", "study_group t WHERE t.study_group_id = @GroupId", "t.study_group_id",
            Text("name") with { IsName = true }, Text("preset"), Time("created_at")) with
        {
            Number = "study_group",
        },
        Configured("studies", "study", $"study t JOIN bundle_study b ON b.study_id = t.study_id WHERE t.study_id IN {TheStudies}", "t.study_id",
            Id("identity").Told("b.identity"), Text("name") with { IsName = true }, Text("state").Told("COALESCE(b.state, t.state)"), Whole("votes_per_comparison"),
            Whole("answers_per_rater").OrNone(), Text("top_up"), Text("language"), Text("consent"), Text("instructions"), Ref("system_a", "systems", "system_a_id"),
            Ref("system_b", "systems", "system_b_id", isOptional: true), Ref("question_set", "question_sets", "question_set_id", isOptional: true),
            Ref("parent", "studies", "parent_study_id", isOptional: true), Ref("study_group", "study_groups", "study_group_id", isOptional: true),
            Text("preset").OrNone(), Time("created_at"), Time("opened_at").OrNone(),
            Time("closed_at").OrNone() with { Sql = "CASE WHEN b.state IS NULL THEN t.closed_at ELSE b.closed_at END" }) with
        {
            Number = "study", Made = [("link_token", Token.New), ("state", () => "draft")],
        },
        Configured("axes", "study_axis", $"study_axis t WHERE t.study_id IN {TheStudies}", "t.study_id, t.position",
            Study, Text("axis"), Whole("position"), Text("question"), Flag("prompt_visible"), Flag("flaw_strip")),
        Configured("entries", "study_entry", $"study_entry t WHERE t.study_id IN {TheStudies}", "t.study_id",
            Study, Flag("open_link"), Whole("min_viewport_w").OrNone(), Whole("min_viewport_h").OrNone()) with
        {
            Given = [("keeps_participant_ids", "(1 = 0)")],
        },
        Configured("checks", "study_checks", $"study_checks t WHERE t.study_id IN {TheStudies}", "t.study_id",
            Study, Whole("gold_per_dozen"), Whole("repeats_per_dozen")),
        Configured("pass_marks", "study_training", $"study_training t WHERE t.study_id IN {TheStudies}", "t.study_id",
            Study, Whole("pass_mark")),
        Configured("examples", "example_pair", $"example_pair t WHERE t.study_id IN {TheStudies}", "t.study_id, t.used_in, t.position, t.example_pair_id",
            Id("example_pair_id"), Study, Text("axis"), Text("used_in"), Whole("position"), Text("left_sha256"), Whole("left_width"), Whole("left_height"),
            Text("right_sha256"), Whole("right_width"), Whole("right_height"), Text("answer"), Text("explanation"), Text("prompt").OrNone(), Text("flaw_type").OrNone(),
            Text("flaw_severity").OrNone(), Text("flaw_side").OrNone(), Number("flaw_x").OrNone(), Number("flaw_y").OrNone(), Time("created_at")),
        Configured("plans", "analysis_plan", $"analysis_plan t WHERE t.study_id IN {TheStudies}", "t.study_id, t.version",
            Study, Whole("version"), Text("content"), Text("sha256").OrNone(), Text("reason").OrNone(), Whole("votes_before").OrNone(), Time("created_at"), Time("locked_at").OrNone()),
        Configured("vote_imports", "vote_import", $"vote_import t WHERE t.vote_import_id IN (SELECT f.vote_import_id FROM imported_study f WHERE f.study_id IN {TheStudies})", "t.vote_import_id",
            Text("name") with { IsName = true }, Text("format"), Text("file_name"), Text("file_sha256"), Ref("prompt_set", "prompt_sets", "prompt_set_id"),
            Ref("study_group", "study_groups", "study_group_id", isOptional: true), Time("created_at"), Time("taken_at").OrNone()) with
        {
            Number = "vote_import",
        },
        Configured("imported_studies", "imported_study", $"imported_study t WHERE t.study_id IN {TheStudies}", "t.study_id",
            Study, Ref("vote_import", "vote_imports", "vote_import_id"), Text("question"), Text("system_a"), Text("system_b")),
        Configured("imported_systems", "imported_system", $"""
            imported_system t WHERE t.vote_import_id IN (SELECT f.vote_import_id FROM imported_study f WHERE f.study_id IN {TheStudies})
              AND t.system_id IN (SELECT s.system_a_id FROM study s WHERE s.study_id IN {TheStudies} UNION SELECT s.system_b_id FROM study s WHERE s.study_id IN {TheStudies})
            """, "t.system_id",
            Ref("vote_import", "vote_imports", "vote_import_id"), Text("source_name"), Ref("system", "systems", "system_id")),
        new("comparisons", "comparison", $"comparison t WHERE t.study_id IN {TheStudies}", "t.comparison_id",
        [
            Study, Ref("prompt", "prompts", "prompt_id"), Ref("image_a", "images", "image_a_id", isOptional: true), Ref("image_b", "images", "image_b_id", isOptional: true), Whole("position"),
        ])
        {
            Number = "item",
        },
        new("comparison_images", "comparison_image", $"comparison_image t JOIN comparison c ON c.comparison_id = t.comparison_id WHERE c.study_id IN {TheStudies}", "t.comparison_id, t.place",
        [
            Item, Whole("place"), Ref("image", "images", "image_id"),
        ]),
        new("gold", "gold", $"gold t JOIN study_axis x ON x.study_id = t.study_id AND x.axis = t.axis WHERE t.study_id IN {TheStudies}", "t.comparison_id, x.position",
        [
            Study, Item, Text("axis"), Text("winner"),
        ]),
        new("tasks", "task", $"task t WHERE t.study_id IN {TheStudies}", "t.comparison_id, t.block, t.simulated",
        [
            Study, Item, Text("axis"), Whole("block"), Flag("simulated"), Whole("wanted"), Whole("ring"),
        ]),
    ];

    internal static BundleColumn Study => Ref("study", "studies", "study_id");

    internal static BundleColumn Item => Ref("item", "comparisons", "comparison_id");

    private static BundleTable Configured(string name, string table, string from, string order, params IReadOnlyList<BundleColumn> columns) =>
        new(name, table, from, order, columns) { IsConfiguration = true };
}
