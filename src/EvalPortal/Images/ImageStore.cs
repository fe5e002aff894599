using Dapper;
using PixelPost.EvalPortal.Database;

namespace PixelPost.EvalPortal.Images;

/// <summary>An image in its place: in a system, for a prompt.</summary>
public sealed record StoredImage
{
    public required long ImageId { get; init; }

    public required long SystemId { get; init; }

    public long? PromptId { get; init; }

    /// <summary>Names the file; see <see cref="ImageFiles.PathOf"/>.</summary>
    public required string Sha256 { get; init; }

    public required int Width { get; init; }

    public required int Height { get; init; }

    public required long ByteLength { get; init; }

    public required string MediaType { get; init; }

    /// <summary>How it was generated; null for images from outside.</summary>
    public long? Seed { get; init; }

    public int? InferenceSteps { get; init; }

    public double? GuidanceScale { get; init; }

    public string? Scheduler { get; init; }

    public string? ModelSha256 { get; init; }

    /// <summary>The job that generated it.</summary>
    public long? JobId { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }
}

/// <summary>An image to add.</summary>
public sealed record NewImage
{
    public required long SystemId { get; init; }

    public long? PromptId { get; init; }

    /// <summary>What <see cref="ImageFiles.Keep"/> gave.</summary>
    public required ImageFile File { get; init; }

    public long? Seed { get; init; }

    public int? InferenceSteps { get; init; }

    public double? GuidanceScale { get; init; }

    public string? Scheduler { get; init; }

    public string? ModelSha256 { get; init; }

    public long? JobId { get; init; }
}

/// <summary>How many images of a system have a size.</summary>
public sealed record SystemSize
{
    /// <summary>Name of the system.</summary>
    public required string System { get; init; }

    public required int Width { get; init; }

    public required int Height { get; init; }

    public required int Images { get; init; }
}

/// <summary>The images of systems. Their files are kept by <see cref="ImageFiles"/>.</summary>
public sealed class ImageStore(Db db, TimeProvider clock)
{
    private const string Columns = """
        image_id, system_id, prompt_id, sha256, width, height, byte_length, media_type,
        seed, inference_steps, guidance_scale, scheduler, model_sha256, job_id, created_at
        """;

    /// <summary>Adds images, all or none. One that stands in the system already, for the same prompt and seed, is left as it is.</summary>
    public async Task AddAsync(IReadOnlyList<NewImage> images, CancellationToken cancel = default)
    {
        const string Sql = """
            INSERT INTO image (system_id, prompt_id, sha256, width, height, byte_length, media_type,
              seed, inference_steps, guidance_scale, scheduler, model_sha256, job_id, created_at)
            VALUES (@SystemId, @PromptId, @Sha256, @Width, @Height, @ByteLength, @MediaType,
              @Seed, @InferenceSteps, @GuidanceScale, @Scheduler, @ModelSha256, @JobId, @CreatedAt)
            ON CONFLICT (system_id, prompt_id, seed) DO NOTHING
            """;
        var rows = images.Select(image => new
        {
            image.SystemId,
            image.PromptId,
            image.File.Sha256,
            image.File.Width,
            image.File.Height,
            image.File.ByteLength,
            image.File.MediaType,
            image.Seed,
            image.InferenceSteps,
            image.GuidanceScale,
            image.Scheduler,
            image.ModelSha256,
            image.JobId,
            CreatedAt = clock.GetUtcNow(),
        });
        await using var connection = await db.OpenAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        await connection.ExecuteAsync(Sql, rows, transaction);
        await transaction.CommitAsync(cancel);
    }

    /// <summary>The image with this id, or null.</summary>
    public async Task<StoredImage?> FindAsync(long imageId, CancellationToken cancel = default)
    {
        const string Sql = $"SELECT {Columns} FROM image WHERE image_id = @ImageId";
        await using var connection = await db.OpenAsync(cancel);
        return await connection.QuerySingleOrDefaultAsync<StoredImage>(
            new CommandDefinition(Sql, new { ImageId = imageId }, cancellationToken: cancel));
    }

    /// <summary>The images of a system, prompt by prompt.</summary>
    public async Task<IReadOnlyList<StoredImage>> ListAsync(long systemId, CancellationToken cancel = default)
    {
        const string Sql = $"SELECT {Columns} FROM image WHERE system_id = @SystemId ORDER BY prompt_id, seed, image_id";
        await using var connection = await db.OpenAsync(cancel);
        return [.. await connection.QueryAsync<StoredImage>(
            new CommandDefinition(Sql, new { SystemId = systemId }, cancellationToken: cancel))];
    }

    /// <summary>Adds images of one system, all or none. One that it has already, for the same prompt, is left as it is.</summary>
    /// <returns>How many were added.</returns>
    public async Task<int> AddMissingAsync(long systemId, IEnumerable<NewImage> images, CancellationToken cancel = default)
    {
        const string Lock = "UPDATE system SET name = name WHERE system_id = @SystemId"; // whoever else adds to it waits
        const string Sql = """
            INSERT INTO image (system_id, prompt_id, sha256, width, height, byte_length, media_type, seed, created_at)
            SELECT @SystemId, @PromptId, @Sha256, @Width, @Height, @ByteLength, @MediaType, @Seed, @CreatedAt
            WHERE NOT EXISTS (SELECT 1 FROM image WHERE system_id = @SystemId AND prompt_id = @PromptId AND sha256 = @Sha256)
            ON CONFLICT (system_id, prompt_id, seed) DO NOTHING
            """;
        var now = clock.GetUtcNow();
        var rows = images.Select(image => new
        {
            SystemId = systemId,
            image.PromptId,
            image.File.Sha256,
            image.File.Width,
            image.File.Height,
            image.File.ByteLength,
            image.File.MediaType,
            image.Seed,
            CreatedAt = now,
        });
        await using var connection = await db.OpenAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        await connection.ExecuteAsync(Lock, new { SystemId = systemId }, transaction);
        var added = await connection.ExecuteAsync(Sql, rows, transaction);
        await transaction.CommitAsync(cancel);
        return added;
    }

    /// <summary>The sizes of the images that systems have for a prompt set.</summary>
    public async Task<IReadOnlyList<SystemSize>> ListSizesAsync(long promptSetId, CancellationToken cancel = default)
    {
        const string Sql = """
            SELECT s.name AS system, i.width, i.height, COUNT(*) AS images
            FROM image i
            JOIN prompt p ON p.prompt_id = i.prompt_id
            JOIN system s ON s.system_id = i.system_id
            WHERE p.prompt_set_id = @PromptSetId
            GROUP BY s.name, i.width, i.height
            ORDER BY s.name, images DESC
            """;
        await using var connection = await db.OpenAsync(cancel);
        return [.. await connection.QueryAsync<SystemSize>(new CommandDefinition(Sql, new { PromptSetId = promptSetId }, cancellationToken: cancel))];
    }
}
