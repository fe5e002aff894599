using System.Text.Json.Nodes;
using Microsoft.OpenApi;
using PixelPost.EvalPortal.Dashboards;
using PixelPost.EvalPortal.Database;
using PixelPost.EvalPortal.Exports;
using PixelPost.EvalPortal.Quality;
using PixelPost.EvalPortal.Reports.Formats;
using PixelPost.EvalPortal.Studies;

namespace PixelPost.EvalPortal.Api.Description;

/// <summary>What stands in addresses, told once: the same name means the same everywhere.</summary>
internal static class Parameters
{
    private static readonly Dictionary<string, (string About, string[] Words)> Known = new()
    {
        ["votes"] = ("Whose votes are counted; real, those of people, unless told otherwise.", Words<VoteSource>()),
        ["exclusions"] = ("Whether the votes of excluded raters are left out; applied, they are, unless told otherwise.", Words<Exclusions>()),
        ["paper"] = ("Of a PDF; a4 unless told otherwise.", Words<Paper>()),
        ["table"] = ("Which table.", Words<StudyTable>()),
        ["spreadsheet"] = ("Whether CSV is written so that a spreadsheet runs nothing in it.", []),
        ["extension"] = ("The kind of file.", []),
        ["after"] = ("Where to go on: next of the page before; of metrics, a step.", []),
        ["limit"] = ("Most entries, 1 to 1000; 100 unless told otherwise.", []),
        ["lines"] = ("Most lines, 1 to 10000; 100 unless told otherwise.", []),
        ["name"] = ("Its name.", []),
        ["file"] = ("Name of the file: its end says of which kind it is.", []),
        ["format"] = ("Key of the format; left out, the file tells.", []),
        ["overall"] = ("As what answers are kept that name no question, or the whole: appeal unless told otherwise.", [Axis.Appeal.ToText(), Axis.Flaws.ToText()]),
        ["check"] = ("Whether the file is only looked at.", []),
        ["reasons"] = ("Whether the words that raters wrote go with it; they do unless told otherwise.", []),
        ["browsers"] = ("Whether the kinds of browsers go with it; they do unless told otherwise.", []),
        ["prompts"] = ("Name of the prompt set that it asks about; left out, a new one is made of the file's prompts.", []),
        ["source"] = ("Where the prompts are from.", []),
        ["licence"] = ("Under which licence they may be used.", []),
        ["path"] = ("Where in the folder the file lies: images.zip, or sd15/fox.png.", []),
        ["at"] = ("Where in the file the body begins; at its beginning unless told otherwise.", []),
    };

    public static void Describe(OpenApiOperation operation)
    {
        foreach (var parameter in (operation.Parameters ?? []).OfType<OpenApiParameter>().Where(parameter => Known.ContainsKey(parameter.Name!)))
        {
            var (about, words) = Known[parameter.Name!];
            parameter.Description = about;
            if (words.Length > 0)
                parameter.Schema = new OpenApiSchema { Type = JsonSchemaType.String, Enum = [.. words.Select(word => (JsonNode)word)] };
        }
    }

    private static string[] Words<T>() where T : struct, Enum => [.. Enum.GetValues<T>().Select(value => value.ToText())];
}
