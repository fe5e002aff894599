using System.Text.Json;
using System.Text.Json.Serialization;

namespace PixelPost.EvalPortal.Plans;

/// <summary>One version of a study's plan. The first can be changed until it is locked; those after it are amendments.</summary>
public sealed record PlanVersion
{
    public required long StudyId { get; init; }

    /// <summary>From 1.</summary>
    public required int Version { get; init; }

    public required AnalysisPlan Plan { get; init; }

    /// <summary>What is hashed: the plan as it was written down, in JSON.</summary>
    public required string Content { get; init; }

    /// <summary>Hash of <see cref="Content"/>; null until it is locked, as everything below.</summary>
    public string? Sha256 { get; init; }

    /// <summary>Why the version before was not kept; null in the first.</summary>
    public string? Reason { get; init; }

    /// <summary>People's votes that were there when it was locked.</summary>
    public int? VotesBefore { get; init; }

    /// <summary>Name of whoever locked it.</summary>
    public string? LockedBy { get; init; }

    public DateTimeOffset? LockedAt { get; init; }
}

/// <summary>What is written down and hashed.</summary>
internal sealed record PlanDocument
{
    private static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower) },
    };

    public required string Study { get; init; }

    public required int Version { get; init; }

    public string? Reason { get; init; }

    /// <summary>The study's votes per comparison.</summary>
    public required int VotesPerComparison { get; init; }

    public required AnalysisPlan Plan { get; init; }

    public static string Write(string study, int votesPerComparison, int version, string? reason, AnalysisPlan plan) => JsonSerializer.Serialize(
        new PlanDocument { Study = study, Version = version, Reason = reason, VotesPerComparison = votesPerComparison, Plan = plan }, Json);

    public static PlanDocument Read(string content) => JsonSerializer.Deserialize<PlanDocument>(content, Json)!;
}
