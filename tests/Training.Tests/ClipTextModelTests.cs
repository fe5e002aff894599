using PixelPost.Training.Models;
using static TorchSharp.torch;

namespace PixelPost.Training.Tests;

public sealed class ClipTextModelTests
{
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
}
