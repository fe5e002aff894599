using PixelPost.Training.Contracts;
using PixelPost.Training.Diffusion;
using PixelPost.Training.Models;
using static TorchSharp.torch;

namespace PixelPost.Training.Tests;

/// <summary>Which examples of a micro-step have a pixel term, and that it is the same however much of it is in memory at once.</summary>
public sealed class PixelTermTests : IDisposable
{
    private readonly Generator _generator = new(7);
    private readonly NoiseSchedule _schedule = new(new ScheduleConfig());
    private readonly Tensor _z, _noise, _output, _noisy, _timesteps;

    public PixelTermTests()
    {
        Tensor Normal() => randn([2, 4, 16, 12], generator: _generator);
        (_z, _noise, _timesteps) = (Normal(), Normal(), tensor(new long[] { 100, 700 }));
        (_output, _noisy) = (_noise + 0.2 * Normal(), _schedule.AddNoise(_z, _noise, _timesteps));
    }

    [Fact]
    public void Term_EveryThirdExample_HasIt()
    {
        using var vae = PixelWindowTests.Decoder("tiny");
        var settings = new LoopSettings { PixelWeight = 1, PixelEvery = 3 };

        var rows = Enumerable.Range(0, 5).Select(batch => Term(settings, vae, 2 * batch)?.Rows ?? []);

        Assert.Equal([[0], [1], [], [0], [1]], rows); // of ten examples, two at a time, the first, fourth, seventh and tenth
    }

    [Theory]
    [InlineData(1.0, new long[0])] // all
    [InlineData(0.5, new long[] { 0 })]
    [InlineData(0.1001, new long[] { 0 })]
    public void Term_Gate_LeavesOutNoisierExamples(double below, long[] rows)
    {
        using var vae = PixelWindowTests.Decoder("tiny");

        Assert.Equal(rows, Term(new LoopSettings { PixelWeight = 1, PixelBelow = below }, vae)!.Rows ?? []);
    }

    [Fact]
    public void Term_NothingBelowTheGate_IsNone()
    {
        using var vae = PixelWindowTests.Decoder("tiny");

        Assert.Null(Term(new LoopSettings { PixelWeight = 1, PixelBelow = 0.1 }, vae)); // 100 is not below 100
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Term_SomeRows_HasTheErrorsOfThese(int sides)
    {
        using var vae = PixelWindowTests.Decoder("tiny");
        var decoder = new PixelDecoder(vae, _schedule);
        Tensor Both(Tensor x) => x.repeat([sides, .. Enumerable.Repeat(1L, (int)x.dim() - 1)]);
        var (z, noise, noisy, timesteps, output) = (Both(_z), Both(_noise), Both(_noisy), Both(_timesteps), Both(_output));

        var all = new PixelTerm(decoder).Errors(z, noise, noisy, timesteps, sides)(output);
        var some = new PixelTerm(decoder, [1]).Errors(z, noise, noisy, timesteps, sides)(output);

        Golden.AssertClose(stack(all.reshape(sides, 2).unbind().Select(side => side[1]).ToArray()), some);
        Assert.Equal([0f, 5f, 0f], new PixelTerm(decoder, [1]).Spread(tensor(new[] { 5f }), 3).data<float>().ToArray());
    }

    [Theory]
    [InlineData("tiny", PixelAtOnce.Image, false)]
    [InlineData("tiny", PixelAtOnce.Block, false)]
    [InlineData("tiny", PixelAtOnce.Image, true)]
    [InlineData("kl of three stages", PixelAtOnce.Image, false)]
    [InlineData("kl of three stages", PixelAtOnce.Block, false)]
    [InlineData("kl of three stages", PixelAtOnce.Block, true)]
    public void Errors_OneImageAtATime_AreThoseOfTheBatchWithTheirGradient(string name, PixelAtOnce atOnce, bool windows)
    {
        using var vae = PixelWindowTests.Decoder(name);
        foreach (var weight in vae.parameters()) weight.requires_grad = false;
        IReadOnlyList<LatentWindow>? parts = windows ? [new(0, 0, 5, 5), new(10, 5, 5, 5)] : null;

        var (batch, gradient) = Of(PixelAtOnce.Batch);
        vae.GradientCheckpointing = atOnce == PixelAtOnce.Block;
        var (each, ofEach) = Of(atOnce);

        Golden.AssertClose(batch, each);
        var off = (gradient - ofEach).norm().item<float>() / gradient.norm().item<float>();
        Assert.True(off < 3e-4, $"{off}"); // batches round otherwise, and a ReLU turns that into all or nothing

        // through a loss that is no sum, as those of preferences are
        (Tensor Errors, Tensor Gradient) Of(PixelAtOnce how)
        {
            var output = _output.clone().requires_grad_();
            var errors = new PixelTerm(new PixelDecoder(vae, _schedule), null, parts, 2, how).Errors(_z, _noise, _noisy, _timesteps, 2)(output * 1);
            (errors[0] * errors[1] - errors[1].square()).backward();
            return (errors.detach(), output.grad!);
        }
    }

    [Fact]
    public void Errors_OneImageAtATimeWithoutGradient_AreTheSameAndHaveNone()
    {
        using var vae = PixelWindowTests.Decoder("tiny");
        using var noGrad = no_grad();

        Tensor Of(PixelAtOnce how) => new PixelTerm(new PixelDecoder(vae, _schedule), AtOnce: how).Errors(_z, _noise, _noisy, _timesteps, 2)(_output);

        Golden.AssertClose(Of(PixelAtOnce.Batch), Of(PixelAtOnce.Image));
        Assert.False(Of(PixelAtOnce.Image).requires_grad);
    }

    public void Dispose()
    {
        _schedule.Dispose();
        _generator.Dispose();
    }

    private PixelTerm? Term(LoopSettings settings, Autoencoder vae, long before = 0) =>
        PixelTerm.Draw(new PixelDecoder(vae, _schedule), settings, before, _timesteps, _schedule.Length, 16, 12, _generator);
}
