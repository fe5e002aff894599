using static TorchSharp.torch;

namespace PixelPost.Training.Tests;

/// <summary>The reference's gradients beside a model's, after its backward pass.</summary>
internal static class GoldenGradients
{
    // half a unit in the last place of an angle of 1000 is 3e-5: what float32 leaves of a sinusoid of pixels or timesteps
    private const double AngleRounding = 4e-5;

    /// <summary>Every <c>grad.PARAMETER</c>, every <c>gradnorm.PARAMETER</c> and the norm over all; the reference names each parameter.</summary>
    public static void AssertSame(IReadOnlyDictionary<string, Tensor> golden, nn.Module model)
    {
        var parameters = model.named_parameters().ToDictionary(p => p.name, p => p.parameter.grad!, StringComparer.Ordinal);
        var norms = golden.Where(g => g.Key.StartsWith("gradnorm.", StringComparison.Ordinal)).ToDictionary(g => g.Key["gradnorm.".Length..], g => g.Value, StringComparer.Ordinal);
        Assert.Equal(norms.Keys.Order(StringComparer.Ordinal), parameters.Keys.Order(StringComparer.Ordinal));

        // as shares of the whole: the gradient of a key's bias is zero but for rounding, because softmax does not see a shift
        var whole = golden["gradnorm_total"];
        foreach (var (name, norm) in norms) Golden.AssertClose(norm / whole, parameters[name].norm().reshape(1) / whole, 1e-3, what: "norm of the gradient of " + name);
        foreach (var (name, value) in golden.Where(g => g.Key.StartsWith("grad.", StringComparison.Ordinal) && !g.Key.StartsWith("grad.in.", StringComparison.Ordinal)))
            AssertClose(value, parameters[name["grad.".Length..]], name, name.EndsWith("embedder.linear_1.weight", StringComparison.Ordinal) ? AngleRounding : 1e-5);
        var total = stack(parameters.Values.Select(g => g.norm())).norm().reshape(1);
        AssertClose(whole, total, "norm of the gradient");
    }

    /// <summary>Within the reference's tolerance of a gradient, whose absolute part is relative to the largest element.</summary>
    public static void AssertClose(Tensor expected, Tensor actual, string what, double atol = 1e-5)
    {
        var largest = expected.abs().max();
        Golden.AssertClose(expected / largest, actual / largest, 1e-3, atol, what);
    }
}
