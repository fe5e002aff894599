using System.IO.Compression;
using System.Text;
using PixelPost.EvalPortal.Systems;
using PixelPost.EvalPortal.Tests.Systems;

namespace PixelPost.EvalPortal.Tests.Security;

/// <summary>Models that are made to do harm: each is refused with a sentence, and nothing of it stays.</summary>
public sealed class ModelAttackTests : ModelIntakeBase
{
    [Theory]
    [InlineData("../evil.json")]
    [InlineData("../../../../tmp/evil.json")]
    [InlineData("/tmp/evil.json")]
    [InlineData("unet/../../evil.json")]
    [InlineData("..\\..\\evil.json")]
    [InlineData("C:\\evil.json")]
    public Task ZipEntry_ThatLeadsOut_IsRefused(string name) => AssertRefusedAsync(
        "leads out of the folder", () => SendAsync("model.zip", ModelFiles.Zip(Source, also: zip => Add(zip, name, "{}"u8.ToArray()))));

    [Fact]
    public Task ZipEntry_ThatIsALink_IsRefused() => AssertRefusedAsync(
        "is a link", () => SendAsync("model.zip", ModelFiles.Zip(Source, also: zip => Add(zip, "unet/model.safetensors", "/etc/passwd"u8.ToArray()).ExternalAttributes = 0xA1FF << 16)));

    [Fact]
    public Task ZipEntry_ThatUnpacksToFarMore_IsRefused() => AssertRefusedAsync(
        "unpacks to more than 50 times its size", () => SendAsync("model.zip", ModelFiles.Zip(Source, also: zip => Add(zip, "unet/bomb.safetensors", new byte[65 << 20]))));

    [Fact]
    public Task ZipEntry_TwiceUnderOneName_IsRefused() => AssertRefusedAsync(
        "has unet/config.json more than once", () => SendAsync("model.zip", ModelFiles.Zip(Source, also: zip => Add(zip, "unet/config.json", "{}"u8.ToArray()))));

    [Fact]
    public Task Zip_ThatIsNone_IsRefused() => AssertRefusedAsync("is no zip", () => SendAsync("model.zip", new MemoryStream(new byte[1000])));

    [Fact]
    public async Task ZipEntry_OfAnotherKind_IsNotUnpacked()
    {
        var id = await SendAsync("model.zip", ModelFiles.Zip(Source, also: zip => Add(zip, "unet/evil.py", "import os"u8.ToArray())));

        Assert.Empty(Directory.GetFiles(Data.Resolve((await Models.FindAsync(id))!.Folder), "*.py", SearchOption.AllDirectories));
    }

    [Theory]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}""", 4, 1UL << 62, "a header may have 16,777,216")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}""", 4, 16_000_000UL, "it is cut off, or no safetensors file")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}""", 4, 0UL, "it is cut off, or no safetensors file")]
    [InlineData("""{"a":{"dtype":"F32","shape":[9],"data_offsets":[0,4]}}""", 4, null, "does not fit its place")]
    [InlineData("""{"a":{"dtype":"F32","shape":[4294967296,4294967296,4294967296],"data_offsets":[0,4]}}""", 4, null, "its header cannot be read")]
    [InlineData("""{"a":{"dtype":"F32","shape":[-1],"data_offsets":[4,0]}}""", 4, null, "does not fit its place")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[1000000,1000004]}}""", 4, null, "overlap or leave gaps")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"b":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}""", 4, null, "overlap or leave gaps")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}""", 400, null, "holds something else besides")]
    [InlineData("""{"a":{"dtype":"EVIL","shape":[1],"data_offsets":[0,4]}}""", 4, null, "is of type EVIL")]
    [InlineData("""{"a":7}""", 0, null, "its header cannot be read")]
    [InlineData("not json", 0, null, "its header cannot be read")]
    public void Safetensors_ThatLieAboutThemselves_AreRefused(string header, int bytes, ulong? length, string sentence)
    {
        using var file = new MemoryStream(ModelFiles.WithHeader(header, bytes, length));

        var refused = Assert.Throws<RefusedException>(() => SafetensorsHeader.Read(file, "x.safetensors"));

        Assert.StartsWith("x.safetensors", refused.Message, StringComparison.Ordinal);
        Assert.Contains(sentence, refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Safetensors_NestedWithoutEnd_AreRefusedWithoutTakingTheStack()
    {
        using var file = new MemoryStream(ModelFiles.WithHeader(new StringBuilder().Insert(0, """{"a":""", 100_000).ToString(), 0));

        Assert.Throws<RefusedException>(() => SafetensorsHeader.Read(file, "x.safetensors"));
    }

    [Theory]
    [InlineData("../outside")]
    [InlineData("/etc")]
    [InlineData("source/../../outside")]
    [InlineData("../import-not")]
    public async Task ServerFolder_OutsideOfTheRoots_IsRefused(string path)
    {
        ModelFiles.WriteFolder(Outside);
        await AssertRefusedAsync("Folders may be brought in from", () => Intake.TakeServerAsync(new ModelDraft { Name = "x" }, path));
    }

    [SkippableTheory]
    [InlineData("source/unet/diffusion_pytorch_model.safetensors", "secret")]
    [InlineData("source/vae", "folder")]
    [InlineData("source/notes", "folder")]
    public async Task ServerFolder_WithALink_IsRefused(string link, string target)
    {
        Skip.If(OperatingSystem.IsWindows(), "Links need rights there.");
        ModelFiles.Write(Outside, "secret", ModelFiles.Weights(("conv_in.weight", [4, 4])));
        ModelFiles.WriteFolder(Path.Combine(Outside, "folder"));
        var path = Path.Combine(Data.Import, link);
        if (Directory.Exists(path))
            Directory.Delete(path, recursive: true);
        File.Delete(path);
        File.CreateSymbolicLink(path, Path.Combine(Outside, target));

        await AssertRefusedAsync("is a link, and links are not followed", () => Intake.TakeServerAsync(new ModelDraft { Name = "x" }, "source"));
    }

    [Theory]
    [InlineData("model_index.json", "[]", "model_index.json is no JSON object")]
    [InlineData("model_index.json", "{", "model_index.json is no JSON")]
    [InlineData("model_index.json", """{"unet":["diffusers","UNet2DConditionModel"],"../../etc":["a","b"]}""", "names a part '../../etc'")]
    [InlineData("model_index.json", """{"vae":["diffusers","AutoencoderKL"]}""", "names neither a unet nor a transformer")]
    [InlineData("model_index.json", """{"transformer":["diffusers","PixArtTransformer2DModel"]}""", "there is no folder transformer")]
    [InlineData("unet/config.json", "[1]", "unet/config.json is no JSON object")]
    [InlineData("unet/x.safetensors.index.json", """{"weight_map":{"a":"../../../secret.safetensors"}}""", "is no .safetensors file beside it")]
    [InlineData("unet/x.safetensors.index.json", """{"weight_map":{"a":"missing.safetensors"}}""", "missing.safetensors, which is not there")]
    [InlineData("unet/x.safetensors.index.json", "{}", "has no weight_map")]
    [InlineData("unet/x.safetensors", "nonsense", "unet/x.safetensors")]
    public async Task Folder_WithAFileThatCannotBeTrusted_IsRefusedByName(string file, string content, string sentence)
    {
        ModelFiles.Write(Source, file, Encoding.UTF8.GetBytes(content));

        await AssertRefusedAsync(sentence, () => Intake.TakeServerAsync(new ModelDraft { Name = "x" }, "source"));
    }

    [Fact]
    public async Task Folder_WithPickledWeightsAlone_IsRefused()
    {
        File.Move(Path.Combine(Source, "unet/diffusion_pytorch_model.safetensors"), Path.Combine(Source, "unet/diffusion_pytorch_model.bin"));

        await AssertRefusedAsync("can run code when it is read", () => Intake.TakeServerAsync(new ModelDraft { Name = "x" }, "source"));
    }

    [Theory]
    [InlineData("model.ckpt", "can run code when they are read")]
    [InlineData("model.exe", "a model is sent as a .zip")]
    [InlineData("lora.safetensors", "choose the model that all the rest is taken from")]
    public Task Upload_OfAnotherKind_IsRefused(string name, string sentence) => AssertRefusedAsync(sentence, () => SendAsync(name, new MemoryStream(new byte[100])));

    [Fact]
    public async Task Folder_WithoutIndex_SaysWhatAModelIs()
    {
        File.Delete(Path.Combine(Source, "model_index.json"));

        await AssertRefusedAsync("There is no model_index.json", () => Intake.TakeServerAsync(new ModelDraft { Name = "x" }, "source"));
    }

    private static ZipArchiveEntry Add(ZipArchive zip, string name, byte[] content)
    {
        var entry = zip.CreateEntry(name);
        using var stream = entry.Open();
        stream.Write(content);
        return entry;
    }
}
