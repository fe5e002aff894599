using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using PixelPost.EvalPortal.Dashboards;
using PixelPost.EvalPortal.Database;
using PixelPost.EvalPortal.Flaws;
using PixelPost.EvalPortal.Quality;
using PixelPost.EvalPortal.Reports.Documents;
using PixelPost.EvalPortal.Reports.Formats;
using PixelPost.EvalPortal.Reports.Output;
using PixelPost.EvalPortal.Reports.Sources;
using PixelPost.EvalPortal.Studies;
using PixelPost.EvalPortal.Systems;

namespace PixelPost.EvalPortal.Bundles;

/// <summary>
/// Every number of the results, the rankings and the report of a bundle's studies, for people's votes and simulated ones, with and without
/// excluded raters: <c>reference.json</c>, and the same computed again.
/// </summary>
internal sealed class BundleNumbers
{
    private static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower) },
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
        WriteIndented = true,
        NewLine = "\n",
    };

    private BundleNumbers(JsonNode root, IReadOnlyList<StudyData> studies, string title) => (Root, Studies, Title) = (root, studies, title);

    public JsonNode Root { get; }

    /// <summary>What the report is made from.</summary>
    public IReadOnlyList<StudyData> Studies { get; }

    /// <summary>Of the report: the study's name, or that of the linked ones.</summary>
    public string Title { get; }

    /// <summary>Computes the numbers of studies.</summary>
    /// <param name="services">Of a portal that has the studies.</param>
    /// <param name="hashes">SHA-256 of the files of the bundle.</param>
    public static async Task<BundleNumbers> OfAsync(IServiceProvider services, IReadOnlyList<long> studyIds, IReadOnlyDictionary<string, string> hashes, CancellationToken cancel)
    {
        var studies = await ReadAsync(services, studyIds, hashes, cancel);
        var title = studies[0].Study.StudyGroupId is { } group ? (await services.GetRequiredService<StudyGroupStore>().FindAsync(group, cancel))!.Name : studies[0].Study.Name;
        var views = new JsonArray();
        foreach (var view in ViewsOf(studies))
        {
            views.Add(new JsonObject
            {
                ["votes"] = view.Source.ToText(),
                ["exclusions"] = view.Exclusions.ToText(),
                ["studies"] = await ResultsAsync(studies, view),
                ["flaws"] = await FlawsAsync(services.GetRequiredService<FlawStore>(), studies, view, cancel),
                ["rankings"] = await RankingsAsync(services, studies, view, cancel),
                ["report"] = Report(Document(title, studies, view)),
            });
        }
        return new BundleNumbers(new JsonObject { ["analysis_version"] = BundleManifest.Analysis, ["views"] = views }, studies, title);
    }

    /// <summary>The report as the bundle has it: it says nothing of when it was written, so that the same study gives the same page.</summary>
    public static ReportDocument Document(string title, IReadOnlyList<StudyData> studies, ResultView view)
    {
        var document = DocumentBuilder.Of(title, studies, view, DateTimeOffset.UnixEpoch);
        return document with { Facts = [.. document.Facts.SkipLast(1), "From a study bundle: manifest.json says when it was made and by which version."] };
    }

    /// <summary>As a file.</summary>
    public byte[] Write() => Encoding.UTF8.GetBytes(Root.ToJsonString(Json) + "\n");

    /// <summary>Every number and word with its place, in order.</summary>
    public static IEnumerable<(string Place, string Value)> Flatten(JsonNode? node, string place = "") => node switch
    {
        JsonObject fields => fields.SelectMany(field => Flatten(field.Value, place.Length == 0 ? Name(field.Key) : $"{place}.{Name(field.Key)}")),
        JsonArray items => items.SelectMany((item, i) => Flatten(item, $"{place}[{i}]")),
        null => [(place, "null")],
        _ => [(place, node.ToJsonString(Json))],
    };

    /// <summary>Holds these numbers against others, place by place.</summary>
    /// <param name="reference">As a bundle has them.</param>
    /// <returns>How many places are the same, and of each other one what stands there and what was computed.</returns>
    public (int Same, IReadOnlyList<string> Different) Compare(JsonNode reference)
    {
        var expected = Flatten(reference).ToDictionary(one => one.Place, one => one.Value);
        // What was computed goes through the same text as what was kept, or a whole number would differ from itself.
        var computed = Flatten(JsonNode.Parse(Write())).ToDictionary(one => one.Place, one => one.Value);
        var different = computed.Where(one => !expected.TryGetValue(one.Key, out var value) || value != one.Value)
            .Select(one => $"{one.Key}: computed {one.Value}, {BundleManifest.NumbersName} has {(expected.TryGetValue(one.Key, out var value) ? value : "nothing")}")
            .Concat(expected.Keys.Where(place => !computed.ContainsKey(place)).Select(place => $"{place}: computed nothing, {BundleManifest.NumbersName} has {expected[place]}"));
        return (computed.Count(one => expected.TryGetValue(one.Key, out var value) && value == one.Value), [.. different]);
    }

    /// <summary>A name as part of a place, so that no two places are called the same.</summary>
    private static string Name(string key) => key.All(letter => char.IsAsciiLetterOrDigit(letter) || letter == '_') ? key : JsonSerializer.Serialize(key);

    private static async Task<IReadOnlyList<StudyData>> ReadAsync(IServiceProvider services, IReadOnlyList<long> studyIds, IReadOnlyDictionary<string, string> hashes, CancellationToken cancel)
    {
        var (store, studies) = (services.GetRequiredService<StudyDataStore>(), services.GetRequiredService<StudyStore>());
        var read = new List<StudyData>();
        foreach (var id in studyIds)
        {
            var data = await store.ReadAsync((await studies.FindAsync(id, cancel))!, cancel);
            read.Add(data with { ReadAt = null, File = data.File with { Sha256 = hashes[data.File.Name] } });
        }
        return read;
    }

    private static IEnumerable<ResultView> ViewsOf(IReadOnlyList<StudyData> studies) =>
        from source in (VoteSource[])[VoteSource.Real, VoteSource.Simulated]
        where source == VoteSource.Real || studies.Any(data => data.Pairs.HasSimulated || data.Answers.Any(answer => answer.Simulated) || data.Picks.Any(pick => pick.Simulated))
        from exclusions in (Exclusions[])[Exclusions.Applied, Exclusions.None]
        select new ResultView(source, exclusions);

    private static async Task<JsonNode?> ResultsAsync(IReadOnlyList<StudyData> studies, ResultView view)
    {
        using var stream = new MemoryStream();
        await JsonReport.WriteAsync(StudyResult.Of(studies, view), stream);
        stream.Position = 0;
        return (await JsonNode.ParseAsync(stream))!["studies"]!.DeepClone();
    }

    private static async Task<JsonArray> FlawsAsync(FlawStore flaws, IReadOnlyList<StudyData> studies, ResultView view, CancellationToken cancel)
    {
        var reports = new JsonArray();
        foreach (var data in studies.Where(data => data.Study.Axes.Any(axis => axis.FlawStrip)))
        {
            var report = await FlawReport.OfAsync(flaws.ReadAsync(data.Study.StudyId, view.Source, view.Exclusions, cancel), cancel);
            reports.Add(JsonSerializer.SerializeToNode(new { Study = data.Study.Name, report.Votes, report.Flaws, report.Unplaced, report.Rates, PlacesOfA = report.Places(isOfA: true), PlacesOfB = report.Places(isOfA: false) }, Json));
        }
        return reports;
    }

    private static async Task<JsonNode?> RankingsAsync(IServiceProvider services, IReadOnlyList<StudyData> studies, ResultView view, CancellationToken cancel)
    {
        var pairs = studies.Where(data => data.Study is { Form: StudyForm.Pairs, SystemBId: not null, StudyGroupId: not null }).ToList();
        if (pairs.Count == 0)
            return null;
        var names = (await services.GetRequiredService<SystemStore>().ListAsync(cancel)).ToDictionary(system => system.SystemId, system => system.Name);
        var boards = Leaderboard.Of([.. pairs.Select(data => (data.Study, data.Pairs))], names, view.Source, view.Exclusions);
        return JsonSerializer.SerializeToNode(boards.Select(board => new { Axis = board.Axis.ToText(), board.Votes, board.Raters, board.Ranking, board.Systems, board.Pairs }), Json);
    }

    private static JsonArray Report(ReportDocument document)
    {
        using var text = new StringWriter { NewLine = "\n" };
        TextDocument.Write(document, text);
        return [.. text.ToString().Split('\n').Select(line => (JsonNode)line)];
    }
}
