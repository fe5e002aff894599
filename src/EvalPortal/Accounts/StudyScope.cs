namespace PixelPost.EvalPortal.Accounts;

/// <summary>Something that belongs to studies, and which these are: what somebody may do with it is what they may do in each of them.</summary>
/// <param name="Kind">What it is, as the audit log calls it.</param>
/// <param name="Id">Its id.</param>
/// <param name="Sql">The ids of its studies; none where it is the whole portal's.</param>
public sealed record StudyScope(string Kind, long Id, string Sql)
{
    /// <summary>What belongs to no study: models, material, accounts.</summary>
    public static readonly StudyScope Portal = new("portal", 0, "SELECT study_id FROM study WHERE (1 = 0)");

    public static StudyScope Study(long studyId) => new("study", studyId, "SELECT study_id FROM study WHERE study_id = @Id");

    /// <summary>Linked studies.</summary>
    public static StudyScope Group(long studyGroupId) => new("study_group", studyGroupId, "SELECT study_id FROM study WHERE study_group_id = @Id");

    public static StudyScope PreferenceSet(long preferenceSetId) =>
        new("preference_set", preferenceSetId, "SELECT study_id FROM preference_set WHERE preference_set_id = @Id");

    /// <summary>A comparison of old and new: the study it began with, and the one it made.</summary>
    public static StudyScope Round(long roundId) => new(
        "round", roundId,
        """
        SELECT parent_study_id AS study_id FROM round WHERE round_id = @Id
        UNION
        SELECT study_id FROM round WHERE round_id = @Id AND study_id IS NOT NULL
        """);

    /// <summary>A comparison of objectives.</summary>
    public static StudyScope Ablation(long ablationId) => new(
        "ablation", ablationId,
        """
        SELECT s.study_id
        FROM ablation a
        JOIN preference_set s ON s.preference_set_id = a.preference_set_id
        WHERE a.ablation_id = @Id
        """);

    /// <summary>The studies that hold the votes of a file.</summary>
    public static StudyScope VoteImport(long voteImportId) =>
        new("vote_import", voteImportId, "SELECT study_id FROM imported_study WHERE vote_import_id = @Id");

    /// <summary>A training on votes, or what draws images for a comparison. A job for neither is the portal's.</summary>
    public static StudyScope Job(long jobId) => new("job", jobId, $"SELECT study_id FROM ({JobStudies}) of_job WHERE job_id = @Id");

    /// <summary>Each job with each study that it is for.</summary>
    internal const string JobStudies = """
        SELECT j.job_id, s.study_id
        FROM job j
        JOIN preference_set s ON s.preference_set_id = j.preference_set_id
        UNION
        SELECT j.job_id, r.parent_study_id
        FROM job j
        JOIN round r ON r.old_job_id = j.job_id OR r.new_job_id = j.job_id
        UNION
        SELECT j.job_id, s.study_id
        FROM job j
        JOIN ablation_arm arm ON arm.train_job_id = j.job_id OR arm.sample_job_id = j.job_id
        JOIN ablation a ON a.ablation_id = arm.ablation_id
        JOIN preference_set s ON s.preference_set_id = a.preference_set_id
        """;
}
