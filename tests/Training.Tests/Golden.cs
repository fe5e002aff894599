using PixelPost.Training.Native;
using PixelPost.Training.Verification;
using PixelPost.Training.Weights;
using static TorchSharp.torch;

namespace PixelPost.Training.Tests;

/// <summary>Inputs and outputs computed by Hugging Face diffusers and transformers (see Golden/README.md).</summary>
internal static class Golden
{
    static Golden() => LibTorch.Load();

    /// <summary>Path of a file that is kept beside the tests.</summary>
    public static string File(params string[] parts) => Path.Combine([AppContext.BaseDirectory, "Golden", .. parts]);

    /// <summary>Path of a file of the whole reference set, which is too large to keep here; the test is skipped where it is absent.</summary>
    public static string Reference(params string[] parts)
    {
        var root = Environment.GetEnvironmentVariable("PIXELPOST_REFERENCE");
        Skip.If(string.IsNullOrEmpty(root), "PIXELPOST_REFERENCE does not name the folder of reference values");
        var path = Path.Combine([root!, "diffusers", .. parts]);
        Skip.IfNot(System.IO.File.Exists(path) || Directory.Exists(path), $"{path} does not exist");
        return path;
    }

    public static Dictionary<string, Tensor> Read(params string[] parts) => Safetensors.Read(File(parts));

    /// <summary>Every element within rtol · |expected| + atol · max(1, largest |expected|).</summary>
    public static void AssertClose(Tensor expected, Tensor actual, double rtol = 1e-4, double atol = 1e-5, string what = "tensor")
    {
        Assert.Equal(expected.shape, actual.shape);
        var check = TensorCheck.Of(what, expected, actual, rtol, atol);
        Assert.True(check.Passed, $"{what}: worst error is {check.OfAllowed:F2} times what is allowed (largest difference {check.LargestDifference:E2})");
    }
}
