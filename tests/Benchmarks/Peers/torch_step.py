"""Times forward and backward passes of the networks of `bench step` in PyTorch, from 1.13 on.

The same layers, sizes and inputs as src/Training/Bench/BenchNetwork.cs builds, written plainly with torch.nn; attention is
scaled_dot_product_attention, and before PyTorch 2, which has none, two matrix products and a softmax. Prints a line a network: name,
parameters, median seconds by the clock and of the processors. Forward and backward passes that do not count come first.

    python3 torch_step.py --networks dit,unet --rounds 5 --threads 2
    python3 torch_step.py --networks sd15 --device cuda --precision bfloat16
"""

import argparse
import math
import statistics
import time

import torch
import torch.nn.functional as F
from torch import nn

SIDE, TEXT_LENGTH, TEXT_WIDTH, CLASSES = 32, 77, 768, 1000


class Attention(nn.Module):
    def __init__(self, width, context_width, heads, bias):
        super().__init__()
        self.heads = heads
        self.q = nn.Linear(width, width, bias=bias)
        self.k = nn.Linear(context_width, width, bias=bias)
        self.v = nn.Linear(context_width, width, bias=bias)
        self.out = nn.Linear(width, width)

    def forward(self, x, context):
        batch, length, width = x.shape

        if hasattr(F, "scaled_dot_product_attention"):
            q, k, v = (y.view(batch, -1, self.heads, width // self.heads).transpose(1, 2) for y in (self.q(x), self.k(context), self.v(context)))
            return self.out(F.scaled_dot_product_attention(q, k, v).transpose(1, 2).reshape(batch, length, width))

        def by_head(y):
            return y.view(batch, -1, self.heads, width // self.heads).transpose(1, 2).reshape(batch * self.heads, -1, width // self.heads)

        q, k, v = by_head(self.q(x)), by_head(self.k(context)), by_head(self.v(context))
        weights = (torch.bmm(q, k.transpose(1, 2)) * (width // self.heads) ** -0.5).softmax(-1)
        attended = torch.bmm(weights, v).view(batch, self.heads, length, -1).transpose(1, 2).reshape(batch, length, width)
        return self.out(attended)


def mlp(width):
    return nn.Sequential(nn.Linear(width, 4 * width), nn.GELU(approximate="tanh"), nn.Linear(4 * width, width))


def sinusoids(t, channels):
    half = channels // 2
    angles = t.float()[:, None] * torch.exp(-math.log(10_000) * torch.arange(half, device=t.device) / half)[None]
    return torch.cat([angles.cos(), angles.sin()], 1)


class TimeEmbedding(nn.Sequential):
    def __init__(self, channels, width):
        super().__init__(nn.Linear(channels, width), nn.SiLU(), nn.Linear(width, width))
        self.channels = channels

    def forward(self, t):
        return super().forward(sinusoids(t, self.channels))


class PatchInput(nn.Module):
    """Patches of 2 x 2 latents and a fixed position; the values of positions do not matter for time."""

    def __init__(self, width):
        super().__init__()
        self.proj = nn.Conv2d(4, width, 2, stride=2)
        self.register_buffer("positions", torch.randn(1, (SIDE // 2) ** 2, width))

    def forward(self, x):
        return self.proj(x).flatten(2).transpose(1, 2) + self.positions


def unpatch(tokens):
    side = SIDE // 2
    return tokens.view(len(tokens), side, side, 2, 2, -1).permute(0, 5, 1, 3, 2, 4).reshape(len(tokens), -1, SIDE, SIDE)


class DitTextBlock(nn.Module):
    def __init__(self, width, heads):
        super().__init__()
        self.table = nn.Parameter(torch.randn(6, width) / width**0.5)
        self.self_attention = Attention(width, width, heads, True)
        self.text_attention = Attention(width, width, heads, True)
        self.mlp = mlp(width)

    def forward(self, x, text, modulation):
        shift, scale, gate, shift2, scale2, gate2 = (self.table[None] + modulation).chunk(6, 1)
        normed = F.layer_norm(x, x.shape[-1:], eps=1e-6) * (1 + scale) + shift
        x = x + gate * self.self_attention(normed, normed)
        x = x + self.text_attention(x, text)
        return x + gate2 * self.mlp(F.layer_norm(x, x.shape[-1:], eps=1e-6) * (1 + scale2) + shift2)


class DitText(nn.Module):
    """PixArt: arXiv 2310.00426."""

    def __init__(self, width=384, heads=6, layers=12):
        super().__init__()
        self.patches = PatchInput(width)
        self.time = TimeEmbedding(256, width)
        self.modulation = nn.Linear(width, 6 * width)
        self.text = nn.Sequential(nn.Linear(TEXT_WIDTH, width), nn.GELU(approximate="tanh"), nn.Linear(width, width))
        self.blocks = nn.ModuleList(DitTextBlock(width, heads) for _ in range(layers))
        self.table = nn.Parameter(torch.randn(2, width) / width**0.5)
        self.out = nn.Linear(width, 4 * 8)

    def forward(self, x, t, text):
        x, text, time_ = self.patches(x), self.text(text), self.time(t)
        modulation = self.modulation(F.silu(time_)).view(len(x), 6, -1)
        for block in self.blocks:
            x = block(x, text, modulation)
        shift, scale = (self.table[None] + time_[:, None]).chunk(2, 1)
        return unpatch(self.out(F.layer_norm(x, x.shape[-1:], eps=1e-6) * (1 + scale) + shift))[:, :4]


class DitClassBlock(nn.Module):
    def __init__(self, width, heads):
        super().__init__()
        self.time, self.label = TimeEmbedding(256, width), nn.Embedding(CLASSES + 1, width)
        self.modulation = nn.Linear(width, 6 * width)
        self.attention = Attention(width, width, heads, True)
        self.mlp = mlp(width)

    def embed(self, t, label):
        return self.time(t) + self.label(label)

    def forward(self, x, t, label):
        shift, scale, gate, shift2, scale2, gate2 = self.modulation(F.silu(self.embed(t, label)))[:, None].chunk(6, 2)
        normed = F.layer_norm(x, x.shape[-1:], eps=1e-6) * (1 + scale) + shift
        x = x + gate * self.attention(normed, normed)
        return x + gate2 * self.mlp(F.layer_norm(x, x.shape[-1:], eps=1e-5) * (1 + scale2) + shift2)


class DitClass(nn.Module):
    """DiT: arXiv 2212.09748, with an embedding in every block as in diffusers' Transformer2DModel."""

    def __init__(self, width=384, heads=6, layers=12):
        super().__init__()
        self.patches = PatchInput(width)
        self.blocks = nn.ModuleList(DitClassBlock(width, heads) for _ in range(layers))
        self.modulation = nn.Linear(width, 2 * width)
        self.out = nn.Linear(width, 4 * 8)

    def forward(self, x, t, label):
        x = self.patches(x)
        for block in self.blocks:
            x = block(x, t, label)
        shift, scale = self.modulation(F.silu(self.blocks[0].embed(t, label)))[:, None].chunk(2, 2)
        return unpatch(self.out(F.layer_norm(x, x.shape[-1:], eps=1e-6) * (1 + scale) + shift))[:, :4]


class Residual(nn.Module):
    def __init__(self, inputs, outputs, time_width=None, eps=1e-5):
        super().__init__()
        self.norm1, self.norm2 = nn.GroupNorm(32, inputs, eps), nn.GroupNorm(32, outputs, eps)
        self.conv1, self.conv2 = nn.Conv2d(inputs, outputs, 3, padding=1), nn.Conv2d(outputs, outputs, 3, padding=1)
        self.time = nn.Linear(time_width, outputs) if time_width else None
        self.shortcut = nn.Conv2d(inputs, outputs, 1) if inputs != outputs else nn.Identity()

    def forward(self, x, time_=None):
        inner = self.conv1(F.silu(self.norm1(x)))
        if self.time is not None:
            inner = inner + self.time(F.silu(time_))[:, :, None, None]
        return self.shortcut(x) + self.conv2(F.silu(self.norm2(inner)))


class Geglu(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.proj, self.out = nn.Linear(width, 8 * width), nn.Linear(4 * width, width)

    def forward(self, x):
        value, gate = self.proj(x).chunk(2, -1)
        return self.out(value * F.gelu(gate))


class SpatialTransformer(nn.Module):
    def __init__(self, width, heads=8):
        super().__init__()
        self.norm = nn.GroupNorm(32, width, 1e-6)
        self.proj_in, self.proj_out = nn.Conv2d(width, width, 1), nn.Conv2d(width, width, 1)
        self.norms = nn.ModuleList(nn.LayerNorm(width) for _ in range(3))
        self.self_attention = Attention(width, width, heads, False)
        self.text_attention = Attention(width, TEXT_WIDTH, heads, False)
        self.mlp = Geglu(width)

    def forward(self, x, text):
        y = self.proj_in(self.norm(x)).flatten(2).transpose(1, 2)
        normed = self.norms[0](y)
        y = y + self.self_attention(normed, normed)
        y = y + self.text_attention(self.norms[1](y), text)
        y = y + self.mlp(self.norms[2](y))
        return x + self.proj_out(y.transpose(1, 2).reshape(x.shape))


class UNet(nn.Module):
    """Stable Diffusion: arXiv 2112.10752; attention at all sizes but the coarsest, two residual blocks down and three up at each."""

    def __init__(self, widths=(64, 128, 256, 256)):
        super().__init__()
        time_width, last = 4 * widths[0], len(widths) - 1
        self.time = TimeEmbedding(widths[0], time_width)
        self.conv_in = nn.Conv2d(4, widths[0], 3, padding=1)
        self.down, self.smaller, skips, x = nn.ModuleList(), nn.ModuleList(), [widths[0]], widths[0]
        for i, width in enumerate(widths):
            for _ in range(2):
                self.down.append(nn.ModuleList([Residual(x, width, time_width)] + [SpatialTransformer(width)] * (i < last)))
                skips.append(x := width)
            if i < last:
                self.smaller.append(nn.Conv2d(width, width, 3, stride=2, padding=1))
                skips.append(width)
        self.mid = nn.ModuleList([Residual(x, x, time_width), SpatialTransformer(x), Residual(x, x, time_width)])
        self.up, self.larger = nn.ModuleList(), nn.ModuleList()
        for i, width in reversed(list(enumerate(widths))):
            for _ in range(3):
                self.up.append(nn.ModuleList([Residual(x + skips.pop(), width, time_width)] + [SpatialTransformer(width)] * (i < last)))
                x = width
            if i > 0:
                self.larger.append(nn.Conv2d(width, width, 3, padding=1))
        self.norm_out, self.conv_out = nn.GroupNorm(32, widths[0]), nn.Conv2d(widths[0], 4, 3, padding=1)

    def forward(self, x, t, text):
        time_ = self.time(t)

        def layer(blocks, y):
            y = blocks[0](y, time_)
            return blocks[1](y, text) if len(blocks) > 1 else y

        x = self.conv_in(x)
        skips = [x]
        for i, blocks in enumerate(self.down):
            skips.append(x := layer(blocks, x))
            if i % 2 == 1 and i // 2 < len(self.smaller):
                skips.append(x := self.smaller[i // 2](x))
        x = self.mid[2](self.mid[1](self.mid[0](x, time_), text), time_)
        for i, blocks in enumerate(self.up):
            x = layer(blocks, torch.cat([x, skips.pop()], 1))
            if i % 3 == 2 and i // 3 < len(self.larger):
                x = self.larger[i // 3](F.interpolate(x, scale_factor=2.0))
        return self.conv_out(F.silu(self.norm_out(x)))


class TinyBlock(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.conv = nn.Sequential(nn.Conv2d(width, width, 3, padding=1), nn.ReLU(), nn.Conv2d(width, width, 3, padding=1), nn.ReLU(), nn.Conv2d(width, width, 3, padding=1))

    def forward(self, x):
        return F.relu(self.conv(x) + x)


def tiny_decoder(width=64):
    """TAESD: github.com/madebyollin/taesd."""
    layers = [nn.Conv2d(4, width, 3, padding=1), nn.ReLU()]
    for stage, blocks in enumerate([3, 3, 3, 1]):
        layers += [TinyBlock(width) for _ in range(blocks)]
        layers += [nn.Upsample(scale_factor=2), nn.Conv2d(width, width, 3, padding=1, bias=False)] if stage < 3 else [nn.Conv2d(width, 3, 3, padding=1)]
    return nn.Sequential(*layers)


class PixelAttention(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.norm, self.attention = nn.GroupNorm(32, width, 1e-6), Attention(width, width, 1, True)

    def forward(self, x):
        tokens = self.norm(x).flatten(2).transpose(1, 2)
        return x + self.attention(tokens, tokens).transpose(1, 2).reshape(x.shape)


def kl_decoder(widths=(256, 256, 128, 64)):
    """The decoder of arXiv 2112.10752."""
    x = widths[0]
    layers = [nn.Conv2d(4, 4, 1), nn.Conv2d(4, x, 3, padding=1), Residual(x, x, eps=1e-6), PixelAttention(x), Residual(x, x, eps=1e-6)]
    for stage, width in enumerate(widths):
        for _ in range(3):
            layers.append(Residual(x, width, eps=1e-6))
            x = width
        if stage < 3:
            layers += [nn.Upsample(scale_factor=2), nn.Conv2d(x, x, 3, padding=1)]
    return nn.Sequential(*layers, nn.GroupNorm(32, x, 1e-6), nn.SiLU(), nn.Conv2d(x, 3, 3, padding=1))


def denoiser(module, batch, told, side=SIDE):
    def forward():
        return module(torch.randn(batch, 4, side, side), torch.randint(0, 1000, (batch,)), told(batch))

    return module, forward


def decoder(module, batch):
    module.requires_grad_(False)
    return module, lambda: module(torch.randn(batch, 4, SIDE, SIDE, requires_grad=True))


def text(batch):
    return torch.randn(batch, TEXT_LENGTH, TEXT_WIDTH)


def label(batch):
    return torch.randint(0, CLASSES, (batch,))


NETWORKS = {
    "dit": lambda: denoiser(DitText(), 8, text),
    "dit-class": lambda: denoiser(DitClass(), 8, label),
    "unet": lambda: denoiser(UNet(), 4, text),
    "sd15": lambda: denoiser(UNet((320, 640, 1280, 1280)), 4, text, side=64),
    "taesd": lambda: decoder(tiny_decoder(), 4),
    "kl": lambda: decoder(kl_decoder(), 4),
}


def wait():
    if torch.cuda.is_available():
        torch.cuda.synchronize()


def timed(module, forward, bfloat16, device):
    wait()
    wall, processor = time.perf_counter(), time.process_time()
    with torch.autocast(device, torch.bfloat16, enabled=bfloat16):
        output = forward()
    output.float().pow(2).mean().backward()
    wait()
    seconds = time.perf_counter() - wall, time.process_time() - processor
    module.zero_grad(set_to_none=True)
    return seconds


def main():
    options = argparse.ArgumentParser()
    options.add_argument("--networks", default=",".join(name for name in NETWORKS if name != "sd15"))
    options.add_argument("--rounds", type=int, default=5)
    options.add_argument("--threads", type=int, default=2)
    options.add_argument("--device", default="cpu")
    options.add_argument("--precision", choices=["float32", "tf32", "bfloat16"], default="float32")
    options = options.parse_args()
    torch.set_num_threads(options.threads)
    torch.backends.cuda.matmul.allow_tf32 = torch.backends.cudnn.allow_tf32 = options.precision == "tf32"
    if options.device != "cpu":
        torch.set_default_device(options.device)
    print(f"PyTorch {torch.__version__}, {options.device}, {torch.get_num_threads()} threads, medians of {options.rounds} rounds, {options.precision}, random weights\n")
    networks = {name: NETWORKS[name]() for name in options.networks.split(",")}
    how = options.precision == "bfloat16", options.device
    for _ in range(1 if options.device == "cpu" else 5):
        for network in networks.values():
            timed(*network, *how)
    rounds = [{name: timed(*network, *how) for name, network in networks.items()} for _ in range(options.rounds)]
    for name, (module, _) in networks.items():
        wall, processor = (statistics.median(r[name][i] for r in rounds) for i in (0, 1))
        parameters = sum(p.numel() for p in module.parameters())
        print(f"{name:<22}{parameters:>12}  {wall:10.4f}{processor:10.4f}", flush=True)


if __name__ == "__main__":
    main()
