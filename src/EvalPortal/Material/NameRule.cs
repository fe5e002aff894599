using System.Globalization;

namespace PixelPost.EvalPortal.Material;

/// <summary>
/// What file names say where there is no manifest: <c>PROMPT.png</c>, <c>PROMPT_SEED.png</c>, or any name in a folder <c>PROMPT</c>,
/// where PROMPT is the prompt's id, its number in the set, or its text.
/// </summary>
internal static class NameRule
{
    private const string Unknown =
        "its name is no prompt's id, number or text, nor that with _SEED at its end. Rename it, or put a manifest beside it.";

    /// <summary>A row per image.</summary>
    /// <param name="images">Paths without the folder that names the system.</param>
    /// <param name="notes">Gets a sentence on how numbers were counted.</param>
    public static IEnumerable<(string Path, ImageRow Row)> Read(IReadOnlyList<string> images, PromptIndex prompts, List<string> notes)
    {
        Count(images, prompts, notes);
        var folders = FoldersSpeak(images, prompts);
        foreach (var path in images)
        {
            var stem = Path.GetFileNameWithoutExtension(SourcePath.NameOf(path));
            if (folders)
                yield return (path, new ImageRow { PromptId = Folder(path, prompts), Seed = Seed(stem) });
            else if (Find(stem, prompts) is not null)
                yield return (path, new ImageRow { PromptId = stem });
            else if (stem.LastIndexOf('_') is > 0 and var cut && Seed(stem[(cut + 1)..]) is { } seed && Find(stem[..cut], prompts) is not null)
                yield return (path, new ImageRow { PromptId = stem[..cut], Seed = seed });
            else
                yield return (path, new ImageRow { Fault = Unknown });
        }
    }

    /// <summary>The place of the prompt that a name means; null when it means none, or several.</summary>
    public static int? Find(string name, PromptIndex prompts) => prompts.ById(name) ?? (prompts.ByText(name) is [var only] ? only : null);

    /// <summary>Sets whether numbers begin with 1 or, as those of many programs, with 0.</summary>
    private static void Count(IReadOnlyList<string> images, PromptIndex prompts, List<string> notes)
    {
        if (!prompts.Counts)
            return;
        var numbers = images.SelectMany(path => path.Split('/')).Select(Path.GetFileNameWithoutExtension)
            .SelectMany(part => new[] { part!, part!.Split('_')[0] }).Select(PromptIndex.Number).OfType<string>().ToHashSet();
        if (numbers.Contains("0"))
        {
            prompts.FirstNumber = 0;
            notes.Add("A file is numbered 0, so numbers count prompts from 0.");
        }
        else if (numbers.Count > 0 && !numbers.Contains(prompts.Prompts.Count.ToString(CultureInfo.InvariantCulture)))
        {
            notes.Add($"No file is numbered 0, and none {prompts.Prompts.Count}: numbers count prompts from 1. See whether the first images fit their prompts.");
        }
    }

    /// <summary>Whether folders name prompts: all images lie in folders that do, in more than one.</summary>
    private static bool FoldersSpeak(IReadOnlyList<string> images, PromptIndex prompts)
    {
        var folders = images.Select(path => Folder(path, prompts)).Distinct().Take(2).ToList();
        return folders.Count == 2 && images.All(path => Folder(path, prompts) is not null);
    }

    /// <summary>The nearest folder that names a prompt, as GenEval's <c>00000/samples/0000.png</c>.</summary>
    private static string? Folder(string path, PromptIndex prompts) =>
        path.Split('/').SkipLast(1).Reverse().FirstOrDefault(folder => Find(folder, prompts) is not null);

    private static long? Seed(string text) =>
        PromptIndex.Number(text) is { } digits && long.TryParse(digits, CultureInfo.InvariantCulture, out var seed) ? seed : null;
}
