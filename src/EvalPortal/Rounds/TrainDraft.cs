using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using PixelPost.Training.Contracts;

namespace PixelPost.EvalPortal.Rounds;

/// <summary>What is chosen on the training page, as typed, and what of it cannot be right.</summary>
public sealed class TrainDraft
{
    private readonly Dictionary<string, string> _settings = SettingDoc.All.ToDictionary(setting => setting.Key, setting => setting.Default);

    public TrainDraft() => Choose(ObjectiveChoice.All[^1]);

    /// <summary>Name of the job and of the model it makes.</summary>
    public string Name { get; set; } = "";

    /// <summary>The model to start from.</summary>
    public long? ModelId { get; set; }

    /// <summary>A hyper-parameter by its name in <c>job.json</c>.</summary>
    public string this[string key]
    {
        get => _settings[key];
        set => _settings[key] = value.Trim();
    }

    /// <summary>The hyper-parameters that differ from their defaults.</summary>
    public IEnumerable<SettingDoc> Changed => SettingDoc.All.Where(setting => this[setting.Key] != setting.Default);

    /// <summary>Whether an objective is the one that the hyper-parameters amount to now.</summary>
    public bool IsChosen(ObjectiveChoice choice) =>
        this["objective"] == NameOf(choice.Objective) && ToNumber(this["pixel_weight"]) > 0 == choice.InPixels;

    /// <summary>Sets the hyper-parameters that make an objective; a pixel weight that was typed stays.</summary>
    public void Choose(ObjectiveChoice choice)
    {
        this["objective"] = NameOf(choice.Objective);
        if (!choice.InPixels)
            this["pixel_weight"] = "0";
        else if (!(ToNumber(this["pixel_weight"]) > 0))
            this["pixel_weight"] = ObjectiveChoice.PaperPixelWeight.ToString(CultureInfo.InvariantCulture);
    }

    /// <summary>The hyper-parameters, ready for the worker.</summary>
    /// <exception cref="RefusedException">One of them cannot be right; the message says which and why.</exception>
    public LoopSettings ToSettings()
    {
        var json = new JsonObject();
        foreach (var (key, text) in _settings)
            json[key] = ToNumber(text) is { } number ? JsonValue.Create(number) : bool.TryParse(text, out var truth) ? JsonValue.Create(truth) : JsonValue.Create(text);
        LoopSettings settings;
        try
        {
            settings = ContractJson.Parse<LoopSettings>(json.ToJsonString(), "Settings");
        }
        catch (JsonException exception)
        {
            throw new RefusedException(exception.Message, exception);
        }
        return settings.Faults() is { Count: > 0 } faults
            ? throw new RefusedException(string.Join(' ', faults.Select(fault => fault.Replace("training.", "", StringComparison.Ordinal))))
            : settings;
    }

    // Decimal, because a seed has more digits than a double keeps.
    private static decimal? ToNumber(string text) =>
        decimal.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? number : null;

    private static string NameOf(Objective objective) => JsonSerializer.SerializeToElement(objective, ContractJson.Line).GetString()!;
}
