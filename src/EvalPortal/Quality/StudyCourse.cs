using PixelPost.Stats;

namespace PixelPost.EvalPortal.Quality;

/// <summary>What is watched over the course of a study.</summary>
public enum CourseMeasure
{
    /// <summary>Answers that most other raters give too.</summary>
    Agreement,

    /// <summary>Ties, or questions to which nobody can tell the answer.</summary>
    Undecided,

    /// <summary>Votes that say that nothing can be judged.</summary>
    Rejected,

    /// <summary>Answers in less than a second.</summary>
    Fast,

    /// <summary>Answers on gold other than the known one.</summary>
    MissedGold,

    /// <summary>Answers on repeats other than the first one.</summary>
    ChangedRepeats,
}

/// <summary>How often something was so, and out of how many.</summary>
public readonly record struct HitCount(int Hits, int Cases)
{
    public static HitCount operator +(HitCount left, HitCount right) => new(left.Hits + right.Hits, left.Cases + right.Cases);

    public static HitCount operator -(HitCount left, HitCount right) => new(left.Hits - right.Hits, left.Cases - right.Cases);

    /// <summary>Hits of the cases; null without a case.</summary>
    public double? Share => Cases == 0 ? null : (double)Hits / Cases;

    /// <summary>One case; none where it cannot be known.</summary>
    public static HitCount Of(bool? hit) => hit is { } isHit ? new(isHit ? 1 : 0, 1) : default;
}

/// <summary>A tally of every measure.</summary>
public sealed class CourseTallies
{
    private readonly HitCount[] _tallies = new HitCount[Enum.GetValues<CourseMeasure>().Length];

    public HitCount this[CourseMeasure measure]
    {
        get => _tallies[(int)measure];
        set => _tallies[(int)measure] = value;
    }

    /// <summary>Votes that the study asks for, without checks.</summary>
    public int Votes { get; set; }

    public void Add(CourseTallies others)
    {
        Votes += others.Votes;
        for (var i = 0; i < _tallies.Length; i++)
            _tallies[i] += others._tallies[i];
    }
}

/// <summary>A stretch of a study.</summary>
public sealed class StudyBlock
{
    private readonly Dictionary<long, CourseTallies> _raters = [];

    /// <summary>When its first vote arrived.</summary>
    public required DateTimeOffset From { get; init; }

    /// <summary>When its last vote arrived.</summary>
    public DateTimeOffset Until { get; private set; }

    /// <summary>All raters together.</summary>
    public CourseTallies All { get; } = new();

    /// <summary>Every rater with a vote in it.</summary>
    public IReadOnlyDictionary<long, CourseTallies> Raters => _raters;

    internal void Add(CourseVote vote)
    {
        if (!_raters.TryGetValue(vote.RaterId, out var own))
            _raters.Add(vote.RaterId, own = new());
        own.Add(vote.Tallies);
        All.Add(vote.Tallies);
        Until = vote.At;
    }
}

/// <summary>A vote, as far as it tells about the course of a study.</summary>
/// <param name="RaterId">Whose it is.</param>
/// <param name="At">When it arrived.</param>
/// <param name="Tallies">What it says.</param>
internal sealed record CourseVote(long RaterId, DateTimeOffset At, CourseTallies Tallies);

/// <summary>
/// A study block by block, in the order in which votes arrived. The blocks are set by what the study asks for, before there is a vote,
/// so that a full block never changes because more votes come.
/// </summary>
public sealed record StudyCourse
{
    /// <summary>At most so many blocks.</summary>
    public const int MostBlocks = 10;

    /// <summary>At least so many votes in a block.</summary>
    public const int FewestVotes = 50;

    private static readonly CourseMeasure[] Watched = [CourseMeasure.Agreement, CourseMeasure.Undecided, CourseMeasure.Rejected];

    /// <summary>How many blocks the study will have.</summary>
    public required int Planned { get; init; }

    /// <summary>Votes that fill a block; votes beyond the last one are in it.</summary>
    public required int BlockVotes { get; init; }

    /// <summary>The blocks with a vote.</summary>
    public required IReadOnlyList<StudyBlock> Blocks { get; init; }

    /// <summary>The blocks that are full.</summary>
    public IEnumerable<StudyBlock> Full => Blocks.Where(block => block.All.Votes >= BlockVotes);

    /// <summary>
    /// The first third of the full blocks against the last third, p-values adjusted over the measures by Holm. Empty with fewer than two.
    /// </summary>
    public required IReadOnlyList<CourseChange> Changes { get; init; }

    /// <summary>Cuts a study into blocks.</summary>
    /// <param name="votes">In order of arrival.</param>
    /// <param name="wanted">Votes that the study asks for.</param>
    internal static StudyCourse Of(IEnumerable<CourseVote> votes, int wanted)
    {
        var course = new Cutting(wanted);
        foreach (var vote in votes)
            course.Add(vote);
        return course.Finish();
    }

    /// <summary>Cuts a study into blocks while its votes are read.</summary>
    /// <param name="wanted">Votes that the study asks for.</param>
    internal sealed class Cutting(int wanted)
    {
        private readonly int _planned = Math.Clamp(wanted / FewestVotes, 1, MostBlocks);
        private readonly List<StudyBlock> _blocks = [];

        private int BlockVotes => Math.Max(FewestVotes, (wanted + _planned - 1) / _planned);

        /// <summary>Takes the next vote in order of arrival.</summary>
        public void Add(CourseVote vote)
        {
            if (_blocks.Count == 0 || _blocks.Count < _planned && _blocks[^1].All.Votes >= BlockVotes)
                _blocks.Add(new StudyBlock { From = vote.At });
            _blocks[^1].Add(vote);
        }

        public StudyCourse Finish()
        {
            var course = new StudyCourse { Planned = _planned, BlockVotes = BlockVotes, Blocks = _blocks, Changes = [] };
            return course with { Changes = ChangesOf([.. course.Full]) };
        }
    }

    /// <summary>The change of a tally from some blocks to others.</summary>
    /// <param name="earlier">The blocks before.</param>
    /// <param name="later">The blocks after.</param>
    /// <param name="of">The tally of a rater in a block.</param>
    internal static ShareChangeResult Change(
        IEnumerable<StudyBlock> earlier, IEnumerable<StudyBlock> later, Func<long, CourseTallies, HitCount> of)
    {
        var (before, after) = (Sum(earlier, of), Sum(later, of));
        return ShareChange.Of(before.Keys.Union(after.Keys).Order().Select(rater =>
        {
            var (first, second) = (before.GetValueOrDefault(rater), after.GetValueOrDefault(rater));
            return new RaterStretch(first.Hits, first.Cases, second.Hits, second.Cases);
        }));
    }

    private static Dictionary<long, HitCount> Sum(IEnumerable<StudyBlock> blocks, Func<long, CourseTallies, HitCount> of) => blocks
        .SelectMany(block => block.Raters)
        .AggregateBy(rater => rater.Key, _ => default(HitCount), (sum, rater) => sum + of(rater.Key, rater.Value))
        .ToDictionary();

    private static IReadOnlyList<CourseChange> ChangesOf(IReadOnlyList<StudyBlock> full)
    {
        if (full.Count < 2)
            return [];
        var third = Math.Max(1, full.Count / 3);
        var changes = Watched.Select(measure => Change(full.Take(third), full.TakeLast(third), (_, tallies) => tallies[measure])).ToList();
        var adjusted = FamilyAdjustment.Holm([.. changes.Select(change => change.PValue)]);
        return [.. Watched.Select((measure, i) => new CourseChange(measure, changes[i], adjusted[i]))];
    }
}

/// <summary>How a measure changed over a study.</summary>
/// <param name="Measure">What changed.</param>
/// <param name="Change">From the first third to the last.</param>
/// <param name="AdjustedPValue">Adjusted over the measures; null where it cannot be told.</param>
public sealed record CourseChange(CourseMeasure Measure, ShareChangeResult Change, double? AdjustedPValue);
