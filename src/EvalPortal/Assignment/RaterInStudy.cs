using Dapper;
using PixelPost.EvalPortal.Checks;
using PixelPost.EvalPortal.Rating;
using PixelPost.EvalPortal.Studies;

namespace PixelPost.EvalPortal.Assignment;

/// <summary>What a rater has been given in a study so far, block by block.</summary>
internal sealed class RaterInStudy
{
    private readonly IReadOnlyList<Row> _blocks;
    private readonly StudyRow _study;
    private readonly RaterSession _session;

    private RaterInStudy(StudyRow study, IReadOnlyList<Row> blocks, RaterSession session)
    {
        (_study, _blocks, _session) = (study, blocks, session);
        Blocks = [.. blocks.Select(row => new Block { Position = row.Block, PromptVisible = row.PromptVisible })];
        Entered = [.. blocks.Where(row => row.LastPosition is not null).Select(row => new EnteredBlock
        {
            Block = row.Block,
            PromptVisible = row.PromptVisible,
            LastPosition = row.LastPosition!.Value,
        })];
        Looking = new TaskSearch.Rater
        {
            StudyId = session.StudyId,
            RaterId = session.RaterId,
            SessionId = session.SessionId,
            Given = Answered + Held,
            Simulated = session.Simulated,
            InSuccessor = study.InSuccessor,
        };
    }

    public StudyState State => _study.State;

    /// <summary>The study's blocks, in order.</summary>
    public IReadOnlyList<Block> Blocks { get; }

    public IReadOnlyList<EnteredBlock> Entered { get; }

    /// <summary>Who looks for tasks.</summary>
    public TaskSearch.Rater Looking { get; }

    /// <summary>Pairs that stand answered, be the answers surplus or not.</summary>
    public int Answered => _blocks.Sum(row => row.Answered);

    /// <summary>Pairs that wait for an answer.</summary>
    public int Held => _blocks.Sum(row => row.Held);

    /// <summary>How many checks the study has.</summary>
    public StudyChecks Checks => new() { GoldPerDozen = _study.GoldPerDozen, RepeatsPerDozen = _study.RepeatsPerDozen };

    /// <summary>How many pairs more the study allows one rater, checks among them.</summary>
    public int Left => (_study.AnswersPerRater ?? int.MaxValue) - Answered - Held;

    /// <summary>Position of the latest assignment; 0 before the first.</summary>
    public int LastPosition => _blocks.Max(row => row.LastPosition) ?? 0;

    /// <summary>Pairs of a block that they were ever given.</summary>
    public int GivenIn(int block) => _blocks.Single(row => row.Block == block).Given;

    /// <summary>The axis of a block.</summary>
    public string AxisOf(int block) => _blocks.Single(row => row.Block == block).Axis;

    /// <summary>Pairs of a block that are theirs and have not lapsed.</summary>
    public int OwnIn(int block) => GivenIn(block) - _blocks.Single(row => row.Block == block).Lapsed;

    /// <summary>Whether a pair of theirs in a block has lapsed and may be given to them again.</summary>
    public bool HasLapsed(int block) => _blocks.Single(row => row.Block == block).Lapsed > 0;

    /// <summary>Pairs of a block with B on the left, less those with A.</summary>
    public int TiltIn(int block) => _blocks.Single(row => row.Block == block).Tilt;

    /// <summary>The rater once they were given pairs of a block.</summary>
    /// <param name="block">Which.</param>
    /// <param name="added">New ones, at the positions after the last.</param>
    /// <param name="renewed">Those of theirs that had lapsed.</param>
    public RaterInStudy Given(int block, int added, int renewed) => new(_study, [.. _blocks.Select(row => row.Block != block ? row : row with
    {
        LastPosition = added > 0 ? LastPosition + added : row.LastPosition,
        Given = row.Given + added,
        Held = row.Held + added + renewed,
        Lapsed = row.Lapsed - renewed,
    })], _session);

    /// <summary>Asks, of <see cref="Key"/>, what <see cref="ReadAsync"/> reads.</summary>
    public const string Sql = """
        SELECT s.state, s.answers_per_rater, s.parent_study_id IS NOT NULL AS in_successor,
          COALESCE(c.gold_per_dozen, 0) AS gold_per_dozen, COALESCE(c.repeats_per_dozen, 0) AS repeats_per_dozen
        FROM study s
        LEFT JOIN study_checks c ON c.study_id = s.study_id
        WHERE s.study_id = @StudyId;
        SELECT x.position AS block, x.axis, x.prompt_visible, MAX(a.position) AS last_position, COUNT(a.position) AS given,
          COUNT(CASE WHEN a.state IN ('answered', 'surplus') THEN 1 END) AS answered,
          COUNT(CASE WHEN a.state = 'held' THEN 1 END) AS held,
          COUNT(CASE WHEN a.state = 'lapsed' THEN 1 END) AS lapsed,
          COUNT(CASE WHEN a.left_is_b THEN 1 END) - COUNT(CASE WHEN a.left_is_b THEN NULL ELSE a.position END) AS tilt
        FROM study_axis x
        LEFT JOIN assignment a ON a.session_id = @SessionId AND a.axis = x.axis
        WHERE x.study_id = @StudyId
        GROUP BY x.position, x.axis, x.prompt_visible
        ORDER BY x.position;
        """;

    /// <summary>Whom <see cref="Sql"/> asks of.</summary>
    public static object Key(RaterSession session) => new { session.StudyId, session.SessionId };

    /// <summary>Reads the two answers to <see cref="Sql"/>.</summary>
    public static async Task<RaterInStudy> ReadAsync(SqlMapper.GridReader answers, RaterSession session) =>
        new(await answers.ReadSingleAsync<StudyRow>(), [.. await answers.ReadAsync<Row>()], session);

    private sealed record StudyRow
    {
        public required StudyState State { get; init; }
        public int? AnswersPerRater { get; init; }
        public required bool InSuccessor { get; init; }
        public required int GoldPerDozen { get; init; }
        public required int RepeatsPerDozen { get; init; }
    }

    private sealed record Row
    {
        public required int Block { get; init; }
        public required string Axis { get; init; }
        public required bool PromptVisible { get; init; }
        public int? LastPosition { get; init; }
        public required int Given { get; init; }
        public required int Answered { get; init; }
        public required int Held { get; init; }
        public required int Lapsed { get; init; }
        public required int Tilt { get; init; }
    }
}
