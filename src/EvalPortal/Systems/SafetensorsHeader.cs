using System.Buffers.Binary;
using System.Text.Json;

namespace PixelPost.EvalPortal.Systems;

/// <summary>Names and shapes of the tensors of a <c>.safetensors</c> file, read without the tensors. A file from outside is hostile until it is looked at.</summary>
/// <remarks>https://github.com/huggingface/safetensors, "Format": header length in 8 bytes, header as JSON, tensors one after another.</remarks>
public static class SafetensorsHeader
{
    /// <summary>Most bytes of a header: many times those of the largest public models.</summary>
    public const int MaxBytes = 16 << 20;

    private const int MostDimensions = 8;

    private static readonly Dictionary<string, int> BytesPerElement = new()
    {
        ["F64"] = 8, ["F32"] = 4, ["F16"] = 2, ["BF16"] = 2, ["I64"] = 8, ["I32"] = 4, ["I16"] = 2, ["I8"] = 1, ["U8"] = 1, ["BOOL"] = 1,
    };

    /// <summary>Reads a file's header and checks that its tensors fill the file, without gap or overlap.</summary>
    /// <returns>The shape of each tensor by name.</returns>
    /// <exception cref="RefusedException">It is no such file, is cut off, or lies about itself.</exception>
    public static IReadOnlyDictionary<string, string> Read(Stream file, string name)
    {
        var length = ReadLength(file, name);
        var header = new byte[length];
        file.ReadExactly(header);
        try
        {
            using var json = JsonDocument.Parse(header, new JsonDocumentOptions { MaxDepth = 4 });
            return ReadTensors(json.RootElement, file.Length - 8 - length, name);
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException or KeyNotFoundException or FormatException or OverflowException)
        {
            throw new RefusedException($"{name} is no safetensors file: its header cannot be read. {exception.Message}", exception);
        }
    }

    private static int ReadLength(Stream file, string name)
    {
        Span<byte> prefix = stackalloc byte[8];
        if (file.Length < prefix.Length)
            throw new RefusedException($"{name} is no safetensors file: it has {file.Length} bytes.");
        file.ReadExactly(prefix);
        var length = BinaryPrimitives.ReadUInt64LittleEndian(prefix);
        if (length > MaxBytes)
            throw new RefusedException($"{name} says that its header has {length:N0} bytes; a header may have {MaxBytes:N0}. It is no safetensors file, or made to do harm.");
        return length >= 2 && (long)length <= file.Length - prefix.Length
            ? (int)length
            : throw new RefusedException($"{name} says that its header has {length:N0} bytes, and the file has {file.Length:N0}: it is cut off, or no safetensors file.");
    }

    private static Dictionary<string, string> ReadTensors(JsonElement header, long bytes, string name)
    {
        var tensors = new Dictionary<string, string>(StringComparer.Ordinal);
        var places = new List<(long Begin, long End)>();
        foreach (var entry in header.EnumerateObject().Where(entry => entry.Name != "__metadata__"))
        {
            var shape = entry.Value.GetProperty("shape").EnumerateArray().Select(size => size.GetInt64()).ToList();
            var place = entry.Value.GetProperty("data_offsets").EnumerateArray().Select(offset => offset.GetInt64()).ToList();
            var type = entry.Value.GetProperty("dtype").GetString()!;
            if (!BytesPerElement.TryGetValue(type, out var size))
                throw new RefusedException($"{name}: tensor '{entry.Name}' is of type {type}, which the worker cannot read; it reads {string.Join(", ", BytesPerElement.Keys)}.");
            if (shape.Count > MostDimensions || shape.Any(length => length < 0) || place.Count != 2
                || place[1] - place[0] != shape.Aggregate((long)size, (product, length) => checked(product * length)))
                throw new RefusedException($"{name}: tensor '{entry.Name}' does not fit its place in the file: it is damaged, or made to do harm.");
            if (!tensors.TryAdd(entry.Name, string.Join('×', shape)))
                throw new RefusedException($"{name} names the tensor '{entry.Name}' twice.");
            places.Add((place[0], place[1]));
        }
        var at = 0L;
        foreach (var (begin, end) in places.Order())
            at = begin == at ? end : throw new RefusedException($"{name}: its tensors overlap or leave gaps: it is damaged, or made to do harm.");
        return at == bytes ? tensors : throw new RefusedException($"{name} should have {at:N0} bytes of tensors and has {bytes:N0}: it is cut off, or holds something else besides.");
    }
}
