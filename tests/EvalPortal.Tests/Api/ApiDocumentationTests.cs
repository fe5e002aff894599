using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using PixelPost.EvalPortal.Api.Endpoints;
using PixelPost.EvalPortal.Studies;
using PixelPost.EvalPortal.Systems;
using PixelPost.EvalPortal.Tests.Exports;
using PixelPost.EvalPortal.Tests.Material;
using PixelPost.EvalPortal.Tests.Systems;
using PixelPost.EvalPortal.TrainingJobs;

namespace PixelPost.EvalPortal.Tests.Api;

/// <summary>The commands of docs/api.md, run one after the other as they stand there.</summary>
public sealed partial class ApiDocumentationTests(ApiPortal portal) : IClassFixture<ApiPortal>
{
    private const string Votes = "## Wait for votes"; // what comes before is run first, and then people vote

    [SkippableFact]
    public async Task Commands_OfTheDocument_LeadFromFoldersToAReport()
    {
        Skip.If(OperatingSystem.IsWindows() || !await HasAsync("curl") || !await HasAsync("jq"), "The commands need a shell with curl and jq.");
        using var folder = new SourceFolder();
        foreach (var (i, animal) in new[] { "fox", "hen", "owl" }.Index())
            folder.AddImage($"sd15/{animal}.png", 10 + i).AddImage($"ours/{animal}.png", 60 + i);
        ModelFiles.WriteFolder(Path.Combine(portal.Get<DataFolder>().Root, "models", "base"));
        await portal.Get<ModelStore>().AddAsync("base", "models/base", "aa");
        var parts = (await File.ReadAllTextAsync(Path.Combine(Path.GetDirectoryName(Here())!, "../../../docs/api.md"))).Split(Votes);

        var output = await RunAsync(folder.Root, $"set -euo pipefail\n{Commands(parts[0])}\ntouch started\nuntil [ -f voted ]; do sleep 0.2; done\n{Commands(parts[1])}", VoteAsync);

        Assert.Contains("net_win_rate", output, StringComparison.Ordinal);
        Assert.Equal(3, File.ReadLines(Path.Combine(folder.Root, "links.txt")).Count());
        Assert.Equal(6, CsvText.Read(await File.ReadAllTextAsync(Path.Combine(folder.Root, "import.csv"))).Count);
        Assert.Equal(18, File.ReadLines(Path.Combine(folder.Root, "followed.jsonl")).Count());
        Assert.StartsWith("%PDF", await File.ReadAllTextAsync(Path.Combine(folder.Root, "report.pdf")), StringComparison.Ordinal);
        Assert.StartsWith("PAR1", await File.ReadAllTextAsync(Path.Combine(folder.Root, "votes.parquet")), StringComparison.Ordinal);
        Assert.Equal(StudyState.Closed, (await StudyAsync()).State);
        Assert.StartsWith("PK", await File.ReadAllTextAsync(Path.Combine(folder.Root, "study.zip")), StringComparison.Ordinal);
        Assert.Equal(["Elsewhere", "Once more", "Once more: pilot", "SD 1.5 or ours"], (await portal.Get<StudyStore>().ListAsync()).Select(study => study.Name).Order(StringComparer.Ordinal));
        Assert.Equal("ours 2", (await portal.Get<JobStore>().ListAsync()).Single().Name);
        await portal.Get<JobStore>().CancelAsync((await portal.Get<JobStore>().ListAsync()).Single().JobId);
    }

    private async Task<Study> StudyAsync() => (await portal.Get<StudyStore>().FindByNameAsync("SD 1.5 or ours"))!;

    private async Task VoteAsync(string folder)
    {
        while (!File.Exists(Path.Combine(folder, "started")))
            await Task.Delay(100);
        var (seeds, study) = (portal.Seeds, await StudyAsync());
        foreach (var axis in study.Axes)
        {
            for (var comparison = 1; comparison <= 3; comparison++)
            {
                for (var vote = 0; vote < study.VotesPerComparison; vote++)
                    await seeds.VoteAsync(study, comparison, axis.Axis, "b");
            }
        }
        await Task.Delay(VoteEndpoints.Settles);
        await File.WriteAllTextAsync(Path.Combine(folder, "voted"), "");
    }

    private async Task<string> RunAsync(string folder, string script, Func<string, Task> meanwhile)
    {
        var start = new ProcessStartInfo("bash") { WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true };
        await File.WriteAllTextAsync(Path.Combine(folder, "commands.sh"), script);
        start.ArgumentList.Add("commands.sh");
        start.Environment["PORTAL"] = portal.Server.Address.ToString().TrimEnd('/');
        start.Environment["PIXELPOST_KEY"] = await portal.KeyAsync(await portal.AccountAsync());
        using var shell = Process.Start(start)!;
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(3));
        var (output, errors) = (shell.StandardOutput.ReadToEndAsync(patience.Token), shell.StandardError.ReadToEndAsync(patience.Token));
        try
        {
            await Task.WhenAny(meanwhile(folder), shell.WaitForExitAsync(patience.Token));
            await shell.WaitForExitAsync(patience.Token);
        }
        catch (OperationCanceledException)
        {
            shell.Kill(entireProcessTree: true);
            throw;
        }
        Assert.True(shell.ExitCode == 0, $"{await output}\n{await errors}");
        return await output;
    }

    private static string Commands(string text) => string.Join('\n', Block().Matches(text).Select(block => block.Groups[1].Value));

    private static async Task<bool> HasAsync(string program)
    {
        try
        {
            using var asked = Process.Start(new ProcessStartInfo(program, "--version") { RedirectStandardOutput = true })!;
            await asked.WaitForExitAsync();
            return true;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }

    private static string Here([CallerFilePath] string path = "") => path;

    [GeneratedRegex("```sh\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex Block();
}
