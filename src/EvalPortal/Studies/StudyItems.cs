using System.Data.Common;
using Dapper;
using PixelPost.EvalPortal.Database;

namespace PixelPost.EvalPortal.Studies;

/// <summary>What studies show that are not made of pairs.</summary>
public sealed class StudyItems(Db db)
{
    /// <summary>Every image of some systems by itself, for the prompts that a question set asks about: prompt by prompt, and the systems in turn.</summary>
    public async Task<IReadOnlyList<StudyItem>> ListForAlignmentAsync(
        long systemA, long? systemB, long questionSetId, CancellationToken cancel = default)
    {
        const string Sql = """
            SELECT i.prompt_id, i.image_id
            FROM image i
            JOIN prompt p ON p.prompt_id = i.prompt_id
            WHERE (i.system_id = @SystemA OR i.system_id = @SystemB) AND i.byte_length > 0
              AND EXISTS (SELECT 1 FROM question q WHERE q.question_set_id = @QuestionSetId AND q.prompt_id = i.prompt_id)
            ORDER BY p.prompt_set_id, p.position, i.seed, i.system_id, i.image_id
            """;
        await using var connection = await db.OpenAsync(cancel);
        var images = await connection.QueryAsync<(long PromptId, long ImageId)>(
            new CommandDefinition(Sql, new { SystemA = systemA, SystemB = systemB, QuestionSetId = questionSetId }, cancellationToken: cancel));
        return [.. images.Select(image => new StudyItem(image.PromptId, [image.ImageId]))];
    }

    /// <summary>
    /// So many images of each prompt that has them: of one system the first by seed, of two in turn, so that they differ by one at
    /// most, and who begins changes from prompt to prompt.
    /// </summary>
    public async Task<IReadOnlyList<StudyItem>> ListForPreferenceAsync(long systemA, long? systemB, int images, CancellationToken cancel = default)
    {
        const string Sql = """
            SELECT i.prompt_id, i.image_id, i.system_id
            FROM image i
            JOIN prompt p ON p.prompt_id = i.prompt_id
            WHERE (i.system_id = @SystemA OR i.system_id = @SystemB) AND i.byte_length > 0
            ORDER BY p.prompt_set_id, p.position, i.seed, i.image_id
            """;
        long[] systems = systemB is { } other ? [systemA, other] : [systemA];
        await using var connection = await db.OpenAsync(cancel);
        var rows = await connection.QueryAsync<(long PromptId, long ImageId, long SystemId)>(
            new CommandDefinition(Sql, new { SystemA = systemA, SystemB = systemB }, cancellationToken: cancel));
        var items = new List<StudyItem>();
        foreach (var prompt in rows.GroupBy(row => row.PromptId))
        {
            var first = systems[items.Count % systems.Length];
            var queues = prompt.GroupBy(row => row.SystemId).OrderByDescending(system => system.Key == first)
                .Select(system => system.Select(row => row.ImageId).ToList()).ToList();
            var chosen = Enumerable.Range(0, images).SelectMany(i => queues.Where(queue => i < queue.Count).Select(queue => queue[i])).Take(images).ToList();
            if (chosen.Count == images && queues.Count == systems.Length)
                items.Add(new StudyItem(prompt.Key, chosen));
        }
        return items;
    }

    /// <summary>Adds items to a study inside a transaction: a single image stands in <c>comparison</c>, several in <c>comparison_image</c>.</summary>
    internal static async Task InsertAsync(DbTransaction transaction, long studyId, IReadOnlyList<StudyItem> items)
    {
        const string InsertComparison = """
            INSERT INTO comparison (study_id, prompt_id, image_a_id, position)
            VALUES (@StudyId, @PromptId, @ImageAId, @Position)
            """;
        const string InsertImages = """
            INSERT INTO comparison_image (comparison_id, place, image_id)
            SELECT comparison_id, @Place, @ImageId FROM comparison WHERE study_id = @StudyId AND position = @Position
            """;
        var connection = transaction.Connection!;
        await connection.ExecuteAsync(
            InsertComparison,
            items.Select((item, i) => new
            {
                StudyId = studyId,
                item.PromptId,
                ImageAId = item.ImageIds.Count == 1 ? item.ImageIds[0] : (long?)null,
                Position = i + 1,
            }),
            transaction);
        await connection.ExecuteAsync(
            InsertImages,
            from item in items.Index()
            where item.Item.ImageIds.Count > 1
            from image in item.Item.ImageIds.Index()
            select new { StudyId = studyId, Position = item.Index + 1, Place = image.Index + 1, ImageId = image.Item },
            transaction);
    }
}
