using PixelPost.Training.Diffusion;
using PixelPost.Training.Models;
using PixelPost.Training.Weights;
using static TorchSharp.torch;

namespace PixelPost.Training.Verification;

/// <summary>How each part of a model folder is run on the inputs of its file of expected values.</summary>
internal static class PartChecks
{
    /// <summary>A U-Net: its output at two timesteps, gradients of the mean squared error.</summary>
    public static void UNet(string folder, ExpectedValues file)
    {
        using var unet = DiffusersFolder.LoadUNet(Path.Combine(folder, "unet"));
        var (latents, text) = (file["in.sample"].requires_grad_(), file["in.encoder_hidden_states"].requires_grad_());
        var added = file.Has("in.text_embeds") ? new AddedConditions(file["in.text_embeds"], file["in.time_ids"]) : null;

        file.Compare("out.sample_t501", unet.Forward(latents, full(latents.shape[0], 501, dtype: int64), text, added));
        var sample = unet.Forward(latents, file["in.timestep"], text, added);
        file.Compare("out.sample", sample);
        (sample - file["in.target"]).square().mean().backward();
        file.CompareGradient("grad.in.sample", latents);
        file.CompareGradient("grad.in.encoder_hidden_states", text);
        file.CompareGradients(unet);
    }

    /// <summary>A PixArt transformer: its output with and without a mask of the text, gradients of the mean squared error.</summary>
    public static void Transformer(string folder, ExpectedValues file)
    {
        using var transformer = DiffusersFolder.LoadDenoiser(Path.Combine(folder, "transformer"));
        var (latents, text) = (file["in.hidden_states"].requires_grad_(), file["in.encoder_hidden_states"].requires_grad_());

        file.Compare("out.sample_nomask", transformer.Forward(latents, file["in.timestep"], text, null));
        var sample = transformer.Forward(latents, file["in.timestep"], text, file["in.encoder_attention_mask"]);
        file.Compare("out.sample", sample);
        (sample - file["in.target"]).square().mean().backward();
        file.CompareGradient("grad.in.hidden_states", latents);
        file.CompareGradient("grad.in.encoder_hidden_states", text);
        file.CompareGradients(transformer);
    }

    /// <summary>An autoencoder of either class: latents, images, gradients of weighted sums of both.</summary>
    public static void Autoencoder(string folder, ExpectedValues file)
    {
        using var vae = DiffusersFolder.LoadAutoencoder(Path.Combine(folder, "vae"));
        var image = file["in.image"].requires_grad_();
        if (vae is AutoencoderKL kl) Distribution(kl, image, file);
        else file.Compare("out.latents", vae.Encode(image));

        vae.zero_grad();
        var z = file["in.z"].requires_grad_();
        var decoded = vae.Decode(z);
        file.Compare("out.decoded", decoded);
        (decoded * file["in.w"]).sum().backward();
        file.CompareGradient("grad.z", z);
        file.CompareGradients(vae);
    }

    /// <summary>A CLIP text encoder's last states.</summary>
    public static void TextEncoder(string folder, ExpectedValues file)
    {
        using var encoder = DiffusersFolder.LoadTextEncoder(Path.Combine(folder, "text_encoder"));
        file.Compare("out.last_hidden_state", encoder.Encode(file["in.input_ids"]));
    }

    /// <summary>From prompts and given noise to images, by DDIM with guidance.</summary>
    public static void DdimPipeline(string folder, ExpectedValues file)
    {
        using var noGrad = no_grad();
        using var model = TextToImageModel.Load(folder);
        var (text, negative, guidance) = (file["out.prompt_embeds"], file["out.negative_prompt_embeds"], file.Number("const.guidance_scale"));
        if (file.Prompts("prompts") is { } prompts) file.Compare("out.prompt_embeds", model.EncodePrompts(prompts));
        if (file.Prompts("negative_prompts") is { } negativePrompts) file.Compare("out.negative_prompt_embeds", model.EncodePrompts(negativePrompts));
        var context = cat([negative, text]);
        var trajectory = new List<Tensor>();

        var latents = DdimSampler.Sample(model.Schedule, file["in.latents"], (int)file.Number("const.num_inference_steps"), (x, timestep) =>
        {
            var halves = model.Denoiser.Predict(cat([x, x]), full(2 * x.shape[0], timestep, dtype: int64), context).chunk(2, 0);
            return halves[0] + guidance * (halves[1] - halves[0]);
        }, x => trajectory.Add(x.clone().DetachFromDisposeScope()));

        file.Compare("out.trajectory", stack(trajectory));
        file.Compare("out.image_nhwc_0_1", (model.Vae.Decode(latents / model.Vae.ScalingFactor) / 2 + 0.5).clamp(0, 1).permute(0, 2, 3, 1));
        trajectory.ForEach(x => x.Dispose());
    }

    private static void Distribution(AutoencoderKL vae, Tensor image, ExpectedValues file)
    {
        var latents = vae.Distribution(image);
        file.Compare("out.moments", vae.Moments(image));
        file.Compare("out.mean", latents.Mean);
        file.Compare("out.mode", vae.Encode(image));
        file.Compare("out.logvar", latents.LogVariance);
        file.Compare("out.std", latents.StandardDeviation);
        file.Compare("out.sample", latents.Sample(file["in.posterior_noise"]));
        file.Compare("out.kl", latents.Divergence());
        file.Compare("out.latents_scaled_mode", latents.Mean * vae.ScalingFactor);
        file.Compare("out.reconstruction", vae.Decode(latents.Mean));
        (latents.Mean * file["in.w_mean"]).sum().backward();
        file.CompareGradient("grad.image", image);
    }
}
