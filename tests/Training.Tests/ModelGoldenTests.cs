using PixelPost.Training.Weights;
using static TorchSharp.torch;

namespace PixelPost.Training.Tests;

public sealed class ModelGoldenTests
{
    [SkippableFact]
    public void PixArt_Bfloat16_AboutTheSameOutputsAndGradients()
    {
        Skip.IfNot(Native.Autocast.IsSupported, "this libtorch exports no autocast");
        var golden = Golden.Read("pixart", "expected", "transformer.safetensors");
        using var model = DiffusersFolder.LoadPixArt(Golden.File("pixart", "transformer"));
        var text = golden["in.encoder_hidden_states"].requires_grad_();

        Tensor sample;
        using (Native.Autocast.Bfloat16())
        {
            sample = model.Forward(golden["in.hidden_states"], golden["in.timestep"], text, golden["in.encoder_attention_mask"]).to(ScalarType.Float32);
        }
        (sample - golden["in.target"]).square().mean().backward();

        // bfloat16 has 8 bits: errors of some hundredths after a few layers
        Golden.AssertClose(golden["out.sample"], sample, 0.05, 0.03, "sample");
        var gradient = golden["grad.in.encoder_hidden_states"];
        var largest = gradient.abs().max();
        Golden.AssertClose(gradient / largest, text.grad! / largest, 0.05, 0.03, "gradient of the text");
    }

    [SkippableFact]
    public void ClipTextModel_DiffusersWeights_SameHiddenStates()
    {
        var golden = Safetensors.Read(Golden.Reference("sd15", "expected", "text_encoder.safetensors"));
        using var model = DiffusersFolder.LoadTextEncoder(Golden.Reference("sd15", "text_encoder"));

        var states = model.HiddenStates(golden["in.input_ids"]);

        for (var i = 0; i < 4; i++) Golden.AssertClose(golden[$"out.hidden_states.{i}"], states[i], what: $"hidden state {i}");
        Golden.AssertClose(golden["out.last_hidden_state"], states[^1], what: "last hidden state");
    }

    [SkippableFact]
    public void ClipTokenizer_TransformersCases_SameIds()
    {
        var tokenizer = Models.ClipTokenizer.Load(Golden.Reference("sd15", "tokenizer"));
        using var cases = System.Text.Json.JsonDocument.Parse(System.IO.File.ReadAllBytes(Golden.Reference("tokenizer_cases", "clip_prompts.json")));

        var wrong = cases.RootElement.GetProperty("cases").EnumerateArray()
            .Where(c => !tokenizer.Encode(c.GetProperty("text").GetString()!).SequenceEqual(c.GetProperty("hf_ftfy").EnumerateArray().Select(i => i.GetInt64())))
            .Select(c => c.GetProperty("text").GetString()).ToList();

        Assert.Empty(wrong);
    }
}
