using NetVips;
using PixelPost.EvalPortal.Images;

namespace PixelPost.EvalPortal.Tests.Images;

public sealed class ImageFilesTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("pixelpost-images-");
    private readonly ImageFiles _files;

    public ImageFilesTests() => _files = new ImageFiles(new DataFolder(_folder.FullName));

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void Keep_PlainPng_KeepsItsBytes()
    {
        var png = Gradient().PngsaveBuffer(keep: Enums.ForeignKeep.None);

        var file = _files.Keep(png, "a.png");

        Assert.Equal((64, 48, (long)png.Length, "image/png"), (file.Width, file.Height, file.ByteLength, file.MediaType));
        Assert.Equal(png, File.ReadAllBytes(_files.PathOf(file.Sha256)));
        Assert.Equal(file, _files.Keep(png, "again.png"));
    }

    [Fact]
    public void Keep_PngWithTheModelsName_LosesIt()
    {
        var png = Gradient().Mutate(image => image.Set(GValue.RefStrType, "exif-ifd0-ImageDescription", "secret-model-7 (secret-model-7, ASCII, 15 components, 15 bytes)")).PngsaveBuffer();
        Assert.Contains("secret-model-7", System.Text.Encoding.Latin1.GetString(png), StringComparison.Ordinal);

        var file = _files.Keep(png, "a.png");

        var kept = File.ReadAllBytes(_files.PathOf(file.Sha256));
        Assert.DoesNotContain("secret-model-7", System.Text.Encoding.Latin1.GetString(kept), StringComparison.Ordinal);
        Assert.Equal(0, Difference(Gradient(), Image.NewFromBuffer(kept)));
    }

    [Fact]
    public void Keep_PngWithBytesAfterItsEnd_LosesThem()
    {
        var png = Gradient().PngsaveBuffer(keep: Enums.ForeignKeep.None);

        var file = _files.Keep([.. png, .. "secret"u8], "a.png");

        Assert.DoesNotContain("secret", File.ReadAllText(_files.PathOf(file.Sha256)), StringComparison.Ordinal);
    }

    public static TheoryData<string, byte[]> OtherForms => new()
    {
        { "interlaced", Gradient().PngsaveBuffer(interlace: true, keep: Enums.ForeignKeep.None) },
        { "with a resolution", Gradient().Copy(xres: 11.811, yres: 11.811).PngsaveBuffer(keep: Enums.ForeignKeep.None) },
        { "with transparency", Gradient().Bandjoin(255).PngsaveBuffer(keep: Enums.ForeignKeep.None) },
        { "as WebP", Gradient().WebpsaveBuffer(lossless: true) },
    };

    [Theory]
    [MemberData(nameof(OtherForms), DisableDiscoveryEnumeration = true)]
    public void Keep_SamePixelsInAnotherForm_IsTheSameFile(string form, byte[] bytes) =>
        Assert.Equal(_files.Keep(Gradient().PngsaveBuffer(keep: Enums.ForeignKeep.None), "plain.png"), _files.Keep(bytes, form));

    [Fact]
    public void Keep_RotatedJpeg_IsUprightAndPixelForPixelWhatWasGiven()
    {
        var jpeg = Gradient().Mutate(image => image.Set(GValue.GIntType, "orientation", 6)).JpegsaveBuffer();

        var file = _files.Keep(jpeg, "photo.jpg");

        using var kept = Image.NewFromFile(_files.PathOf(file.Sha256));
        Assert.Equal((48, 64), (kept.Width, kept.Height));
        Assert.Equal((48, 64), (file.Width, file.Height));
        Assert.Equal(0, Difference(Image.NewFromBuffer(jpeg).Autorot(), kept));
    }

    [Fact]
    public void Keep_TransparentSixteenBitPng_IsOpaqueEightBitOnWhite()
    {
        var clear = (Image.Black(8, 8, bands: 4) + 0).Cast(Enums.BandFormat.Ushort).Copy(interpretation: Enums.Interpretation.Rgb16);

        var file = _files.Keep(clear.PngsaveBuffer(), "clear.png");

        using var kept = Image.NewFromFile(_files.PathOf(file.Sha256));
        Assert.Equal((3, Enums.BandFormat.Uchar, 255.0), (kept.Bands, kept.Format, kept.Min()));
    }

    [Fact]
    public void Keep_TruncatedPng_IsRefused()
    {
        var png = Noise().PngsaveBuffer(keep: Enums.ForeignKeep.None);

        var refused = Assert.Throws<RefusedException>(() => _files.Keep(png[..(png.Length / 2)], "half.png"));

        Assert.Contains("half.png", refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("<svg xmlns='http://www.w3.org/2000/svg' width='8' height='8'/>")]
    [InlineData("<html></html>")]
    [InlineData("")]
    public void Keep_NoImage_IsRefused(string text) =>
        Assert.Throws<RefusedException>(() => _files.Keep(System.Text.Encoding.UTF8.GetBytes(text), "x.png"));

    [Fact]
    public void Keep_MorePixelsThanAllowed_IsRefusedByItsHeader()
    {
        var large = Image.Black(10_000, 10_000).PngsaveBuffer();

        var refused = Assert.Throws<RefusedException>(() => _files.Keep(large, "large.png"));

        Assert.Contains("10000 × 10000", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Keep_Animation_IsRefused()
    {
        using var frames = Gradient().Mutate(image => image.Set(GValue.GIntType, "page-height", 24));

        var refused = Assert.Throws<RefusedException>(() => _files.Keep(frames.WebpsaveBuffer(lossless: true), "film.webp"));

        Assert.Contains("animation", refused.Message, StringComparison.Ordinal);
    }

    private static Image Gradient() => Image.Xyz(64, 48).ExtractBand(0).Bandjoin(Image.Xyz(64, 48).ExtractBand(1), Image.Black(64, 48))
        .Cast(Enums.BandFormat.Uchar).Copy(interpretation: Enums.Interpretation.Srgb);

    private static Image Noise() => Image.Gaussnoise(64, 48, mean: 128, sigma: 40, seed: 1).Cast(Enums.BandFormat.Uchar);

    private static double Difference(Image one, Image other) => (one - other).Abs().Max();
}
