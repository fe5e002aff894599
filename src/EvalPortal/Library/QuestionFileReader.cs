using System.Text.Json;
using CsvHelper;

namespace PixelPost.EvalPortal.Library;

/// <summary>Reads a file of questions: CSV with a heading, or a JSON list of objects with the same names.</summary>
public static class QuestionFileReader
{
    /// <summary>Most bytes of a file.</summary>
    public const int MaxBytes = 32 << 20;

    private const int MostRecordBytes = 1 << 20;

    // Its name here, and those it has in files of DSG
    private static readonly Dictionary<string, string[]> Columns = new()
    {
        ["prompt_id"] = ["prompt_id", "item_id"],
        ["prompt"] = ["prompt", "text"],
        ["question_id"] = ["question_id", "proposition_id"],
        ["depends_on"] = ["depends_on", "dependency"],
        ["category"] = ["category", "category_broad"],
        ["question"] = ["question", "question_natural_language"],
        ["expected_answer"] = ["expected_answer", "expected"],
    };

    /// <summary>Reads a file. It never throws for what stands in it: <see cref="QuestionFile.Faults"/> says what is wrong.</summary>
    /// <param name="content">All of the file.</param>
    public static QuestionFile Read(byte[] content)
    {
        var text = content.AsSpan();
        if (text.StartsWith((ReadOnlySpan<byte>)[0xef, 0xbb, 0xbf]))
            text = text[3..];
        return text.TrimStart(" \t\r\n"u8) is [(byte)'[' or (byte)'{', ..] ? ReadJson(text.ToArray()) : ReadCsv(text.ToArray());
    }

    private static QuestionFile ReadCsv(byte[] content)
    {
        var malformed = new Dictionary<long, string>();
        using var stream = new MemoryStream(content);
        using var csv = CsvReader.Create(stream, new CsvReaderOptions
        {
            TrackLineNumbers = true,
            TrimWhitespace = true,
            MaxRecordSize = MostRecordBytes,
            OnMalformedRecord = record => malformed[record.LineNumber] = record.Reason == CsvMalformedReason.UnterminatedQuote
                ? "a quote that opens here is never closed. Close it; a quote inside quotes is written twice."
                : "its quotes do not end where its columns do. A quote inside quotes is written twice.",
        });
        try
        {
            List<string> headers = [.. csv.Headers.Select(header => header.Trim())];
            if (Missing(name => Find(headers, name) >= 0) is { } missing)
                return Refused(missing);
            var columns = Columns.Keys.ToDictionary(name => name, name => Find(headers, name));
            var rows = new List<QuestionRow>();
            while (csv.Read())
            {
                var reason = malformed.GetValueOrDefault(csv.LineNumber)
                    ?? (csv.FieldCount == headers.Count ? null : $"the heading has {headers.Count} columns and this row has {csv.FieldCount}. Put text with commas in quotes.");
                rows.Add(Row($"line {csv.LineNumber}", reason, name => columns[name] >= 0 && reason is null ? csv.GetString(columns[name]) : null));
            }
            var last = malformed.Keys.Except(rows.Select(row => long.Parse(row.Where[5..], null))).Order().Select(line => $"line {line}: {malformed[line]}");
            var file = QuestionFile.Of(rows);
            return file with { Faults = [.. file.Faults, .. last] };
        }
        catch (CsvFormatException exception)
        {
            return Refused($"line {exception.LineNumber}: a quote that opens here is never closed, or the row is longer than {MostRecordBytes / 1024:N0} KB. Close it; a quote inside quotes is written twice.");
        }
    }

    private static QuestionFile ReadJson(byte[] content)
    {
        try
        {
            using var document = JsonDocument.Parse(content);
            var list = document.RootElement;
            if (list.ValueKind == JsonValueKind.Object && list.TryGetProperty("questions", out var questions))
                list = questions;
            if (list.ValueKind != JsonValueKind.Array)
                return Refused("A JSON file of questions is a list of objects, or an object with such a list as 'questions'.");
            return QuestionFile.Of(list.EnumerateArray().Select((entry, i) => Row(
                $"entry {i + 1}",
                entry.ValueKind != JsonValueKind.Object ? "this is no object. Write {\"prompt\": …, \"question_id\": …, \"question\": …}."
                    : Missing(name => Value(entry, name) is not null),
                name => entry.ValueKind == JsonValueKind.Object ? Value(entry, name) : null)).ToList());
        }
        catch (JsonException exception)
        {
            return Refused($"line {exception.LineNumber + 1}: this is no JSON: {exception.Message}");
        }
    }

    private static QuestionRow Row(string where, string? unreadable, Func<string, string?> value)
    {
        return new QuestionRow
        {
            Where = where,
            Unreadable = unreadable,
            PromptId = Text("prompt_id"),
            Prompt = Text("prompt"),
            Label = Text("question_id") ?? "",
            Text = Text("question"),
            ExpectedText = value("expected_answer") is { } expected ? expected.Trim() : "yes", // where a file does not say, all are to be yes
            Category = Text("category"),
            DependsOn = [.. (Text("depends_on") ?? "")
                .Split([',', ';'], StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
                .Where(label => label != "0")],
        };

        string? Text(string name) => value(name)?.Trim() is { Length: > 0 } text ? text : null;
    }

    /// <summary>What a heading or an object lacks; null when it has enough.</summary>
    private static string? Missing(Func<string, bool> has)
    {
        if (!has("prompt") && !has("prompt_id"))
            return "there is no column prompt. Name the prompt of each question, as in the prompt set, or its place there as prompt_id.";
        if (!has("question_id"))
            return "there is no column question_id. Number the questions of each prompt: 1, 2, 3.";
        return has("question") ? null : "there is no column question. Write a question that is answered yes or no.";
    }

    private static int Find(List<string> headers, string name) =>
        headers.FindIndex(header => Columns[name].Contains(header, StringComparer.OrdinalIgnoreCase));

    private static string? Value(JsonElement entry, string name)
    {
        foreach (var alias in Columns[name])
        {
            if (entry.TryGetProperty(alias, out var value) && value.ValueKind != JsonValueKind.Null)
                return value.ValueKind == JsonValueKind.Array ? string.Join(',', value.EnumerateArray().Select(part => part.ToString())) : value.ToString();
        }
        return null;
    }

    private static QuestionFile Refused(string fault) => new() { Prompts = [], Faults = [fault], Notes = [] };
}
