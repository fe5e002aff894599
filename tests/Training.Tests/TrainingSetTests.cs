using PixelPost.Training.Data;
using PixelPost.Training.Native;
using static TorchSharp.torch;

namespace PixelPost.Training.Tests;

public sealed class TrainingSetTests
{
    public TrainingSetTests() => LibTorch.Load();

    private static readonly List<Example> Forty = [.. Enumerable.Range(0, 40).Select(i => new Example($"pair-{i}", $"prompt {i / 2}", 2 * i, 2 * i + 1, 1))];

    [Fact]
    public void Split_ATenth_HoldsOutWholePrompts()
    {
        var (training, heldOut) = TrainingSet.Split(Forty, 0.1);

        Assert.Equal((36, 4), (training.Count, heldOut.Count));
        Assert.Empty(training.Select(e => e.Prompt).Intersect(heldOut.Select(e => e.Prompt)));
    }

    [Fact]
    public void Split_OtherOrderOfTheFile_SamePairsHeldOut() =>
        Assert.Equal(TrainingSet.Split(Forty, 0.1).HeldOut.Select(e => e.Id).Order(), TrainingSet.Split([.. Forty.AsEnumerable().Reverse()], 0.1).HeldOut.Select(e => e.Id).Order());

    [Theory]
    [InlineData(0, 40, 0)]
    [InlineData(0.1, 3, 0)]
    [InlineData(0.9, 1, 0)]
    [InlineData(0.9, 2, 0)] // one prompt: holding it out would leave nothing
    public void Split_NothingOrTooLittleToHoldOut_KeepsAll(double share, int pairs, int expected) =>
        Assert.Equal(expected, TrainingSet.Split(Forty[..pairs], share).HeldOut.Count);

    [Fact]
    public void Shuffle_BatchesAcrossEpochs_EachExampleOncePerEpoch()
    {
        using var generator = new Generator(5);
        var shuffle = new Shuffle(10);

        var drawn = Enumerable.Range(0, 10).SelectMany(_ => shuffle.Next(3, generator)).ToList();

        foreach (var epoch in drawn.Chunk(10)) Assert.Equal(Enumerable.Range(0, 10), epoch.Order());
        Assert.NotEqual(drawn[..10], drawn[10..20]);
    }

    [Fact]
    public void Shuffle_StateLoaded_GoesOnWithTheSameExamples()
    {
        using var generator = new Generator(5);
        var (first, second) = (new Shuffle(10), new Shuffle(10));
        first.Next(3, generator);
        using var state = first.State();
        using var draws = generator.get_state();

        second.Load(state);
        var expected = first.Next(12, generator);
        generator.set_state(draws);

        Assert.Equal(expected, second.Next(12, generator));
    }
}
