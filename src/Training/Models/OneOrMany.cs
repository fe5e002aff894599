using System.Text.Json;
using System.Text.Json.Serialization;

namespace PixelPost.Training.Models;

/// <summary>A number of a configuration that holds for every stage, or a list with one for each.</summary>
[JsonConverter(typeof(Converter))]
public sealed class OneOrMany
{
    private readonly int[] _numbers;

    /// <summary>One per stage, or a single one for all.</summary>
    public OneOrMany(params int[] numbers)
    {
        ArgumentOutOfRangeException.ThrowIfZero(numbers.Length, nameof(numbers));
        _numbers = numbers;
    }

    /// <summary>How many there are: 1 where one holds for all.</summary>
    public int Count => _numbers.Length;

    /// <summary>The number of a stage.</summary>
    public int At(int stage) => _numbers.Length == 1 ? _numbers[0] : _numbers[stage];

    /// <summary>One number for all stages.</summary>
    public static implicit operator OneOrMany(int number) => new(number);

    private sealed class Converter : JsonConverter<OneOrMany>
    {
        public override OneOrMany Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            reader.TokenType == JsonTokenType.Number ? new(reader.GetInt32()) : new(JsonSerializer.Deserialize<int[]>(ref reader, options)!);

        public override void Write(Utf8JsonWriter writer, OneOrMany value, JsonSerializerOptions options)
        {
            if (value.Count == 1) writer.WriteNumberValue(value._numbers[0]);
            else JsonSerializer.Serialize(writer, value._numbers, options);
        }
    }
}
