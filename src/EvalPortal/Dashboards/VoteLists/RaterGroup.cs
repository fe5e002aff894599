namespace PixelPost.EvalPortal.Dashboards.VoteLists;

/// <summary>How a rater came to a study.</summary>
public enum RaterGroup
{
    OpenLink,
    Invitation,
    Prolific,

    /// <summary>A panel other than Prolific.</summary>
    Panel,

    /// <summary>A program.</summary>
    Simulated,
}

/// <summary>Rater groups in SQL and in words.</summary>
internal static class RaterGroups
{
    /// <summary>The group of the rater of a row, from its columns <c>study_id</c> and <c>rater_id</c>, and <c>rater.simulated</c>.</summary>
    /// <param name="row">The row's name in the query.</param>
    public static string Sql(string row) => $"""
        CASE
          WHEN rater.simulated THEN 'simulated'
          WHEN EXISTS (SELECT 1 FROM participant p WHERE p.study_id = {row}.study_id AND p.rater_id = {row}.rater_id)
            THEN CASE WHEN EXISTS (SELECT 1 FROM study_entry e WHERE e.study_id = {row}.study_id AND e.panel = 'prolific') THEN 'prolific' ELSE 'panel' END
          WHEN EXISTS (SELECT 1 FROM rater_invitation i WHERE i.study_id = {row}.study_id AND i.rater_id = {row}.rater_id) THEN 'invitation'
          ELSE 'open_link'
        END
        """;

    public static string Words(RaterGroup group) => group switch
    {
        RaterGroup.OpenLink => "open link",
        RaterGroup.Invitation => "personal link",
        RaterGroup.Prolific => "Prolific",
        RaterGroup.Panel => "another panel",
        _ => "simulated",
    };
}
