using Dapper;
using PixelPost.EvalPortal.Checks;
using PixelPost.EvalPortal.Dashboards;
using PixelPost.EvalPortal.Database;
using PixelPost.EvalPortal.Reports.Sources;
using PixelPost.EvalPortal.Studies;

namespace PixelPost.EvalPortal.Bundles.Pages;

/// <summary>Reads the items of a bundle's studies, one by one.</summary>
/// <param name="services">Of a portal that holds the bundle's rows, whose numbers are then those of the bundle.</param>
internal sealed class BundleItemReader(IServiceProvider services)
{
    private readonly Db _db = services.GetRequiredService<Db>();
    private readonly RecordedVoteStore _votes = services.GetRequiredService<RecordedVoteStore>();
    private readonly RecordedAnswerStore _answers = services.GetRequiredService<RecordedAnswerStore>();

    /// <summary>The items of a study, in its order.</summary>
    public async Task<IReadOnlyList<long>> ListAsync(long studyId, CancellationToken cancel)
    {
        const string Sql = "SELECT comparison_id FROM comparison WHERE study_id = @StudyId ORDER BY position";
        await using var connection = await _db.OpenAsync(cancel);
        return [.. await connection.QueryAsync<long>(new CommandDefinition(Sql, new { StudyId = studyId }, cancellationToken: cancel))];
    }

    /// <summary>Reads an item.</summary>
    public async Task<BundleItem> ReadAsync(StudyData data, long item, CancellationToken cancel)
    {
        const string ItemSql = "SELECT p.text, p.category FROM comparison c JOIN prompt p ON p.prompt_id = c.prompt_id WHERE c.comparison_id = @Item";
        const string ImagesSql = """
            SELECT i.image_id, i.sha256, i.width, i.height, i.byte_length, s.name AS system, shown.place
            FROM (
              SELECT image_a_id AS image_id, 1 AS place FROM comparison WHERE comparison_id = @Item AND image_a_id IS NOT NULL
              UNION ALL SELECT image_b_id, 2 FROM comparison WHERE comparison_id = @Item AND image_b_id IS NOT NULL
              UNION ALL SELECT image_id, place FROM comparison_image WHERE comparison_id = @Item) shown
            JOIN image i ON i.image_id = shown.image_id
            JOIN system s ON s.system_id = i.system_id
            ORDER BY shown.place
            """;
        const string PicksSql = """
            SELECT k.vote_id, k.best_image_id, k.worst_image_id
            FROM vote_pick k
            JOIN vote v ON v.vote_id = k.vote_id
            WHERE v.comparison_id = @Item
            """;
        await using var connection = await _db.OpenAsync(cancel);
        var parameters = new { Item = item };
        var (prompt, category) = await connection.QuerySingleAsync<(string, string?)>(new CommandDefinition(ItemSql, parameters, cancellationToken: cancel));
        var images = (await connection.QueryAsync<ImageRow>(new CommandDefinition(ImagesSql, parameters, cancellationToken: cancel))).ToList();
        var votes = await _votes.ListAsync(item, cancel);
        var answers = data.Study.Form == StudyForm.Alignment ? (await _answers.ListAsync(item, cancel)).ToLookup(answer => answer.VoteId) : null;
        var picks = data.Study.Form == StudyForm.Preference
            ? (await connection.QueryAsync<PickRow>(new CommandDefinition(PicksSql, parameters, cancellationToken: cancel))).ToDictionary(pick => pick.VoteId)
            : null;
        var counting = votes.Where(vote => vote.Counts && !data.Excluded.ContainsKey(vote.RaterId)).ToList();
        return new BundleItem(
            item, prompt, category,
            [.. images.Select(image => new BundleItemImage(
                image.ByteLength == 0 ? null : $"../{BundleImages.PathOf(image.Sha256)}", image.System, image.Width, image.Height,
                [.. votes.Where(vote => vote.FlawImageId == image.ImageId && vote.FlawX is not null).Select(vote => new BundleItemMark(vote.FlawX!.Value, vote.FlawY!.Value, Flaw(vote)))]))],
            [.. Tallies(data, counting, images, answers, picks)],
            [.. votes.Select(vote => new BundleItemVote(
                vote.Simulated ? $"{vote.Pseudonym}, simulated" : vote.Pseudonym, vote.Axis.ToText(), Answer(data, vote, images, answers, picks),
                vote.KnowsTime ? vote.VotedAt.ToText() : "", Counts(data, vote)))]);
    }

    private static IEnumerable<string> Tallies(
        StudyData data, List<RecordedVote> votes, List<ImageRow> images, ILookup<Guid, RecordedAnswer>? answers, Dictionary<Guid, PickRow>? picks)
    {
        if (answers is not null)
        {
            foreach (var question in votes.SelectMany(vote => answers[vote.VoteId]).GroupBy(answer => (answer.QuestionId, answer.Question, answer.Expected)).OrderBy(question => question.Key.QuestionId))
                yield return $"{question.Key.Question} {string.Join(", ", question.CountBy(answer => answer.AnswerText).OrderBy(one => one.Key, StringComparer.Ordinal).Select(one => $"{one.Key.Replace('_', ' ')} {one.Value}"))}; {question.Key.Expected.ToText()} is expected";
            yield break;
        }
        if (picks is not null)
        {
            var counted = votes.Where(vote => picks.ContainsKey(vote.VoteId)).Select(vote => picks[vote.VoteId]).ToList();
            foreach (var (i, image) in images.Index())
                yield return $"Image {i + 1}: best {counted.Count(pick => pick.BestImageId == image.ImageId)}, worst {counted.Count(pick => pick.WorstImageId == image.ImageId)}";
            yield break;
        }
        foreach (var axis in data.Study.Axes)
        {
            var winners = votes.Where(vote => vote.Axis == axis.Axis).CountBy(vote => vote.Winner!.Value.ToText()).ToDictionary();
            yield return $"{axis.Question} {data.SystemA}: {winners.GetValueOrDefault("a")}; {data.SystemB}: {winners.GetValueOrDefault("b")}; tie: {winners.GetValueOrDefault("tie")}; rejected: {winners.GetValueOrDefault("reject")}";
        }
    }

    private static string Answer(StudyData data, RecordedVote vote, List<ImageRow> images, ILookup<Guid, RecordedAnswer>? answers, Dictionary<Guid, PickRow>? picks)
    {
        if (vote.ChoiceScreen == "reject")
            return $"rejected: {(vote.RejectReason ?? "").Replace('_', ' ')}";
        if (answers is not null)
            return string.Join("; ", answers[vote.VoteId].OrderBy(answer => answer.QuestionId).Select(answer => $"{answer.Label} {answer.AnswerText.Replace('_', ' ')}"));
        if (picks is not null)
            return picks.TryGetValue(vote.VoteId, out var pick) ? $"best image {Place(pick.BestImageId)}, worst image {Place(pick.WorstImageId)}" : "";
        var winner = vote.Winner!.Value.ToText() switch { "a" => data.SystemA, "b" => data.SystemB, var other => other };
        return vote.FlawType is null && vote.FlawSide is null ? winner : $"{winner}; flaw: {Flaw(vote)}";

        int Place(long image) => images.FindIndex(one => one.ImageId == image) + 1;
    }

    private static string Flaw(RecordedVote vote) => string.Join(", ", ((string?[])[vote.FlawType, vote.FlawSeverity]).OfType<string>().DefaultIfEmpty("a flaw"));

    private static string Counts(StudyData data, RecordedVote vote) => vote switch
    {
        { RetractedAt: not null } => "taken back",
        { Superseded: true } => "changed later",
        { Surplus: true } => "came late",
        { Kind: not PairKind.Item } => vote.Kind.ToText(),
        _ when data.Excluded.ContainsKey(vote.RaterId) => "rater excluded",
        _ => "yes",
    };

    private sealed record ImageRow
    {
        public long ImageId { get; init; }
        public string Sha256 { get; init; } = "";
        public int Width { get; init; }
        public int Height { get; init; }
        public long ByteLength { get; init; }
        public string System { get; init; } = "";
        public int Place { get; init; }
    }

    private sealed record PickRow
    {
        public Guid VoteId { get; init; }
        public long BestImageId { get; init; }
        public long WorstImageId { get; init; }
    }
}
