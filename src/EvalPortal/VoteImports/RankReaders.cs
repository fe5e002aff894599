using System.Text.Json;
using PixelPost.EvalPortal.Reports.Reading;

namespace PixelPost.EvalPortal.VoteImports;

/// <summary>One preferred image of a list: HPDv2's train.json.</summary>
internal sealed class PreferredReader : IVoteReader
{
    public RowVotes Read(SourceRow row)
    {
        var (images, preferred) = (row.Texts("file_path"), row.Numbers("human_preference"));
        if (images is null || preferred is null || images.Count != preferred.Count || images.Count < 2)
            return RowVotes.Faulty("file_path and human_preference are not two lists of the same length, of at least two images.");
        if (images.Count > RankReader.MostImages)
            return RowVotes.Faulty($"it has {images.Count} images; one entry may have {RankReader.MostImages}.");
        if (row.Text("prompt") is not { } prompt)
            return RowVotes.Faulty("prompt is empty.");
        var best = preferred.Index().Where(entry => entry.Item == 1).Select(entry => entry.Index).ToList();
        if (best.Count != 1 || preferred.Any(value => value is not (0 or 1)))
            return RowVotes.Faulty("human_preference has not just one 1 among zeros.");
        return RowVotes.Of([.. images.Index().Where(other => other.Index != best[0]).Select(other => new ForeignVote
        {
            Line = row.Number,
            Item = prompt,
            Prompt = prompt,
            FirstImage = other.Index < best[0] ? other.Item : images[best[0]],
            SecondImage = other.Index < best[0] ? images[best[0]] : other.Item,
            Answer = other.Index < best[0] ? Answer.Second : Answer.First,
            Derived = images.Count > 2,
        })]);
    }
}

/// <summary>Ranks of several images: ImageReward's test.json, HPDv2's test.json. Rank 1 is the best.</summary>
/// <param name="raters">The column with a ranking by each rater; null for none.</param>
internal sealed class RankReader(string images, string ranks, string? raters) : IVoteReader
{
    /// <summary>Most images of an entry: they give a vote for every two.</summary>
    public const int MostImages = 64;

    public RowVotes Read(SourceRow row)
    {
        var shown = row.Texts(images);
        if (shown is null || shown.Count < 2)
            return RowVotes.Faulty($"{images} is no list of at least two images.");
        if (shown.Count > MostImages)
            return RowVotes.Faulty($"it has {shown.Count} images; one entry may have {MostImages}.");
        if (row.Text("prompt") is not { } prompt)
            return RowVotes.Faulty("prompt is empty.");
        var rankings = Rankings(row);
        if (rankings is null || rankings.Any(ranking => ranking.Ranks.Count != shown.Count))
            return RowVotes.Faulty($"{ranks} does not have a number for each of {images}.");
        return RowVotes.Of([.. rankings.SelectMany(ranking => Pairs(row, prompt, shown, ranking.Rater, ranking.Ranks))]);
    }

    private List<(string? Rater, IReadOnlyList<double> Ranks)>? Rankings(SourceRow row)
    {
        if (raters is not null && row.List(raters) is { Count: > 0 } annotations)
        {
            var rankings = new List<(string?, IReadOnlyList<double>)>();
            foreach (var annotation in annotations)
            {
                if (annotation.ValueKind != JsonValueKind.Object || !annotation.TryGetProperty("rank", out var rank) || SourceRow.NumbersOf(rank) is not { } numbers)
                    return null;
                rankings.Add((annotation.TryGetProperty("user_hash", out var user) && user.ValueKind is JsonValueKind.String or JsonValueKind.Number ? user.ToString() : null, numbers));
            }
            return rankings;
        }
        return row.Numbers(ranks) is { } only ? [(null, only)] : null;
    }

    private static IEnumerable<ForeignVote> Pairs(SourceRow row, string prompt, IReadOnlyList<string> images, string? rater, IReadOnlyList<double> ranks) =>
        from i in Enumerable.Range(0, images.Count)
        from j in Enumerable.Range(i + 1, images.Count - i - 1)
        select new ForeignVote
        {
            Line = row.Number,
            Item = row.Text("id") ?? prompt,
            Prompt = prompt,
            Rater = rater,
            FirstImage = images[i],
            SecondImage = images[j],
            Answer = ranks[i] < ranks[j] ? Answer.First : ranks[i] > ranks[j] ? Answer.Second : Answer.Tie,
            SourceId = row.Text("id"),
            Derived = images.Count > 2,
        };
}

/// <summary>The best of up to four images: Pick-a-Pic's table of rankings.</summary>
internal sealed class PickReader : IVoteReader
{
    private static readonly string[] Columns = ["image_1_uid", "image_2_uid", "image_3_uid", "image_4_uid"];

    public RowVotes Read(SourceRow row)
    {
        List<string> images = [.. Columns.Select(column => row.Text(column)).OfType<string>()];
        if (images.Count < 2)
            return RowVotes.Faulty("it names fewer than two images.");
        var prompt = row.Text("prompt")?.Replace("[single_quote]", "'", StringComparison.Ordinal); // as the app writes '
        var best = row.Text("best_image_uid") is { } named && named != "none" ? images.IndexOf(named) : -1;
        if (best < 0 && row.Text("best_image_uid") is { } unknown && unknown != "none")
            return RowVotes.Faulty($"best_image_uid {unknown} is none of its images.");
        if (best < 0 && images.Count > 2)
            return RowVotes.Left("none of more than two images was picked");
        return RowVotes.Of([.. images.Index().Where(other => best < 0 ? other.Index == 1 : other.Index != best).Select(other =>
        {
            var (first, second) = (Math.Min(Math.Max(best, 0), other.Index), Math.Max(Math.Max(best, 0), other.Index));
            return new ForeignVote
            {
                Line = row.Number,
                Item = prompt ?? string.Join(' ', images),
                Prompt = prompt,
                Rater = row.Text("user_id"),
                FirstImage = images[first],
                SecondImage = images[second],
                Answer = best < 0 ? Answer.Tie : best == first ? Answer.First : Answer.Second,
                VotedAt = row.Time(["created_at"]),
                SourceId = row.Text("ranking_id"),
                Derived = images.Count > 2,
            };
        })]);
    }
}
