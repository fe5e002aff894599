using PixelPost.EvalPortal.Library;

namespace PixelPost.EvalPortal.Material;

/// <summary>The form of a new import.</summary>
public sealed class NewImportSession(PromptSetStore promptSets, ImportStore imports, ImportRoots roots)
{
    /// <summary>Newest first.</summary>
    public IReadOnlyList<PromptSet> PromptSets { get; private set; } = [];

    /// <summary>Folders and zips on the server that may be brought in.</summary>
    public IReadOnlyList<string> Folders { get; private set; } = [];

    /// <summary>Where folders on the server may lie.</summary>
    public IReadOnlyList<string> Roots => roots.All;

    /// <summary>Name of the prompt set; null for a new one, made of the manifest's prompts.</summary>
    public string? PromptSet { get; set; }

    /// <summary>Name of the new prompt set.</summary>
    public string NewPromptSet { get; set; } = "";

    /// <summary>Name of the system; empty where the manifest or the folders say.</summary>
    public string System { get; set; } = "";

    /// <summary>Whether the images lie on the server already.</summary>
    public bool OnServer { get; set; }

    /// <summary>The folder or zip there.</summary>
    public string Folder { get; set; } = "";

    /// <summary>What was wrong at the last attempt.</summary>
    public IReadOnlyList<string> Faults { get; private set; } = [];

    /// <summary>Reads what there is to choose from.</summary>
    public async Task StartAsync()
    {
        PromptSets = await promptSets.ListAsync();
        PromptSet = PromptSets.Count > 0 ? PromptSets[0].Name : null;
        Folders = roots.List();
    }

    /// <summary>Makes the import: a folder on the server is checked at once, anything else is then uploaded.</summary>
    /// <returns>Its id; null when there are faults.</returns>
    public async Task<long?> CreateAsync(long accountId)
    {
        var order = new MaterialOrder
        {
            PromptSet = (PromptSet ?? NewPromptSet).Trim(),
            System = string.IsNullOrWhiteSpace(System) ? null : System.Trim(),
        };
        Faults = [.. FaultsOf(order)];
        if (Faults.Count > 0)
            return null;
        try
        {
            return await imports.AddAsync(order, OnServer ? roots.Resolve(Folder) : null, accountId);
        }
        catch (RefusedException refused)
        {
            Faults = [refused.Message];
            return null;
        }
    }

    private IEnumerable<string> FaultsOf(MaterialOrder order)
    {
        if (PromptSet is null && string.IsNullOrWhiteSpace(NewPromptSet))
            yield return "Give the new prompt set a name.";
        else if (PromptSet is null && PromptSets.Any(set => set.Name == order.PromptSet))
            yield return $"There is a prompt set called '{order.PromptSet}' already: choose it above, or another name.";
        else
        {
            foreach (var fault in order.Faults())
                yield return fault;
        }
        if (OnServer && string.IsNullOrWhiteSpace(Folder))
            yield return "Name the folder or zip on the server.";
    }
}
