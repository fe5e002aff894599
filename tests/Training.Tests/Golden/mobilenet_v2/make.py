"""Values of features.safetensors: a forward pass in numpy, layer by layer as model.json lists them, on random pictures.

    bash data/fetch-features.sh FOLDER
    python3 make.py FOLDER     (numpy 1.24.2)
"""
import json
import os
import sys

import numpy as np

sys.path.append("..")
from safetensors_file import save  # noqa: E402


def read(folder):
    model = json.load(open(os.path.join(folder, "model.json")))
    weights = {}
    for group in model["weightsManifest"]:
        data = b"".join(open(os.path.join(folder, p), "rb").read() for p in group["paths"])
        at = 0
        for entry in group["weights"]:
            count = int(np.prod(entry["shape"]))
            q = entry["quantization"]
            weights[entry["name"]] = (np.frombuffer(data, q["dtype"], count, at) * q["scale"] + q["min"]).reshape(entry["shape"])
            at += count * np.dtype(q["dtype"]).itemsize
    return model["modelTopology"]["model_config"]["config"]["layers"], weights


def resize(picture, size):
    """Bilinear with half-pixel centres, [H, W, C]."""
    for axis in (0, 1):
        length = picture.shape[axis]
        at = np.clip((np.arange(size) + 0.5) * length / size - 0.5, 0, length - 1)
        low = np.floor(at).astype(int)
        part = (at - low).reshape((-1, 1, 1) if axis == 0 else (1, -1, 1))
        picture = picture.take(low, axis) * (1 - part) + picture.take(np.minimum(low + 1, length - 1), axis) * part
    return picture


def windows(x, kernel, stride, padding):
    """[H', W', kh, kw, C]."""
    if padding == "same":
        pads = []
        for length, k, s in zip(x.shape[:2], kernel, stride):
            total = max((-(-length // s) - 1) * s + k - length, 0)
            pads.append((total // 2, total - total // 2))
        x = np.pad(x, pads + [(0, 0)])
    view = np.lib.stride_tricks.sliding_window_view(x, kernel, axis=(0, 1))[:: stride[0], :: stride[1]]
    return view.transpose(0, 1, 3, 4, 2)


def forward(layers, weights, picture):
    outputs = {}
    for layer in layers:
        config, name, kind = layer["config"], layer["name"], layer["class_name"]
        inputs = [outputs[node[0]] for node in layer["inbound_nodes"][0]] if layer["inbound_nodes"] else [picture]
        x = inputs[0]
        if kind == "ZeroPadding2D":
            x = np.pad(x, [*config["padding"], (0, 0)])
        elif kind == "Conv2D":
            x = np.einsum("hwijc,ijco->hwo", windows(x, config["kernel_size"], config["strides"], config["padding"]), weights[name + "/kernel"], optimize=True)
        elif kind == "DepthwiseConv2D":
            x = np.einsum("hwijc,ijc->hwc", windows(x, config["kernel_size"], config["strides"], config["padding"]), weights[name + "/depthwise_kernel"][..., 0], optimize=True)
        elif kind == "BatchNormalization":
            w = {k: weights[f"{name}/{k}"] for k in ("gamma", "beta", "moving_mean", "moving_variance")}
            x = (x - w["moving_mean"]) / np.sqrt(w["moving_variance"] + config["epsilon"]) * w["gamma"] + w["beta"]
        elif kind == "ReLU":
            x = np.clip(x, 0, config["max_value"])
        elif kind == "Add":
            x = inputs[0] + inputs[1]
        elif kind == "AveragePooling2D":
            return windows(x, config["pool_size"], config["strides"], config["padding"]).mean((2, 3))[0, 0]
        elif kind != "InputLayer":
            raise ValueError(kind)
        outputs[name] = x


layers, weights = read(sys.argv[1])
random = np.random.default_rng(1)
coarse = random.integers(0, 256, (2, 4, 4, 3))
pictures = np.stack([np.clip(resize(p.astype(float), 32) + random.normal(0, 20, (32, 32, 3)), 0, 255).astype(np.uint8) for p in coarse])
features = np.stack([forward(layers, weights, resize(p / 255.0, 224)) for p in pictures])
save("features.safetensors", {"in.pictures": pictures.transpose(0, 3, 1, 2), "out.features": features.astype(np.float32)})
