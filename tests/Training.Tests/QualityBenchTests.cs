using PixelPost.Training.Bench;
using PixelPost.Training.Native;
using static TorchSharp.torch;

namespace PixelPost.Training.Tests;

public sealed class QualityBenchTests
{
    public QualityBenchTests() => LibTorch.Load();

    [Fact]
    public void Ranks_FourFlatPictures_CountTheNearerOnes()
    {
        var all = tensor([0, 100, 120, 255], dtype: ScalarType.Byte).reshape(4, 1, 1, 1).expand(4, 3, 8, 8).contiguous();
        var drawn = tensor([105, 105, 105, 250], dtype: ScalarType.Byte).reshape(4, 1, 1, 1).expand(4, 3, 8, 8).contiguous();

        Assert.Equal([1, 2, 4, 1], QualityBench.Ranks(drawn, all, [1, 2, 3, 3])); // 105 is nearest to 100, then 120, then 0, then 255
    }

    [Theory]
    [InlineData(1607, 200, 1598)]
    [InlineData(10, 10, 9)]
    public void Spread_FewerOfMany_EvenlyFromTheFirst(int all, int count, int last)
    {
        var rows = QualityBench.Spread(all, count);

        Assert.Equal((0, last, count), (rows[0], rows[^1], rows.Distinct().Count()));
        Assert.InRange(rows.Zip(rows.Skip(1), (a, b) => b - a).Max() - rows.Zip(rows.Skip(1), (a, b) => b - a).Min(), 0, 1);
    }
}
