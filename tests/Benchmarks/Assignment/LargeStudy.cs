using System.Globalization;
using Dapper;
using PixelPost.EvalPortal.Database;
using PixelPost.EvalPortal.Images;
using PixelPost.EvalPortal.Library;
using PixelPost.EvalPortal.Studies;
using PixelPost.EvalPortal.Systems;

namespace PixelPost.Benchmarks.Assignment;

/// <summary>A running study with as many items as are asked for, half of them on each axis, in a database of its own.</summary>
internal static class LargeStudy
{
    /// <summary>Votes wanted on each item.</summary>
    public const int Votes = 5;

    private const int Prompts = 1_000;

    /// <summary>Makes the study.</summary>
    public static async Task<long> AddAsync(Db db, int items)
    {
        await Migrator.MigrateAsync(db, TimeProvider.System);
        var prompts = await PromptsAsync(db);
        var images = await Task.WhenAll(SystemAsync(db, "Old", prompts), SystemAsync(db, "New", prompts));
        var studies = new StudyStore(db, TimeProvider.System);
        var id = await studies.AddAsync(new NewStudy
        {
            Name = "Large",
            VotesPerComparison = Votes,
            Consent = "Yes.",
            Instructions = "Look.",
            SystemAId = images[0].System,
            SystemBId = images[1].System,
            Axes = [Asked(Axis.Flaws), Asked(Axis.Appeal)],
            Pairs = [.. Enumerable.Range(0, items / 2).Select(i => new ImagePair
            {
                PromptId = prompts[i % Prompts],
                ImageAId = images[0].Images[i % Prompts],
                ImageBId = images[1].Images[i % Prompts],
            })],
        });
        await studies.SetStateAsync(id, StudyState.Running);
        return id;
    }

    /// <summary>
    /// Leaves one free place on every thousandth item only, as near the end of a study. Not by votes: the places alone decide what
    /// a take costs.
    /// </summary>
    public static async Task FillAsync(Db db, long studyId)
    {
        const string Sql = """
            UPDATE task
            SET taken = CASE WHEN comparison_id % 1000 = 0 THEN wanted - 1 ELSE wanted END,
                tilt = CASE WHEN comparison_id % 1000 = 0 THEN 0 ELSE 1 END
            WHERE study_id = @StudyId
            """;
        await using var connection = await db.OpenAsync();
        await connection.ExecuteAsync(new CommandDefinition(Sql, new { StudyId = studyId }, commandTimeout: 600));
        // What rows leave behind that change one by one is cleared away meanwhile; here all of them changed at once.
        if (db.Kind == DatabaseKind.Postgres)
            await connection.ExecuteAsync(new CommandDefinition("VACUUM ANALYZE task", commandTimeout: 600));
    }

    private static StudyAxis Asked(Axis axis) => new() { Axis = axis, Question = "Which is better?", PromptVisible = false };

    private static async Task<IReadOnlyList<long>> PromptsAsync(Db db)
    {
        var store = new PromptSetStore(db, TimeProvider.System);
        var set = await store.AddAsync(new NewPromptSet
        {
            Name = "Prompts",
            Prompts = [.. Enumerable.Range(1, Prompts).Select(i => new NewPrompt(string.Create(CultureInfo.InvariantCulture, $"a fox number {i}")))],
        });
        return [.. (await store.ListPromptsAsync(set)).Select(prompt => prompt.PromptId)];
    }

    private static async Task<(long System, IReadOnlyList<long> Images)> SystemAsync(Db db, string name, IReadOnlyList<long> prompts)
    {
        var system = await new SystemStore(db, TimeProvider.System).AddAsync(name, modelId: null, description: "");
        var images = new ImageStore(db, TimeProvider.System);
        await images.AddAsync([.. prompts.Select(prompt => new NewImage
        {
            SystemId = system,
            PromptId = prompt,
            Seed = 1,
            File = new ImageFile { Sha256 = $"{Guid.NewGuid():N}{Guid.NewGuid():N}", Width = 512, Height = 512, ByteLength = 1, MediaType = "image/png" },
        })]);
        return (system, [.. (await images.ListAsync(system)).OrderBy(image => image.PromptId).Select(image => image.ImageId)]);
    }
}
