namespace PixelPost.Training.Native;

/// <summary>
/// Numbers smaller than a float32 holds with all its digits (below 1.2e-38, "denormal"), which are taken for nothing. Processors compute with them
/// many times more slowly: the gradient of a pair that a preference loss is sure of is of that size, and one such pair made a step seventeen times as long
/// (docs/decisions/0012). GPUs have no such difference.
/// </summary>
internal static class TinyNumbers
{
    /// <summary>For the calling thread and those that it starts from now on; libtorch's own are among these.</summary>
    /// <param name="loaded">Paths of the libraries.</param>
    /// <remarks>Without it nothing is wrong but the time, so that a libtorch that does not export the switch will do.</remarks>
    public static void TakeForNothing(IEnumerable<string> loaded) => LibTorch.SetContext(loaded, "_ZN2at7Context16setFlushDenormalEb", on: true);
}
