using PixelPost.EvalPortal.Dashboards;
using PixelPost.EvalPortal.Images;
using PixelPost.EvalPortal.Library;

namespace PixelPost.EvalPortal.Material;

/// <summary>Puts the report of a check together: image by image, then what concerns whole systems.</summary>
/// <param name="prompts">The prompts of the set, in order; null for one that is to be made.</param>
internal sealed class MaterialDraft(MaterialMatch match, IReadOnlyList<Prompt>? prompts, IReadOnlyDictionary<string, KnownSystem> known)
{
    private const int ShownProblems = 100, ShownExamples = 5, ShownSizes = 3, ShownSystems = 6;

    private readonly List<ReportLine> _leftOut = [.. match.LeftOut];
    private readonly List<ReportLine> _lines = [];
    private readonly List<CheckedImage> _images = [];
    private readonly Dictionary<(string System, int Prompt, string Sha256), ImageRow> _seen = [];
    private readonly Dictionary<(string System, string Sha256), ImageRow> _seenForAnyPrompt = [];
    private readonly Dictionary<long, int> _places = (prompts ?? []).Index().ToDictionary(prompt => prompt.Item.PromptId, prompt => prompt.Index);
    private int _copies;

    /// <summary>Says of an image whether it comes in.</summary>
    public void Add(MatchedImage image, CheckedFile found)
    {
        if ((found.Refusal ?? WhyNot(image, found.Image!)) is { } reason)
        {
            _leftOut.Add(Line(image, found.Image, LineStatus.LeftOut, reason));
            return;
        }
        var file = found.Image!;
        var isNew = prompts is null || !known[image.System].Has(prompts[image.Prompt].PromptId, file.Sha256);
        _images.Add(new CheckedImage(image, file, isNew));
        _lines.Add(Line(image, file, isNew ? LineStatus.New : LineStatus.There, CopyOf(image, file)));
    }

    /// <summary>The whole.</summary>
    /// <param name="otherSizes">Of the images that other systems have for the same prompts.</param>
    public CheckedMaterial Finish(string promptSet, IReadOnlyList<SystemSize> otherSizes)
    {
        var bySystem = _images.GroupBy(image => image.Match.System).ToDictionary(group => group.Key, group => group.ToList());
        var names = known.Keys.Order(StringComparer.Ordinal).ToList();
        var covered = names.ToDictionary(name => name, name => Covered(name, bySystem.GetValueOrDefault(name, [])));
        var lines = (List<ReportLine>)[.. _leftOut, .. _lines, .. Missing(covered)];
        return new CheckedMaterial
        {
            PromptSet = promptSet,
            Prompts = match.Prompts,
            Lines = lines,
            Images = _images,
            Summary = new MaterialSummary
            {
                Prompts = match.Prompts.Count,
                IsNewSet = prompts is null,
                LeftOut = _leftOut.Count,
                Systems = [.. names.Select(name => System(name, bySystem.GetValueOrDefault(name, []), match.Prompts.Count - covered[name].Count))],
                Warnings = [.. Warnings(bySystem, otherSizes)],
                Notes = [.. match.Notes.Distinct()],
                Problems = [.. _leftOut.Concat(_lines.Where(line => line.Reason is not null)).Take(ShownProblems).Select(line => $"{line.Where()}: {line.Reason}")],
                Examples = [.. _images.Take(ShownExamples).Select(image => $"{image.Match.File.Path} shows “{match.Prompts[image.Match.Prompt].Text}”")],
            },
        };
    }

    private string? WhyNot(MatchedImage image, ImageFile file)
    {
        if (!_seen.TryAdd((image.System, image.Prompt, file.Sha256), image.Row))
            return $"it is the same image as {Name(_seen[(image.System, image.Prompt, file.Sha256)])}, for the same prompt.";
        if (prompts is null)
            return null;
        var (system, promptId) = (known[image.System], prompts[image.Prompt].PromptId);
        return system.Has(promptId, image.Row.Seed) && !system.Has(promptId, file.Sha256)
            ? "the system has another image for this prompt and seed already. Give the system another name, or this image its own seed."
            : null;
    }

    /// <summary>What to know about an image that comes in: it shows just what another prompt's shows.</summary>
    private string? CopyOf(MatchedImage image, ImageFile file)
    {
        if (_seenForAnyPrompt.TryAdd((image.System, file.Sha256), image.Row))
            return null;
        _copies++;
        return $"it comes in, and is the same image as {Name(_seenForAnyPrompt[(image.System, file.Sha256)])} for another prompt.";
    }

    /// <summary>The places of the prompts that a system has images for, those of the import among them.</summary>
    private HashSet<int> Covered(string system, List<CheckedImage> images)
    {
        var has = images.Select(image => image.Match.Prompt).ToHashSet();
        has.UnionWith(known[system].PromptIds.Where(_places.ContainsKey).Select(id => _places[id]));
        return has;
    }

    /// <summary>A line for every prompt that a system has no image for; where these would be too many, one for every system.</summary>
    private IEnumerable<ReportLine> Missing(Dictionary<string, HashSet<int>> covered)
    {
        var all = covered.Values.Sum(has => (long)match.Prompts.Count - has.Count);
        foreach (var (system, has) in covered.Where(system => system.Value.Count < match.Prompts.Count))
        {
            if (all > MaterialLimits.Files)
                yield return MissingLine(system, prompt: null, $"the system has no image for {match.Prompts.Count - has.Count:N0} prompts.");
            for (var i = 0; i < match.Prompts.Count && all <= MaterialLimits.Files; i++)
            {
                if (!has.Contains(i))
                    yield return MissingLine(system, match.Prompts[i].Text, "the system has no image for this prompt.");
            }
        }
    }

    private static ReportLine MissingLine(string system, string? prompt, string reason) =>
        new() { Status = LineStatus.Missing, System = system, Prompt = prompt, Reason = reason };

    private IEnumerable<string> Warnings(Dictionary<string, List<CheckedImage>> bySystem, IReadOnlyList<SystemSize> otherSizes)
    {
        var sizes = bySystem.SelectMany(system => system.Value.GroupBy(image => (image.File.Width, image.File.Height))
                .Select(group => new SystemSize { System = system.Key, Width = group.Key.Width, Height = group.Key.Height, Images = group.Count() }))
            .Concat(otherSizes).GroupBy(size => size.System).ToList();
        var forms = sizes.Select(system => system.Select(size => (size.Width, size.Height)).ToHashSet()).ToList();
        if (bySystem.Count > 0 && forms.Count > 1 && forms.Exists(form => !form.SetEquals(forms[0])))
            yield return $"Systems differ in the size of their images, so raters may learn to tell them apart: {string.Join("; ", sizes.Take(ShownSystems).Select(system => $"'{system.Key}' {Sizes(system)}"))}.";
        if (_copies > 0)
            yield return $"{Figures.Count(_copies, "image")} that {(_copies == 1 ? "shows" : "show")} just what another prompt's shows: see the list.";
    }

    private static CheckedSystem System(string name, List<CheckedImage> images, int missing) => new()
    {
        Name = name,
        New = images.Count(image => image.IsNew),
        There = images.Count(image => !image.IsNew),
        Missing = missing,
        Sizes = Sizes(images.GroupBy(image => (image.File.Width, image.File.Height))
            .Select(group => new SystemSize { System = name, Width = group.Key.Width, Height = group.Key.Height, Images = group.Count() })),
    };

    private static string Sizes(IEnumerable<SystemSize> sizes)
    {
        var ordered = sizes.OrderByDescending(size => size.Images).ToList();
        var shown = string.Join(", ", ordered.Take(ShownSizes).Select(size => $"{size.Width} × {size.Height} ({Figures.Whole(size.Images)})"));
        return ordered.Count > ShownSizes ? $"{shown} and {ordered.Count - ShownSizes} more" : shown;
    }

    private ReportLine Line(MatchedImage image, ImageFile? file, LineStatus status, string? reason) => new()
    {
        Status = status,
        File = image.File.Path,
        Manifest = image.Row.Manifest,
        Line = image.Row.Line,
        System = image.System,
        Prompt = match.Prompts[image.Prompt].Text,
        Seed = image.Row.Seed,
        Width = file?.Width,
        Height = file?.Height,
        Sha256 = file?.Sha256,
        Reason = reason,
    };

    private static string Name(ImageRow row) => row.Line is { } line ? $"{row.File} on line {line}" : row.File!;
}
