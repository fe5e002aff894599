using System.Text.Json;
using System.Text.Json.Serialization;
using PixelPost.EvalPortal.Database;

namespace PixelPost.EvalPortal.Rating;

/// <summary>Reads an enum member by its one word, such as <c>style_mismatch</c>: no number, and no list of words that add up to another.</summary>
internal sealed class WordConverter : JsonConverterFactory
{
    public override bool CanConvert(Type typeToConvert) => typeToConvert.IsEnum;

    public override JsonConverter CreateConverter(Type typeToConvert, JsonSerializerOptions options) =>
        (JsonConverter)Activator.CreateInstance(typeof(OfMembers<>).MakeGenericType(typeToConvert))!;

    private sealed class OfMembers<T> : JsonConverter<T> where T : struct, Enum
    {
        private static readonly Dictionary<string, T> Members = Enum.GetValues<T>().ToDictionary(member => member.ToText());

        public override T Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            reader.TokenType == JsonTokenType.String && Members.TryGetValue(reader.GetString()!, out var member) ? member : throw new JsonException();

        public override void Write(Utf8JsonWriter writer, T value, JsonSerializerOptions options) => writer.WriteStringValue(value.ToText());
    }
}
