using System.Security.Cryptography;
using System.Text;
using PixelPost.EvalPortal.Configuration;
using PixelPost.EvalPortal.Dashboards;
using PixelPost.EvalPortal.Material;

namespace PixelPost.EvalPortal.Commands;

/// <summary><c>import images FOLDER --prompts SET</c>: brings in the images of systems from a folder or a zip.</summary>
internal static class ImportImagesCommand
{
    private const int ShownProblems = 20;

    public static async Task RunAsync(OptionsReader reader)
    {
        var options = reader.Read<PortalOptions>();
        var import = reader.Read<ImageOptions>();
        var path = reader.TakeOperand();
        reader.AddFaults([.. options.Faults(), .. import.Faults(path)]);
        reader.ThrowIfFaulty();

        await using var services = await ImportCommand.OpenAsync(options);
        var order = new MaterialOrder { PromptSet = import.Prompts!, System = import.System };
        var work = WorkFolder(services.GetRequiredService<DataFolder>(), Path.GetFullPath(path!), order);
        using var stop = new StopSignal();
        try
        {
            await RunAsync(services, order, path!, work, import, stop.Token);
        }
        catch (OperationCanceledException)
        {
            Console.WriteLine("Stopped. The same command goes on where this one was.");
        }
        finally
        {
            if (!stop.Token.IsCancellationRequested && Directory.Exists(work))
                Directory.Delete(work, recursive: true);
        }
    }

    private static async Task RunAsync(ServiceProvider services, MaterialOrder order, string path, string work, ImageOptions import, CancellationToken cancel)
    {
        using var source = MaterialSource.Open(path);
        var material = await services.GetRequiredService<MaterialCheck>().RunAsync(order, source, work, Telling("images looked at"), cancel);
        if (import.Report is not null)
            await MaterialReport.WriteAsync(material.Lines, import.Report, cancel);
        Print(material.Summary);
        if (import.DryRun)
        {
            Console.WriteLine("Nothing is stored: this was a dry run.");
            return;
        }
        var added = await services.GetRequiredService<MaterialTake>().RunAsync(material, work, Telling("images stored"), cancel);
        Console.WriteLine($"{Figures.Count(added, "image")} stored.");
    }

    /// <summary>The same for the same command, so that one that was stopped can be gone on with.</summary>
    private static string WorkFolder(DataFolder data, string path, MaterialOrder order) => Path.Combine(
        data.Imports,
        $"command-{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{path}\n{order.PromptSet}\n{order.System}")))[..16]}");

    private static void Print(MaterialSummary summary)
    {
        Console.WriteLine(summary.Sentence());
        foreach (var system in summary.Systems)
            Console.WriteLine($"  {system.Name}: {Figures.Whole(system.New)} new, {Figures.Whole(system.There)} there already, {Figures.Whole(system.Missing)} of {Figures.Count(summary.Prompts, "prompt")} without; {system.Sizes}");
        foreach (var line in summary.Warnings.Concat(summary.Notes).Concat(summary.Examples).Concat(summary.Problems.Take(ShownProblems)))
            Console.WriteLine(line);
        if (summary.Problems.Count > ShownProblems)
            Console.WriteLine("There are more: --report FILE writes all lines.");
    }

    private static Action<MaterialProgress> Telling(string what)
    {
        var lines = new ProgressLines(what);
        return progress => lines.Tell(progress.Done, progress.Total);
    }

    private sealed record ImageOptions
    {
        /// <summary>Name of the prompt set; one that is not there is made of the manifest's prompts.</summary>
        public string? Prompts { get; init; }

        /// <summary>Whose images these are; left out, the manifest says, or each folder is a system of its own.</summary>
        public string? System { get; init; }

        /// <summary>File to write the report to, line by line, as CSV.</summary>
        public string? Report { get; init; }

        /// <summary>Whether images are only looked at.</summary>
        public bool DryRun { get; init; }

        public IEnumerable<string> Faults(string? path)
        {
            if (path is null)
                yield return "import images: the folder or zip is missing, such as: import images sd15.zip --prompts PartiPrompts.";
            if (string.IsNullOrWhiteSpace(Prompts))
                yield return "--prompts is missing: the prompt set that the images are for. One that is not there is made of the manifest's prompts.";
            if (Report is not null && !Directory.Exists(Path.GetDirectoryName(Path.GetFullPath(Report))))
                yield return $"--report: there is no folder {Path.GetDirectoryName(Path.GetFullPath(Report))}.";
        }
    }
}
