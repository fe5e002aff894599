using System.Buffers.Binary;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using static TorchSharp.torch;

namespace PixelPost.Training.Weights;

/// <summary>Reads and writes <c>.safetensors</c>: 8-byte little-endian header length, JSON header, raw row-major tensors.</summary>
/// <remarks>https://github.com/huggingface/safetensors, "Format".</remarks>
public static class Safetensors
{
    private static readonly Dictionary<string, ScalarType> Types = new()
    {
        ["F64"] = ScalarType.Float64,
        ["F32"] = ScalarType.Float32,
        ["F16"] = ScalarType.Float16,
        ["BF16"] = ScalarType.BFloat16,
        ["I64"] = ScalarType.Int64,
        ["I32"] = ScalarType.Int32,
        ["I16"] = ScalarType.Int16,
        ["I8"] = ScalarType.Int8,
        ["U8"] = ScalarType.Byte,
        ["BOOL"] = ScalarType.Bool,
    };

    /// <summary>Reads every tensor of a file, in the file's own dtypes, on the CPU.</summary>
    /// <exception cref="InvalidDataException">The file is not a complete safetensors file.</exception>
    public static Dictionary<string, Tensor> Read(string path) => ReadEach(path).ToDictionary(t => t.Key, t => t.Value, StringComparer.Ordinal);

    /// <summary>Reads a file's tensors one after another, as they are asked for.</summary>
    /// <inheritdoc cref="Read" path="/exception"/>
    public static IEnumerable<KeyValuePair<string, Tensor>> ReadEach(string path)
    {
        using var stream = File.OpenRead(path);
        var (header, start) = ReadHeader(stream, path);
        foreach (var (name, node) in header)
        {
            if (name != "__metadata__") yield return new(name, ReadTensor(stream, start, path, name, node!.AsObject()));
        }
    }

    /// <summary>Reads names and shapes of a file's tensors, not the tensors.</summary>
    /// <inheritdoc cref="Read" path="/exception"/>
    public static Dictionary<string, long[]> ReadShapes(string path)
    {
        using var stream = File.OpenRead(path);
        return ReadHeader(stream, path).Header.Where(e => e.Key != "__metadata__")
            .ToDictionary(e => e.Key, e => Integers(e.Value!, "shape"), StringComparer.Ordinal);
    }

    /// <summary>Reads the free-text entries of a file's <c>__metadata__</c>.</summary>
    public static Dictionary<string, string> ReadMetadata(string path)
    {
        using var stream = File.OpenRead(path);
        var metadata = ReadHeader(stream, path).Header["__metadata__"]?.AsObject();
        return metadata?.ToDictionary(e => e.Key, e => (string)e.Value!, StringComparer.Ordinal) ?? [];
    }

    /// <summary>Writes tensors in name order; the file appears complete or not at all.</summary>
    /// <param name="path">File to write.</param>
    /// <param name="tensors">Name and value; any device and layout.</param>
    /// <param name="dtype">Dtype of floating-point tensors in the file; null keeps each one's own.</param>
    /// <param name="metadata">Free-text entries.</param>
    public static void Write(string path, IEnumerable<KeyValuePair<string, Tensor>> tensors, ScalarType? dtype = null, IReadOnlyDictionary<string, string>? metadata = null)
    {
        using var scope = NewDisposeScope();
        var ready = tensors.OrderBy(t => t.Key, StringComparer.Ordinal)
            .Select(t => (Name: t.Key, Value: ForFile(t.Value, dtype)))
            .ToList();

        var header = new JsonObject();
        var entries = new JsonObject { ["format"] = "pt" };
        foreach (var (key, value) in metadata ?? new Dictionary<string, string>()) entries[key] = value;
        header["__metadata__"] = entries;
        long offset = 0;
        foreach (var (name, value) in ready)
        {
            var length = value.NumberOfElements * value.ElementSize;
            header[name] = new JsonObject
            {
                ["dtype"] = Types.First(t => t.Value == value.dtype).Key,
                ["shape"] = new JsonArray([.. value.shape.Select(n => (JsonNode)n)]),
                ["data_offsets"] = new JsonArray(offset, offset + length),
            };
            offset += length;
        }

        var json = Encoding.UTF8.GetBytes(header.ToJsonString());
        var padded = (json.Length + 7) / 8 * 8;
        var temporary = path + ".tmp";
        using (var stream = File.Create(temporary))
        {
            Span<byte> length = stackalloc byte[8];
            BinaryPrimitives.WriteInt64LittleEndian(length, padded);
            stream.Write(length);
            stream.Write(json);
            for (var i = json.Length; i < padded; i++) stream.WriteByte((byte)' ');
            foreach (var (_, value) in ready) stream.Write(value.bytes);
            stream.Flush(flushToDisk: true);
        }
        File.Move(temporary, path, overwrite: true);
    }

    private static Tensor ReadTensor(FileStream stream, long start, string path, string name, JsonObject entry)
    {
        var dtype = (string)entry["dtype"]!;
        if (!Types.TryGetValue(dtype, out var type))
            throw new InvalidDataException($"{path}: tensor '{name}' has dtype {dtype}; known are {string.Join(", ", Types.Keys)}.");
        var offsets = Integers(entry, "data_offsets");
        var tensor = empty(Integers(entry, "shape"), dtype: type, device: CPU);
        if (offsets[1] - offsets[0] != tensor.NumberOfElements * tensor.ElementSize || start + offsets[1] > stream.Length)
            throw new InvalidDataException($"{path}: tensor '{name}' does not fit its data; the file is cut off or damaged.");
        stream.Position = start + offsets[0];
        stream.ReadExactly(tensor.bytes);
        return tensor;
    }

    private static long[] Integers(JsonNode entry, string key) => entry[key]!.AsArray().Select(n => (long)n!).ToArray();

    private static Tensor ForFile(Tensor value, ScalarType? dtype)
    {
        var plain = value.detach().cpu().contiguous();
        return dtype is { } wanted && plain.is_floating_point() ? plain.to(wanted) : plain;
    }

    private static (JsonObject Header, long Start) ReadHeader(Stream stream, string path)
    {
        Span<byte> prefix = stackalloc byte[8];
        if (stream.Length < 8) throw new InvalidDataException($"{path} is not a safetensors file: it has {stream.Length} bytes.");
        stream.ReadExactly(prefix);
        var length = BinaryPrimitives.ReadInt64LittleEndian(prefix);
        if (length is < 2 or > 100_000_000 || length > stream.Length - 8)
            throw new InvalidDataException($"{path} is not a safetensors file: its header would be {length} bytes long.");
        var json = new byte[length];
        stream.ReadExactly(json);
        try
        {
            return (JsonNode.Parse(json)!.AsObject(), 8 + length);
        }
        catch (JsonException problem)
        {
            throw new InvalidDataException($"{path} is not a safetensors file: its header is not JSON ({problem.Message}).", problem);
        }
    }
}
