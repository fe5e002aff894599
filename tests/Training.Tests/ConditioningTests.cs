using PixelPost.Training.Models;
using PixelPost.Training.Native;
using static TorchSharp.torch;

namespace PixelPost.Training.Tests;

public sealed class ConditioningTests
{
    static ConditioningTests() => LibTorch.Load();

    // rows 0, 1, 2 of every tensor hold 0, 1, 2
    private static Conditioning Three => new()
    {
        Text = Rows(3).reshape(3, 1, 1).expand(3, 2, 4),
        Mask = Rows(3).reshape(3, 1).expand(3, 2),
        PooledText = Rows(3).reshape(3, 1).expand(3, 5),
        TimeIds = Rows(3).reshape(3, 1).expand(3, 6),
        ClassLabels = Rows(3),
    };

    [Fact]
    public void Rows_InAnyOrderAndTwice_TakesThemFromEveryTensor() =>
        AssertRows(Three.Rows([2, 0, 2]), 2, 0, 2);

    [Fact]
    public void Repeat_Twice_AllThenAllAgain() =>
        AssertRows(Three.Repeat(2), 0, 1, 2, 0, 1, 2);

    [Fact]
    public void Cat_Two_OneAfterTheOther() =>
        AssertRows(Conditioning.Cat([Three.Rows([1]), Three]), 1, 0, 1, 2);

    [Fact]
    public void EveryOperation_TensorsThatAreNotThere_StayAway()
    {
        var classes = new Conditioning { ClassLabels = Rows(2) };

        foreach (var changed in new[] { classes.Rows([1]), classes.Repeat(2), Conditioning.Cat([classes, classes]) })
        {
            Assert.NotNull(changed.ClassLabels);
            Assert.All(new[] { changed.Text, changed.Mask, changed.PooledText, changed.TimeIds }, Assert.Null);
        }
    }

    [Fact]
    public void MoveToOuterDisposeScope_ScopeEnds_LivesUntilTheOuterOneEnds()
    {
        Conditioning kept;
        using (NewDisposeScope())
        {
            using (NewDisposeScope()) kept = new Conditioning { Text = zeros(1, 2, 3), ClassLabels = Rows(1) }.MoveToOuterDisposeScope();
            Assert.False(kept.Text!.IsInvalid || kept.ClassLabels!.IsInvalid);
        }
        Assert.True(kept.Text!.IsInvalid && kept.ClassLabels!.IsInvalid);
    }

    [Fact]
    public void Predict_WithoutWhatTheModelMustBeTold_SaysWhatIsMissing()
    {
        using var dit = new DitTransformer2DModel(new DitConfig { SampleSize = 4, NumLayers = 1, NumAttentionHeads = 1, AttentionHeadDim = 8 });

        var problem = Assert.Throws<ArgumentException>(() => dit.Predict(zeros(1, 4, 4, 4), zeros(1, dtype: int64), new() { Text = zeros(1, 3, 8) }));

        Assert.Contains("must be told classes", problem.Message, StringComparison.Ordinal);
    }

    private static Tensor Rows(int count) => arange(count, dtype: int64);

    private static void AssertRows(Conditioning conditioning, params long[] rows)
    {
        Assert.Equal(rows.Length, conditioning.Count);
        foreach (var tensor in new[] { conditioning.Text!, conditioning.Mask!, conditioning.PooledText!, conditioning.TimeIds!, conditioning.ClassLabels! })
            Assert.Equal(rows, tensor.reshape(rows.Length, -1).amin([1]).data<long>().ToArray());
        Assert.Equal([rows.Length, 2, 4], conditioning.Text!.shape);
    }
}
