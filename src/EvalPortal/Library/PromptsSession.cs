namespace PixelPost.EvalPortal.Library;

/// <summary>The page of prompt sets: what there is, and a file that is about to be added.</summary>
public sealed class PromptsSession(PromptSetStore prompts)
{
    /// <summary>Newest first.</summary>
    public IReadOnlyList<PromptSet> Sets { get; private set; } = [];

    /// <summary>What stands on each set, by its id.</summary>
    public IReadOnlyDictionary<long, PromptSetUse> Uses { get; private set; } = new Dictionary<long, PromptSetUse>();

    public string Name { get; set; } = "";

    /// <summary>Where the prompts are from.</summary>
    public string Source { get; set; } = "";

    public string Licence { get; set; } = "";

    /// <summary>What the chosen file says; null while none is chosen.</summary>
    public PromptFile? File { get; private set; }

    /// <summary>Why it was not stored; null when it was, and before.</summary>
    public string? Problem { get; private set; }

    /// <summary>What was done; null before.</summary>
    public string? Done { get; private set; }

    /// <summary>Whether <see cref="StoreAsync"/> can work.</summary>
    public bool CanStore => File is { Faults.Count: 0 };

    /// <summary>Reads what there is.</summary>
    public async Task ReadAsync() =>
        (Sets, Uses) = (await prompts.ListAsync(), (await prompts.ListUsesAsync()).ToDictionary(use => use.PromptSetId));

    /// <summary>Looks at a file; nothing is stored.</summary>
    /// <param name="fileName">Gives the set its name where that is still empty.</param>
    public void Open(byte[] content, string fileName)
    {
        (File, Problem, Done) = (PromptFileReader.Read(content, fileName), null, null);
        if (string.IsNullOrWhiteSpace(Name))
            Name = Path.GetFileNameWithoutExtension(fileName);
    }

    /// <summary>Says that a file cannot be read at all.</summary>
    public void Refuse(string problem) => (File, Problem, Done) = (null, problem, null);

    /// <summary>Stores what was looked at.</summary>
    public async Task StoreAsync()
    {
        try
        {
            Problem = null;
            if (!CanStore)
                return;
            if (string.IsNullOrWhiteSpace(Name))
                throw new RefusedException("Give the prompt set a name.");
            var set = new NewPromptSet { Name = Name.Trim(), Source = Source.Trim(), Licence = Licence.Trim(), Prompts = File!.Prompts };
            var (_, isNew) = await prompts.TakeAsync(set);
            Done = isNew ? $"'{set.Name}' is stored." : $"'{set.Name}' was stored before with just these prompts: nothing has changed.";
            (File, Name, Source, Licence) = (null, "", "", "");
            await ReadAsync();
        }
        catch (RefusedException refused)
        {
            Problem = refused.Message;
        }
    }
}
