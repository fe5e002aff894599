using System.Text.Json;
using System.Text.Json.Nodes;

namespace PixelPost.Training.Weights;

/// <summary>Refuses configurations that ask for what the code does not do: silence would give other numbers than the model's own software.</summary>
internal static class ConfigKeys
{
    /// <summary>Keys of an AutoencoderKL of which one value is built.</summary>
    public static readonly IReadOnlyDictionary<string, string[]> AutoencoderKL = new Dictionary<string, string[]>
    {
        ["act_fn"] = ["\"silu\""],
        ["down_block_types"] = [], // their number is that of block_out_channels; every one is a DownEncoderBlock2D
        ["up_block_types"] = [],
        ["force_upcast"] = [],     // says that float16 is not enough for it, and it is never decoded in float16 here
        ["latents_mean"] = ["null"],
        ["latents_std"] = ["null"],
        ["shift_factor"] = ["null"],
        ["mid_block_add_attention"] = ["true"],
        ["use_quant_conv"] = ["true"],
        ["use_post_quant_conv"] = ["true"],
    };

    /// <summary>Keys of a UNet2DConditionModel of which one value is built.</summary>
    public static readonly IReadOnlyDictionary<string, string[]> UNet2DCondition = new Dictionary<string, string[]>
    {
        ["act_fn"] = ["\"silu\""],
        ["addition_embed_type_num_heads"] = [], // of another kind of added embedding
        ["attention_type"] = ["\"default\""],
        ["center_input_sample"] = ["false"],
        ["class_embed_type"] = ["null"],
        ["class_embeddings_concat"] = ["false"],
        ["conv_in_kernel"] = ["3"],
        ["conv_out_kernel"] = ["3"],
        ["cross_attention_norm"] = ["null"],
        ["downsample_padding"] = ["1"],
        ["dropout"] = ["0", "0.0"],
        ["dual_cross_attention"] = ["false"],
        ["encoder_hid_dim"] = ["null"],
        ["encoder_hid_dim_type"] = ["null"],
        ["flip_sin_to_cos"] = ["true"],
        ["freq_shift"] = ["0"],
        ["mid_block_only_cross_attention"] = ["null", "false"],
        ["mid_block_scale_factor"] = ["1", "1.0"],
        ["mid_block_type"] = ["\"UNetMidBlock2DCrossAttn\""],
        ["num_class_embeds"] = ["null"],
        ["only_cross_attention"] = ["false"],
        ["resnet_out_scale_factor"] = ["1", "1.0"],
        ["resnet_skip_time_act"] = ["false"],
        ["resnet_time_scale_shift"] = ["\"default\""],
        ["reverse_transformer_layers_per_block"] = ["null"],
        ["time_cond_proj_dim"] = ["null"],
        ["time_embedding_act_fn"] = ["null"],
        ["time_embedding_dim"] = ["null"],
        ["time_embedding_type"] = ["\"positional\""],
        ["timestep_post_act"] = ["null"],
        ["upcast_attention"] = [], // a matter of float16; attention is computed in float32 here
    };

    /// <summary>Checks every key.</summary>
    /// <param name="config">The file.</param>
    /// <param name="path">Its name, for messages.</param>
    /// <param name="record">Type whose properties are the keys that are read.</param>
    /// <param name="fixedValues">Further keys, with the values (as JSON) that are built; an empty list means any.</param>
    /// <exception cref="BadJobException">A key or its value is not known; all of them are named.</exception>
    public static void Check(JsonObject config, string path, Type record, IReadOnlyDictionary<string, string[]> fixedValues)
    {
        var read = record.GetProperties().Select(property => JsonNamingPolicy.SnakeCaseLower.ConvertName(property.Name)).ToHashSet(StringComparer.Ordinal);
        var problems = new List<string>();
        foreach (var (key, value) in config)
        {
            if (key.StartsWith('_') || read.Contains(key)) continue;
            var text = value?.ToJsonString() ?? "null";
            if (!fixedValues.TryGetValue(key, out var known)) problems.Add($"{key} is not known");
            else if (known.Length > 0 && !known.Contains(text)) problems.Add($"{key} is {text}, known is {string.Join(" or ", known)}");
        }
        if (problems.Count > 0)
            throw new BadJobException($"'{path}' asks for what is not built: {string.Join("; ", problems)}.");
    }
}
