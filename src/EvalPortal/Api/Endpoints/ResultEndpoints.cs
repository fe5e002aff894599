using PixelPost.EvalPortal.Api.Description;
using PixelPost.EvalPortal.Api.Keys;
using PixelPost.EvalPortal.Api.Problems;
using PixelPost.EvalPortal.Dashboards;
using PixelPost.EvalPortal.Reports.Documents;
using PixelPost.EvalPortal.Reports.Sources;
using PixelPost.EvalPortal.Studies;
using PixelPost.EvalPortal.Systems;

namespace PixelPost.EvalPortal.Api.Endpoints;

/// <summary>Results through the API: by the same functions, and from the same store of reports, as on the pages.</summary>
internal static class ResultEndpoints
{
    public static void Map(IEndpointRouteBuilder api)
    {
        api.MapGet("/studies/{studyId:long}/results", ReadAsync).Needs(ApiScope.ReadVotes)
            .Tell("getResults", Groups.Results, "Read the results of a study", "Win, tie, lose, split and reject add up; intervals and tests are those of the results page. votes is real, simulated or both; exclusions is applied or none.");
        api.MapGet("/study-groups/{groupId:long}/ranking", RankAsync).Needs(ApiScope.ReadVotes)
            .Tell("getRanking", Groups.Results, "Read the ranking of a leaderboard", "One for each question, over all linked studies of pairs.");
    }

    private static async Task<StudyResults> ReadAsync(
        long studyId, string? votes, string? exclusions, HttpContext context, ResultsSession pairs, StudyDataStore data, CancellationToken cancel)
    {
        var view = ResultsView.Read(votes, exclusions);
        if (context.Study().Form != StudyForm.Pairs)
            return Of(StudyResult.Of([await data.ReadAsync(context.Study(), cancel)], view)[0]);
        await pairs.ReadAsync(studyId, cancel);
        var report = await Task.Run(() => pairs.Report(view.Source, view.Exclusions), cancel);
        return new StudyResults
        {
            StudyId = studyId,
            SystemA = pairs.SystemA,
            SystemB = pairs.SystemB,
            Votes = view.Source,
            Exclusions = ExclusionSetResource.Of(report.Exclusions),
            CountsSimulated = report.CountsSimulated,
            Departures = pairs.Read(report)?.Departures,
            Axes = [.. report.Axes.Select(AxisResults.Of)],
        };
    }

    private static StudyResults Of(StudyResult result) => new()
    {
        StudyId = result.Data.Study.StudyId,
        SystemA = result.Data.SystemA,
        SystemB = result.Data.SystemB.Length == 0 ? null : result.Data.SystemB,
        Votes = result.View.Source,
        Exclusions = ExclusionSetResource.Of(result.Left),
        CountsSimulated = result.CountsSimulated,
        Departures = result.Reading?.Departures,
        Alignment = result.Alignment is { } alignment ? AlignmentSummary.Of(alignment) : null,
        BestAndWorst = result.Preference is { } picks ? PickResults.Of(picks) : null,
    };

    private static async Task<IEnumerable<RankingResource>> RankAsync(
        long groupId, string? votes, string? exclusions, StudyStore studies, SystemStore systems, ReportCache reports, CancellationToken cancel)
    {
        var view = ResultsView.Read(votes, exclusions);
        var linked = new List<(Study Study, VoteTable Table)>();
        foreach (var study in await studies.ListGroupAsync(groupId, cancel))
        {
            if (study.Form == StudyForm.Pairs)
                linked.Add((study, await reports.ReadVotesAsync(study, cancel)));
        }
        if (linked.Count == 0)
            throw new ApiProblemException(StatusCodes.Status404NotFound, $"There is no study group {groupId} with studies of pairs, so that there is nothing to rank.");
        var names = (await systems.ListAsync(cancel)).ToDictionary(system => system.SystemId, system => system.Name);
        return (await Task.Run(() => Leaderboard.Of(linked, names, view.Source, view.Exclusions), cancel)).Select(RankingResource.Of);
    }
}
