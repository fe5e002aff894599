using PixelPost.EvalPortal.Dashboards;
using PixelPost.EvalPortal.Plans;
using PixelPost.EvalPortal.Quality;
using PixelPost.EvalPortal.Reports.Reading;
using PixelPost.EvalPortal.Studies;
using PixelPost.Stats;

namespace PixelPost.EvalPortal.Reports.Sources;

/// <summary>
/// Reads studies as they were exported: a folder with its manifest, several such folders in one, or a table alone, of which then
/// less is known.
/// </summary>
internal sealed class ExportedStudies
{
    // The table that results are made from, by what tells it from the others.
    private static readonly (string File, StudyForm Form, string[] Columns)[] Tables =
    [
        ("answers.csv", StudyForm.Alignment, ["answer_id", "study_id"]),
        ("picks.csv", StudyForm.Preference, ["pick_id", "study_id"]),
        ("votes.csv", StudyForm.Pairs, ["vote_id", "study_id", "winner", "counts"]),
    ];

    private readonly ExportedNumbers _numbers = new();
    private readonly string? _systemA;
    private readonly string? _systemB;

    private ExportedStudies(string? systemA, string? systemB) => (_systemA, _systemB) = (systemA, systemB);

    /// <summary>Which of a portal's tables a file is; null for a file of another kind.</summary>
    public static StudyForm? FormOf(string file)
    {
        using var table = ExportedTable.Open(file);
        return Tables.FirstOrDefault(known => known.Columns.All(table.Has)) is { File: not null } found ? found.Form : null;
    }

    /// <summary>Reads a folder, or a file that <see cref="FormOf"/> knows.</summary>
    /// <param name="systemA">The system that is A in text alignment and in best and worst; null for the study's own.</param>
    /// <param name="systemB">The one that is B.</param>
    /// <exception cref="RefusedException">There is nothing to report, or it cannot be understood.</exception>
    public static IReadOnlyList<StudyData> Read(string path, string? systemA, string? systemB)
    {
        var reader = new ExportedStudies(systemA, systemB);
        var read = Directory.Exists(path)
            ? FoldersIn(path).Select(folder => reader.Read(TableIn(folder)!.Value)).ToList()
            : [reader.Read((Path.GetFullPath(path), FormOf(path)!.Value))];
        var ordered = read.OrderBy(data => data.Study.StudyId).ToList();
        return [.. ordered.Select(data => data with { Linked = LinkedOf(data, ordered) })];
    }

    private static List<string> FoldersIn(string path)
    {
        var folders = TableIn(path) is not null ? [path]
            : Directory.GetDirectories(path).Where(folder => TableIn(folder) is not null).Order(StringComparer.Ordinal).ToList();
        return folders.Count > 0 ? folders
            : throw new RefusedException($"{path} holds no export: neither {string.Join(", ", Tables.Select(table => table.File))} nor folders with one of them.");
    }

    /// <summary>A study of alignment has votes.csv too, so the other tables come first.</summary>
    private static (string Path, StudyForm Form)? TableIn(string folder)
    {
        foreach (var (file, form, _) in Tables)
        {
            if (Path.Combine(Path.GetFullPath(folder), file) is var path && File.Exists(path))
                return (path, form);
        }
        return null;
    }

    /// <summary>The other studies of pairs that were made together with one; null where its plan wants them and none is there.</summary>
    private static List<VoteTable>? LinkedOf(StudyData data, List<StudyData> all)
    {
        var linked = all.Where(other => other != data && other.Study.StudyGroupId is { } group && group == data.Study.StudyGroupId && other.Study.Form == StudyForm.Pairs).ToList();
        return linked.Count == 0 && data.Plans is [.., { Plan.WithLinked: true }] ? null : [.. linked.Select(other => other.Pairs)];
    }

    private StudyData Read((string Path, StudyForm Form) table)
    {
        var (path, folder, name) = (table.Path, Path.GetDirectoryName(table.Path)!, Path.GetFileName(table.Path));
        var sha256 = VoteFileReader.Hash(path);
        // A manifest is believed about the file that it has the hash of; another file beside it stands for itself.
        var manifest = ExportedManifest.Find(folder) is { } found && found.Files.TryGetValue(name, out var written) && written == sha256 ? found : null;
        var doubts = manifest is null && File.Exists(Path.Combine(folder, ExportedManifest.FileName))
            ? (string[])[$"{name} is not the file that {ExportedManifest.FileName} beside it is about, so settings, plan and exclusions are not known: it was changed, or comes from another export."]
            : [];
        var votes = new ExportedVotes(_numbers);
        using var rows = ExportedTable.Open(path);
        var data = table.Form switch
        {
            StudyForm.Alignment => OfAnswers(rows, votes, manifest, name),
            StudyForm.Preference => OfPicks(rows, votes, manifest, name),
            _ => OfPairs(rows, votes, manifest, name, folder),
        };
        if (table.Form != StudyForm.Pairs && manifest is not null && Beside(folder, "votes.csv") is { } all)
        {
            using (all)
                data = data with { Rejected = votes.ReadRejected(all) };
        }
        var exclusions = manifest is not null && Beside(folder, "exclusions.csv") is { } list ? ReadExclusions(list) : null;
        var excluded = exclusions?.ToDictionary(exclusion => exclusion.RaterId, exclusion => exclusion.ExclusionId)
            ?? votes.Excluded.ToDictionary(rater => rater, rater => rater);
        return data with
        {
            Excluded = excluded,
            Exclusions = exclusions,
            Pairs = data.Pairs with { Excluded = excluded },
            Deviations = manifest?.Deviations ?? [],
            Plans = manifest?.Plans ?? [],
            ReadAt = manifest?.ExportedAt,
            Doubts = [.. doubts, .. OfPlans(manifest)],
            File = new DataFile(name, sha256, rows.Rows),
        };
    }

    private static IEnumerable<string> OfPlans(ExportedManifest? manifest) =>
        from plan in manifest?.Plans ?? []
        where PlanStore.Hash(plan.Content) != plan.Sha256
        select $"The text of plan version {plan.Version} does not have the hash that stands beside it: one of them was changed.";

    private StudyData OfPairs(ExportedTable table, ExportedVotes votes, ExportedManifest? manifest, string name, string folder)
    {
        var studyId = manifest?.Study.StudyId ?? 0;
        var names = new SystemNames();
        var (read, voted) = votes.ReadPairs(table, studyId, names);
        var comparisons = manifest is not null && Beside(folder, "decisions.csv") is { } decisions ? ReadComparisons(decisions, studyId) : voted;
        var axes = manifest?.Study.Axes.Select(axis => axis.Axis).ToList() ?? [.. read.Select(vote => vote.Axis).Distinct().Order()];
        var (a, b) = manifest is null ? names.OfPair(table.Name) : (manifest.SystemA, manifest.SystemB);
        var data = Described(manifest, name, a, b, axes);
        return data with
        {
            Pairs = new VoteTable { Axes = axes, Comparisons = comparisons, Votes = read, VotesPerComparison = data.Study.VotesPerComparison },
        };
    }

    private StudyData OfAnswers(ExportedTable table, ExportedVotes votes, ExportedManifest? manifest, string name)
    {
        var names = new SystemNames();
        var answers = votes.ReadAnswers(table, names);
        var (a, b) = Chosen(manifest, () => names.Alphabetical(table.Name), table.Name);
        return Described(manifest, name, a, b, [Axis.Alignment]) with { Answers = answers };
    }

    private StudyData OfPicks(ExportedTable table, ExportedVotes votes, ExportedManifest? manifest, string name)
    {
        var names = new SystemNames();
        var (picks, images) = votes.ReadPicks(table, names);
        var (a, b) = Chosen(manifest, () => names.OfPair(table.Name), table.Name);
        return Described(manifest, name, a, b, [Axis.Preference]) with { Picks = picks, Images = images };
    }

    /// <summary>Which systems are A and B: those asked for, those of the study, or those of the table.</summary>
    private (string A, string B) Chosen(ExportedManifest? manifest, Func<(string A, string B)> ofTable, string table)
    {
        var (a, b) = manifest is null ? ofTable() : (manifest.SystemA, manifest.SystemB);
        return _systemA is null && _systemB is null ? (a, b) : SystemNames.Choose(_systemA, _systemB, a, b, table);
    }

    private StudyData Described(ExportedManifest? manifest, string name, string a, string b, IReadOnlyList<Axis> axes)
    {
        var study = manifest?.Study ?? new Study
        {
            StudyId = 0,
            Name = name,
            State = StudyState.Closed,
            VotesPerComparison = 1,
            TopUp = TopUp.Off,
            Axes = [.. axes.Select(axis => new StudyAxis { Axis = axis, Question = "", PromptVisible = false })],
            SystemAId = 0,
            LinkToken = "",
            Language = "",
            Consent = "",
            Instructions = "",
            CreatedAt = default,
        };
        return new StudyData
        {
            Study = study with { SystemAId = _numbers.OfSystem(a), SystemBId = b.Length == 0 ? null : _numbers.OfSystem(b) },
            IsDescribed = manifest is not null,
            SystemA = a,
            SystemB = b,
            Pairs = new VoteTable { Axes = [], Comparisons = [], Votes = [], VotesPerComparison = study.VotesPerComparison },
            File = new DataFile(name, "", 0),
        };
    }

    private List<Exclusion> ReadExclusions(ExportedTable table)
    {
        using (table)
        {
            table.With("exclusion_id", "rule_id", "target_id", "reason", "by", "at", "active", "simulated");
            var flags = Enum.GetValues<RaterFlagKind>().Cast<RaterFlagKind?>().Prepend(null).ToDictionary(Exclusion.RuleOf);
            var exclusions = new List<Exclusion>();
            while (table.Read())
            {
                if (!table.Flag("active"))
                    continue;
                exclusions.Add(new Exclusion
                {
                    ExclusionId = table.Number("exclusion_id"),
                    StudyId = 0,
                    RaterId = _numbers.OfRater(table.Text("target_id")),
                    Pseudonym = table.Text("target_id"),
                    Simulated = table.Flag("simulated"),
                    Flag = table.Word("rule_id", flags),
                    Reason = table.Text("reason"),
                    ExcludedBy = table.Text("by"),
                    ExcludedAt = table.Time("at"),
                });
            }
            return exclusions;
        }
    }

    private static IReadOnlyList<Comparison> ReadComparisons(ExportedTable table, long studyId)
    {
        using (table)
            return ExportedVotes.ReadComparisons(table, studyId);
    }

    private static ExportedTable? Beside(string folder, string name) =>
        Path.Combine(folder, name) is var path && File.Exists(path) ? ExportedTable.Open(path) : null;
}
