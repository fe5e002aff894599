using System.Net.Mime;
using System.Text;
using PixelPost.EvalPortal.Dashboards;
using PixelPost.EvalPortal.Items;
using PixelPost.EvalPortal.Studies;

namespace PixelPost.EvalPortal.Plots;

/// <summary>Figures as files: SVG, PNG, and their numbers as CSV.</summary>
public static class PlotEndpoints
{
    public static void MapFigures(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/studies/{studyId:long}/figures/{figure}.{format}", async (
            long studyId, string figure, string format, string? axis, string? votes, string? exclusions, string? theme, bool? spreadsheet,
            StudyFigures figures, CancellationToken cancel) =>
        {
            var query = ResultsQuery.Parse(votes, axis, outcome: null, sort: null, page: null, exclusions);
            return await figures.ReadAsync(studyId, query, cancel)
                ? await FileAsync(figures.Find(figure, query.Axis), format, theme, spreadsheet == true, cancel)
                : Results.NotFound();
        });
        routes.MapGet("/groups/{groupId:long}/figures/{axis}/{figure}.{format}", async (
            long groupId, string axis, string figure, string format, string? theme, bool? spreadsheet, GroupFigures figures, CancellationToken cancel) =>
            Enum.TryParse<Axis>(axis, ignoreCase: true, out var asked) && await figures.ReadAsync(groupId, cancel)
                ? await FileAsync(figures.Find(figure, asked), format, theme, spreadsheet == true, cancel)
                : Results.NotFound());
        routes.MapGet("/studies/{studyId:long}/results/{comparisonId:long}/figures/{figure}.{format}", async (
            long studyId, long comparisonId, string figure, string format, string? votes, string? exclusions, string? theme, bool? spreadsheet,
            PairItemSession item, CancellationToken cancel) =>
        {
            var query = ResultsQuery.Parse(votes, axis: null, outcome: null, sort: null, page: null, exclusions);
            return await item.ReadAsync(studyId, comparisonId, query, cancel)
                ? await FileAsync(item.SavedMap(figure), format, theme, spreadsheet == true, cancel)
                : Results.NotFound();
        });
    }

    private static async Task<IResult> FileAsync(SavedPlot? plot, string format, string? theme, bool forSpreadsheets, CancellationToken cancel)
    {
        var palette = theme == "dark" ? Palette.Dark : Palette.Light;
        return (plot, format) switch
        {
            (null, _) => Results.NotFound(),
            (_, "svg") => Results.File(Encoding.UTF8.GetBytes(plot.ToSvg(palette)), MediaTypeNames.Image.Svg, $"{plot.FileName}.svg"),
            (_, "png") => Results.File(plot.ToPng(palette), MediaTypeNames.Image.Png, $"{plot.FileName}.png"),
            (_, "csv") => Results.File(await plot.Plot.Table.ToCsvAsync(forSpreadsheets, cancel), $"{MediaTypeNames.Text.Csv}; charset=utf-8", $"{plot.FileName}.csv"),
            _ => Results.NotFound(),
        };
    }
}
