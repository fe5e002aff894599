using PixelPost.Training.Conditioners;
using PixelPost.Training.Models;
using PixelPost.Training.Weights;
using static TorchSharp.torch;

namespace PixelPost.Training.Tests;

/// <summary>What each pipeline tells its denoiser of a prompt. The networks themselves are compared in <see cref="ModelVerificationTests"/>.</summary>
public sealed class PromptEncoderTests : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("pixelpost-prompts-").FullName;

    [Fact]
    public void Sdxl_Prompt_PenultimateStatesOfBothAndTheSecondsProjection()
    {
        var folder = TinyPipeline.Sdxl(_root);
        using var prompts = new SdxlPromptEncoder(folder, new ModelIndex(), imageSize: 32, CPU);
        using var first = DiffusersFolder.LoadTextEncoder(Path.Combine(folder, "text_encoder"));
        using var second = DiffusersFolder.LoadTextEncoderWithProjection(Path.Combine(folder, "text_encoder_2"));
        var (ids, ids2) = (ClipTokenizer.Load(Path.Combine(folder, "tokenizer")).Encode(["a red circle"]), ClipTokenizer.Load(Path.Combine(folder, "tokenizer_2")).Encode(["a red circle"]));

        var told = prompts.Encode(["a red circle"]);

        // two layers: embeddings, first, second, norm; three layers: one more
        Golden.AssertClose(first.HiddenStates(ids)[1], told.Text![.., .., ..8], what: "first encoder");
        Golden.AssertClose(second.HiddenStates(ids2)[2], told.Text![.., .., 8..], what: "second encoder");
        Golden.AssertClose(second.Encode(ids2).TextEmbeds, told.PooledText!, what: "pooled");
        Assert.Equal([32, 32, 0, 0, 32, 32], told.TimeIds!.data<float>().ToArray());
        Assert.False(told.Text!.requires_grad);
        Assert.NotEqual(ids, ids2);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Sdxl_WithoutAPrompt_ZerosOrTheEmptyTextAsTheModelSays(bool zeros)
    {
        using var prompts = new SdxlPromptEncoder(TinyPipeline.Sdxl(_root), new ModelIndex { ForceZerosForEmptyPrompt = zeros }, imageSize: 32, CPU);

        var (none, empty) = (prompts.Unconditional(), prompts.Encode([""]));

        Assert.Equal(zeros, none.Text!.abs().sum().item<float>() == 0 && none.PooledText!.abs().sum().item<float>() == 0);
        Assert.Equal(!zeros, none.Text!.Equals(empty.Text!) && none.PooledText!.Equals(empty.PooledText!));
        Assert.True(none.TimeIds!.Equals(empty.TimeIds!));
    }

    [Theory]
    [InlineData("PixArtAlphaPipeline", 120)]
    [InlineData("PixArtSigmaPipeline", 300)]
    public void T5_Prompts_MaskedAfterTheirEnds(string pipeline, int length)
    {
        using var prompts = new T5PromptEncoder(TinyPipeline.PixArtWithT5(_root), new ModelIndex { ClassName = pipeline }, CPU);

        var told = prompts.Encode(["  Grinning FACE ", "grinning face", ""]);

        Assert.Equal([3, length, 16], told.Text!.shape);
        Assert.True(told.Text![0].Equals(told.Text[1]));
        Assert.Equal(4, told.Mask![0].sum().item<long>()); // ▁gri nning ▁face and the end
        Assert.Equal(1, told.Mask[2].sum().item<long>());
        Assert.Equal(1, told.Mask[2, 0].item<long>());
        Assert.Equal(told.Text[2], prompts.Unconditional().Text![0]);
    }

    [Theory]
    [InlineData("3", 3)]
    [InlineData("tench", 0)]
    [InlineData(" Tinca tinca ", 0)]
    [InlineData("tench, Tinca tinca", 0)]
    [InlineData("CRANE", 2)]    // the last class of that name, as in diffusers
    [InlineData("", 5)]
    public void Classes_NumberOrName_ItsLabel(string prompt, long expected) =>
        Assert.Equal(expected, Classes().Encode([prompt]).ClassLabels!.item<long>());

    [Theory]
    [InlineData("5")]       // the null class is nobody's prompt
    [InlineData("-1")]
    [InlineData("1.0")]
    [InlineData("goldfish")]
    public void Classes_AnythingElse_IsRefused(string prompt)
    {
        using var classes = Classes();

        Assert.Contains("0 to 4", Assert.Throws<BadJobException>(() => classes.Encode([prompt])).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Classes_NameOfAClassThatIsNotThere_IsRefused() =>
        Assert.Contains("'5'", Assert.Throws<BadJobException>(() => new ClassLabelEncoder(new ModelIndex { Id2label = { ["5"] = "x" } }, 5, CPU)).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("""{ "model_max_length": 12 }""", null, ClipTokenizer.End)]
    [InlineData("""{ "model_max_length": 12, "pad_token": "!" }""", null, "!")]
    [InlineData("""{ "model_max_length": 12, "pad_token": { "content": "!" } }""", null, "!")]
    [InlineData("""{ "model_max_length": 12, "pad_token": "<|endoftext|>" }""", """{ "pad_token": "!" }""", "!")]
    [InlineData("""{ "model_max_length": 12, "pad_token": "<|endoftext|>", "added_tokens_decoder": {} }""", """{ "pad_token": "!" }""", ClipTokenizer.End)]
    public void ClipTokenizer_PaddingToken_AsTheFolderSays(string config, string? map, string padding)
    {
        var folder = Path.Combine(TinyModel.Write(_root), "tokenizer");
        File.WriteAllText(Path.Combine(folder, "tokenizer_config.json"), config);
        File.Delete(Path.Combine(folder, "special_tokens_map.json"));
        if (map is not null) File.WriteAllText(Path.Combine(folder, "special_tokens_map.json"), map);
        var tokenizer = ClipTokenizer.Load(folder);
        var vocabulary = System.Text.Json.JsonSerializer.Deserialize<Dictionary<string, long>>(File.ReadAllText(Path.Combine(folder, "vocab.json")))!;

        var ids = tokenizer.Encode("a!");

        // as padding it is a special token, which no word's end is marked on
        var (mark, end) = (vocabulary[padding == "!" ? "!" : "!</w>"], vocabulary[ClipTokenizer.End]);
        Assert.Equal([vocabulary[ClipTokenizer.Start], vocabulary["a</w>"], mark, end, .. Enumerable.Repeat(vocabulary[padding], 8)], ids);
    }

    public void Dispose() => Directory.Delete(_root, recursive: true);

    private static ClassLabelEncoder Classes() => new(new ModelIndex { Id2label = { ["0"] = "tench, Tinca tinca", ["1"] = "crane", ["2"] = "crane" } }, 5, CPU);
}
