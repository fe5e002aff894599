using PixelPost.EvalPortal.Library;

namespace PixelPost.EvalPortal.Material;

/// <summary>An image of a source with what it is an image of.</summary>
internal sealed record MatchedImage
{
    public required SourceFile File { get; init; }

    /// <summary>Name of the system.</summary>
    public required string System { get; init; }

    /// <summary>Place of its prompt in <see cref="MaterialMatch.Prompts"/>.</summary>
    public required int Prompt { get; init; }

    public required ImageRow Row { get; init; }
}

/// <summary>What manifests or names say about the images of a source. No image is opened for it.</summary>
internal sealed class MaterialMatch
{
    private readonly MaterialSource _source;
    private readonly MaterialOrder _order;
    private readonly List<MatchedImage> _images = [];
    private readonly List<ReportLine> _leftOut = [];
    private readonly List<string> _notes = [];
    private readonly List<NewPrompt> _made = [];
    private readonly PromptIndex? _index;
    private readonly string _imagesTop;
    private readonly string? _onlySystem;
    private readonly Dictionary<string, int> _madeByKey = [];
    private readonly Dictionary<(string System, string File), string> _seenFiles = [];
    private readonly Dictionary<(string System, int Prompt, long Seed), string> _seenSeeds = [];

    private MaterialMatch(MaterialSource source, MaterialOrder order, IReadOnlyList<NewPrompt>? set)
    {
        (_source, _order) = (source, order);
        _index = set is null ? null : new PromptIndex(set);
        _imagesTop = CommonFolder(source.Files.Keys.Where(SourcePath.IsImage));
        _onlySystem = CommonFolder(source.Files.Keys) is { Length: > 0 } top ? SourcePath.NameOf(top.TrimEnd('/')) : source.SystemName;
        _leftOut.AddRange(source.Refused);
    }

    /// <summary>The prompts of the set, or those that the manifest makes one of.</summary>
    public IReadOnlyList<NewPrompt> Prompts => _index?.Prompts ?? _made;

    /// <summary>In the order of the manifest, or of the names.</summary>
    public IReadOnlyList<MatchedImage> Images => _images;

    public IReadOnlyList<ReportLine> LeftOut => _leftOut;

    /// <summary>What was decided on the way, a sentence each.</summary>
    public IReadOnlyList<string> Notes => _notes;

    /// <summary>Reads manifests, or names where there are none.</summary>
    /// <param name="set">The prompts of the set; null for one that is to be made.</param>
    /// <exception cref="RefusedException">Nothing can be made of the source at all.</exception>
    public static MaterialMatch Of(MaterialSource source, MaterialOrder order, IReadOnlyList<NewPrompt>? set)
    {
        var match = new MaterialMatch(source, order, set);
        var manifests = source.Files.Values.Where(file => SourcePath.IsManifest(file.Path)).OrderBy(file => file.Path, StringComparer.Ordinal).ToList();
        if (manifests.Count > 0)
            match.ReadManifests(manifests);
        else
            match.ReadNames();
        return match;
    }

    private void ReadManifests(List<SourceFile> manifests)
    {
        var named = new HashSet<string>();
        foreach (var manifest in manifests)
        {
            try
            {
                foreach (var row in ManifestReader.Read(_source, manifest))
                {
                    Add(row);
                    if (row.File is not null)
                        named.Add(row.File);
                }
            }
            catch (RefusedException refused)
            {
                throw new RefusedException($"{manifest.Path}, {refused.Message}", refused);
            }
        }
        foreach (var file in _source.Files.Values.Where(file => SourcePath.IsImage(file.Path) && !named.Contains(file.Path)))
            _leftOut.Add(ReportLine.LeftOut(file.Path, "the manifest does not name it."));
    }

    private void ReadNames()
    {
        if (_index is null)
            throw new RefusedException($"There is no prompt set called '{_order.PromptSet}', and no manifest to make one of. Add the prompt set, or put a manifest.csv beside the images with the columns file and prompt.");
        var images = _source.Files.Values.Where(file => SourcePath.IsImage(file.Path)).OrderBy(file => file.Path, StringComparer.Ordinal)
            .ToLookup(file => _order.System is null ? FirstFolder(file.Path) : null);
        foreach (var system in images)
        {
            var above = system.Key is null ? _imagesTop : $"{_imagesTop}{system.Key}/";
            foreach (var (path, row) in NameRule.Read([.. system.Select(file => file.Path[above.Length..])], _index, _notes))
                Add(row with { File = above + path });
        }
    }

    /// <summary>The first folder of a path below the one that holds all images.</summary>
    private string? FirstFolder(string path) => path.IndexOf('/', _imagesTop.Length) is >= 0 and var cut ? path[_imagesTop.Length..cut] : null;

    /// <summary>The folder that holds everything, as zips often have one, with a slash at its end; nothing where there is none.</summary>
    private static string CommonFolder(IEnumerable<string> paths)
    {
        var common = (string?)null;
        foreach (var folder in paths.Select(SourcePath.FolderOf))
        {
            common ??= folder;
            while (!folder.StartsWith(common, StringComparison.Ordinal))
                common = SourcePath.FolderOf(common.TrimEnd('/'));
        }
        return common ?? "";
    }

    private void Add(ImageRow row)
    {
        if (Place(row) is { } reason)
            _leftOut.Add(new ReportLine { Status = LineStatus.LeftOut, File = row.File, Manifest = row.Manifest, Line = row.Line, Prompt = row.Prompt, Seed = row.Seed, Reason = reason });
    }

    /// <summary>Takes a row in, or says why not.</summary>
    private string? Place(ImageRow row)
    {
        if (row.Fault is not null)
            return row.Fault;
        if (!_source.Files.TryGetValue(row.File!, out var file) || !SourcePath.IsImage(file.Path))
            return "there is no such image in the folder or zip.";
        if ((row.System ?? _order.System ?? FirstFolder(row.File!) ?? _onlySystem)?.Trim() is not { } system)
            return "nothing says whose image it is. Name the system, or put its images in a folder that is called after it.";
        if (MaterialOrder.SystemFault(system) is { } fault)
            return fault;
        if (FindPrompt(row, out var reason) is not { } prompt)
            return reason;
        var where = row.Line is { } line ? $"line {line}" : row.File!;
        if (!_seenFiles.TryAdd((system, row.File!), where))
            return $"the same file stands on {_seenFiles[(system, row.File!)]}.";
        if (row.Seed is { } seed && !_seenSeeds.TryAdd((system, prompt, seed), where))
            return $"the system has an image for the same prompt and seed on {_seenSeeds[(system, prompt, seed)]}.";
        _images.Add(new MatchedImage { File = file, System = system, Prompt = prompt, Row = row });
        return null;
    }

    private int? FindPrompt(ImageRow row, out string? reason)
    {
        reason = row is { Prompt: null, PromptId: null } ? "the prompt is empty, and so is prompt_id. Say what the image was made for." : null;
        if (reason is not null)
            return null;
        return _index is null ? MakePrompt(row, out reason) : FindPrompt(row, _index, out reason);
    }

    private static int? FindPrompt(ImageRow row, PromptIndex index, out string? reason)
    {
        reason = null;
        if (row.PromptId is { } id && NameRule.Find(id, index) is { } byId && (row.Prompt is null || index.ByText(row.Prompt).Contains(byId)))
            return byId;
        if (row.Prompt is { } text && index.ByText(text) is [var only])
            return only;
        reason = (row.Prompt, row.PromptId) switch
        {
            ({ } prompt, _) when index.ByText(prompt).Count > 1 => "the prompt stands several times in the set. Say which is meant by its prompt_id.",
            ({ }, _) => "the prompt is not in the set. It must be written just as it is there.",
            (null, var unknown) => $"the set has no prompt with the id or number {unknown}.",
        };
        return null;
    }

    /// <summary>A prompt of the set that is being made.</summary>
    private int? MakePrompt(ImageRow row, out string? reason)
    {
        reason = row switch
        {
            { Prompt: null } => "the prompt is empty, and the prompt set is yet to be made. Write the prompt down.",
            { Prompt.Length: > PromptFile.MaxLength } => $"the prompt has {row.Prompt.Length:N0} characters. It may have {PromptFile.MaxLength:N0}.",
            { PromptId.Length: > PromptFile.MaxNameLength } or { Category.Length: > PromptFile.MaxNameLength } => $"the id or the category has more than {PromptFile.MaxNameLength} characters.",
            _ => null,
        };
        if (reason is not null)
            return null;
        var key = row.PromptId ?? $"\0{row.Prompt}"; // no id begins so
        if (_madeByKey.TryGetValue(key, out var known))
        {
            reason = _made[known].Text == row.Prompt ? null : $"prompt_id {row.PromptId} had another prompt before. Give every prompt its own prompt_id.";
            return reason is null ? known : null;
        }
        _madeByKey.Add(key, _made.Count);
        _made.Add(new NewPrompt(row.Prompt!, row.Category, row.PromptId));
        return _made.Count - 1;
    }
}
