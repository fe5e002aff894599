using System.Text.RegularExpressions;

namespace PixelPost.Training.Tests;

/// <summary>Calls of TorchSharp 0.107 that compile, run, and are wrong.</summary>
public sealed class SourceTests
{
    [Theory]
    [InlineData(@"\bmatmul\s*\(", "torch.matmul is not guarded natively: a shape mistake or too little memory aborts the process; use linear, mm or bmm")]
    [InlineData(@"\bnn\.GroupNorm\s*\(|\bnew GroupNorm\s*\(", "nn.GroupNorm starts with uninitialised weights; use Models/GroupNorm2d")]
    [InlineData(@"\boptim\.Adam", "TorchSharp's optimizers hold twice the weights' memory until the step ends; use FusedAdam")]
    public void Source_CallThatIsATrap_IsNotThere(string pattern, string reason)
    {
        var files = Directory.GetFiles(Path.Combine(Repository.Root, "src", "Training"), "*.cs", SearchOption.AllDirectories);
        Assert.NotEmpty(files);

        var offenders = files.Where(f => Regex.IsMatch(File.ReadAllText(f), pattern)).Select(Path.GetFileName).ToList();
        Assert.True(offenders.Count == 0, $"{string.Join(", ", offenders)}: {reason}");
    }
}
