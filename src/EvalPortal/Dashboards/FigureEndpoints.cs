using System.Text;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Web;

namespace PixelPost.EvalPortal.Dashboards;

/// <summary>The charts of a study as a file.</summary>
public static class FigureEndpoints
{
    private const string Font = "fonts/inter-latin.woff2";

    public static void MapFigures(this IEndpointRouteBuilder routes) =>
        routes.MapGet("/studies/{studyId:long}/figure.svg", async (
            long studyId, string? votes, string? exclusions, ResultsSession results, HtmlRenderer renderer, IWebHostEnvironment web, CancellationToken cancel) =>
        {
            if (!await results.ReadAsync(studyId, cancel))
                return Results.NotFound();
            var query = ResultsQuery.Parse(votes, axis: null, outcome: null, sort: null, page: null, exclusions);
            var parameters = ParameterView.FromDictionary(new Dictionary<string, object?>
            {
                [nameof(StudyFigure.Results)] = results,
                [nameof(StudyFigure.Report)] = results.Report(query.Votes, query.Exclusions),
                [nameof(StudyFigure.Font)] = Convert.ToBase64String(await ReadAsync(web, cancel)),
            });
            var svg = await renderer.Dispatcher.InvokeAsync(async () =>
                (await renderer.RenderComponentAsync<StudyFigure>(parameters)).ToHtmlString());
            return Results.File(Encoding.UTF8.GetBytes(svg), "image/svg+xml", $"{results.Study!.Name}.svg");
        });

    private static async Task<byte[]> ReadAsync(IWebHostEnvironment web, CancellationToken cancel)
    {
        await using var file = web.WebRootFileProvider.GetFileInfo(Font).CreateReadStream();
        using var bytes = new MemoryStream();
        await file.CopyToAsync(bytes, cancel);
        return bytes.ToArray();
    }
}
