using System.Reflection;
using System.Security.Cryptography;
using System.Text.Json;
using PixelPost.EvalPortal.Database;
using PixelPost.EvalPortal.Plans;
using PixelPost.EvalPortal.Presets;
using PixelPost.EvalPortal.Quality;
using PixelPost.EvalPortal.Rounds;

namespace PixelPost.EvalPortal.Exports;

/// <summary>Writes tables into a folder and says in <c>manifest.json</c> what they hold, with the hash of each.</summary>
internal sealed class ExportManifest(string folder, ExportFormat format)
{
    private readonly List<object> _files = [];

    /// <summary>Version of the program.</summary>
    internal static string AppVersion { get; } = typeof(Program).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion;

    /// <summary>Where the manifest is, or will be once all tables are written.</summary>
    public string Path { get; } = System.IO.Path.Combine(folder, "manifest.json");

    /// <summary>What is there is not written over.</summary>
    /// <exception cref="RefusedException">The folder holds an export already.</exception>
    public void ThrowIfThere()
    {
        if (File.Exists(Path))
            throw new RefusedException($"{Path} exists: an export does not write over another. Choose another folder.");
    }

    /// <summary>Writes a table.</summary>
    public async Task AddAsync<T>(ExportTable<T> table, IAsyncEnumerable<T> rows, CancellationToken cancel)
    {
        var name = table.Name + format.Extension();
        await using var file = File.Create(System.IO.Path.Combine(folder, name));
        var count = await table.WriteAsync(file, rows, format, cancel);
        file.Position = 0;
        _files.Add(new
        {
            Name = name,
            Rows = count,
            Bytes = file.Length,
            Sha256 = Convert.ToHexStringLower(await SHA256.HashDataAsync(file, cancel)),
            Columns = table.Columns.Select(column => column.Name),
        });
    }

    /// <summary>Writes the manifest.</summary>
    public async Task WriteAsync(
        ExportedStudy exported, IReadOnlyList<Deviation> deviations, VoteLedger votes, ExclusionSet exclusions, IEnumerable<PreferenceSet> sets, IEnumerable<PlanVersion> plans, DateTimeOffset now,
        CancellationToken cancel)
    {
        var study = exported.Study;
        var content = new
        {
            FormatVersion = 1,
            AppVersion,
            ExportedAt = now.ToText(),
            Format = format.ToText(),
            Study = new
            {
                study.StudyId,
                study.Name,
                State = study.State.ToText(),
                study.Preset,
                Deviations = deviations,
                study.StudyGroupId,
                study.PilotOfStudyId,
                exported.SystemA,
                exported.SystemB,
                study.VotesPerComparison,
                study.AnswersPerRater,
                TopUp = study.TopUp.ToText(),
                Axes = study.Axes.Select(axis => new { Axis = axis.Axis.ToText(), axis.Question, axis.PromptVisible, axis.FlawStrip }),
            },
            Votes = votes,
            Exclusions = new { ExclusionSet = exclusions.Name, exclusions.Raters, exclusions.Votes, Rules = exported.Exclusions.Where(exclusion => exclusion is { IsInForce: true, Simulated: false }).Select(exclusion => exclusion.Rule) },
            // What is hashed stands here as it is, a text, so that the hash can be checked.
            AnalysisPlans = plans.Where(plan => plan.LockedAt is not null).Select(plan => new
            {
                plan.Version,
                plan.Sha256,
                LockedAt = plan.LockedAt!.Value.ToText(),
                plan.LockedBy,
                plan.VotesBefore,
                plan.Reason,
                plan.Content,
            }),
            PreferenceSets = sets.Select(set => new
            {
                set.PreferenceSetId,
                set.Name,
                AxisRule = set.AxisRule.ToText(),
                VoteSource = set.VoteSource.ToText(),
                set.Sha256,
                Pairs = set.PairCount,
                set.LeftOut,
                CreatedAt = set.CreatedAt.ToText(),
            }),
            Files = _files,
        };
        await using var file = File.Create(Path);
        await JsonSerializer.SerializeAsync(file, content, ExportJson.Manifest, cancel);
    }
}
