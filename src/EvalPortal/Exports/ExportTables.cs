using PixelPost.EvalPortal.Checks;
using PixelPost.EvalPortal.Dashboards;
using PixelPost.EvalPortal.Database;
using PixelPost.EvalPortal.Guidelines;
using PixelPost.EvalPortal.Quality;
using PixelPost.EvalPortal.Rounds;
using PixelPost.EvalPortal.Studies;

namespace PixelPost.EvalPortal.Exports;

/// <summary>A study with the names of its systems, which its tables repeat in every row, and its exclusions, in force and lifted.</summary>
internal sealed record ExportedStudy(Study Study, string SystemA, string SystemB, IReadOnlyList<Exclusion> Exclusions)
{
    /// <summary>Whether it only tries another study out.</summary>
    public bool IsPilot => Study.PilotOfStudyId is not null;

    /// <summary>Whether raters judged pairs, which have sides.</summary>
    public bool IsPairs => Study.Form == StudyForm.Pairs;

    /// <summary>The raters who are excluded, with their exclusions.</summary>
    public IReadOnlyDictionary<long, long> Excluded { get; } = Exclusions
        .Where(exclusion => exclusion.IsInForce)
        .ToDictionary(exclusion => exclusion.RaterId, exclusion => exclusion.ExclusionId);
}

/// <summary>The decision of a comparison on one axis, by people or by simulated raters.</summary>
internal sealed record ExportedDecision(Comparison Comparison, Axis Axis, Tally Tally, bool Simulated, ExclusionSet Exclusions);

/// <summary>A pair of a preference set.</summary>
internal sealed record ExportedPair(FrozenPair Pair, bool ChosenIsA, bool RejectedIsA);

/// <summary>What stands in the exported tables. The columns are described in <c>docs/exports.md</c>.</summary>
internal static class ExportTables
{
    /// <summary>One row per judgement, those that were superseded or taken back too.</summary>
    public static ExportTable<RecordedVote> Votes(ExportedStudy study) => new("votes",
    [
        new("vote_id", vote => vote.VoteId),
        new("supersedes_vote_id", vote => vote.SupersedesVoteId),
        new("study_id", _ => study.Study.StudyId),
        new("axis", vote => vote.Axis.ToText()),
        new("item_id", vote => vote.ComparisonId),
        new("prompt_id", vote => vote.PromptId),
        new("prompt", vote => vote.Prompt),
        new("rater_id", vote => vote.Pseudonym),
        new("session_id", vote => vote.SessionId),
        new("position", vote => vote.Position),
        new("left_image_id", vote => !study.IsPairs || !vote.KnowsSides ? null : vote.LeftIsB ? vote.ImageBId : vote.ImageAId),
        new("right_image_id", vote => !study.IsPairs || !vote.KnowsSides ? null : vote.LeftIsB ? vote.ImageAId : vote.ImageBId),
        new("left_system", vote => !study.IsPairs || !vote.KnowsSides ? null : vote.LeftIsB ? study.SystemB : study.SystemA),
        new("right_system", vote => !study.IsPairs || !vote.KnowsSides ? null : vote.LeftIsB ? study.SystemA : study.SystemB),
        new("image_a_id", vote => vote.ImageAId),
        new("image_b_id", vote => vote.ImageBId),
        new("system_a", _ => study.SystemA),
        new("system_b", _ => study.SystemB),
        new("choice_screen", vote => vote.KnowsSides ? vote.ChoiceScreen : null),
        new("winner", vote => vote.Winner?.ToText()),
        new("reject_reason", vote => vote.RejectReason),
        new("shown_at", vote => vote.Imported ? null : vote.ShownAt),
        new("decoded_left_at", vote => vote.DecodedLeftAt),
        new("decoded_right_at", vote => vote.DecodedRightAt),
        new("decoded_at", vote => vote.DecodedAt),
        new("voted_at", vote => vote.KnowsTime ? vote.VotedAt : null),
        new("received_at", vote => vote.ReceivedAt),
        new("rt_ms", vote => vote.KnowsResponse ? vote.ResponseMs : default(int?)),
        new("input", vote => vote.Input),
        new("viewport_w", vote => vote.ViewportW),
        new("viewport_h", vote => vote.ViewportH),
        new("dpr", vote => vote.Dpr),
        new("visible_ms", vote => vote.VisibleMs),
        new("max_zoom", vote => vote.MaxZoom),
        new("native_seen_left", vote => vote.NativeSeenLeft),
        new("native_seen_right", vote => vote.NativeSeenRight),
        new("toggles", vote => vote.Toggles),
        new("flaw_type", vote => vote.FlawType),
        new("flaw_severity", vote => vote.FlawSeverity),
        new("flaw_image_id", vote => vote.FlawImageId),
        new("flaw_x", vote => vote.FlawX),
        new("flaw_y", vote => vote.FlawY),
        new("user_agent_family", vote => vote.UserAgentFamily),
        new("app_version", vote => vote.AppVersion),
        new("simulated", vote => vote.Simulated),
        new("counts", vote => vote.Counts),
        new("excluded", vote => study.Excluded.ContainsKey(vote.RaterId)),
        new("retracted_at", vote => vote.RetractedAt),
        new("pilot", _ => study.IsPilot),
        new("surplus", vote => vote.Surplus),
        new("is_gold", vote => vote.Kind == PairKind.Gold),
        new("repeat_of_vote_id", vote => vote.RepeatOfVoteId),
        new("clock_suspect", vote => vote.ClockSuspect),
        new("imported", vote => vote.Imported),
        new("both_bad", vote => vote.BothBad),
    ]);

    /// <summary>One row per comparison and axis for people's votes, and another where there are simulated ones.</summary>
    public static ExportTable<ExportedDecision> Decisions(ExportedStudy study) => new("decisions",
    [
        new("item_id", row => row.Comparison.ComparisonId),
        new("axis", row => row.Axis.ToText()),
        new("n", row => row.Tally.Votes.Total),
        new("n_a", row => row.Tally.Votes.A),
        new("n_b", row => row.Tally.Votes.B),
        new("n_tie", row => row.Tally.Votes.Tie),
        new("n_reject", row => row.Tally.Votes.Reject),
        new("majority", row => row.Tally.Decision?.ToText()),
        new("exclusion_set", row => row.Exclusions.Name),
        new("simulated", row => row.Simulated),
        new("pilot", _ => study.IsPilot),
        new("study_id", _ => study.Study.StudyId),
        new("prompt_id", row => row.Comparison.PromptId),
        new("prompt", row => row.Comparison.Prompt),
        new("image_a_id", row => row.Comparison.ImageAId),
        new("image_b_id", row => row.Comparison.ImageBId),
        new("system_a", _ => study.SystemA),
        new("system_b", _ => study.SystemB),
    ]);

    /// <summary>One row per question of every judgement of an image, those that were superseded or taken back too.</summary>
    public static ExportTable<RecordedAnswer> Answers(ExportedStudy study) => new("answers",
    [
        new("answer_id", answer => $"{answer.VoteId}-{answer.QuestionId}"),
        new("study_id", _ => study.Study.StudyId),
        new("image_id", answer => answer.ImageId),
        new("system", answer => answer.SystemId == study.Study.SystemAId ? study.SystemA : study.SystemB),
        new("prompt_id", answer => answer.PromptId),
        new("question_id", answer => answer.Label),
        new("question", answer => answer.Question),
        new("expected", answer => answer.Expected.ToText()),
        new("answer", answer => answer.Answer.ToText()),
        new("rater_id", answer => answer.Pseudonym),
        new("rt_ms", answer => answer.AnsweredMs),
        new("voted_at", answer => answer.VotedAt),
        new("vote_id", answer => answer.VoteId),
        new("item_id", answer => answer.ComparisonId),
        new("category", answer => answer.Category),
        new("simulated", answer => answer.Simulated),
        new("counts", answer => answer.Counts),
        new("excluded", answer => study.Excluded.ContainsKey(answer.RaterId)),
        new("pilot", _ => study.IsPilot),
    ]);

    /// <summary>One row per pick of best and worst, those that were superseded or taken back too.</summary>
    /// <param name="imagesOfA">The images of system A; all others are of B.</param>
    public static ExportTable<RecordedPick> Picks(ExportedStudy study, IReadOnlySet<long> imagesOfA) => new("picks",
    [
        new("pick_id", pick => pick.VoteId),
        new("study_id", _ => study.Study.StudyId),
        new("item_id", pick => pick.ComparisonId),
        new("prompt_id", pick => pick.PromptId),
        new("prompt", pick => pick.Prompt),
        new("image_ids", pick => pick.ImageIds),
        new("best_image_id", pick => pick.BestImageId),
        new("worst_image_id", pick => pick.WorstImageId),
        new("flaw_override", pick => pick.FlawOverride),
        new("rater_id", pick => pick.Pseudonym),
        new("rt_ms", pick => pick.ResponseMs),
        new("voted_at", pick => pick.VotedAt),
        new("simulated", pick => pick.Simulated),
        new("counts", pick => pick.Counts),
        new("excluded", pick => study.Excluded.ContainsKey(pick.RaterId)),
        new("pilot", _ => study.IsPilot),
        new("image_systems", pick => string.Join(' ', pick.ImageIds.Select(image => imagesOfA.Contains(image) ? "a" : "b"))),
        new("system_a", _ => study.SystemA),
        new("system_b", _ => study.SystemB),
    ]);

    /// <summary>One row per image that stands in a comparison.</summary>
    public static ExportTable<ExportedImage> Images { get; } = new("images",
    [
        new("image_id", image => image.ImageId),
        new("sha256", image => image.Sha256),
        new("width", image => image.HasFile ? image.Width : default(int?)),
        new("height", image => image.HasFile ? image.Height : default(int?)),
        new("prompt_id", image => image.PromptId),
        new("prompt", image => image.Prompt),
        new("system", image => image.System),
        new("checkpoint", image => image.ModelSha256),
        new("seed", image => image.Seed),
        new("steps", image => image.InferenceSteps),
        new("guidance", image => image.GuidanceScale),
        new("scheduler", image => image.Scheduler),
        new("created_at", image => image.CreatedAt),
        new("has_file", image => image.HasFile),
        new("reference", image => image.Reference),
    ]);

    /// <summary>One row per exclusion of a rater, those that were lifted too.</summary>
    public static ExportTable<Exclusion> Exclusions { get; } = new("exclusions",
    [
        new("exclusion_id", exclusion => exclusion.ExclusionId),
        new("study_id", exclusion => exclusion.StudyId),
        new("rule_id", exclusion => exclusion.Rule),
        new("scope", _ => "rater"),
        new("target_id", exclusion => exclusion.Pseudonym),
        new("reason", exclusion => exclusion.Reason),
        new("by", exclusion => exclusion.ExcludedBy),
        new("at", exclusion => exclusion.ExcludedAt),
        new("active", exclusion => exclusion.IsInForce),
        new("lifted_by", exclusion => exclusion.LiftedBy),
        new("lifted_at", exclusion => exclusion.LiftedAt),
        new("simulated", exclusion => exclusion.Simulated),
    ]);

    /// <summary>One row per answer in the training round. None of them is a vote.</summary>
    public static ExportTable<TrainingRecord> Training(Study study) => new("training",
    [
        new("answer_id", answer => answer.TrainingAnswerId),
        new("study_id", _ => study.StudyId),
        new("rater_id", answer => answer.Pseudonym),
        new("session_id", answer => answer.SessionId),
        new("attempt", answer => answer.Attempt),
        new("position", answer => answer.Position),
        new("axis", answer => answer.Axis),
        new("example_id", answer => answer.ExamplePairId),
        new("left_sha256", answer => answer.LeftSha256),
        new("right_sha256", answer => answer.RightSha256),
        new("choice_screen", answer => answer.ChoiceScreen),
        new("right_answer", answer => answer.RightAnswer),
        new("correct", answer => answer.Correct),
        new("shown_at", answer => answer.ShownAt),
        new("decoded_left_at", answer => answer.DecodedLeftAt),
        new("decoded_right_at", answer => answer.DecodedRightAt),
        new("answered_at", answer => answer.AnsweredAt),
        new("received_at", answer => answer.ReceivedAt),
        new("rt_ms", answer => answer.ResponseMs),
        new("visible_ms", answer => answer.VisibleMs),
        new("input", answer => answer.Input),
        new("app_version", answer => answer.AppVersion),
        new("simulated", _ => false), // simulated raters have no training
    ]);

    /// <summary>One row per pair of a preference set.</summary>
    public static ExportTable<ExportedPair> Preferences(ExportedStudy study, PreferenceSet set) => new($"preferences-{set.PreferenceSetId}",
    [
        new("preference_set_id", _ => set.PreferenceSetId),
        new("pair_number", row => row.Pair.PairNumber),
        new("item_id", row => row.Pair.ComparisonId),
        new("axis", row => row.Pair.Axis.ToText()),
        new("prompt", row => row.Pair.Prompt),
        new("chosen_image_id", row => row.Pair.ChosenImageId),
        new("rejected_image_id", row => row.Pair.RejectedImageId),
        new("chosen_sha256", row => row.Pair.ChosenSha256),
        new("rejected_sha256", row => row.Pair.RejectedSha256),
        new("chosen_system", row => row.ChosenIsA ? study.SystemA : study.SystemB),
        new("rejected_system", row => row.RejectedIsA ? study.SystemA : study.SystemB),
        new("votes_chosen", row => row.Pair.VotesChosen),
        new("votes_rejected", row => row.Pair.VotesRejected),
        new("votes_tie", row => row.Pair.VotesTie),
        new("weight", row => row.Pair.Weight),
        new("simulated", _ => set.VoteSource != VoteSource.Real),
    ]);
}
