using System.Globalization;
using PixelPost.Training.Contracts;
using TorchSharp;
using static TorchSharp.torch;

namespace PixelPost.Training.Native;

/// <summary>Where networks are computed: a matter of the machine, not of the job, so an environment variable says it.</summary>
public static class ComputeDevice
{
    /// <summary>The device to use.</summary>
    /// <exception cref="BadJobException">The variable asks for what there is not; the message says what would be right.</exception>
    public static Device Choose()
    {
        LibTorch.Load();
        return Choose(Environment.GetEnvironmentVariable(WorkerVariables.Device), cuda.is_available() ? cuda.device_count() : 0);
    }

    /// <summary>The device to use.</summary>
    /// <param name="wanted">Value of <see cref="WorkerVariables.Device"/>; null or empty for <c>auto</c>.</param>
    /// <param name="gpus">Number of GPUs that libtorch can use.</param>
    /// <exception cref="BadJobException">It asks for what there is not.</exception>
    internal static Device Choose(string? wanted, int gpus)
    {
        var (name, number) = (wanted ?? "").Trim().ToLowerInvariant().Split(':') switch
        {
            ["" or "auto"] => (gpus > 0 ? "cuda" : "cpu", 0),
            [var only] => (only, 0),
            ["cuda", var index] when int.TryParse(index, NumberStyles.None, CultureInfo.InvariantCulture, out var n) => ("cuda", n),
            _ => ("", 0),
        };
        if (name == "cpu") return CPU;
        if (name != "cuda") throw new BadJobException($"{WorkerVariables.Device} is '{wanted}'; it must be auto, cpu, cuda or cuda:N.");
        if (gpus == 0) throw new BadJobException($"{WorkerVariables.Device} is '{wanted}', but no GPU can be used; 'PixelPost.Training doctor' says why.");
        if (number >= gpus) throw new BadJobException($"{WorkerVariables.Device} is '{wanted}', but there {(gpus == 1 ? "is 1 GPU, cuda:0" : $"are {gpus} GPUs, cuda:0 to cuda:{gpus - 1}")}.");
        return new Device(DeviceType.CUDA, number);
    }

    /// <summary>What last bits depend on, in words: <c>cpu</c>, <c>cuda</c>, <c>cuda tf32</c>.</summary>
    internal static string Arithmetic(Device device) =>
        device.type == DeviceType.CPU ? "cpu" : backends.cuda.matmul.allow_tf32 ? "cuda tf32" : "cuda";

    /// <summary>Sets how a GPU multiplies float32 numbers, in matrix products and in convolutions.</summary>
    /// <param name="tf32">With 10 bits of mantissa, several times as fast, or exactly.</param>
    public static void AllowTf32(bool tf32) => backends.cuda.matmul.allow_tf32 = backends.cudnn.allow_tf32 = tf32;
}
