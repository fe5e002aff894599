namespace PixelPost.EvalPortal.Library;

/// <summary>The page of question sets: what there is, and a file that is about to be added.</summary>
public sealed class QuestionsSession(QuestionSetStore questions, PromptSetStore prompts)
{
    /// <summary>Newest first.</summary>
    public IReadOnlyList<QuestionSet> Sets { get; private set; } = [];

    /// <summary>Newest first.</summary>
    public IReadOnlyList<PromptSet> PromptSets { get; private set; } = [];

    public string Name { get; set; } = "";

    /// <summary>The prompt set that the questions are about; null for a new one, made of the file's prompts.</summary>
    public long? PromptSetId { get; private set; }

    /// <summary>What the chosen file says; null while none is chosen.</summary>
    public QuestionFile? File { get; private set; }

    /// <summary>How it meets the prompt set; null for a new one.</summary>
    public QuestionMatch? Match { get; private set; }

    /// <summary>Why it was not stored; null when it was, and before.</summary>
    public string? Problem { get; private set; }

    /// <summary>What was done; null before.</summary>
    public string? Done { get; private set; }

    /// <summary>Whether <see cref="StoreAsync"/> can work.</summary>
    public bool CanStore => File is { Faults.Count: 0 } && (PromptSetId is null ? File.Prompts.All(prompt => prompt.Text is not null) : Match is { Prompts.Count: > 0 });

    /// <summary>Reads what there is.</summary>
    public async Task ReadAsync() => (Sets, PromptSets) = (await questions.ListAsync(), await prompts.ListAsync());

    /// <summary>Looks at a file; nothing is stored.</summary>
    /// <param name="fileName">Gives the set its name where that is still empty.</param>
    public Task OpenAsync(byte[] content, string fileName)
    {
        (File, Problem, Done) = (QuestionFileReader.Read(content), null, null);
        if (string.IsNullOrWhiteSpace(Name))
            Name = Path.GetFileNameWithoutExtension(fileName);
        return MatchAsync();
    }

    /// <summary>Says that a file cannot be read at all.</summary>
    public void Refuse(string problem) => (File, Match, Problem, Done) = (null, null, problem, null);

    /// <summary>Chooses the prompt set.</summary>
    public Task ChooseAsync(long? promptSetId)
    {
        (PromptSetId, Done) = (promptSetId, null);
        return MatchAsync();
    }

    /// <summary>Stores what was looked at.</summary>
    public async Task StoreAsync(long accountId)
    {
        try
        {
            Problem = null;
            if (!CanStore)
                return;
            if (string.IsNullOrWhiteSpace(Name))
                throw new RefusedException("Give the question set a name.");
            if (PromptSetId is null)
                await AddPromptSetAsync();
            var set = new NewQuestionSet { Name = Name.Trim(), PromptSetId = PromptSetId!.Value, CreatedByAccountId = accountId, Prompts = Match!.Prompts };
            var (_, isNew) = await questions.AddAsync(set);
            Done = isNew ? $"'{set.Name}' is stored." : $"'{set.Name}' was stored before and asks just this: nothing has changed.";
            await ReadAsync();
        }
        catch (RefusedException refused)
        {
            Problem = refused.Message;
        }
    }

    private async Task AddPromptSetAsync()
    {
        if (Sets.Any(set => set.Name == Name.Trim()))
            throw new RefusedException($"There is a question set called '{Name.Trim()}' already: choose the prompt set it belongs to, or another name.");
        PromptSetId = await prompts.AddAsync(new NewPromptSet { Name = Name.Trim(), Prompts = [.. File!.Prompts.Select(prompt => new NewPrompt(prompt.Text!, Label: prompt.Id))] });
        await MatchAsync();
    }

    private async Task MatchAsync() =>
        Match = File is not null && PromptSetId is { } set ? QuestionMatch.Of(File, await prompts.ListPromptsAsync(set)) : null;
}
