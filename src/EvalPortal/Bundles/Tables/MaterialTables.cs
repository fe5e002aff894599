using static PixelPost.EvalPortal.Bundles.Tables.BundleColumn;
using static PixelPost.EvalPortal.Bundles.Tables.BundleTables;

namespace PixelPost.EvalPortal.Bundles.Tables;

/// <summary>What is judged: prompts, questions, systems and images.</summary>
internal static class MaterialTables
{
    public static IReadOnlyList<BundleTable> All { get; } =
    [
        new("prompt_sets", "prompt_set", $"prompt_set t WHERE t.prompt_set_id IN (SELECT p.prompt_set_id FROM prompt p WHERE p.prompt_id IN {ThePrompts})", "t.prompt_set_id",
        [
            Text("name") with { IsName = true }, Text("description"), Text("source"), Text("licence"), Time("created_at"),
        ])
        {
            Number = "prompt_set", IsConfiguration = true,
        },
        new("prompts", "prompt", $"prompt t WHERE t.prompt_id IN {ThePrompts}", "t.prompt_id",
        [
            Ref("prompt_set", "prompt_sets", "prompt_set_id"), Whole("position"), Text("label").OrNone(), Text("text"), Text("category").OrNone(),
        ])
        {
            Number = "prompt",
        },
        new("question_sets", "question_set", $"question_set t WHERE t.question_set_id IN {TheQuestionSets}", "t.question_set_id",
        [
            Ref("prompt_set", "prompt_sets", "prompt_set_id"), Text("name") with { IsName = true }, Text("sha256"), Time("created_at"),
        ])
        {
            Number = "question_set", IsConfiguration = true,
        },
        new("questions", "question", $"question t WHERE t.question_set_id IN {TheQuestionSets}", "t.question_id",
        [
            Ref("question_set", "question_sets", "question_set_id"), Ref("prompt", "prompts", "prompt_id"), Whole("position"), Text("label"), Text("text"),
            Text("expected"), Text("category").OrNone(),
        ])
        {
            Number = "question",
        },
        new("question_parents", "question_parent", $"question_parent t JOIN question q ON q.question_id = t.question_id WHERE q.question_set_id IN {TheQuestionSets}", "t.question_id, t.parent_id",
        [
            Ref("question", "questions", "question_id"), Ref("parent", "questions", "parent_id"),
        ]),
        new("systems", "system", $"""
            system t WHERE t.system_id IN (
              SELECT i.system_id FROM image i WHERE i.image_id IN {TheImages}
              UNION SELECT s.system_a_id FROM study s WHERE s.study_id IN {TheStudies}
              UNION SELECT s.system_b_id FROM study s WHERE s.study_id IN {TheStudies} AND s.system_b_id IS NOT NULL)
            """, "t.system_id",
        [
            Text("name") with { IsName = true }, Text("description"), Time("created_at"),
        ])
        {
            Number = "system",
        },
        new("images", "image", $"image t WHERE t.image_id IN {TheImages}", "t.image_id",
        [
            Ref("system", "systems", "system_id"), Ref("prompt", "prompts", "prompt_id", isOptional: true), Text("sha256"), Whole("width"), Whole("height"), Whole("byte_length"),
            Text("media_type"), Whole("seed").OrNone(), Whole("inference_steps").OrNone(), Number("guidance_scale").OrNone(), Text("scheduler").OrNone(),
            Text("model_sha256").OrNone(), Time("created_at"),
        ])
        {
            Number = "image",
        },
        new("image_references", "imported_image", $"imported_image t WHERE t.image_id IN {TheImages}", "t.image_id",
        [
            Ref("image", "images", "image_id"), Text("reference"),
        ]),
    ];
}
