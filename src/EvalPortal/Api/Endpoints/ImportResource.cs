using PixelPost.EvalPortal.Material;

namespace PixelPost.EvalPortal.Api.Endpoints;

/// <summary>Images that are to be brought in.</summary>
public sealed record NewImport
{
    /// <summary>Name of the prompt set that the images are for. One that is not there yet is made of the manifest's prompts.</summary>
    public required string PromptSet { get; init; }

    /// <summary>Name of the system that all images are of; left out, the manifest says, or each folder is a system of its own.</summary>
    public string? System { get; init; }

    /// <summary>A folder or zip on the server, in one of its import folders; left out, files are uploaded.</summary>
    public string? ServerFolder { get; init; }
}

/// <summary>An import: what it is to become, and how far it is.</summary>
public sealed record ImportResource
{
    public required long ImportId { get; init; }

    /// <summary>Where it is: <c>checked</c> waits for somebody to have it taken.</summary>
    public required ImportState State { get; init; }
    public required string PromptSet { get; init; }
    public string? System { get; init; }
    public string? ServerFolder { get; init; }

    /// <summary>Images looked at, or stored, so far.</summary>
    public required int Done { get; init; }
    public required int Total { get; init; }

    /// <summary>Why it failed.</summary>
    public string? Error { get; init; }

    /// <summary>What the check found; null before.</summary>
    public ImportSummary? Summary { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }
    public DateTimeOffset? FinishedAt { get; init; }

    internal static ImportResource Of(MaterialImport import) => new()
    {
        ImportId = import.MaterialImportId,
        State = import.State,
        PromptSet = import.PromptSetName,
        System = import.SystemName,
        ServerFolder = import.SourceFolder,
        Done = import.Done,
        Total = import.Total,
        Error = import.Error,
        Summary = import.ReadSummary() is { } summary ? ImportSummary.Of(summary) : null,
        CreatedAt = import.CreatedAt,
        FinishedAt = import.FinishedAt,
    };
}

/// <summary>What a check found, in short; line by line it stands in the report.</summary>
public sealed record ImportSummary
{
    /// <summary>Prompts of the set.</summary>
    public required int Prompts { get; init; }

    /// <summary>Images that come in.</summary>
    public required int New { get; init; }

    /// <summary>Images that are there already.</summary>
    public required int There { get; init; }
    public required int LeftOut { get; init; }
    public required IReadOnlyList<ImportedSystem> Systems { get; init; }

    /// <summary>What to know before the images are taken, a sentence each.</summary>
    public required IReadOnlyList<string> Warnings { get; init; }

    /// <summary>What was decided on the way, a sentence each.</summary>
    public required IReadOnlyList<string> Notes { get; init; }

    /// <summary>The first of what is left out or to be known.</summary>
    public required IReadOnlyList<string> Problems { get; init; }

    internal static ImportSummary Of(MaterialSummary summary) => new()
    {
        Prompts = summary.Prompts,
        New = summary.New,
        There = summary.There,
        LeftOut = summary.LeftOut,
        Systems = [.. summary.Systems.Select(system => new ImportedSystem(system.Name, system.New, system.There, system.Missing))],
        Warnings = summary.Warnings,
        Notes = summary.Notes,
        Problems = summary.Problems,
    };
}

/// <summary>A system of an import.</summary>
/// <param name="Name">Its name.</param>
/// <param name="New">Images that come in.</param>
/// <param name="There">Images that it has already.</param>
/// <param name="Missing">Prompts of the set for which it then still has none.</param>
public sealed record ImportedSystem(string Name, int New, int There, int Missing);

/// <summary>A file that was sent.</summary>
/// <param name="Path">Where in the folder it lies.</param>
/// <param name="Length">Bytes of it that are here: where to go on.</param>
public sealed record UploadedFile(string Path, long Length);
