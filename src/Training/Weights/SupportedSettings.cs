using System.Text.Json.Nodes;
using PixelPost.Training.Models;

namespace PixelPost.Training.Weights;

/// <summary>
/// The settings of a known class that the networks here have built in. A configuration that asks for anything else is refused: its
/// weights might well load, and then give wrong images.
/// </summary>
internal static class SupportedSettings
{
    // what diffusers' transformers on patches share; the rest of their settings concern layouts that another norm_type selects
    private static readonly (string Key, string Values)[] PatchTransformer =
    [
        ("activation_fn", """["gelu-approximate"]"""),
        ("norm_elementwise_affine", "[false]"),
        ("attention_type", """["default"]"""),
        ("double_self_attention", "[false, null]"),
        ("only_cross_attention", "[false, null]"),
        ("upcast_attention", "[false, null]"),
        ("num_vector_embeds", "[null]"),
        ("dropout", "[0]"),
    ];

    // configuration record → key → JSON list of its supported values; a key that is absent has diffusers' default
    private static readonly Dictionary<Type, (string Key, string Values)[]> ByConfig = new()
    {
        [typeof(PixArtConfig)] = [("norm_type", """["ada_norm_single"]"""), .. PatchTransformer],
        [typeof(DitConfig)] =
        [
            ("norm_type", """["ada_norm_zero"]"""), .. PatchTransformer,
            ("caption_channels", "[null]"), ("cross_attention_dim", "[null]"), ("interpolation_scale", "[null]"),
        ],
        [typeof(AutoencoderTinyConfig)] =
        [
            ("act_fn", """["relu"]"""), ("upsampling_scaling_factor", "[2]"), ("upsample_fn", """["nearest"]"""),
        ],
        [typeof(ClipTextConfig)] = [("hidden_act", """["quick_gelu", "gelu"]""")],
        [typeof(T5Config)] = [("feed_forward_proj", """["gated-gelu", "relu"]""")],
    };

    /// <exception cref="BadJobException">A key has a value that is not supported; the message names both and what is.</exception>
    public static void Check(Type configType, string path, JsonObject config)
    {
        foreach (var (key, values) in ByConfig.GetValueOrDefault(configType, []))
        {
            if (!config.TryGetPropertyValue(key, out var value)) continue;
            var supported = JsonNode.Parse(values)!.AsArray();
            if (!supported.Any(s => JsonNode.DeepEquals(s, value)))
                throw new BadJobException($"'{path}' has {key} {Text(value)}; known {(supported.Count == 1 ? "is" : "are")} {string.Join(" and ", supported.Select(Text))}.");
        }
    }

    private static string Text(JsonNode? value) => value is null ? "null" : $"'{value}'";
}
