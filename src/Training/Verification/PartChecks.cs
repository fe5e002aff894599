using System.Globalization;
using PixelPost.Training.Diffusion;
using PixelPost.Training.Models;
using PixelPost.Training.Weights;
using TorchSharp;
using static TorchSharp.torch;

namespace PixelPost.Training.Verification;

/// <summary>How each part of a model folder is run on the inputs of its file of expected values.</summary>
internal static class PartChecks
{
    /// <summary>A U-Net: its output at two timesteps, gradients of the mean squared error.</summary>
    public static void UNet(string folder, ExpectedValues file, Device device)
    {
        using var unet = DiffusersFolder.LoadUNet(Path.Combine(folder, "unet")).to(device);
        var (latents, text) = (file["in.sample"].requires_grad_(), file["in.encoder_hidden_states"].requires_grad_());
        var conditioning = new Conditioning { Text = text };
        if (file.Has("in.text_embeds")) conditioning = conditioning with { PooledText = file["in.text_embeds"], TimeIds = file["in.time_ids"] };

        file.Compare("out.sample_t501", unet.Predict(latents, full(latents.shape[0], 501, dtype: int64, device: device), conditioning));
        var sample = unet.Predict(latents, file["in.timestep"], conditioning);
        file.Compare("out.sample", sample);
        (sample - file["in.target"]).square().mean().backward();
        file.CompareGradient("grad.in.sample", latents);
        file.CompareGradient("grad.in.encoder_hidden_states", text);
        file.CompareGradients(unet);
    }

    /// <summary>A transformer, told classes or texts by what its file holds: its output, gradients of the mean squared error.</summary>
    public static void Transformer(string folder, ExpectedValues file, Device device)
    {
        if (file.Has("in.class_labels")) Dit(folder, file, device);
        else PixArt(folder, file, device);
    }

    private static void Dit(string folder, ExpectedValues file, Device device)
    {
        using var transformer = DiffusersFolder.LoadDit(Path.Combine(folder, "transformer")).to(device);
        var latents = file["in.hidden_states"].requires_grad_();

        var sample = transformer.Forward(latents, file["in.timestep"], file["in.class_labels"]);
        file.Compare("out.sample", sample);
        (sample - file["in.target"]).square().mean().backward();
        file.CompareGradient("grad.in.hidden_states", latents);
        file.CompareGradients(transformer);
    }

    private static void PixArt(string folder, ExpectedValues file, Device device)
    {
        using var transformer = DiffusersFolder.LoadPixArt(Path.Combine(folder, "transformer")).to(device);
        var (latents, text) = (file["in.hidden_states"].requires_grad_(), file["in.encoder_hidden_states"].requires_grad_());
        var size = file.Has("in.resolution") ? new PixArtImageSize(file["in.resolution"], file["in.aspect_ratio"]) : null;

        file.Compare("out.sample_nomask", transformer.Forward(latents, file["in.timestep"], text, null, size));
        var sample = transformer.Forward(latents, file["in.timestep"], text, file["in.encoder_attention_mask"], size);
        file.Compare("out.sample", sample);
        (sample - file["in.target"]).square().mean().backward();
        file.CompareGradient("grad.in.hidden_states", latents);
        file.CompareGradient("grad.in.encoder_hidden_states", text);
        file.CompareGradients(transformer);
    }

    /// <summary>An autoencoder of either class: latents, images, gradients of weighted sums of both.</summary>
    public static void Autoencoder(string folder, ExpectedValues file, Device device)
    {
        using var vae = DiffusersFolder.LoadAutoencoder(Path.Combine(folder, "vae")).to(device);
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

    /// <summary>A text encoder, T5 where its file holds a mask and CLIP where it does not: the states after every layer.</summary>
    public static void TextEncoder(string folder, ExpectedValues file, Device device)
    {
        using var noGrad = no_grad();
        var (part, ids) = (Path.Combine(folder, "text_encoder"), file["in.input_ids"]);
        if (file.Has("in.attention_mask"))
        {
            using var t5 = DiffusersFolder.LoadT5Encoder(part).to(device);
            var t5States = t5.HiddenStates(ids, file["in.attention_mask"]);
            CompareStates(file, [.. t5States.SkipLast(2), t5States[^1]]); // transformers lists the last one normalised only
            file.Compare("out.last_hidden_state", t5.Encode(ids, file["in.attention_mask"]));
            file.Compare("out.last_hidden_state_nomask", t5.Encode(ids));
            return;
        }
        using var clip = DiffusersFolder.LoadTextEncoder(part).to(device);
        var last = clip.Encode(ids);
        CompareStates(file, clip.HiddenStates(ids).SkipLast(1)); // and CLIP's not normalised only
        file.Compare("out.last_hidden_state", last);
        file.Compare("out.pooler_output", clip.Pooled(last, ids));
    }

    /// <summary>SDXL's second text encoder: the states after every layer, and the projection of the whole text.</summary>
    public static void TextEncoderWithProjection(string folder, ExpectedValues file, Device device)
    {
        using var noGrad = no_grad();
        using var encoder = DiffusersFolder.LoadTextEncoderWithProjection(Path.Combine(folder, "text_encoder_2")).to(device);
        var states = encoder.HiddenStates(file["in.input_ids"]);
        CompareStates(file, states.SkipLast(1));
        file.Compare("out.last_hidden_state", states[^1]);
        file.Compare("out.text_embeds", encoder.Encode(file["in.input_ids"]).TextEmbeds);
    }

    private static void CompareStates(ExpectedValues file, IEnumerable<Tensor> states)
    {
        foreach (var (layer, state) in states.Index())
            file.Compare($"out.hidden_states.{layer}", state);
    }

    /// <summary>From prompts and given noise to images, by DDIM with guidance.</summary>
    public static void DdimPipeline(string folder, ExpectedValues file, Device device)
    {
        using var noGrad = no_grad();
        using var model = TextToImageModel.Load(folder, device);
        if (file.Prompts("prompts") is { } prompts) file.Compare("out.prompt_embeds", model.Prompts.Encode(prompts).Text!);
        if (file.Prompts("negative_prompts") is { } negativePrompts) file.Compare("out.negative_prompt_embeds", model.Prompts.Encode(negativePrompts).Text!);

        var trajectory = Trajectory(model.Denoiser, model.Schedule, file, new() { Text = file["out.prompt_embeds"] }, new() { Text = file["out.negative_prompt_embeds"] });

        file.Compare("out.trajectory", trajectory);
        CompareImage(file, model.Vae, trajectory[^1]);
    }

    /// <summary>From T5's tokens and given noise to images, by the folder's own sampler with guidance. No tokenizer is needed.</summary>
    public static void PixArtPipeline(string folder, ExpectedValues file, Device device)
    {
        using var noGrad = no_grad();
        using var encoder = DiffusersFolder.LoadT5Encoder(Path.Combine(folder, "text_encoder")).to(device);
        using var transformer = DiffusersFolder.LoadPixArt(Path.Combine(folder, "transformer")).to(device);
        using var vae = DiffusersFolder.LoadAutoencoder(Path.Combine(folder, "vae")).to(device);
        using var schedule = NoiseSchedule.Load(Path.Combine(folder, "scheduler"));
        var (prompt, negative) = (Told(""), Told("negative_"));
        file.Compare("out.prompt_embeds", prompt.Text!);
        file.Compare("out.negative_prompt_embeds", negative.Text!);

        file.Compare("out.trajectory", Trajectory(transformer, schedule, file, prompt, negative));
        // from the reference's latents: a decoder of random weights makes much of small differences
        CompareImage(file, vae, file["out.trajectory"][^1]);

        Conditioning Told(string kind)
        {
            var mask = file[$"in.{kind}attention_mask"];
            return new() { Text = encoder.Encode(file[$"in.{kind}input_ids"], mask), Mask = mask };
        }
    }

    /// <summary>From class labels and given noise to images, by DDIM with guidance away from the null class.</summary>
    public static void DdimOfClasses(string folder, ExpectedValues file, Device device)
    {
        using var noGrad = no_grad();
        using var model = TextToImageModel.Load(folder, device);
        var labels = model.Prompts.Encode([.. file["in.class_labels"].cpu().data<long>().Select(label => label.ToString(CultureInfo.InvariantCulture))]);

        var trajectory = Trajectory(model.Denoiser, model.Schedule, file, labels, model.Prompts.Unconditional());

        file.Compare("out.trajectory", cat([file["in.latents"].unsqueeze(0), trajectory]));
        // decoded from the reference's latents: a decoder of random weights makes much of small differences
        file.Compare("out.decoded", model.Vae.Decode(file["out.trajectory"][^1] / model.Vae.ScalingFactor));
    }

    /// <summary>Latents after every step, [steps, B, C, h, w].</summary>
    private static Tensor Trajectory(Denoiser denoiser, NoiseSchedule schedule, ExpectedValues file, Conditioning prompts, Conditioning unconditional)
    {
        var trajectory = new List<Tensor>();
        var predict = Sampling.Guided(denoiser, unconditional, prompts, file.Number("const.guidance_scale"));
        using var sampler = Samplers.Create(schedule, (int)file.Number("const.num_inference_steps"));
        sampler.Walk(file["in.latents"], predict, afterStep: x => trajectory.Add(x.clone().DetachFromDisposeScope()));
        var all = stack(trajectory);
        trajectory.ForEach(x => x.Dispose());
        return all;
    }

    /// <summary>Compares latents as a picture, [B, H, W, 3] within 0 and 1. Tolerated is what is tolerated of the decoder's output, which random weights make large.</summary>
    private static void CompareImage(ExpectedValues file, Autoencoder vae, Tensor latents)
    {
        var image = vae.Decode(latents / vae.ScalingFactor) / 2 + 0.5;
        file.Compare("out.image_nhwc_0_1", image.clamp(0, 1).permute(0, 2, 3, 1), atol: 1e-5 * Math.Max(1, image.abs().max().item<float>()));
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
