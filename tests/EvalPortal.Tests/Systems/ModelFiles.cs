using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;
using System.Text.Json;

namespace PixelPost.EvalPortal.Tests.Systems;

/// <summary>Folders, zips and weights that look like models, as small as can be.</summary>
internal static class ModelFiles
{
    /// <summary>A .safetensors file of float32 zeros.</summary>
    public static byte[] Weights(params (string Name, int[] Shape)[] tensors)
    {
        var header = new Dictionary<string, object>();
        var at = 0;
        foreach (var (name, shape) in tensors)
        {
            var length = 4 * shape.Aggregate(1, (product, size) => product * size);
            header[name] = new { dtype = "F32", shape, data_offsets = new[] { at, at + length } };
            at += length;
        }
        return WithHeader(JsonSerializer.Serialize(header), at);
    }

    /// <summary>A .safetensors file with a header of one's own.</summary>
    public static byte[] WithHeader(string header, int dataBytes, ulong? headerLength = null)
    {
        var json = Encoding.UTF8.GetBytes(header);
        var file = new byte[8 + json.Length + dataBytes];
        BinaryPrimitives.WriteUInt64LittleEndian(file, headerLength ?? (ulong)json.Length);
        json.CopyTo(file, 8);
        return file;
    }

    /// <summary>Writes a model with a U-Net and an autoencoder.</summary>
    public static string WriteFolder(string folder)
    {
        Write(folder, "model_index.json", """{"_class_name":"StableDiffusionPipeline","unet":["diffusers","UNet2DConditionModel"],"vae":["diffusers","AutoencoderKL"],"safety_checker":[null,null]}"""u8.ToArray());
        Write(folder, "unet/config.json", """{"in_channels":4}"""u8.ToArray());
        Write(folder, "unet/diffusion_pytorch_model.safetensors", Weights(("conv_in.weight", [4, 4]), ("conv_in.bias", [4])));
        Write(folder, "vae/config.json", "{}"u8.ToArray());
        Write(folder, "vae/diffusion_pytorch_model.safetensors", Weights(("quant.weight", [2, 2])));
        return folder;
    }

    public static void Write(string folder, string name, byte[] content)
    {
        var path = Path.Combine(folder, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllBytes(path, content);
    }

    /// <summary>Zips a folder as it is, with all in a folder of a name if wanted, and lets a test add to it.</summary>
    public static MemoryStream Zip(string folder, string top = "", Action<ZipArchive>? also = null)
    {
        var stream = new MemoryStream();
        using (var zip = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (var file in Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories))
                zip.CreateEntryFromFile(file, top + Path.GetRelativePath(folder, file).Replace('\\', '/'));
            also?.Invoke(zip);
        }
        stream.Position = 0;
        return stream;
    }
}
