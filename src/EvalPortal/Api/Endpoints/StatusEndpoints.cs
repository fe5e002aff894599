using PixelPost.EvalPortal.Api.Description;
using PixelPost.EvalPortal.Api.Keys;
using PixelPost.EvalPortal.Dashboards.Live;
using PixelPost.EvalPortal.Database;
using PixelPost.EvalPortal.Rating;
using PixelPost.EvalPortal.Studies;

namespace PixelPost.EvalPortal.Api.Endpoints;

/// <summary>How far a study is.</summary>
public sealed record StudyStatus
{
    public required long StudyId { get; init; }
    public required StudyState State { get; init; }
    public required IReadOnlyList<AxisStatus> Axes { get; init; }

    /// <summary>People's votes in the last hour, or since the study opened.</summary>
    public required double VotesPerHour { get; init; }

    /// <summary>At this pace; null where that cannot be said.</summary>
    public double? SecondsLeft { get; init; }
    public required LossLedgerResource LossLedger { get; init; }

    /// <summary>What is wrong with the votes, a sentence each.</summary>
    public required IReadOnlyList<string> Alarms { get; init; }

    /// <summary>When the alarms were looked at.</summary>
    public required DateTimeOffset AlarmsAt { get; init; }

    /// <summary>Changes with the votes: as long as it is the same, results are.</summary>
    public required string Version { get; init; }
}

/// <summary>How far a question is.</summary>
public sealed record AxisStatus
{
    public required Axis Axis { get; init; }
    public required int Comparisons { get; init; }

    /// <summary>Comparisons on which people have given all votes that are wanted.</summary>
    public required int Complete { get; init; }
    public required int VotesWanted { get; init; }

    /// <summary>People's votes that count.</summary>
    public required int Votes { get; init; }

    /// <summary>Of them, those of excluded raters.</summary>
    public required int ExcludedVotes { get; init; }
    public required int SimulatedVotes { get; init; }

    /// <summary>Comparisons that people's votes have compared.</summary>
    public required int Compared { get; init; }

    /// <summary>How many were planned; null where nothing was.</summary>
    public int? Planned { get; init; }
}

/// <summary>What browsers say they made against what is stored. Every vote that was made is in one of the five.</summary>
public sealed record LossLedgerResource
{
    public required int Made { get; init; }
    public required int Stored { get; init; }
    public required int Erased { get; init; }
    public required IReadOnlyList<RefusedCount> Refused { get; init; }

    /// <summary>Not sent yet.</summary>
    public required int Waiting { get; init; }
    public DateTimeOffset? WaitingSince { get; init; }

    /// <summary>Said to be stored, and not there. There must be none.</summary>
    public required int Lost { get; init; }

    internal static LossLedgerResource Of(LossLedger ledger) => new()
    {
        Made = ledger.Made,
        Stored = ledger.Stored,
        Erased = ledger.Erased,
        Refused = [.. ledger.Refused.Select(refused => new RefusedCount(refused.Reason?.ToText(), refused.Votes))],
        Waiting = ledger.Waiting,
        WaitingSince = ledger.WaitingSince,
        Lost = ledger.Lost.Count,
    };
}

/// <summary>Votes that were refused for one reason.</summary>
/// <param name="Reason">Null where the vote itself was not as it must be.</param>
/// <param name="Votes">How many.</param>
public sealed record RefusedCount(string? Reason, int Votes);

/// <summary>Progress through the API.</summary>
internal static class StatusEndpoints
{
    public static void Map(IEndpointRouteBuilder api) =>
        api.MapGet("/studies/{studyId:long}/status", ReadAsync).Needs(ApiScope.ReadStudies)
            .Tell("getStatus", Groups.Progress, "See how far a study is", "Progress of each question, pace, loss ledger and alarms. Of large studies they are up to half a minute old, alarms up to ten.");

    private static async Task<StudyStatus> ReadAsync(long studyId, LiveSession live, CancellationToken cancel)
    {
        var view = (await live.ReadAsync(studyId, cancel))!;
        var alarms = await live.ReadAlarmsAsync(view.Study, cancel);
        var looks = view.Looks.ToDictionary(look => look.Axis, look => look.Look);
        return new StudyStatus
        {
            StudyId = studyId,
            State = view.Study.State,
            Axes = [.. view.Axes.Select(axis => new AxisStatus
            {
                Axis = axis.Axis,
                Comparisons = axis.Comparisons,
                Complete = axis.Complete,
                VotesWanted = axis.VotesWanted,
                Votes = axis.RealVotes,
                ExcludedVotes = axis.ExcludedVotes,
                SimulatedVotes = axis.SimulatedVotes,
                Compared = looks[axis.Axis].Compared,
                Planned = looks[axis.Axis].Planned,
            })],
            VotesPerHour = view.Pace.PerHour,
            SecondsLeft = view.Pace.Remaining?.TotalSeconds,
            LossLedger = LossLedgerResource.Of(view.Ledger),
            Alarms = alarms.Alarms,
            AlarmsAt = alarms.At,
            Version = view.Version,
        };
    }
}
