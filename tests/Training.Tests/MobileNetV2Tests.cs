using System.Text.Json.Nodes;
using PixelPost.Training.Models;
using PixelPost.Training.Native;
using PixelPost.Training.Weights;
using static TorchSharp.torch;

namespace PixelPost.Training.Tests;

/// <summary>The feature network against a forward pass in numpy (Golden/mobilenet_v2/make.py), and the files it is read from.</summary>
public sealed class MobileNetV2Tests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("pixelpost-layers-").FullName;

    public MobileNetV2Tests() => LibTorch.Load();

    [SkippableFact]
    public void Features_RandomPictures_AreNumpys()
    {
        var folder = Environment.GetEnvironmentVariable("PIXELPOST_FEATURES");
        Skip.If(string.IsNullOrEmpty(folder), "PIXELPOST_FEATURES does not name a folder made by data/fetch-features.sh");
        using var scope = NewDisposeScope();
        using var network = MobileNetV2.Load(folder!);
        var golden = Golden.Read("mobilenet_v2", "features.safetensors");

        Golden.AssertClose(golden["out.features"], network.Features(golden["in.pictures"]), what: "features");
    }

    [Fact]
    public void Read_QuantisedAndPlainWeights_AreScaledAndInOrder()
    {
        Write("""[{"name":"a","shape":[2],"dtype":"float32","quantization":{"dtype":"uint8","scale":0.5,"min":-1}},{"name":"b","shape":[1,1],"dtype":"float32"},{"name":"c","shape":[2],"dtype":"float32","quantization":{"dtype":"uint16","scale":2,"min":0}}]""",
            [0, 4, .. BitConverter.GetBytes(1.5f)], [.. BitConverter.GetBytes((ushort)3), .. BitConverter.GetBytes((ushort)300)]);

        var weights = LayersModel.Read(_folder);

        Assert.Equal([-1f, 1f], weights["a"].data<float>());
        Assert.Equal([1L, 1L], weights["b"].shape);
        Assert.Equal(1.5f, weights["b"].item<float>());
        Assert.Equal([6f, 600f], weights["c"].data<float>());
    }

    [Fact]
    public void Read_ShardsTooShort_SaysWithinWhichWeight()
    {
        Write("""[{"name":"kernel","shape":[2],"dtype":"float32"}]""", [1, 2, 3, 4]);

        Assert.EndsWith("the shards end within kernel.", Assert.Throws<InvalidDataException>(() => LayersModel.Read(_folder)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_OtherType_SaysWhichAreKnown()
    {
        Write("""[{"name":"kernel","shape":[2],"dtype":"string"}]""", [1, 2, 3, 4]);

        Assert.Equal("kernel is stored as string; known are float32, uint8 and uint16.", Assert.Throws<InvalidDataException>(() => LayersModel.Read(_folder)).Message);
    }

    [Fact]
    public void Load_NoModelOrAnother_SaysSo()
    {
        Assert.Contains("model.json is missing", Assert.Throws<BadJobException>(() => MobileNetV2.Load(_folder)).Message, StringComparison.Ordinal);

        Write("""[{"name":"kernel","shape":[1],"dtype":"float32"}]""", [1, 2, 3, 4]);
        Assert.Contains("is not a MobileNetV2", Assert.Throws<BadJobException>(() => MobileNetV2.Load(_folder)).Message, StringComparison.Ordinal);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private void Write(string weights, params byte[][] shards)
    {
        for (var i = 0; i < shards.Length; i++) File.WriteAllBytes(Path.Combine(_folder, $"shard{i}"), shards[i]);
        var group = new JsonObject { ["paths"] = new JsonArray([.. shards.Select((_, i) => JsonValue.Create($"shard{i}"))]), ["weights"] = JsonNode.Parse(weights) };
        File.WriteAllText(Path.Combine(_folder, "model.json"), new JsonObject { ["weightsManifest"] = new JsonArray(group) }.ToJsonString());
    }
}
