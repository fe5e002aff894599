using PixelPost.EvalPortal.Api.Requests;
using PixelPost.EvalPortal.Dashboards;
using PixelPost.EvalPortal.Quality;
using PixelPost.EvalPortal.Reports.Documents;

namespace PixelPost.EvalPortal.Api.Endpoints;

/// <summary>Which votes results count, as an address says it: the same words as the pages of results have.</summary>
internal static class ResultsView
{
    /// <exception cref="Problems.ApiProblemException">A word is none of those there are.</exception>
    public static ResultView Read(string? votes, string? exclusions) =>
        new(ApiWords.Read<VoteSource>("votes", votes), ApiWords.Read<Exclusions>("exclusions", exclusions));
}
