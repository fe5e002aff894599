using System.Globalization;
using System.Text.Json;
using PixelPost.EvalPortal.Database;
using PixelPost.EvalPortal.Plans;
using PixelPost.EvalPortal.Presets;
using PixelPost.EvalPortal.Studies;

namespace PixelPost.EvalPortal.Reports.Sources;

/// <summary>What the manifest of an exported folder tells of its study.</summary>
internal sealed record ExportedManifest
{
    /// <summary>Name of the file.</summary>
    public const string FileName = "manifest.json";

    public required Study Study { get; init; }

    public required string SystemA { get; init; }

    /// <summary>Empty where the study is about one system.</summary>
    public required string SystemB { get; init; }

    public required DateTimeOffset ExportedAt { get; init; }

    public required IReadOnlyList<Deviation> Deviations { get; init; }

    /// <summary>The locked versions of its plan, oldest first.</summary>
    public required IReadOnlyList<PlanVersion> Plans { get; init; }

    /// <summary>SHA-256 of each table, by the name of its file.</summary>
    public required IReadOnlyDictionary<string, string> Files { get; init; }

    /// <summary>Reads the manifest of a folder; null where there is none, or one of another program.</summary>
    /// <exception cref="RefusedException">It is of a study and cannot be understood.</exception>
    public static ExportedManifest? Find(string folder)
    {
        var path = Path.Combine(folder, FileName);
        if (!File.Exists(path))
            return null;
        try
        {
            using var json = JsonDocument.Parse(File.ReadAllBytes(path));
            return json.RootElement.ValueKind == JsonValueKind.Object && json.RootElement.TryGetProperty("study", out var study) && study.TryGetProperty("votes_per_comparison", out _)
                ? Read(json.RootElement, study)
                : null;
        }
        catch (Exception exception) when (exception is JsonException or KeyNotFoundException or InvalidOperationException or FormatException or ArgumentException)
        {
            throw new RefusedException($"{path} is no manifest of an export as this version writes it: {exception.Message} Export the study anew, or take the file away.", exception);
        }
    }

    private static ExportedManifest Read(JsonElement root, JsonElement study)
    {
        var exportedAt = Time(root.GetProperty("exported_at"));
        var systemB = study.GetProperty("system_b").GetString()!;
        return new ExportedManifest
        {
            SystemA = study.GetProperty("system_a").GetString()!,
            SystemB = systemB,
            ExportedAt = exportedAt,
            Study = new Study
            {
                StudyId = study.GetProperty("study_id").GetInt64(),
                Name = study.GetProperty("name").GetString()!,
                State = ColumnTypes.ToEnum<StudyState>(study.GetProperty("state").GetString()!),
                Preset = study.GetProperty("preset").GetString(),
                PilotOfStudyId = Number(study, "pilot_of_study_id"),
                StudyGroupId = Number(study, "study_group_id"),
                VotesPerComparison = study.GetProperty("votes_per_comparison").GetInt32(),
                TopUp = ColumnTypes.ToEnum<TopUp>(study.GetProperty("top_up").GetString()!),
                Axes = [.. study.GetProperty("axes").EnumerateArray().Select(axis => new StudyAxis
                {
                    Axis = ColumnTypes.ToEnum<Axis>(axis.GetProperty("axis").GetString()!),
                    Question = axis.GetProperty("question").GetString()!,
                    PromptVisible = axis.GetProperty("prompt_visible").GetBoolean(),
                    FlawStrip = axis.GetProperty("flaw_strip").GetBoolean(),
                })],
                SystemAId = 0,
                LinkToken = "",
                Language = "",
                Consent = "",
                Instructions = "",
                CreatedAt = exportedAt,
            },
            Deviations = study.TryGetProperty("deviations", out var deviations)
                ? [.. deviations.EnumerateArray().Select(one => new Deviation(
                    one.GetProperty("setting").GetString()!, one.GetProperty("preset").GetString()!, one.GetProperty("study").GetString()!))]
                : [],
            Plans = [.. root.GetProperty("analysis_plans").EnumerateArray().Select(PlanOf)],
            Files = root.GetProperty("files").EnumerateArray().ToDictionary(file => file.GetProperty("name").GetString()!, file => file.GetProperty("sha256").GetString()!),
        };
    }

    private static PlanVersion PlanOf(JsonElement plan)
    {
        var content = plan.GetProperty("content").GetString()!;
        return new PlanVersion
        {
            StudyId = 0,
            Version = plan.GetProperty("version").GetInt32(),
            Plan = PlanDocument.Read(content).Plan,
            Content = content,
            Sha256 = plan.GetProperty("sha256").GetString(),
            Reason = plan.GetProperty("reason").GetString(),
            VotesBefore = plan.GetProperty("votes_before").GetInt32(),
            LockedBy = plan.GetProperty("locked_by").GetString(),
            LockedAt = Time(plan.GetProperty("locked_at")),
        };
    }

    private static long? Number(JsonElement study, string name) =>
        study.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number ? value.GetInt64() : null;

    private static DateTimeOffset Time(JsonElement time) => DateTimeOffset.Parse(time.GetString()!, CultureInfo.InvariantCulture);
}
