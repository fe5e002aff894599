using System.Text.Json;
using System.Text.Json.Nodes;
using PixelPost.Training.Contracts;
using PixelPost.Training.Diffusion;
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

    // any value: it says nothing about what is computed here
    private const string Any = "";

    private static readonly (string Key, string Values)[] AutoencoderKL =
    [
        ("act_fn", """["silu"]"""),
        ("down_block_types", Any), ("up_block_types", Any), // as many as block_out_channels, and all alike
        ("force_upcast", Any),     // says that float16 is not enough for it, and it is never decoded in float16 here
        ("latents_mean", "[null]"), ("latents_std", "[null]"), ("shift_factor", "[null]"),
        ("mid_block_add_attention", "[true]"), ("use_quant_conv", "[true]"), ("use_post_quant_conv", "[true]"),
    ];

    private static readonly (string Key, string Values)[] UNet2DCondition =
    [
        ("act_fn", """["silu"]"""), ("dropout", "[0]"), ("upcast_attention", Any), // attention is in float32
        ("attention_type", """["default"]"""), ("cross_attention_norm", "[null]"), ("dual_cross_attention", "[false]"), ("only_cross_attention", "[false]"),
        ("addition_embed_type_num_heads", Any), // of another kind of added embedding
        ("center_input_sample", "[false]"), ("class_embed_type", "[null]"), ("class_embeddings_concat", "[false]"), ("num_class_embeds", "[null]"),
        ("conv_in_kernel", "[3]"), ("conv_out_kernel", "[3]"), ("downsample_padding", "[1]"),
        ("encoder_hid_dim", "[null]"), ("encoder_hid_dim_type", "[null]"),
        ("flip_sin_to_cos", "[true]"), ("freq_shift", "[0]"),
        ("mid_block_only_cross_attention", "[null, false]"), ("mid_block_scale_factor", "[1]"), ("mid_block_type", """["UNetMidBlock2DCrossAttn"]"""),
        ("resnet_out_scale_factor", "[1]"), ("resnet_skip_time_act", "[false]"), ("resnet_time_scale_shift", """["default"]"""),
        ("reverse_transformer_layers_per_block", "[null]"),
        ("time_cond_proj_dim", "[null]"), ("time_embedding_act_fn", "[null]"), ("time_embedding_dim", "[null]"), ("time_embedding_type", """["positional"]"""), ("timestep_post_act", "[null]"),
    ];

    // keys of all classes of samplers; what values a class has built in beyond these, it says itself
    private static readonly (string Key, string Values)[] Schedule =
    [
        ("beta_schedule", """["linear", "scaled_linear", "squaredcos_cap_v2"]"""), ("trained_betas", "[null]"),
        ("prediction_type", """["epsilon", "v_prediction", "sample"]"""),
        ("timestep_spacing", """["leading", "linspace", "trailing"]"""), ("timestep_type", """["discrete"]"""), ("interpolation_type", """["linear"]"""),
        ("thresholding", "[false]"), ("dynamic_thresholding_ratio", Any), ("sample_max_value", Any), // of thresholding
        ("algorithm_type", """["dpmsolver++"]"""), ("lambda_min_clipped", """["-Infinity"]"""),
        ("predict_x0", "[true]"), ("solver_p", "[null]"), ("disable_corrector", "[[]]"),
        ("final_sigmas_type", """["zero", "sigma_min"]"""), ("sigma_min", "[null]"), ("sigma_max", "[null]"), ("use_lu_lambdas", "[false]"),
        ("use_exponential_sigmas", "[false]"), ("use_beta_sigmas", "[false]"), ("use_flow_sigmas", "[false]"), ("flow_shift", Any), // since diffusers 0.31
        ("use_dynamic_shifting", "[false]"), ("time_shift_type", Any),
    ];

    // of these, keys that neither the record nor the table knows are refused too
    private static readonly HashSet<Type> Whole = [typeof(AutoencoderKLConfig), typeof(UNet2DConditionConfig), typeof(ScheduleConfig)];

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
        [typeof(AutoencoderKLConfig)] = AutoencoderKL,
        [typeof(UNet2DConditionConfig)] = UNet2DCondition,
        [typeof(ScheduleConfig)] = Schedule,
        [typeof(T5Config)] = [("feed_forward_proj", """["gated-gelu", "relu"]""")],
    };

    /// <exception cref="BadJobException">A key is not known, or has a value that is not supported; the message names both and what is.</exception>
    public static void Check(Type configType, string path, JsonObject config)
    {
        if (Whole.Contains(configType)) CheckKeys(configType, path, config);
        foreach (var (key, values) in ByConfig.GetValueOrDefault(configType, []))
        {
            if (values == Any || !config.TryGetPropertyValue(key, out var value)) continue;
            var supported = JsonNode.Parse(values)!.AsArray();
            if (!supported.Any(s => JsonNode.DeepEquals(s, value)))
                throw new BadJobException($"'{path}' has {key} {Text(value)}; known {(supported.Count == 1 ? "is" : "are")} {string.Join(" and ", supported.Select(Text))}.");
        }
    }

    private static void CheckKeys(Type configType, string path, JsonObject config)
    {
        var known = configType.GetProperties().Select(property => JsonNamingPolicy.SnakeCaseLower.ConvertName(property.Name))
            .Concat(ByConfig[configType].Select(setting => setting.Key)).ToHashSet(StringComparer.Ordinal);
        if (config.Select(setting => setting.Key).FirstOrDefault(key => !key.StartsWith('_') && !known.Contains(key)) is { } unknown)
            throw new BadJobException($"'{path}' has {unknown}, which is not known{Nearest.Hint(unknown, known)}");
    }

    private static string Text(JsonNode? value) => value switch { null => "null", JsonValue => $"'{value}'", _ => value.ToJsonString() };
}
