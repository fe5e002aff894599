namespace PixelPost.EvalPortal.VoteImports;

/// <summary>The report of a check as a file.</summary>
public static class VoteImportEndpoints
{
    public static void MapVoteImports(this IEndpointRouteBuilder routes) =>
        // The name is drawn by the portal and known to the page alone; the pattern keeps it in its folder.
        routes.MapGet("/votes/import/report/{name:regex(^votes-report-[0-9a-f]{{32}}\\.csv$)}", (string name, DataFolder data) =>
        {
            var path = Path.Combine(data.Imports, name);
            return File.Exists(path) ? Results.File(path, "text/csv; charset=utf-8", "report.csv") : Results.NotFound();
        });
}
