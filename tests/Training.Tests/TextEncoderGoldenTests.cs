using PixelPost.Training.Models;
using PixelPost.Training.Weights;
using static TorchSharp.torch;

namespace PixelPost.Training.Tests;

public sealed class TextEncoderGoldenTests
{
    [SkippableFact]
    public void ClipTextModel_TransformersWeights_SameHiddenStatesAndPooledOutput()
    {
        var golden = Safetensors.Read(Golden.Reference("sd15", "expected", "text_encoder.safetensors"));
        using var model = DiffusersFolder.LoadTextEncoder(Golden.Reference("sd15", "text_encoder"));

        AssertSameStates(golden, model.HiddenStates(golden["in.input_ids"]));
        var last = model.Encode(golden["in.input_ids"]);
        Golden.AssertClose(golden["out.pooler_output"], model.Pooled(last, golden["in.input_ids"]), what: "pooled output");
    }

    [SkippableFact]
    public void ClipTextModelWithProjection_TransformersWeights_SameHiddenStatesAndEmbeddings()
    {
        var golden = Safetensors.Read(Golden.Reference("sdxl", "expected", "text_encoder_2.safetensors"));
        using var model = DiffusersFolder.LoadTextEncoderWithProjection(Golden.Reference("sdxl", "text_encoder_2"));

        AssertSameStates(golden, model.HiddenStates(golden["in.input_ids"]));
        var (states, embeddings) = model.Encode(golden["in.input_ids"]);
        Golden.AssertClose(golden["out.hidden_states.2"], states, what: "hidden_states[-2]");
        Golden.AssertClose(golden["out.text_embeds"], embeddings, what: "text embeddings");
    }

    [Theory]
    [InlineData(9, 2)]                          // the first token that ends a text
    [InlineData(ClipTextConfig.LargestId, 1)]   // the first of the largest ids, whatever it means
    public void Pooled_EndToken_TakesTheStateThere(int eosTokenId, long position)
    {
        Native.LibTorch.Load();
        using var model = new ClipTextModel(new ClipTextConfig { VocabSize = 20, HiddenSize = 4, IntermediateSize = 8, NumHiddenLayers = 1, NumAttentionHeads = 1, MaxPositionEmbeddings = 6, EosTokenId = eosTokenId });
        var states = randn(1, 6, 4);

        var pooled = model.Pooled(states, tensor(new long[,] { { 5, 12, 9, 12, 9, 9 } }));

        Assert.True(pooled.allclose(states[.., position]));
    }

    private static void AssertSameStates(Dictionary<string, Tensor> golden, IReadOnlyList<Tensor> states)
    {
        for (var i = 0; i < 4; i++) Golden.AssertClose(golden[$"out.hidden_states.{i}"], states[i], what: $"hidden state {i}");
        Golden.AssertClose(golden["out.last_hidden_state"], states[^1], what: "last hidden state");
    }
}
