using System.Security.Cryptography;
using PixelPost.Training.Contracts;
using static TorchSharp.torch;

namespace PixelPost.Training.Data;

/// <summary>A picture to learn from.</summary>
/// <param name="File">Absolute path.</param>
/// <param name="Sha256">Of the file.</param>
/// <param name="Shape">What it is scaled and cut to.</param>
/// <param name="Line">The first line that names it, for messages.</param>
internal sealed record TrainingImage(string File, string Sha256, ImageShape Shape, string Line);

/// <summary>The lines of <c>preferences.jsonl</c> or <c>captions.jsonl</c> and the picture files they name, checked.</summary>
internal sealed class TrainingLines
{
    private readonly JobFolder _folder;
    private readonly Buckets _buckets;
    private readonly Dictionary<string, string> _files = new(StringComparer.Ordinal); // by hash
    private readonly Dictionary<(string Sha256, ImageShape Shape), int> _rows = [];
    private readonly List<TrainingImage> _images = [];

    /// <summary>Reads the file that <paramref name="objective"/> learns from.</summary>
    /// <param name="folder">The job's folder.</param>
    /// <param name="objective">Pairs, or captioned images for SFT.</param>
    /// <param name="buckets">The shapes that pictures may have.</param>
    /// <exception cref="BadJobException">A line, or an image it names, is not as it must be; or nothing is left to train on.</exception>
    public TrainingLines(JobFolder folder, Objective objective, Buckets buckets)
    {
        (_folder, _buckets) = (folder, buckets);
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

    /// <summary>Its lines of weight above 0; image rows index <see cref="Images"/>.</summary>
    public IReadOnlyList<Example> Examples { get; }

    /// <summary>The different pictures in their shapes.</summary>
    public IReadOnlyList<TrainingImage> Images => _images;

    /// <summary>Pictures of one shape, [rows, 3, height, width] bytes.</summary>
    /// <exception cref="BadJobException">One is not a readable picture.</exception>
    public Tensor Pictures(IEnumerable<int> rows)
    {
        using var scope = NewDisposeScope();
        return stack(rows.Select(row => Read(_images[row].Line, () => Data.Pictures.ReadBytes(_images[row].File, _images[row].Shape))).ToArray()).MoveToOuterDisposeScope();
    }

    private Example Captioned(CaptionedImage line, string where)
    {
        var file = Checked(line.Image, line.Sha256, where);
        var shape = ShapeOf(file, where);
        return new(line.Image, line.Caption, Row(file, line.Sha256, shape, where), null, 1, shape);
    }

    private Example Pair(PreferencePair line, string where)
    {
        if (!(line.Weight >= 0)) throw new BadJobException(FormattableString.Invariant($"{where}: weight is {line.Weight}; it must be 0 or more."));
        if (line.ChosenSha256 == line.RejectedSha256) throw new BadJobException($"{where}: the chosen and the rejected image of pair '{line.PairId}' are the same file.");
        var (chosen, rejected) = (Checked(line.Chosen, line.ChosenSha256, where), Checked(line.Rejected, line.RejectedSha256, where));
        var shape = ShapeOf(chosen, where);
        return new(line.PairId, line.Prompt, Row(chosen, line.ChosenSha256, shape, where), Row(rejected, line.RejectedSha256, shape, where), line.Weight, shape);
    }

    private ImageShape ShapeOf(string file, string where)
    {
        if (_buckets.Shapes.Count == 1) return _buckets.Shapes[0];
        var (width, height) = Read(where, () => Data.Pictures.Size(file));
        return _buckets.Nearest(width, height);
    }

    /// <summary>The row of an image; the same file in several lines has one row for each shape it is to have.</summary>
    private int Row(string file, string sha256, ImageShape shape, string where)
    {
        if (_rows.TryGetValue((sha256, shape), out var known)) return known;
        _images.Add(new(file, sha256, shape, where));
        return _rows[(sha256, shape)] = _images.Count - 1;
    }

    /// <summary>The path of an image that is there and is the right one.</summary>
    private string Checked(string image, string sha256, string where)
    {
        if (_files.TryGetValue(sha256, out var known)) return known;
        var path = Path.Combine(_folder.Root, image);
        if (!System.IO.File.Exists(path)) throw new BadJobException($"{where}: image '{image}' does not exist.");
        using var stream = System.IO.File.OpenRead(path);
        var found = Convert.ToHexStringLower(SHA256.HashData(stream));
        if (found != sha256) throw new BadJobException($"{where}: image '{image}' has SHA-256 {found}, not {sha256}; it is not the file the job was made with.");
        return _files[sha256] = path;
    }

    private static T Read<T>(string where, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (BadJobException problem)
        {
            throw new BadJobException($"{where}: {problem.Message}", problem);
        }
    }

    private string Where(int line) => $"{Path.GetFileName(File)} line {line}";
}
