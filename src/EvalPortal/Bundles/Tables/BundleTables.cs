namespace PixelPost.EvalPortal.Bundles.Tables;

/// <summary>Every table of a bundle, in an order in which each row comes after those that it refers to.</summary>
internal static class BundleTables
{
    /// <summary>The version of the tables. A change that an earlier program could misread raises it.</summary>
    public const int Version = 1;

    /// <summary>All of them.</summary>
    public static IReadOnlyList<BundleTable> All { get; } = [.. MaterialTables.All, .. StudyTables.All, .. VoteTables.All];

    /// <summary>The studies of a bundle: one, or all that are linked.</summary>
    internal const string TheStudies = "(SELECT s.study_id FROM study s WHERE s.study_id = @StudyId OR s.study_group_id = @GroupId)";

    /// <summary>Images that stand in a comparison.</summary>
    internal const string TheImages = $"""
        (SELECT c.image_a_id FROM comparison c WHERE c.study_id IN {TheStudies} AND c.image_a_id IS NOT NULL
          UNION SELECT c.image_b_id FROM comparison c WHERE c.study_id IN {TheStudies} AND c.image_b_id IS NOT NULL
          UNION SELECT several.image_id FROM comparison_image several JOIN comparison c ON c.comparison_id = several.comparison_id WHERE c.study_id IN {TheStudies})
        """;

    /// <summary>Sets of questions that are asked.</summary>
    internal const string TheQuestionSets = "(SELECT s.question_set_id FROM study s WHERE (s.study_id = @StudyId OR s.study_group_id = @GroupId) AND s.question_set_id IS NOT NULL)";

    /// <summary>Prompts of comparisons, images and questions.</summary>
    internal const string ThePrompts = $"""
        (SELECT c.prompt_id FROM comparison c WHERE c.study_id IN {TheStudies}
          UNION SELECT i.prompt_id FROM image i WHERE i.image_id IN {TheImages} AND i.prompt_id IS NOT NULL
          UNION SELECT q.prompt_id FROM question q WHERE q.question_set_id IN {TheQuestionSets})
        """;

    /// <summary>Raters who consented.</summary>
    internal const string TheSessions = $"(SELECT one.session_id FROM session one WHERE one.study_id IN {TheStudies})";

    internal static BundleColumn Text(string name) => new(name, BundleType.Text);

    internal static BundleColumn Whole(string name) => new(name, BundleType.Whole);

    internal static BundleColumn Number(string name) => new(name, BundleType.Number);

    internal static BundleColumn Flag(string name) => new(name, BundleType.Flag);

    internal static BundleColumn Time(string name) => new(name, BundleType.Time);

    internal static BundleColumn Id(string name) => new(name, BundleType.Id);

    /// <summary>The same column, which may be empty.</summary>
    internal static BundleColumn OrNone(this BundleColumn column) => column with { IsOptional = true };

    /// <summary>The same column, stored under another name.</summary>
    internal static BundleColumn As(this BundleColumn column, string stored) => column with { Stored = stored };

    /// <summary>What is told and not stored.</summary>
    internal static BundleColumn Told(this BundleColumn column, string sql) => column with { Stored = null, Sql = sql };
}
