using System.Net.Mime;

namespace PixelPost.EvalPortal.Exports;

/// <summary>The kinds of file that a table can be written as.</summary>
public enum ExportFormat
{
    /// <summary>RFC 4180, UTF-8, times in ISO 8601 UTC.</summary>
    Csv,

    /// <summary>CSV for looking at: text that a spreadsheet would run as a formula has an apostrophe before it.</summary>
    Spreadsheet,

    /// <summary>A JSON object in each line, with every column.</summary>
    Jsonl,

    /// <summary>One JSON list of objects.</summary>
    Json,

    /// <summary>Apache Parquet with typed columns.</summary>
    Parquet,
}

/// <summary>What goes with a kind of file.</summary>
internal static class ExportFormats
{
    /// <summary>With its dot.</summary>
    public static string Extension(this ExportFormat format) => format switch
    {
        ExportFormat.Csv or ExportFormat.Spreadsheet => ".csv",
        ExportFormat.Jsonl => ".jsonl",
        ExportFormat.Json => ".json",
        _ => ".parquet",
    };

    public static string MediaType(this ExportFormat format) => format switch
    {
        ExportFormat.Csv or ExportFormat.Spreadsheet => $"{MediaTypeNames.Text.Csv}; charset=utf-8",
        ExportFormat.Jsonl => "application/jsonl",
        ExportFormat.Json => MediaTypeNames.Application.Json,
        _ => "application/vnd.apache.parquet",
    };

    /// <summary>For people.</summary>
    public static string Words(this ExportFormat format) => format switch
    {
        ExportFormat.Csv => "CSV",
        ExportFormat.Spreadsheet => "CSV for a spreadsheet",
        ExportFormat.Jsonl => "JSON lines",
        ExportFormat.Json => "JSON",
        _ => "Parquet",
    };

    /// <summary>The format of a file with this extension, without the dot; null for none.</summary>
    public static ExportFormat? OfExtension(string extension, bool forSpreadsheets = false) => extension switch
    {
        "csv" => forSpreadsheets ? ExportFormat.Spreadsheet : ExportFormat.Csv,
        "jsonl" => ExportFormat.Jsonl,
        "json" => ExportFormat.Json,
        "parquet" => ExportFormat.Parquet,
        _ => null,
    };
}
