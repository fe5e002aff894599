using System.Globalization;
using System.Text.Json;
using PixelPost.EvalPortal.Dashboards;
using PixelPost.EvalPortal.Database;
using PixelPost.EvalPortal.Plans;
using PixelPost.EvalPortal.Quality;
using PixelPost.EvalPortal.Studies;

namespace PixelPost.EvalPortal.Reports;

/// <summary>The locked plan of an exported study, as the manifest beside its votes has it.</summary>
public sealed record FilePlan
{
    public required int Version { get; init; }

    /// <summary>Of the plan's text, in hexadecimal digits.</summary>
    public required string Sha256 { get; init; }

    public required DateTimeOffset LockedAt { get; init; }

    /// <summary>People's votes that were there when it was locked.</summary>
    public required int VotesBefore { get; init; }

    /// <summary>The axes whose tests were planned.</summary>
    public required IReadOnlyList<string> Family { get; init; }

    /// <summary>In what the report is not as planned, a sentence each; none before the report is made.</summary>
    public IReadOnlyList<string> Departures { get; init; } = [];

    /// <summary>The plan itself, and for each excluded person the rule that did it.</summary>
    internal (PlanVersion Version, IReadOnlyList<string> Rules) Source { get; private init; }

    /// <summary>Looks for the plan in <c>manifest.json</c> beside a file of votes; null where there is none, or none about this very file.</summary>
    /// <param name="path">The file of votes.</param>
    /// <param name="sha256">Its hash.</param>
    internal static FilePlan? Find(string path, string sha256)
    {
        var manifest = Path.Combine(Path.GetDirectoryName(Path.GetFullPath(path))!, "manifest.json");
        if (!File.Exists(manifest))
            return null;
        try
        {
            using var json = JsonDocument.Parse(File.ReadAllBytes(manifest));
            var root = json.RootElement;
            return root.GetProperty("files").EnumerateArray().Any(file => file.GetProperty("sha256").ValueEquals(sha256))
                && root.GetProperty("analysis_plans").EnumerateArray().ToList() is [.., var last]
                ? Read(last, [.. root.GetProperty("exclusions").GetProperty("rules").EnumerateArray().Select(rule => rule.GetString()!)])
                : null;
        }
        catch (Exception exception) when (exception is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            return null; // of another program, or of an export from before there were plans
        }
    }

    /// <summary>Compares what was reported with the plan.</summary>
    internal FilePlan Read(VoteReport report)
    {
        var compared = report.Axes.ToDictionary(axis => axis.Axis, axis => axis.HeadToHead?.Decisions.Compared ?? 0);
        var (version, rules) = Source;
        var asked = report.Axes.Select(axis => axis.Axis).Where(Enum.GetValues<Axis>().Select(axis => axis.ToText()).Contains).Select(ColumnTypes.ToEnum<Axis>).ToList();
        var reading = PlanReading.Of(
            version, asked, axis => compared.GetValueOrDefault(axis.ToText()), report.File.CountsSimulated ? VoteSource.Both : VoteSource.Real, Exclusions.Applied, rules);
        return this with { Departures = [.. OfText(), .. reading.Departures, .. OfTest(version.Plan)] };
    }

    private IEnumerable<string> OfText()
    {
        if (PlanStore.Hash(Source.Version.Content) != Sha256)
            yield return "The plan's text does not have the hash that stands beside it: one of them was changed.";
    }

    private static IEnumerable<string> OfTest(AnalysisPlan plan)
    {
        if (plan.Test == PlannedTest.VoteNetWinRate)
            yield return "The plan decides by the net win rate in votes: the test that is adjusted here is the one of the decisions.";
        if (plan.WithLinked)
            yield return "The planned family has the questions of linked studies too: the adjustment here is over this file alone.";
    }

    private static FilePlan Read(JsonElement plan, IReadOnlyList<string> rules)
    {
        var content = plan.GetProperty("content").GetString()!;
        var version = new PlanVersion
        {
            StudyId = 0,
            Version = plan.GetProperty("version").GetInt32(),
            Plan = PlanDocument.Read(content).Plan,
            Content = content,
        };
        return new FilePlan
        {
            Version = version.Version,
            Sha256 = plan.GetProperty("sha256").GetString()!,
            LockedAt = DateTimeOffset.Parse(plan.GetProperty("locked_at").GetString()!, CultureInfo.InvariantCulture),
            VotesBefore = plan.GetProperty("votes_before").GetInt32(),
            Family = [.. version.Plan.Family.Select(axis => axis.ToText())],
            Source = (version, rules),
        };
    }
}
