using System.Text.Json;
using PixelPost.Training.Contracts;
using PixelPost.Training.Data;
using PixelPost.Training.Models;
using PixelPost.Training.Weights;

namespace PixelPost.Training.Tests;

/// <summary>From two small packages like the real ones to a model that draws.</summary>
public sealed class PretrainingTests : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("pixelpost-pretrain-").FullName;

    [Fact]
    public void Read_Packages_LeavesOutCountryFlagsAndHoldsOutATenthByName()
    {
        MakePackages(pictures: 200);

        var pictures = EmojiPackages.Read(_root);

        Assert.Equal(199, pictures.Count); // one is a flag
        Assert.Equal("face number 3", pictures[3].Caption);
        Assert.InRange(pictures.Count(p => p.HeldOut), 10, 30);
        Assert.Equal(EmojiPackages.Read(_root).Where(p => p.HeldOut).Select(p => p.Name), pictures.Where(p => p.HeldOut).Select(p => p.Name));
    }

    [Fact]
    public void Read_NoPackages_SaysHowToFetchThem() =>
        Assert.Equal($"'{_root}' does not hold the emoji packages. Fetch them with 'bash data/fetch-emoji.sh {_root}'.", Assert.Throws<BadJobException>(() => EmojiPackages.Read(_root)).Message);

    [Fact]
    public void Pretrain_BothPartsInterruptedAndResumed_AModelThatIsMeasured()
    {
        MakePackages(pictures: 300);
        var model = Path.Combine(_root, "model");

        foreach (var steps in new[] { "1", "2" })
            Succeed("pretrain", "autoencoder", "--data", _root, "--out", model, "--image-size", "32", "--crop-size", "16", "--batch-size", "4", "--width", "8", "--steps", steps);
        foreach (var steps in new[] { "1", "2" })
            Succeed("pretrain", "denoiser", "--data", _root, "--out", model, "--image-size", "32", "--batch-size", "4", "--layers", "1", "--heads", "1", "--text-layers", "1", "--text-width", "64", "--merges", "50", "--steps", steps);
        Succeed("bench", "quality", "--data", _root, "--model", model, "--captions", "8", "--inference-steps", "2", "--sheet", Path.Combine(_root, "sheet.png"));

        // a U-Net on the same autoencoder and text encoder
        var unet = Path.Combine(_root, "unet-model");
        foreach (var part in new[] { "vae", "tokenizer", "text_encoder" }.SelectMany(folder => Directory.EnumerateFiles(Path.Combine(model, folder))))
        {
            var copy = Path.Combine(unet, Path.GetRelativePath(model, part));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(part, copy);
        }
        foreach (var steps in new[] { "1", "2" })
            Succeed("pretrain", "denoiser", "--data", _root, "--out", unet, "--network", "unet", "--image-size", "32", "--batch-size", "4", "--unet-width", "32", "--unet-inner-width", "32", "--steps", steps);
        Assert.Equal(Weights(model, "text_encoder/model.safetensors"), Weights(unet, "text_encoder/model.safetensors"));

        // without the state of that run a new one begins with its weights
        var file = Path.Combine(unet, "unet", "diffusion_pytorch_model.safetensors");
        var before = Safetensors.Read(file);
        File.Delete(Path.Combine(unet, "state.safetensors"));
        Succeed("pretrain", "denoiser", "--data", _root, "--out", unet, "--network", "unet", "--image-size", "32", "--batch-size", "4", "--learning-rate", "0", "--steps", "1");
        Assert.All(Safetensors.Read(file), after => Assert.True(after.Value.eq(before[after.Key]).all().item<bool>(), after.Key));
        using var second = TextToImageModel.Load(unet);
        Assert.IsType<UNet2DConditionModel>(second.Denoiser);

        using var loaded = TextToImageModel.Load(model);
        Assert.Equal(32, loaded.ImageSize);
        Assert.True(new FileInfo(Path.Combine(_root, "sheet.png")).Length > 0);
    }

    private static byte[] Weights(string model, string file) => File.ReadAllBytes(Path.Combine(model, file));

    public void Dispose() => Directory.Delete(_root, recursive: true);

    private static void Succeed(params string[] command)
    {
        var (exit, error) = TinyJob.Run(command);
        Assert.True(exit == WorkerExit.Done, error);
    }

    private void MakePackages(int pictures)
    {
        var (assets, english) = (Path.Combine(_root, "fluent-emoji-3d", "assets"), Path.Combine(_root, "emojibase-data", "en"));
        Directory.CreateDirectory(assets);
        Directory.CreateDirectory(english);
        var emoji = new List<object>();
        for (var i = 0; i < pictures; i++)
        {
            var code = (0x1f300 + i).ToString("x", System.Globalization.CultureInfo.InvariantCulture);
            using var black = NetVips.Image.Black(16, 16, bands: 3);
            using var colour = (black + new double[] { i % 256, 255 - i % 256, 128 }).Cast(NetVips.Enums.BandFormat.Uchar);
            colour.Webpsave(Path.Combine(assets, code + ".webp"));
            emoji.Add(new { hexcode = code.ToUpperInvariant(), label = i == pictures - 1 ? "a flag" : $"face number {i}", tags = new[] { "face" }, subgroup = i == pictures - 1 ? 101 : 0 });
        }
        File.WriteAllText(Path.Combine(english, "messages.json"), """{ "subgroups": [ { "key": "face-smiling", "order": 0 }, { "key": "country-flag", "order": 101 } ] }""");
        File.WriteAllText(Path.Combine(english, "data.json"), JsonSerializer.Serialize(emoji));
    }
}
