"""Values of metrics.safetensors, computed with numpy, scipy and scikit-image from random pictures.

    apt-get install python3-numpy python3-scipy python3-skimage     (numpy 1.24.2, scipy 1.10.1, scikit-image 0.19.3)
    python3 make.py
"""
import sys

import numpy as np
from scipy import ndimage, stats
from skimage.metrics import peak_signal_noise_ratio, structural_similarity

sys.path.append("..")
from safetensors_file import save  # noqa: E402


def profile(luma):
    side = luma.shape[0]
    power = np.abs(np.fft.fftshift(np.fft.fft2(luma))) ** 2 / side**2
    y, x = np.indices(power.shape) - side // 2
    ring = np.rint(np.hypot(y, x)).astype(int).ravel()
    mean = np.bincount(ring, power.ravel()) / np.bincount(ring)
    return 10 * np.log10(mean[: side // 2 + 1] + 1 / 12)


def kernel_distance(x, y):
    k = lambda a, b: (np.einsum("id,jd->ij", a, b) / a.shape[1] + 1) ** 3
    kx, ky = k(x, x), k(y, y)
    m, n = len(x), len(y)
    return (kx.sum() - np.trace(kx)) / (m * (m - 1)) + (ky.sum() - np.trace(ky)) / (n * (n - 1)) - 2 * k(x, y).mean()


random = np.random.default_rng(1)
originals = np.clip(128 + 40 * ndimage.gaussian_filter(random.standard_normal((3, 32, 32, 3)), (0, 2, 2, 0)) * 8, 0, 255).astype(np.uint8)
images = np.clip(originals + random.normal(0, [[[[4]]], [[[12]]], [[[40]]]], originals.shape), 0, 255).astype(np.uint8)
luma = [p @ [0.299, 0.587, 0.114] for p in images.astype(float)]
lumaOriginals = [p @ [0.299, 0.587, 0.114] for p in originals.astype(float)]
profiles, profilesOriginals = np.array([profile(p) for p in luma]), np.array([profile(p) for p in lumaOriginals])
first, second = random.standard_normal((7, 10)), random.standard_normal((9, 10)) + 0.5

save("metrics.safetensors", {
    "in.images": images.transpose(0, 3, 1, 2),
    "in.originals": originals.transpose(0, 3, 1, 2),
    "in.first": first,
    "in.second": second,
    "out.psnr": np.array([peak_signal_noise_ratio(o, i, data_range=255) for o, i in zip(originals, images)]),
    "out.ssim": np.array([structural_similarity(o, i, channel_axis=2, gaussian_weights=True, sigma=1.5, use_sample_covariance=False, data_range=255)
                          for o, i in zip(originals, images)]),
    "out.sharpness": np.array([ndimage.laplace(p)[1:-1, 1:-1].var() for p in luma]),
    "out.profiles": profiles,
    "out.high_frequency": np.sqrt(((profiles - profilesOriginals)[:, 8:] ** 2).mean(1)),
    "out.kernel_distance": np.array([kernel_distance(first, second)]),
    "out.student_t": stats.t.ppf(0.975, np.arange(1, 31)),
})
