using System.Text.Json.Nodes;
using PixelPost.Training.Weights;
using static TorchSharp.torch;

namespace PixelPost.Training.Tests;

public sealed class ShardedWeightsTests
{
    private const string Index = "diffusion_pytorch_model.safetensors.index.json";

    private static string PixArt => Golden.File("pixart", "transformer");

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    public void Load_Shards_SameWeightsAsOneFile(int shards)
    {
        using var folder = ModelPart.Copy(PixArt, shards: shards);
        Assert.Equal(shards, Directory.GetFiles(folder.Path, "*.safetensors").Length);
        using var model = DiffusersFolder.LoadDenoiser(folder.Path);
        using var whole = DiffusersFolder.LoadDenoiser(PixArt);

        foreach (var ((name, value), (_, other)) in model.named_parameters().Zip(whole.named_parameters())) Assert.True(value.eq(other).all().item<bool>(), name);
    }

    [Theory]
    [InlineData(ScalarType.Float32, 0)]
    [InlineData(ScalarType.Float16, 1.0 / 2048)]    // half of the last place: 11 bits
    [InlineData(ScalarType.BFloat16, 1.0 / 256)]    // 8 bits
    public void Load_StoredDtype_WithinItsRounding(ScalarType dtype, double relative)
    {
        using var folder = ModelPart.Copy(PixArt, dtype: dtype, shards: 2);
        using var model = DiffusersFolder.LoadDenoiser(folder.Path);
        using var whole = DiffusersFolder.LoadDenoiser(PixArt);

        foreach (var ((name, value), (_, other)) in model.named_parameters().Zip(whole.named_parameters()))
        {
            Assert.Equal(ScalarType.Float32, value.dtype);
            Assert.True(((value - other).abs() <= other.abs() * relative + 1e-7).all().item<bool>(), name);
            Assert.True(relative == 0 || name.EndsWith("bias", StringComparison.Ordinal) || value.ne(other).any().item<bool>(), $"{name} was not rounded, so this test tests nothing");
        }
    }

    [Fact]
    public void Load_ShardIsMissing_NamesIt()
    {
        using var folder = ModelPart.Copy(PixArt, shards: 3);
        File.Delete(folder.File("diffusion_pytorch_model-00002-of-00003.safetensors"));

        var problem = Assert.Throws<BadJobException>(() => DiffusersFolder.LoadDenoiser(folder.Path));

        Assert.Contains("diffusion_pytorch_model-00002-of-00003.safetensors", problem.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("00001-of", problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Load_NeitherFileNorIndex_NamesBoth()
    {
        using var folder = ModelPart.Copy(PixArt);
        File.Delete(folder.File("diffusion_pytorch_model.safetensors"));

        var problem = Assert.Throws<BadJobException>(() => DiffusersFolder.LoadDenoiser(folder.Path));

        Assert.Contains("diffusion_pytorch_model.safetensors'", problem.Message, StringComparison.Ordinal);
        Assert.Contains(Index, problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Load_IndexNamesATensorThatItsShardLacks_NamesBoth()
    {
        using var folder = ModelPart.Copy(PixArt, shards: 2);
        Change(folder, map => map["no.such.weight"] = "diffusion_pytorch_model-00001-of-00002.safetensors");

        var problem = Assert.Throws<InvalidDataException>(() => DiffusersFolder.LoadDenoiser(folder.Path));

        Assert.Contains("'no.such.weight' is not in diffusion_pytorch_model-00001-of-00002.safetensors", problem.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("../secret.safetensors")]
    [InlineData("/etc/passwd")]
    [InlineData("..")]
    public void Load_IndexPointsOutside_IsRefused(string shard)
    {
        using var folder = ModelPart.Copy(PixArt, shards: 2);
        Change(folder, map => map["proj_out.bias"] = shard);

        var problem = Assert.Throws<InvalidDataException>(() => DiffusersFolder.LoadDenoiser(folder.Path));

        Assert.Contains($"'{shard}'", problem.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{")]
    [InlineData("[]")]
    [InlineData("{ \"weight_map\": 3 }")]
    [InlineData("{ \"weight_map\": { \"proj_out.bias\": 3 } }")]
    [InlineData("{ \"weight_map\": { \"proj_out.bias\": null } }")]
    public void Load_IndexIsDamaged_SaysSo(string json)
    {
        using var folder = ModelPart.Copy(PixArt, shards: 2);
        File.WriteAllText(folder.File(Index), json);

        var problem = Assert.Throws<InvalidDataException>(() => DiffusersFolder.LoadDenoiser(folder.Path));

        Assert.Contains("not an index of shards", problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Load_TensorInTwoShards_IsRefused()
    {
        using var folder = ModelPart.Copy(PixArt, shards: 2);
        File.Copy(folder.File("diffusion_pytorch_model-00001-of-00002.safetensors"), folder.File("diffusion_pytorch_model-00002-of-00002.safetensors"), overwrite: true);

        var problem = Assert.Throws<InvalidDataException>(() => DiffusersFolder.LoadDenoiser(folder.Path));

        Assert.Contains("more than one", problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Load_FromShards_LeavesNoTensorBehind()
    {
        using var folder = ModelPart.Copy(PixArt, shards: 2);
        using var warm = DiffusersFolder.LoadDenoiser(folder.Path);
        var files = WeightFiles.Find(folder.File("diffusion_pytorch_model.safetensors"));
        var before = Tensor.TotalCount;

        WeightLoader.Load(warm, files);

        var parameters = warm.named_parameters().Count();
        Assert.InRange(Tensor.TotalCount - before, 0, parameters / 2);
    }

    [Theory]
    [InlineData("norm_type", "\"layer_norm\"", "'ada_norm_single'")]
    [InlineData("norm_type", "\"ada_norm_zero\"", "'ada_norm_single'")]
    [InlineData("activation_fn", "\"geglu\"", "'gelu-approximate'")]
    [InlineData("norm_elementwise_affine", "true", "'false'")]
    [InlineData("attention_type", "\"gated\"", "'default'")]
    [InlineData("dropout", "0.1", "'0'")]
    public void Load_SettingThatIsNotSupported_NamesKeyValueAndWhatIsKnown(string key, string value, string known)
    {
        using var folder = ModelPart.Copy(PixArt, config: c => c[key] = JsonNode.Parse(value));

        var problem = Assert.Throws<BadJobException>(() => DiffusersFolder.LoadPixArt(folder.Path));

        Assert.Contains($"{key} '{value.Trim('"')}'", problem.Message, StringComparison.Ordinal);
        Assert.Contains(known, problem.Message, StringComparison.Ordinal);
    }

    [SkippableTheory]
    [InlineData("pixart/text_encoder", "feed_forward_proj", "gated-silu")]
    [InlineData("sdxl/text_encoder_2", "hidden_act", "swish")]
    [InlineData("dit/transformer", "norm_type", "ada_norm_single")]
    [InlineData("dit/vae", "act_fn", "silu")]
    public void Load_SettingOfAnotherPartThatIsNotSupported_NamesKeyAndValue(string part, string key, string value)
    {
        using var folder = ModelPart.Copy(Golden.Reference(part.Split('/')), config: c => c[key] = value);

        var problem = Assert.Throws<BadJobException>(() =>
        {
            switch (part)
            {
                case "pixart/text_encoder": DiffusersFolder.LoadT5Encoder(folder.Path).Dispose(); break;
                case "sdxl/text_encoder_2": DiffusersFolder.LoadTextEncoderWithProjection(folder.Path).Dispose(); break;
                case "dit/transformer": DiffusersFolder.LoadDit(folder.Path).Dispose(); break;
                default: DiffusersFolder.LoadAutoencoder(folder.Path).Dispose(); break;
            }
        });

        Assert.Contains($"{key} '{value}'", problem.Message, StringComparison.Ordinal);
    }

    private static void Change(ModelPart folder, Action<JsonObject> change)
    {
        var index = JsonNode.Parse(File.ReadAllText(folder.File(Index)))!.AsObject();
        change(index["weight_map"]!.AsObject());
        File.WriteAllText(folder.File(Index), index.ToJsonString());
    }
}
