using PixelPost.Training.Contracts;
using PixelPost.Training.Verification;

namespace PixelPost.Training.Tests;

/// <summary>Every part against Hugging Face diffusers and transformers, by the code of the <c>verify</c> verb.</summary>
public sealed class ModelVerificationTests
{
    // nothing here has these: they belong to the class's own forward, to a scale that latents are stored at as images, and to what a sampler keeps to itself
    private static readonly string[] NotBuilt = ["out.forward", "out.scale_latents", "out.unscale_latents", "out.pred_original_sample", "out.sigmas"];

    [Theory]
    [InlineData("taesd", 6)]
    [InlineData("pixart", 50)]
    [InlineData("schedulers", 6 * 4)]
    public void Run_ModelBesideTheTests_GivesTheExpectedValues(string folder, int atLeast) => AssertVerified(Golden.File(folder), atLeast);

    [SkippableTheory]
    [InlineData("sd15", 250)]
    [InlineData("sd21v", 200)]
    [InlineData("sdxl", 200)]
    [InlineData("dit", 50)]
    [InlineData("pixart", 50)]
    [InlineData("pixart1024", 50)]
    [InlineData("schedulers", 22 * 4)]
    public void Run_ModelOfTheReferenceSet_GivesTheExpectedValues(string folder, int atLeast) => AssertVerified(Golden.Reference(folder), atLeast);

    [SkippableTheory]
    [InlineData("dit")]
    [InlineData("pixart")]
    [InlineData("pixart1024")]
    public void Run_ConfigurationOfDiffusers030_GivesTheSameValues(string model)
    {
        var folder = Directory.CreateTempSubdirectory("pixelpost-verify-").FullName;
        Copy(Golden.Reference(model, "transformer"), Path.Combine(folder, "transformer"));
        Copy(Golden.Reference(model, "transformer_config_0.30.3"), Path.Combine(folder, "transformer"));
        Directory.CreateDirectory(Path.Combine(folder, "expected"));
        File.Copy(Golden.Reference(model, "expected", "transformer.safetensors"), Path.Combine(folder, "expected", "transformer.safetensors"));

        AssertVerified(folder, 50);

        Directory.Delete(folder, recursive: true);
    }

    [SkippableFact]
    public void Run_NamesFromBeforeDiffusers014_GiveTheSameValues()
    {
        var folder = Directory.CreateTempSubdirectory("pixelpost-verify-").FullName;
        Copy(Golden.Reference("sd15", "vae_deprecated_names"), Path.Combine(folder, "vae"));
        Directory.CreateDirectory(Path.Combine(folder, "expected"));
        File.Copy(Golden.Reference("sd15", "expected", "vae.safetensors"), Path.Combine(folder, "expected", "vae.safetensors"));

        AssertVerified(folder, 15);

        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public void Verb_WeightsThatAreNotTheExpectedOnes_FailsAndNamesTheTensors()
    {
        var folder = Directory.CreateTempSubdirectory("pixelpost-verify-").FullName;
        Copy(Golden.File("taesd", "vae"), Path.Combine(folder, "vae"));
        Copy(Golden.File("taesd", "expected"), Path.Combine(folder, "expected"));
        var weights = Path.Combine(folder, "vae", "diffusion_pytorch_model.safetensors");
        var changed = Weights.Safetensors.Read(weights);
        changed["decoder.layers.0.bias"] += 0.1;
        Weights.Safetensors.Write(weights, changed);
        var text = new StringWriter();

        Assert.False(ModelVerification.Print(folder, text));

        Assert.Contains("out.decoded   TOO FAR", text.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("out.latents   TOO FAR", text.ToString(), StringComparison.Ordinal);
        Assert.Equal(WorkerExit.BadJob, TinyJob.Run("verify", "--model", folder).Exit);
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public void Run_NothingExpected_SaysSo()
    {
        var problem = Assert.Throws<BadJobException>(() => ModelVerification.Run(Golden.File("taesd", "vae")));

        Assert.Contains("holds no *.safetensors", problem.Message, StringComparison.Ordinal);
    }

    private static void AssertVerified(string folder, int atLeast)
    {
        var files = ModelVerification.Run(folder);

        Assert.All(files.SelectMany(file => file.Checks), check => Assert.True(check.Passed, $"{check.Name}: {check.OfAllowed:F2} times what is allowed"));
        Assert.True(files.Sum(file => file.Checks.Count) >= atLeast, $"Only {files.Sum(file => file.Checks.Count)} tensors were compared.");
        Assert.DoesNotContain(files.Where(file => file.Checks.Count > 0).SelectMany(file => file.NotCompared), name => IsBuilt(name));
    }

    private static bool IsBuilt(string name) => !NotBuilt.Contains(name);

    private static void Copy(string from, string to)
    {
        Directory.CreateDirectory(to);
        foreach (var file in Directory.EnumerateFiles(from))
            File.WriteAllBytes(Path.Combine(to, Path.GetFileName(file)), File.ReadAllBytes(file)); // the reference set may be read-only
    }
}
