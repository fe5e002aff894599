namespace PixelPost.EvalPortal.Material;

/// <summary>What a line of a report says about a file or a prompt.</summary>
public enum LineStatus
{
    /// <summary>The image comes in.</summary>
    New,

    /// <summary>The system has the image for this prompt already.</summary>
    There,

    /// <summary>The file does not come in.</summary>
    LeftOut,

    /// <summary>The system has no image for the prompt.</summary>
    Missing,
}

/// <summary>One line of the report of an import.</summary>
public sealed record ReportLine
{
    public required LineStatus Status { get; init; }

    /// <summary>The file; null for a prompt without one.</summary>
    public string? File { get; init; }

    /// <summary>The manifest that names it; null where the file's name speaks for it.</summary>
    public string? Manifest { get; init; }

    /// <summary>The line there.</summary>
    public int? Line { get; init; }

    public string? System { get; init; }

    public string? Prompt { get; init; }

    public long? Seed { get; init; }

    public int? Width { get; init; }

    public int? Height { get; init; }

    /// <summary>SHA-256 of the image as it is kept.</summary>
    public string? Sha256 { get; init; }

    /// <summary>Why it does not come in, or what to know about it although it does.</summary>
    public string? Reason { get; init; }

    /// <summary>Where it is, for a person: <c>manifest.csv, line 12: a.png</c>.</summary>
    public string Where() => (Manifest, Line, File) switch
    {
        ({ } manifest, { } line, { } file) => $"{manifest}, line {line}: {file}",
        ({ } manifest, { } line, _) => $"{manifest}, line {line}",
        (_, _, { } file) => file,
        _ => System ?? "",
    };

    internal static ReportLine LeftOut(string file, string reason) => new() { Status = LineStatus.LeftOut, File = file, Reason = reason };
}
