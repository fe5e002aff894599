using System.Runtime.InteropServices;

namespace PixelPost.Training.Native;

/// <summary>
/// Runs matrix products and convolutions in bfloat16 while weights, their gradients and losses stay float32. TorchSharp does not
/// wrap autocast, but libtorch exports the functions behind it, which take only small integers.
/// </summary>
/// <remarks>
/// Worth it on processors with bfloat16 instructions (AVX512-BF16, AMX) and slower than float32 on others. The state belongs to the
/// thread: begin and end it on the thread that runs the forward pass.
/// </remarks>
public static unsafe class Autocast
{
    private const int Cpu = 0, Bfloat16Type = 15; // c10::DeviceType, c10::ScalarType

    private static readonly Lazy<Functions?> Exported = new(Find);

    /// <summary>Whether this libtorch exports the functions (the names are those of the Linux builds).</summary>
    public static bool IsSupported => Exported.Value is not null;

    /// <summary>Switches bfloat16 on for this thread until the result is disposed.</summary>
    /// <exception cref="LibTorchException">This libtorch does not export the functions.</exception>
    public static IDisposable Bfloat16()
    {
        var functions = Exported.Value ?? throw new LibTorchException("This libtorch does not export autocast; train in float32.");
        functions.SetDtype(Cpu, Bfloat16Type);
        functions.SetEnabled(Cpu, 1);
        functions.Increment();
        return new Scope(functions);
    }

    private static Functions? Find()
    {
        if (LibTorch.Load().FirstOrDefault(p => Path.GetFileName(p).Contains("torch_cpu", StringComparison.Ordinal)) is not { } path) return null;
        var library = NativeLibrary.Load(path);
        return NativeLibrary.TryGetExport(library, "_ZN2at8autocast20set_autocast_enabledEN3c1010DeviceTypeEb", out var enabled)
            && NativeLibrary.TryGetExport(library, "_ZN2at8autocast18set_autocast_dtypeEN3c1010DeviceTypeENS1_10ScalarTypeE", out var dtype)
            && NativeLibrary.TryGetExport(library, "_ZN2at8autocast17increment_nestingEv", out var increment)
            && NativeLibrary.TryGetExport(library, "_ZN2at8autocast17decrement_nestingEv", out var decrement)
            && NativeLibrary.TryGetExport(library, "_ZN2at8autocast11clear_cacheEv", out var clear)
            ? new Functions(enabled, dtype, increment, decrement, clear)
            : null;
    }

    private sealed class Functions(IntPtr enabled, IntPtr dtype, IntPtr increment, IntPtr decrement, IntPtr clear)
    {
        public void SetEnabled(int device, byte on) => ((delegate* unmanaged<int, byte, void>)enabled)(device, on);

        public void SetDtype(int device, int type) => ((delegate* unmanaged<int, int, void>)dtype)(device, type);

        public void Increment() => ((delegate* unmanaged<int>)increment)();

        public int Decrement() => ((delegate* unmanaged<int>)decrement)();

        public void ClearCache() => ((delegate* unmanaged<void>)clear)();
    }

    private sealed class Scope(Functions functions) : IDisposable
    {
        public void Dispose()
        {
            // the cache holds bfloat16 copies of weights that the next optimizer step makes stale
            if (functions.Decrement() == 0) functions.ClearCache();
            functions.SetEnabled(Cpu, 0);
        }
    }
}
