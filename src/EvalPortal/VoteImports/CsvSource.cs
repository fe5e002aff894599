using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using CsvHelper;

namespace PixelPost.EvalPortal.VoteImports;

/// <summary>Reads CSV with a heading: commas, semicolons or tabs.</summary>
internal static class CsvSource
{
    private const string Open = "a quote that opens here is never closed. Close it; a quote inside quotes is written twice.";
    private const string Apart = "its quotes do not end where its columns do. A quote inside quotes is written twice.";

    public static async IAsyncEnumerable<ReadRow> ReadAsync(GuardedStream text, [EnumeratorCancellation] CancellationToken cancel)
    {
        var malformed = new Dictionary<long, string>();
        using var csv = CsvReader.Create(
            text,
            new CsvReaderOptions
            {
                TrackLineNumbers = true,
                MaxRecordSize = SourceFile.MostRowBytes,
                OnMalformedRecord = record =>
                {
                    if (record.Reason != CsvMalformedReason.StrayQuote) // which is kept as text, and can mean nothing else
                        malformed[record.LineNumber] = record.Reason == CsvMalformedReason.UnterminatedQuote ? Open : Apart;
                },
            },
            leaveOpen: true);
        await RefusingAsync(async () =>
        {
            await csv.ReadHeaderAsync(cancel);
            return true;
        });
        List<string> names = [.. csv.Headers.Select(name => name.Trim())];
        if (names.Count < 2)
            throw new RefusedException($"line 1: the heading has one column, '{Shown(names.FirstOrDefault() ?? "")}'. A file of votes has several, with commas, semicolons or tabs between.");
        while (await RefusingAsync(async () => await csv.ReadAsync(cancel)))
        {
            text.StartRow();
            var number = (int)csv.LineNumber;
            var fault = malformed.Remove(csv.LineNumber, out var reason) ? reason
                : csv.FieldCount != names.Count ? $"the heading has {names.Count} columns and this row has {csv.FieldCount}. Put text with commas in quotes."
                : null;
            yield return new ReadRow(number, fault is null ? Row(csv, names, number) : null, fault);
        }
        foreach (var (line, reason) in malformed.OrderBy(found => found.Key))
            yield return new ReadRow((int)line, null, reason);
    }

    private static SourceRow Row(CsvReader csv, List<string> names, int number)
    {
        var values = new Dictionary<string, JsonElement>(names.Count, StringComparer.OrdinalIgnoreCase);
        for (var i = 0; i < names.Count; i++)
        {
            if (!csv.IsEmpty(i))
                values.TryAdd(names[i], JsonSerializer.SerializeToElement(csv.GetString(i)));
            else
                values.TryAdd(names[i], default);
        }
        return new SourceRow(number, values);
    }

    private static async Task<bool> RefusingAsync(Func<Task<bool>> read)
    {
        try
        {
            return await read();
        }
        catch (CsvFormatException exception)
        {
            throw new RefusedException($"line {exception.LineNumber}: a quote that opens here is never closed, or the row is longer than {SourceFile.MostRowBytes >> 20} MB. Close it; a quote inside quotes is written twice.", exception);
        }
        catch (DecoderFallbackException exception)
        {
            throw new RefusedException("The file is not UTF-8. Save it as UTF-8.", exception);
        }
    }

    private static string Shown(string name) => name.Length > 40 ? $"{name[..40]}…" : name;
}
