namespace PixelPost.Training.Models;

/// <summary>A stage of the U-Net.</summary>
/// <param name="Inputs">Channels into each of its residual blocks.</param>
/// <param name="Width">Channels out.</param>
/// <param name="Attends">Whether it attends to the text.</param>
/// <param name="Heads">Attention heads.</param>
/// <param name="Layers">Transformer blocks in each attention.</param>
/// <param name="Last">Whether the size stays as it is.</param>
internal sealed record UNetStage(IReadOnlyList<int> Inputs, int Width, bool Attends, int Heads, int Layers, bool Last);

/// <summary>Lays out the stages of a U-Net from its configuration.</summary>
internal static class UNetStages
{
    /// <summary>The way down, finest stage first.</summary>
    public static IEnumerable<UNetStage> Down(UNet2DConditionConfig config)
    {
        var widths = config.BlockOutChannels;
        for (var i = 0; i < widths.Length; i++)
        {
            int[] inputs = [widths[Math.Max(0, i - 1)], .. Enumerable.Repeat(widths[i], config.LayersPerBlock - 1)];
            yield return new(inputs, widths[i], config.DownBlockTypes[i] == "CrossAttnDownBlock2D", config.Heads(i), config.TransformerLayersPerBlock.At(i), i == widths.Length - 1);
        }
    }

    /// <summary>The way up, coarsest stage first: each layer's input is what comes from below beside the skip that was pushed last.</summary>
    public static IEnumerable<UNetStage> Up(UNet2DConditionConfig config)
    {
        int[] skips = [config.BlockOutChannels[0], .. Down(config).SelectMany(stage => Enumerable.Repeat(stage.Width, config.LayersPerBlock + (stage.Last ? 0 : 1)))];
        var (next, below) = (skips.Length, config.BlockOutChannels[^1]);
        for (var up = 0; up < config.BlockOutChannels.Length; up++)
        {
            var stage = config.BlockOutChannels.Length - 1 - up;
            var width = config.BlockOutChannels[stage];
            var inputs = new List<int>();
            for (var layer = 0; layer <= config.LayersPerBlock; layer++)
                inputs.Add((layer == 0 ? below : width) + skips[--next]);
            yield return new(inputs, width, config.UpBlockTypes[up] == "CrossAttnUpBlock2D", config.Heads(stage), config.TransformerLayersPerBlock.At(stage), stage == 0);
            below = width;
        }
    }

    /// <exception cref="BadJobException">A list has another length than the stages, or names a kind of block that is not known.</exception>
    public static void Check(UNet2DConditionConfig config)
    {
        var stages = config.BlockOutChannels.Length;
        Known("down_block_types", config.DownBlockTypes, "CrossAttnDownBlock2D", "DownBlock2D");
        Known("up_block_types", config.UpBlockTypes, "CrossAttnUpBlock2D", "UpBlock2D");
        Long("attention_head_dim", config.AttentionHeadDim);
        Long("num_attention_heads", config.NumAttentionHeads);
        Long("transformer_layers_per_block", config.TransformerLayersPerBlock);
        if (config.AdditionEmbedType is not (null or "text_time"))
            throw new BadJobException($"addition_embed_type is '{config.AdditionEmbedType}'; known are null and text_time.");
        if (config.AdditionEmbedType is not null && (config.AdditionTimeEmbedDim is null || config.ProjectionClassEmbeddingsInputDim is null))
            throw new BadJobException("addition_embed_type text_time needs addition_time_embed_dim and projection_class_embeddings_input_dim.");

        void Known(string key, string[] types, params string[] known)
        {
            if (types.Length != stages) throw new BadJobException($"{key} has {types.Length} entries and block_out_channels {stages}.");
            if (types.FirstOrDefault(type => !known.Contains(type)) is { } other)
                throw new BadJobException($"{key} holds '{other}'; known are {string.Join(" and ", known)}.");
        }

        void Long(string key, OneOrMany? numbers)
        {
            if (numbers?.Count is not (null or 1) && numbers.Count != stages)
                throw new BadJobException($"{key} has {numbers.Count} entries and block_out_channels {stages}.");
        }
    }
}
