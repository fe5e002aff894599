using System.Security.Cryptography;
using PixelPost.Training.Contracts;
using static TorchSharp.torch;

namespace PixelPost.Training.Data;

/// <summary>The lines of <c>preferences.jsonl</c> or <c>captions.jsonl</c> and the picture files they name, checked.</summary>
internal sealed class TrainingLines
{
    private readonly JobFolder _folder;
    private readonly Dictionary<string, int> _rowOfHash = new(StringComparer.Ordinal);
    private readonly List<(string File, string Line)> _images = [];

    /// <summary>Reads the file that <paramref name="objective"/> learns from.</summary>
    /// <exception cref="BadJobException">A line, or an image it names, is not as it must be; or nothing is left to train on.</exception>
    public TrainingLines(JobFolder folder, Objective objective)
    {
        _folder = folder;
        File = objective == Objective.Sft ? folder.Captions : folder.Preferences;
        if (!System.IO.File.Exists(File))
            throw new BadJobException($"{Path.GetFileName(File)} is missing; {(objective == Objective.Sft ? "objective sft learns from captioned images" : "every objective but sft learns from preference pairs")}.");

        Examples = objective == Objective.Sft
            ? [.. ContractJson.ReadLines<CaptionedImage>(File).Select(l => Captioned(l.Value, Where(l.Number)))]
            : [.. ContractJson.ReadLines<PreferencePair>(File).Select(l => Pair(l.Value, Where(l.Number)))];
        if (Examples.Count == 0) throw new BadJobException($"{Path.GetFileName(File)} has no lines: there is nothing to train on.");
        if (Examples.All(e => e.Weight == 0)) throw new BadJobException($"{Path.GetFileName(File)}: every pair has weight 0, so there is nothing to train on.");
        Examples = [.. Examples.Where(e => e.Weight > 0)];
    }

    /// <summary>The file that was read.</summary>
    public string File { get; }

    /// <summary>Its lines of weight above 0; image rows index <see cref="Pictures"/>.</summary>
    public IReadOnlyList<Example> Examples { get; }

    /// <summary>Number of different pictures.</summary>
    public int PictureCount => _images.Count;

    /// <summary>Some of the pictures, [end − start, 3, size, size] bytes.</summary>
    /// <exception cref="BadJobException">One is not a readable picture.</exception>
    public Tensor Pictures(int start, int end, int size)
    {
        using var scope = NewDisposeScope();
        return stack(_images[start..end].Select(i => ReadPicture(i.File, i.Line, size)).ToArray()).MoveToOuterDisposeScope();
    }

    private Example Captioned(CaptionedImage line, string where) =>
        new(line.Image, line.Caption, Row(line.Image, line.Sha256, where), null, 1);

    private Example Pair(PreferencePair line, string where)
    {
        if (!(line.Weight >= 0)) throw new BadJobException(FormattableString.Invariant($"{where}: weight is {line.Weight}; it must be 0 or more."));
        if (line.ChosenSha256 == line.RejectedSha256) throw new BadJobException($"{where}: the chosen and the rejected image of pair '{line.PairId}' are the same file.");
        return new(line.PairId, line.Prompt, Row(line.Chosen, line.ChosenSha256, where), Row(line.Rejected, line.RejectedSha256, where), line.Weight);
    }

    /// <summary>The row of an image; the same file in several lines has one row.</summary>
    private int Row(string image, string sha256, string where)
    {
        if (_rowOfHash.TryGetValue(sha256, out var known)) return known;
        var path = Path.Combine(_folder.Root, image);
        if (!System.IO.File.Exists(path)) throw new BadJobException($"{where}: image '{image}' does not exist.");
        using var stream = System.IO.File.OpenRead(path);
        var found = Convert.ToHexStringLower(SHA256.HashData(stream));
        if (found != sha256) throw new BadJobException($"{where}: image '{image}' has SHA-256 {found}, not {sha256}; it is not the file the job was made with.");
        _images.Add((path, where));
        return _rowOfHash[sha256] = _images.Count - 1;
    }

    private static Tensor ReadPicture(string path, string where, int size)
    {
        try
        {
            return Data.Pictures.ReadBytes(path, size);
        }
        catch (BadJobException problem)
        {
            throw new BadJobException($"{where}: {problem.Message}", problem);
        }
    }

    private string Where(int line) => $"{Path.GetFileName(File)} line {line}";
}
