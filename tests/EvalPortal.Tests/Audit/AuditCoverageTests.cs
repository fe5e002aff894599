using System.Text.RegularExpressions;

namespace PixelPost.EvalPortal.Tests.Audit;

/// <summary>Every method that writes what the log covers, found in the source: a new one without an entry fails here.</summary>
public sealed partial class AuditCoverageTests
{
    private static readonly string[] Covered =
    [
        "study", "study_group", "study_axis", "study_member", "study_entry", "study_checks", "study_training", "gold", "example_pair", "analysis_plan",
        "exclusion", "rater_invitation", "withdrawal", "account", "account_identity", "invitation", "setting", "preference_set", "preference_pair", "job",
        "round", "ablation", "ablation_arm", "model", "system", "material_import", "vote_import", "imported_study", "prompt_set", "question_set", "api_key",
    ];

    // What is part of a recorded change, or is no change of anybody's. Whoever adds a line here says why.
    private static readonly Dictionary<string, string> Without = new()
    {
        ["StudyCopy.CopyAsync"] = "part of the entry of the new study",
        ["StudyMemberStore.InsertFirstAsync"] = "part of the entry of the new study",
        ["StudyMemberStore.LockAsync"] = "changes nothing: it waits for others",
        ["ParticipantStore.ConsentAsync"] = "changes nothing: it waits for others",
        ["ParticipantStore.AddAsync"] = "a rater comes by a link that is recorded",
        ["PlanStore.InsertAsync"] = "part of the entry of the new study",
        ["VoteImportStore.AddStudiesAsync"] = "links studies that are recorded one by one",
        ["VoteImportStore.FinishAsync"] = "the end of a change whose begin is recorded",
        ["VoteImportStore.SystemAsync"] = "part of the entry of the import",
        ["ImageStore.AddMissingAsync"] = "changes nothing: it waits for others",
        ["ImportStore.NoteProgressAsync"] = "how far the portal is",
        ["ImportStore.FinishCheckAsync"] = "what the portal found",
        ["JobStore.ClaimAsync"] = "the portal runs what is recorded as ordered",
        ["JobStore.SetProcessAsync"] = "the portal runs what is recorded as ordered",
        ["BundleContents.FinishAsync"] = "part of the entry of the import",
        ["ApiKeyStore.NoteUseAsync"] = "when a key was last used",
        ["JobStore.FinishAsync"] = "how what is recorded as ordered ended",
    };

    [Fact]
    public void EveryMethod_ThatWritesWhatTheLogCovers_RecordsIt()
    {
        var writing = Methods().Where(method => Writes().Matches(method.Text).Any(write => Covered.Contains(write.Groups[1].Value))).ToList();

        Assert.True(writing.Count > 50, $"Only {writing.Count} methods were found to write: the search is wrong.");
        Assert.Empty(writing.Where(method => !Records().IsMatch(method.Text)).Select(method => method.Name).Except(Without.Keys));
        Assert.Empty(Without.Keys.Except(writing.Select(method => method.Name))); // no excuse for what is not there any more
    }

    private static IEnumerable<(string Name, string Text)> Methods()
    {
        foreach (var file in Directory.EnumerateFiles(Path.Combine(Root(), "src", "EvalPortal"), "*.cs", SearchOption.AllDirectories))
        {
            var source = File.ReadAllText(file);
            var starts = Start().Matches(source);
            for (var i = 0; i < starts.Count; i++)
            {
                var end = i + 1 < starts.Count ? starts[i + 1].Index : source.Length;
                yield return ($"{Path.GetFileNameWithoutExtension(file)}.{starts[i].Groups[1].Value}", source[starts[i].Index..end]);
            }
        }
    }

    private static string Root()
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "PixelPost.sln")))
            folder = Path.GetDirectoryName(folder) ?? throw new InvalidOperationException("The tests do not run inside the repository.");
        return folder;
    }

    [GeneratedRegex(@"^    (?:public|internal|private|protected)[^\n=;{]*?(\w+)\(", RegexOptions.Multiline)]
    private static partial Regex Start();

    [GeneratedRegex(@"(?:INSERT INTO|UPDATE|DELETE FROM)\s+([a-z_]+)")]
    private static partial Regex Writes();

    [GeneratedRegex(@"AuditLog\.|new Change\(|Changed\(|ChangeAsync\(|EndAsync\(")]
    private static partial Regex Records();
}
