using PixelPost.EvalPortal.Accounts;
using PixelPost.EvalPortal.Audit;
using PixelPost.EvalPortal.Bundles;
using PixelPost.EvalPortal.Bundles.Tables;
using PixelPost.EvalPortal.Configuration;
using PixelPost.EvalPortal.Dashboards;
using PixelPost.EvalPortal.Studies;

namespace PixelPost.EvalPortal.Commands;

/// <summary><c>export bundle STUDY --out study.zip</c> and <c>import bundle study.zip</c>: a study as one file, and again a study.</summary>
internal static class BundleCommands
{
    public static async Task ExportAsync(OptionsReader reader)
    {
        var options = reader.Read<PortalOptions>();
        var export = reader.Read<BundleOptions>();
        var name = reader.TakeOperand();
        reader.AddFaults([.. options.Faults(), .. export.Faults(name)]);
        reader.ThrowIfFaulty();

        await using var services = await ImportCommand.OpenAsync(options);
        var study = await StudyOption.FindAsync(services.GetRequiredService<StudyStore>(), name!);
        using var stop = new StopSignal();
        try
        {
            await services.GetRequiredService<DownloadAudit>().RecordAsync(StudyScope.Study(study.StudyId), "bundle.zip", stop.Token);
            var manifest = await services.GetRequiredService<BundleExport>().WriteFileAsync(study, Path.GetFullPath(export.Out!), export.LeftOut, Telling(), stop.Token);
            Console.WriteLine($"{(manifest.Studies.Count == 1 ? "One study" : $"{Figures.Whole(manifest.Studies.Count)} linked studies")} with {Figures.Whole((int)manifest.Rows["votes"])} votes in {Path.GetFullPath(export.Out!)}.");
            Console.WriteLine($"Signed with {services.GetRequiredService<BundleKey>().Fingerprint}.");
        }
        catch (OperationCanceledException)
        {
            throw new RefusedException("Stopped. Nothing was written.");
        }
    }

    public static async Task ImportAsync(OptionsReader reader)
    {
        var options = reader.Read<PortalOptions>();
        var path = reader.TakeOperand();
        reader.AddFaults(options.Faults());
        if (path is null)
            reader.AddFaults(["import bundle: the bundle is missing, such as: import bundle study.zip."]);
        reader.ThrowIfFaulty();

        using var bundle = BundleFile.Open(Path.GetFullPath(path!));
        await using var services = await ImportCommand.OpenAsync(options);
        using var stop = new StopSignal();
        try
        {
            var taken = await services.GetRequiredService<BundleImport>().TakeAsync(bundle, Telling(), stop.Token);
            var names = string.Join(", ", taken.Studies.Select(study => $"'{study.Name}'"));
            Console.WriteLine(taken.IsNew ? $"{names} stored, closed. Signed with {bundle.Fingerprint}." : $"{names} is here already from this bundle; nothing has changed.");
        }
        catch (OperationCanceledException)
        {
            throw new RefusedException("Stopped. Nothing was stored.");
        }
    }

    internal static Action<BundleProgress> Telling()
    {
        ProgressLines? lines = null;
        var doing = "";
        return progress =>
        {
            if (progress.Doing != doing)
                (doing, lines) = (progress.Doing, new ProgressLines($"({progress.Doing.ToLowerInvariant()})"));
            lines!.Tell(progress.Done, progress.Total);
        };
    }

    private sealed record BundleOptions
    {
        /// <summary>The file to write.</summary>
        public string? Out { get; init; }

        /// <summary>Whether the bundle leaves out why raters were excluded.</summary>
        public bool WithoutReasons { get; init; }

        /// <summary>Whether it leaves out the family of raters' browsers.</summary>
        public bool WithoutBrowsers { get; init; }

        public LeftOut LeftOut => (WithoutReasons ? LeftOut.Reasons : LeftOut.None) | (WithoutBrowsers ? LeftOut.UserAgents : LeftOut.None);

        public IEnumerable<string> Faults(string? study)
        {
            if (string.IsNullOrWhiteSpace(study))
                yield return "export bundle: the study is missing, its name or the number in its address, such as: export bundle \"Round 1\" --out round-1.zip.";
            if (string.IsNullOrWhiteSpace(Out))
                yield return "--out is missing: the file to write, such as study.zip.";
            else if (!Directory.Exists(Path.GetDirectoryName(Path.GetFullPath(Out))))
                yield return $"--out: there is no folder {Path.GetDirectoryName(Path.GetFullPath(Out))}.";
        }
    }
}
