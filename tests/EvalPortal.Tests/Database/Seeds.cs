using Dapper;
using PixelPost.EvalPortal.Database;
using PixelPost.EvalPortal.Images;
using PixelPost.EvalPortal.Library;
using PixelPost.EvalPortal.Rating;
using PixelPost.EvalPortal.Studies;
using PixelPost.EvalPortal.Systems;

namespace PixelPost.EvalPortal.Tests.Database;

/// <summary>Rows that many suites start from. Images have rows and made-up hashes, but no files.</summary>
public sealed class Seeds(Db db, TimeProvider clock)
{
    private int _names;

    /// <summary>A running study of two systems with both axes and one comparison per prompt.</summary>
    public async Task<Study> StudyAsync(params string[] prompts)
    {
        var studies = new StudyStore(db, clock);
        var (a, b) = await SystemsAsync(prompts);
        var id = await studies.AddAsync(await DraftAsync(a, b));
        await studies.SetStateAsync(id, StudyState.Running);
        return (await studies.FindAsync(id))!;
    }

    /// <summary>A study to add, of two systems.</summary>
    public async Task<NewStudy> DraftAsync(long systemA, long systemB) => new()
    {
        Name = $"Study {++_names}",
        VotesPerComparison = 3,
        Consent = "Your votes are kept under a made-up name.",
        Instructions = "Look closely.",
        SystemAId = systemA,
        SystemBId = systemB,
        Axes =
        [
            new StudyAxis { Axis = Axis.Flaws, Question = "Which image has fewer flaws?", PromptVisible = false, FlawStrip = true },
            new StudyAxis { Axis = Axis.Appeal, Question = "Which image is more appealing?", PromptVisible = true },
        ],
        Pairs = await new ComparisonStore(db).PairUpAsync(systemA, systemB),
    };

    /// <summary>Two systems with an image each for every prompt.</summary>
    public async Task<(long A, long B)> SystemsAsync(params string[] prompts)
    {
        var set = await PromptSetAsync(prompts);
        return (await SystemAsync(set, seeds: [1]), await SystemAsync(set, seeds: [2]));
    }

    /// <summary>A prompt set.</summary>
    public Task<long> PromptSetAsync(params string[] prompts) => new PromptSetStore(db, clock).AddAsync(new NewPromptSet
    {
        Name = $"Prompts {++_names}",
        Prompts = [.. prompts.Select(text => new NewPrompt(text))],
    });

    /// <summary>A system with an image for every prompt of a set and every seed.</summary>
    public async Task<long> SystemAsync(long promptSetId, int[] seeds)
    {
        var id = await new SystemStore(db, clock).AddAsync($"System {++_names}", modelId: null, description: "");
        var prompts = await new PromptSetStore(db, clock).ListPromptsAsync(promptSetId);
        await new ImageStore(db, clock).AddAsync(
            [.. prompts.SelectMany(prompt => seeds.Select(seed => new NewImage { SystemId = id, PromptId = prompt.PromptId, Seed = seed, File = File() }))]);
        return id;
    }

    /// <summary>A vote by a rater of its own.</summary>
    public async Task VoteAsync(Study study, int comparison, Axis axis, string winner, bool simulated = false)
    {
        var raters = new RaterStore(db, clock);
        var rater = simulated ? await raters.AddSimulatedAsync() : (await raters.AddAsync("Firefox")).RaterId;
        var session = await raters.ConsentAsync(rater, study.StudyId);
        var assignment = await AssignAsync(study, comparison, axis, session);
        await VoteAsync(assignment, Guid.CreateVersion7(), winner);
    }

    /// <summary>Hands a comparison to a rater, system A on the left.</summary>
    public async Task<Guid> AssignAsync(Study study, int comparison, Axis axis, RaterSession session)
    {
        const string Sql = """
            INSERT INTO assignment (assignment_id, study_id, comparison_id, axis, rater_id, session_id, position, left_is_b, created_at, leased_until)
            SELECT @AssignmentId, study_id, comparison_id, @Axis, @RaterId, @SessionId,
              (SELECT COUNT(*) + 1 FROM assignment WHERE session_id = @SessionId), @LeftIsB, @Now, @Now
            FROM comparison
            WHERE study_id = @StudyId AND position = @Comparison
            """;
        var id = Guid.CreateVersion7();
        await using var connection = await db.OpenAsync();
        await connection.ExecuteAsync(Sql, new
        {
            AssignmentId = id,
            study.StudyId,
            Comparison = comparison,
            Axis = axis.ToText(),
            session.RaterId,
            session.SessionId,
            LeftIsB = false,
            Now = clock.GetUtcNow(),
        });
        return id;
    }

    /// <summary>Votes on an assignment.</summary>
    public async Task VoteAsync(Guid assignment, Guid vote, string winner, Guid? supersedes = null, int responseMs = 4000, bool surplus = false, string kind = "item")
    {
        const string Sql = """
            INSERT INTO vote (vote_id, supersedes_vote_id, assignment_id, study_id, comparison_id, axis, rater_id, choice_screen, winner,
              reject_reason, response_ms, shown_at, voted_at, received_at, clock_suspect, app_version, surplus, kind)
            SELECT @VoteId, @Supersedes, assignment_id, study_id, comparison_id, axis, rater_id, @ChoiceScreen, @Winner,
              @RejectReason, @ResponseMs, @Now, @Now, @Now, @ClockSuspect, 'test', @Surplus, @Kind
            FROM assignment
            WHERE assignment_id = @AssignmentId
            """;
        await using var connection = await db.OpenAsync();
        await connection.ExecuteAsync(Sql, new
        {
            VoteId = vote,
            Supersedes = supersedes,
            AssignmentId = assignment,
            ResponseMs = responseMs,
            ChoiceScreen = winner switch { "a" => "left", "b" => "right", _ => winner },
            Winner = winner,
            RejectReason = winner == "reject" ? "other" : null,
            Now = clock.GetUtcNow(),
            ClockSuspect = false,
            Surplus = surplus,
            Kind = kind,
        });
    }

    private static ImageFile File() => new()
    {
        Sha256 = $"{Guid.NewGuid():N}{Guid.NewGuid():N}",
        Width = 128,
        Height = 128,
        ByteLength = 1000,
        MediaType = "image/png",
    };
}
