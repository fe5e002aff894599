using PixelPost.EvalPortal.Configuration;
using PixelPost.EvalPortal.Dashboards;
using PixelPost.EvalPortal.Database;
using PixelPost.EvalPortal.Library;

namespace PixelPost.EvalPortal.Commands;

/// <summary><c>import images FOLDER</c> brings in the images of systems, <c>import prompts FILE</c> adds a prompt set, <c>import votes FILE</c> takes in votes that were given elsewhere, <c>import bundle FILE</c> makes a bundle's studies again.</summary>
public static class ImportCommand
{
    private const string Usage = "import: say what is to be brought in, such as: import prompts PartiPrompts.tsv, or: import images sd15.zip --prompts PartiPrompts, or: import votes pick-a-pic.parquet --study Pick-a-Pic, or: import bundle study.zip.";

    public static Task RunAsync(OptionsReader reader) => reader.TakeOperand() switch
    {
        "images" => ImportImagesCommand.RunAsync(reader),
        "prompts" => ImportPromptsAsync(reader),
        "votes" => ImportVotesCommand.RunAsync(reader),
        "bundle" => BundleCommands.ImportAsync(reader),
        _ => throw new RefusedException(Usage),
    };

    private static async Task ImportPromptsAsync(OptionsReader reader)
    {
        var options = reader.Read<PortalOptions>();
        var import = reader.Read<PromptOptions>();
        var path = reader.TakeOperand();
        reader.AddFaults(options.Faults());
        if (!File.Exists(path))
            reader.AddFaults([path is null ? "import prompts: the file is missing, such as: import prompts PartiPrompts.tsv." : $"{path}: there is no such file."]);
        reader.ThrowIfFaulty();

        var size = new FileInfo(path!).Length;
        if (size > PromptFile.MaxBytes)
            throw new RefusedException($"{path} has {size / 1e6:0} MB; a file of prompts may have {PromptFile.MaxBytes / 1e6:0} MB.");
        var file = PromptFileReader.Read(await File.ReadAllBytesAsync(path!), path!);
        if (file.Faults.Count > 0)
            throw new RefusedException(string.Join(Environment.NewLine, file.Faults.Select(fault => $"{Path.GetFileName(path)}, {fault}")));
        foreach (var note in file.Notes)
            Console.WriteLine(note);
        var found = $"{Figures.Count(file.Prompts.Count, "prompt")} in {Path.GetFileName(path)}";
        if (import.DryRun)
        {
            Console.WriteLine($"{found}. Nothing is stored: this was a dry run.");
            return;
        }
        await using var services = await OpenAsync(options);
        var set = new NewPromptSet
        {
            Name = import.Name ?? Path.GetFileNameWithoutExtension(path)!,
            Source = import.Source ?? "",
            Licence = import.Licence ?? "",
            Prompts = file.Prompts,
        };
        var (_, isNew) = await services.GetRequiredService<PromptSetStore>().TakeAsync(set);
        Console.WriteLine(isNew ? $"{found}: stored as '{set.Name}'." : $"{found}: '{set.Name}' was stored before with just these; nothing has changed.");
    }

    /// <summary>The portal's services, on a database that is up to date.</summary>
    internal static async Task<ServiceProvider> OpenAsync(PortalOptions options)
    {
        var services = new ServiceCollection().AddPortal(options).BuildServiceProvider();
        await Migrator.MigrateAsync(services.GetRequiredService<Db>(), services.GetRequiredService<TimeProvider>());
        return services;
    }

    private sealed record PromptOptions
    {
        /// <summary>What to call the prompt set; left out, as the file is called.</summary>
        public string? Name { get; init; }

        /// <summary>Where the prompts are from.</summary>
        public string? Source { get; init; }

        public string? Licence { get; init; }

        /// <summary>Whether the file is only looked at.</summary>
        public bool DryRun { get; init; }
    }
}
