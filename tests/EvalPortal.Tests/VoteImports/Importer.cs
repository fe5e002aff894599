using System.Text;
using Dapper;
using PixelPost.EvalPortal.Dashboards;
using PixelPost.EvalPortal.Database;
using PixelPost.EvalPortal.Exports;
using PixelPost.EvalPortal.Exports.Layouts;
using PixelPost.EvalPortal.Guidelines;
using PixelPost.EvalPortal.Participants;
using PixelPost.EvalPortal.Plans;
using PixelPost.EvalPortal.Presets;
using PixelPost.EvalPortal.Quality;
using PixelPost.EvalPortal.Rounds;
using PixelPost.EvalPortal.Studies;
using PixelPost.EvalPortal.Systems;
using PixelPost.EvalPortal.VoteImports;
using PixelPost.Stats;
using VoteCheck = PixelPost.EvalPortal.VoteImports.VoteCheck;

namespace PixelPost.EvalPortal.Tests.VoteImports;

/// <summary>Looks at files of votes and takes them into a database, as page and command do.</summary>
internal sealed class Importer(Db db, TimeProvider clock) : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("pixelpost-votes-").FullName;

    public VoteImportStore Store { get; } = new(db, clock);

    public StudyStore Studies { get; } = new(db, clock);

    public VoteCheck Check => new(Store);

    public VoteTake Take => new(db, Store, new ParticipantKey([.. Enumerable.Repeat((byte)7, 32)]), clock);

    public StudyExport Export { get; } = new(
        new SystemStore(db, clock), new ComparisonStore(db), new RecordedVoteStore(db), new RecordedAnswerStore(db), new RecordedPickStore(db), new ExportedImageStore(db),
        new ResultsStore(db, new ComparisonStore(db)), new PreferenceSetStore(db, new ComparisonStore(db), new RecordedPickStore(db), new AskedImageStore(db), clock), new ExclusionStore(db, clock),
        new TrainingRecordStore(db), new PlanStore(db, clock), new StudyMaterialStore(db));

    public LayoutExport Layouts => new(Export, new RecordedVoteStore(db), new ResultsStore(db, new ComparisonStore(db)), new ExportedImageStore(db), clock);

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    /// <summary>A file with this content.</summary>
    public string Write(string name, string content) => Write(name, Encoding.UTF8.GetBytes(content));

    /// <inheritdoc cref="Write(string, string)"/>
    public string Write(string name, byte[] content)
    {
        var path = Path.Combine(_folder, name);
        File.WriteAllBytes(path, content);
        return path;
    }

    /// <summary>Looks at a file.</summary>
    public Task<VoteSummary> LookAsync(string path, string study = "Outside", string? format = null, string? report = null) =>
        Check.RunAsync(Order(path, study, format), report);

    /// <summary>Looks at a file and takes it.</summary>
    public async Task<(VoteSummary Summary, long Added)> ImportAsync(string path, string study = "Outside", string? format = null)
    {
        var order = Order(path, study, format);
        var summary = await Check.RunAsync(order);
        return (summary, await Take.RunAsync(order, summary));
    }

    /// <summary>The only study of an import.</summary>
    public async Task<Study> StudyAsync(string name = "Outside") => (await Studies.FindByNameAsync(name))!;

    /// <summary>The votes of an import that count, by what the file called things: what is compared after a round trip.</summary>
    public async Task<IReadOnlyList<Told>> TellAsync(string import = "Outside")
    {
        const string Sql = """
            SELECT i.question, p.text AS prompt, ra.reference AS image_a, rb.reference AS image_b, i.system_a, i.system_b, v.winner, m.both_bad, m.sided, a.left_is_b,
              m.timed, m.dated, v.response_ms, v.voted_at, r.pseudonym, m.source_vote_id, m.line, v.kind
            FROM standing_vote v
            JOIN imported_vote m ON m.vote_id = v.vote_id
            JOIN imported_study i ON i.study_id = v.study_id
            JOIN vote_import n ON n.vote_import_id = m.vote_import_id
            JOIN assignment a ON a.assignment_id = v.assignment_id
            JOIN rater r ON r.rater_id = v.rater_id
            JOIN comparison c ON c.comparison_id = v.comparison_id
            JOIN prompt p ON p.prompt_id = c.prompt_id
            JOIN imported_image ra ON ra.image_id = c.image_a_id
            JOIN imported_image rb ON rb.image_id = c.image_b_id
            WHERE n.name = @Import
            ORDER BY m.line, ra.reference, rb.reference
            """;
        await using var connection = await db.OpenAsync();
        return [.. await connection.QueryAsync<Told>(Sql, new { Import = import })];
    }

    private static VoteOrder Order(string path, string study, string? format) =>
        new() { Path = path, FileName = Path.GetFileName(path), Study = study, Format = format };

    internal sealed record Told
    {
        public required string Question { get; init; }
        public required string Prompt { get; init; }
        public required string ImageA { get; init; }
        public required string ImageB { get; init; }
        public required string SystemA { get; init; }
        public required string SystemB { get; init; }
        public required Outcome Winner { get; init; }
        public required bool BothBad { get; init; }
        public required bool Sided { get; init; }
        public required bool LeftIsB { get; init; }
        public required bool Timed { get; init; }
        public required bool Dated { get; init; }
        public required int ResponseMs { get; init; }
        public required DateTimeOffset VotedAt { get; init; }
        public required string Pseudonym { get; init; }
        public string? SourceVoteId { get; init; }
        public required int Line { get; init; }
        public required string Kind { get; init; }

        /// <summary>The image that won, before the other; whatever is A.</summary>
        public string Won => Winner switch
        {
            Outcome.A => $"{Prompt}: {ImageA} > {ImageB}",
            Outcome.B => $"{Prompt}: {ImageB} > {ImageA}",
            _ => $"{Prompt}: {string.Join(Winner == Outcome.Tie ? " = " : " x ", new[] { ImageA, ImageB }.Order(StringComparer.Ordinal))}",
        };

        /// <summary>The image that stood left; null where nobody knows.</summary>
        public string? Left => !Sided ? null : LeftIsB ? ImageB : ImageA;
    }
}
