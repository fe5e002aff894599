using System.Text.Json;

namespace PixelPost.EvalPortal.Material;

/// <summary>How far an import is.</summary>
public enum ImportState
{
    /// <summary>Files are being sent.</summary>
    Uploading,

    /// <summary>To be looked at, or being looked at.</summary>
    Checking,

    /// <summary>Looked at; somebody has to say whether it is taken.</summary>
    Checked,

    /// <summary>To be stored, or being stored.</summary>
    Taking,

    /// <summary>Stored.</summary>
    Taken,

    /// <summary>Broken off by somebody; it can be gone on with.</summary>
    Cancelled,

    /// <summary>Nothing can be made of it as it is.</summary>
    Failed,
}

/// <summary>Images that are being brought in.</summary>
public sealed record MaterialImport
{
    public required long MaterialImportId { get; init; }

    public required ImportState State { get; init; }

    /// <summary>The folder or zip on the server; null for what is uploaded.</summary>
    public string? SourceFolder { get; init; }

    public string? SystemName { get; init; }

    public required string PromptSetName { get; init; }

    /// <summary>Images looked at, or stored, so far.</summary>
    public int Done { get; init; }

    public int Total { get; init; }

    /// <summary>Names what the check said would be stored; see <see cref="CheckedMaterial.Sha256"/>.</summary>
    public string? PlanSha256 { get; init; }

    /// <summary>The report in short, as JSON; see <see cref="ReadSummary"/>.</summary>
    public string? Summary { get; init; }

    /// <summary>Why it failed.</summary>
    public string? Error { get; init; }

    public long? CreatedByAccountId { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When the check, or the taking, began.</summary>
    public DateTimeOffset? StartedAt { get; init; }

    public DateTimeOffset? FinishedAt { get; init; }

    /// <summary>Whether something is done with it now, or as soon as its turn comes.</summary>
    public bool IsUnderWay => State is ImportState.Checking or ImportState.Taking;

    /// <summary>Whether files may be sent for it: what was checked may be added to and corrected, and is then checked again.</summary>
    public bool TakesFiles => SourceFolder is null && State is not (ImportState.Checking or ImportState.Taking or ImportState.Taken);

    /// <summary>What is to be made of it.</summary>
    public MaterialOrder Order => new() { PromptSet = PromptSetName, System = SystemName };

    /// <summary>What to call it.</summary>
    public string Title => SystemName ?? (SourceFolder is null ? $"Images for {PromptSetName}" : Path.GetFileName(Path.TrimEndingDirectorySeparator(SourceFolder)));

    /// <summary>The report in short; null before the check is done.</summary>
    public MaterialSummary? ReadSummary() => Summary is null ? null : JsonSerializer.Deserialize<MaterialSummary>(Summary);
}
