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

    /// <summary>A draft of its own with the same choices.</summary>
    public TrainDraft Copy()
    {
        var copy = new TrainDraft { Name = Name, ModelId = ModelId };
        foreach (var (key, value) in _settings)
            copy._settings[key] = value;
        return copy;
    }

    /// <summary>The hyper-parameters that differ from their defaults.</summary>
    public IEnumerable<SettingDoc> Changed => SettingDoc.All.Where(setting => this[setting.Key] != setting.Default);

    /// <summary>Whether an objective is the one that the hyper-parameters amount to now.</summary>
    public bool IsChosen(ObjectiveChoice choice) => (InLatents, InPixels) == (NameOf(choice.InLatents), NameOf(choice.InPixels));

    /// <summary>Sets the hyper-parameters that make an objective; weights that were typed stay.</summary>
    public void Choose(ObjectiveChoice choice)
    {
        this["objective"] = NameOf(choice.InLatents ?? choice.InPixels)!;
        this["pixel_objective"] = choice.InLatents is null || choice.InPixels == choice.InLatents ? "" : NameOf(choice.InPixels) ?? "";
        Weigh("latent_weight", choice.InLatents is not null, 1);
        Weigh("pixel_weight", choice.InPixels is not null, ObjectiveChoice.PaperPixelWeight);
    }

    /// <summary>The hyper-parameters, ready for the worker.</summary>
    /// <exception cref="RefusedException">One of them cannot be right; the message says which and why.</exception>
    public LoopSettings ToSettings()
    {
        var json = new JsonObject();
        foreach (var (key, text) in _settings.Where(setting => setting.Value.Length > 0 || Default(setting.Key).Length > 0)) // what has no default may be left out
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

    private string? InLatents => ToNumber(this["latent_weight"]) > 0 ? this["objective"] : null;

    private string? InPixels => !(ToNumber(this["pixel_weight"]) > 0) ? null : this["pixel_objective"] is { Length: > 0 } own ? own : this["objective"];

    private void Weigh(string key, bool counts, double usual)
    {
        if (!counts)
            this[key] = "0";
        else if (!(ToNumber(this[key]) > 0))
            this[key] = usual.ToString(CultureInfo.InvariantCulture);
    }

    private static string Default(string key) => SettingDoc.All.Single(setting => setting.Key == key).Default;

    // Decimal, because a seed has more digits than a double keeps.
    private static decimal? ToNumber(string text) =>
        decimal.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? number : null;

    private static string? NameOf(Objective? objective) => JsonSerializer.SerializeToElement(objective, ContractJson.Line).GetString();
}
