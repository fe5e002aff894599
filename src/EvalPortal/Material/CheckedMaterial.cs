using System.Security.Cryptography;
using System.Text;
using PixelPost.EvalPortal.Dashboards;
using PixelPost.EvalPortal.Images;
using PixelPost.EvalPortal.Library;

namespace PixelPost.EvalPortal.Material;

/// <summary>An image that a system has or is to have.</summary>
/// <param name="IsNew">False where the system has it already.</param>
internal sealed record CheckedImage(MatchedImage Match, ImageFile File, bool IsNew);

/// <summary>A system of an import.</summary>
public sealed record CheckedSystem
{
    public required string Name { get; init; }

    /// <summary>Images that come in.</summary>
    public required int New { get; init; }

    /// <summary>Images that it has already.</summary>
    public required int There { get; init; }

    /// <summary>Prompts of the set for which it then still has none.</summary>
    public required int Missing { get; init; }

    /// <summary>Widths and heights, the most frequent first: <c>1024 × 1024 (200)</c>.</summary>
    public required string Sizes { get; init; }
}

/// <summary>A report in short, as the page of an import shows it.</summary>
public sealed record MaterialSummary
{
    /// <summary>Prompts of the set.</summary>
    public required int Prompts { get; init; }

    /// <summary>Whether the set is yet to be made.</summary>
    public required bool IsNewSet { get; init; }

    public required IReadOnlyList<CheckedSystem> Systems { get; init; }

    public required int LeftOut { get; init; }

    /// <summary>What to know before the images are taken, a sentence each.</summary>
    public required IReadOnlyList<string> Warnings { get; init; }

    /// <summary>What was decided on the way, a sentence each.</summary>
    public required IReadOnlyList<string> Notes { get; init; }

    /// <summary>The first lines of what is left out or to be known.</summary>
    public required IReadOnlyList<string> Problems { get; init; }

    /// <summary>Which image goes to which prompt: the first few.</summary>
    public required IReadOnlyList<string> Examples { get; init; }

    public int New => Systems.Sum(system => system.New);

    public int There => Systems.Sum(system => system.There);

    /// <summary>The report in a sentence.</summary>
    public string Sentence() =>
        $"{Figures.Count(New, "new image")} for {Figures.Count(Systems.Count, "system")}, {Figures.Whole(There)} there already, {Figures.Whole(LeftOut)} left out.";
}

/// <summary>A source that was looked at, down to the pixels. Nothing of it is stored yet.</summary>
public sealed class CheckedMaterial
{
    /// <summary>Name of the prompt set.</summary>
    public required string PromptSet { get; init; }

    /// <summary>The set's prompts, or those that one is to be made of.</summary>
    public required IReadOnlyList<NewPrompt> Prompts { get; init; }

    /// <summary>The report, line by line: first what is left out, then the images, then what is missing.</summary>
    public required IReadOnlyList<ReportLine> Lines { get; init; }

    public required MaterialSummary Summary { get; init; }

    internal IReadOnlyList<CheckedImage> Images { get; init; } = [];

    /// <summary>Names what would be stored, whether or not some of it is there already: SHA-256, lower-case hex.</summary>
    public string Sha256()
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var (match, file, _) in Images)
            hash.AppendData(Encoding.UTF8.GetBytes($"{match.System}\n{Prompts[match.Prompt].Text}\n{match.Row.Seed}\n{file.Sha256}\n"));
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
