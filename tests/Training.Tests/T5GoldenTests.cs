using PixelPost.Training.Models;
using PixelPost.Training.Weights;
using TorchSharp;
using static TorchSharp.torch;

namespace PixelPost.Training.Tests;

public sealed class T5GoldenTests
{
    private const string Shared = "shared.weight", InEncoder = "encoder.embed_tokens.weight";

    [SkippableTheory]
    [InlineData(Shared)]
    [InlineData(InEncoder)]
    public void T5EncoderModel_OneNameOfTheEmbedding_SameOutput(string missing)
    {
        var golden = Safetensors.Read(Golden.Reference("pixart", "expected", "text_encoder.safetensors"));
        using var folder = ModelPart.Copy(Golden.Reference("pixart", "text_encoder"), tensors => tensors.Remove(missing));
        using var model = DiffusersFolder.LoadT5Encoder(folder.Path);

        Golden.AssertClose(golden["out.last_hidden_state"], model.Encode(golden["in.input_ids"], golden["in.attention_mask"]));
    }

    [SkippableFact]
    public void T5EncoderModel_NamesOfTheEmbeddingDisagree_SaysSo()
    {
        using var folder = ModelPart.Copy(Golden.Reference("pixart", "text_encoder"), tensors => tensors[InEncoder] = tensors[InEncoder] + 1);

        var problem = Assert.Throws<InvalidDataException>(() => DiffusersFolder.LoadT5Encoder(folder.Path));

        Assert.Contains("other values", problem.Message, StringComparison.Ordinal);
    }

    [SkippableFact]
    public void T5EncoderModel_NoEmbedding_SaysWhatIsMissing()
    {
        using var folder = ModelPart.Copy(Golden.Reference("pixart", "text_encoder"), tensors => { tensors.Remove(Shared); tensors.Remove(InEncoder); });

        var problem = Assert.Throws<InvalidDataException>(() => DiffusersFolder.LoadT5Encoder(folder.Path));

        Assert.Contains(Shared, problem.Message, StringComparison.Ordinal);
    }

    [SkippableFact]
    public void T5EncoderModel_Bfloat16_AboutTheSameOutput()
    {
        var golden = Safetensors.Read(Golden.Reference("pixart", "expected", "text_encoder.safetensors"));
        using var model = DiffusersFolder.LoadT5Encoder(Golden.Reference("pixart", "text_encoder"));
        model.to(ScalarType.BFloat16);

        var last = model.Encode(golden["in.input_ids"], golden["in.attention_mask"]);

        // bfloat16 has 8 bits: errors of some hundredths after a few layers
        Assert.Equal(ScalarType.BFloat16, last.dtype);
        Golden.AssertClose(golden["out.last_hidden_state"], last, 0.05, 0.03);
    }

    [Fact]
    public void T5EncoderModel_PaddingAfterTheText_DoesNotChangeTheText()
    {
        Native.LibTorch.Load();
        using var model = new T5EncoderModel(new T5Config { VocabSize = 50, DModel = 16, DKv = 4, DFf = 32, NumLayers = 2, NumHeads = 2, FeedForwardProj = "gated-gelu" });
        var text = tensor(new long[,] { { 7, 11, 3, 1 } });
        var padded = tensor(new long[,] { { 7, 11, 3, 1, 0, 0, 0 } });
        var mask = tensor(new long[,] { { 1, 1, 1, 1, 0, 0, 0 } });

        var alone = model.Encode(text);

        Golden.AssertClose(alone, model.Encode(padded, mask)[.., ..4]);
        Assert.False(alone.allclose(model.Encode(padded)[.., ..4]));
    }

    // one block whose attention gives nothing: n(x + wo relu(wi n(x))) with n(x) = x / sqrt(mean x² + ε)
    [Fact]
    public void T5EncoderModel_ReluFeedForward_IsTheFormula()
    {
        Native.LibTorch.Load();
        using var model = new T5EncoderModel(new T5Config { VocabSize = 3, DModel = 2, DKv = 2, DFf = 2, NumLayers = 1, NumHeads = 1, LayerNormEpsilon = 0, FeedForwardProj = "relu" });
        var weights = model.named_parameters().ToDictionary(p => p.name, p => p.parameter);
        void Set(string name, float[,] values) { using (no_grad()) weights[name].copy_(tensor(values)); }
        Set(Shared, new float[,] { { 0, 0 }, { 3, 4 }, { 0, 0 } });
        Set("encoder.block.0.layer.0.SelfAttention.o.weight", new float[,] { { 0, 0 }, { 0, 0 } });
        Set("encoder.block.0.layer.1.DenseReluDense.wi.weight", new float[,] { { 1, 1 }, { -1, 0 } });
        Set("encoder.block.0.layer.1.DenseReluDense.wo.weight", new float[,] { { 1, 5 }, { 0, 5 } });

        var root = Math.Sqrt((3 * 3 + 4 * 4) / 2.0);
        var (x, y) = (3 + (3 + 4) / root, 4.0); // the second inner channel is negative, so relu drops it
        var norm = Math.Sqrt((x * x + y * y) / 2);

        Golden.AssertClose(tensor(new[] { x / norm, y / norm }).reshape(1, 1, 2), model.Encode(tensor(new long[,] { { 1 } })));
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(-1, 1)]
    [InlineData(-7, 7)]
    [InlineData(-8, 8)]
    [InlineData(-12, 9)]    // 8 + ⌊8 log(12/8) / log(128/8)⌋
    [InlineData(-20, 10)]
    [InlineData(-100, 15)]
    [InlineData(-5000, 15)]
    [InlineData(1, 17)]
    [InlineData(12, 25)]
    [InlineData(5000, 31)]
    public void Buckets_Distance_IsT5s(long distance, long bucket) =>
        Assert.Equal(bucket, T5Attention.Buckets(Distances(distance), 32, 128).item<long>());

    private static Tensor Distances(long distance)
    {
        Native.LibTorch.Load();
        return tensor(new[] { distance });
    }
}
