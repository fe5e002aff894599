using static PixelPost.EvalPortal.Bundles.Tables.BundleColumn;
using static PixelPost.EvalPortal.Bundles.Tables.BundleTables;

namespace PixelPost.EvalPortal.Bundles.Tables;

/// <summary>
/// Who judged and what they said. A pair that was handed to a rater is known by the rater's session and its place there; those that were
/// handed out and never answered are not in a bundle.
/// </summary>
internal static class VoteTables
{
    private const string Arrival = "v.received_at, CASE WHEN v.supersedes_vote_id IS NULL THEN 0 ELSE 1 END, v.vote_id";

    private static readonly (string, string) Assignment = ("assignment_id", "(SELECT a.assignment_id FROM assignment a WHERE a.session_id = @session AND a.position = @position)");

    public static IReadOnlyList<BundleTable> All { get; } =
    [
        new("raters", "rater", $"rater t WHERE t.rater_id IN (SELECT one.rater_id FROM session one WHERE one.study_id IN {TheStudies})", "t.rater_id",
        [
            Text("pseudonym") with { IsName = true }, Flag("simulated"), Text("user_agent_family").OrNone() with { LeftOut = LeftOut.UserAgents }, Time("created_at"),
        ])
        {
            Number = "rater",
        },
        new("sessions", "session", $"session t WHERE t.study_id IN {TheStudies}", "t.session_id",
        [
            Rater, StudyTables.Study, Time("consented_at"), Time("instructed_at").OrNone(), Time("finished_at").OrNone(),
        ])
        {
            Number = "session",
        },
        new("completions", "completion", $"completion t WHERE t.session_id IN {TheSessions}", "t.session_id",
        [
            Session, Text("status"), Text("reason").OrNone(), Whole("answers"), Time("decided_at"),
        ]),
        new("shown", "assignment", $"assignment t WHERE {Answered("t")}", "t.session_id, t.position",
        [
            Session, Whole("position"), StudyTables.Study, StudyTables.Item, Text("axis"), Rater, Text("kind"), Flag("left_is_b"), Text("state"), Time("created_at"),
            Time("leased_until"), Flag("has_place").Told("t.task_id IS NOT NULL"),
        ])
        {
            Made = [("assignment_id", () => Guid.CreateVersion7().ToString())],
            Given =
            [
                ("task_id", """
                    CASE WHEN @has_place THEN (SELECT k.task_id FROM task k JOIN rater r ON r.simulated = k.simulated
                      WHERE k.comparison_id = @item AND k.axis = @axis AND r.rater_id = @rater) END
                    """),
            ],
        },
        new("shown_images", "assignment_image", $"assignment_image t JOIN assignment a ON a.assignment_id = t.assignment_id WHERE {Answered("a")}", "a.session_id, a.position, t.place",
        [
            Of("session", "a.session_id", "sessions"), Whole("position").Told("a.position"), Whole("place"), Ref("image", "images", "image_id"),
        ])
        {
            Given = [Assignment],
        },
        new("votes", "vote", $"vote v JOIN assignment a ON a.assignment_id = v.assignment_id JOIN rater r ON r.rater_id = v.rater_id WHERE v.study_id IN {TheStudies}", Arrival,
        [
            Voted(Id("vote_id")), Voted(Id("supersedes_vote_id").OrNone()), Voted(StudyTables.Study), Voted(StudyTables.Item), Voted(Text("axis")), Voted(Rater),
            Text("pseudonym").Told("r.pseudonym"), Flag("simulated").Told("r.simulated"), Of("session", "a.session_id", "sessions"), Whole("position").Told("a.position"),
            Voted(Text("kind")), Voted(Text("choice_screen")), Voted(Text("winner").OrNone()), Voted(Text("reject_reason").OrNone()),
            Flag("counts").Told("EXISTS (SELECT 1 FROM counting_vote c WHERE c.vote_id = v.vote_id)"),
            Voted(Whole("response_ms")), Voted(Time("shown_at")), Voted(Time("decoded_left_at").OrNone()), Voted(Time("decoded_right_at").OrNone()),
            Voted(Time("decoded_at").OrNone()), Voted(Time("voted_at")), Voted(Time("received_at")), Voted(Flag("clock_suspect")), Voted(Text("input").OrNone()),
            Voted(Whole("viewport_w").OrNone()), Voted(Whole("viewport_h").OrNone()), Voted(Number("dpr").OrNone()), Voted(Whole("visible_ms").OrNone()),
            Voted(Number("max_zoom").OrNone()), Voted(Flag("native_seen_left").OrNone()), Voted(Flag("native_seen_right").OrNone()), Voted(Whole("toggles").OrNone()),
            Voted(Text("app_version")), Voted(Flag("surplus")),
        ])
        {
            Given = [Assignment],
        },
        OfVotes("retractions", "vote_retraction", VoteId, Time("retracted_at")),
        OfVotes("flaws", "vote_flaw", VoteId, Text("flaw_type").OrNone(), Text("flaw_severity").OrNone(), Text("flaw_side").OrNone(), Number("flaw_x").OrNone(),
            Number("flaw_y").OrNone(), Time("received_at")),
        OfVotes("answers", "vote_answer", VoteId, Ref("question", "questions", "question_id"), Text("answer"), Whole("answered_ms").OrNone()) with
        {
            Order = $"{Arrival}, t.question_id",
        },
        OfVotes("picks", "vote_pick", VoteId, Ref("best_image", "images", "best_image_id"), Ref("worst_image", "images", "worst_image_id")),
        OfVotes("flagged_images", "vote_flagged_image", VoteId, Ref("image", "images", "image_id")) with
        {
            Order = $"{Arrival}, t.image_id",
        },
        OfVotes("imported_votes", "imported_vote", VoteId, Ref("vote_import", "vote_imports", "vote_import_id"), Whole("line"), Text("source_vote_id").OrNone(), Flag("sided"),
            Flag("timed"), Flag("dated"), Flag("both_bad")),
        new("exclusions", "exclusion", $"exclusion t JOIN rater r ON r.rater_id = t.rater_id WHERE t.study_id IN {TheStudies}", "t.exclusion_id",
        [
            StudyTables.Study, Rater, Text("pseudonym").Told("r.pseudonym"), Text("rule"), Text("reason") with { LeftOut = LeftOut.Reasons }, Time("excluded_at"),
            Time("lifted_at").OrNone(),
        ])
        {
            Number = "exclusion",
        },
        new("training", "training_pair", $"training_pair t WHERE t.session_id IN {TheSessions}", "t.session_id, t.attempt, t.position",
        [
            Id("training_pair_id"), Session, Id("example_pair_id"), Whole("attempt"), Whole("position"), Flag("swapped"), Time("drawn_at"),
        ]),
        new("training_answers", "training_answer", $"training_answer t JOIN training_pair p ON p.training_pair_id = t.training_pair_id WHERE p.session_id IN {TheSessions}", "p.session_id, p.attempt, p.position",
        [
            Id("training_answer_id"), Id("training_pair_id"), Text("choice_screen"), Flag("correct"), Whole("response_ms"), Whole("visible_ms").OrNone(), Time("shown_at"),
            Time("decoded_left_at").OrNone(), Time("decoded_right_at").OrNone(), Time("answered_at"), Time("received_at"), Text("input").OrNone(), Text("app_version"),
        ]),
        new("withdrawals", "withdrawal", $"withdrawal t WHERE t.session_id IN {TheSessions}", "t.session_id",
        [
            Session, Time("withdrawn_at"),
        ]),
        new("erased_votes", "erased_vote", $"erased_vote t WHERE t.session_id IN {TheSessions}", "t.session_id, t.vote_id",
        [
            Id("vote_id"), Session,
        ]),
        new("ledger", "vote_statement", $"vote_statement t WHERE t.session_id IN {TheSessions}", "t.session_id, t.vote_id",
        [
            Id("vote_id"), Session, Text("state"), Flag("retracted"), Time("stated_at"),
        ]),
        new("refusals", "vote_refusal", $"vote_refusal t WHERE t.session_id IN {TheSessions}", "t.session_id, t.vote_id",
        [
            Id("vote_id"), Session, Text("reason"), Time("refused_at"),
        ]),
    ];

    private static string Answered(string assignment) =>
        $"{assignment}.study_id IN {TheStudies} AND EXISTS (SELECT 1 FROM vote v WHERE v.assignment_id = {assignment}.assignment_id)";

    private static BundleColumn Rater => Ref("rater", "raters", "rater_id");

    private static BundleColumn Session => Ref("session", "sessions", "session_id");

    private static BundleColumn VoteId => Id("vote_id");

    /// <summary>A number that is told and looked up by.</summary>
    private static BundleColumn Of(string name, string sql, string table) => new(name, BundleType.Whole) { Refers = table, Sql = sql, Stored = null };

    private static BundleColumn Voted(BundleColumn column) => column with { Sql = $"v.{column.Stored}" };

    private static BundleTable OfVotes(string name, string table, params IReadOnlyList<BundleColumn> columns) =>
        new(name, table, $"{table} t JOIN vote v ON v.vote_id = t.vote_id WHERE v.study_id IN {TheStudies}", Arrival, columns);
}
