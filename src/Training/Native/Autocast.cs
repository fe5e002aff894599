using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;
using TorchSharp;

namespace PixelPost.Training.Native;

/// <summary>
/// Runs matrix products and convolutions in bfloat16 while weights, their gradients and losses stay float32. TorchSharp does not
/// wrap autocast, but libtorch exports the functions behind it, which take only small integers.
/// </summary>
/// <remarks>
/// Worth it on GPUs and on processors with bfloat16 instructions (<see cref="IsFastHere"/>), and slower than float32 on others. The
/// state belongs to the thread: begin and end it on the thread that runs the forward pass.
/// </remarks>
public static unsafe class Autocast
{
    private const int Bfloat16Type = 15; // c10::ScalarType

    private static readonly Lazy<Functions?> Exported = new(Find);

    [ThreadStatic]
    private static State? _current;

    /// <summary>Whether this libtorch exports the functions (the names are those of the Linux builds).</summary>
    public static bool IsSupported => Exported.Value is not null;

    /// <summary>Whether this processor has instructions for bfloat16: AVX512-BF16 or AMX-BF16.</summary>
    /// <remarks>Intel's manual, CPUID leaf 7: sub-leaf 0 EDX bit 22, sub-leaf 1 EAX bit 5.</remarks>
    public static bool IsFastHere => X86Base.IsSupported && X86Base.CpuId(0, 0).Eax >= 7
        && ((X86Base.CpuId(7, 0).Edx >> 22 & 1) == 1 || (X86Base.CpuId(7, 0).Eax >= 1 && (X86Base.CpuId(7, 1).Eax >> 5 & 1) == 1));

    /// <summary>What is switched on for this thread; null for nothing.</summary>
    internal static State? Current => _current;

    /// <summary>Switches bfloat16 on for this thread until the result is disposed.</summary>
    /// <param name="device">Where the work is done.</param>
    /// <exception cref="LibTorchException">This libtorch does not export the functions.</exception>
    public static IDisposable Bfloat16(DeviceType device = DeviceType.CPU) => new State(device).Enter();

    /// <summary>What <paramref name="compute"/> gives, computed in bfloat16 or as it is.</summary>
    public static T Run<T>(bool bfloat16, DeviceType device, Func<T> compute)
    {
        using (bfloat16 ? Bfloat16(device) : null) return compute();
    }

    /// <summary>Drops the bfloat16 copies of weights made so far.</summary>
    internal static void ForgetCasts()
    {
        if (_current is not null) Exported.Value!.ClearCache();
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

    /// <summary>bfloat16 on one kind of device, for a thread to enter.</summary>
    /// <param name="Device">The device.</param>
    internal sealed record State(DeviceType Device)
    {
        /// <summary>Switches it on for this thread until the result is disposed.</summary>
        /// <exception cref="LibTorchException">This libtorch does not export the functions.</exception>
        public IDisposable Enter() =>
            new Scope(Exported.Value ?? throw new LibTorchException("This libtorch does not export autocast; train in float32."), this);
    }

    private sealed class Functions(IntPtr enabled, IntPtr dtype, IntPtr increment, IntPtr decrement, IntPtr clear)
    {
        public void SetEnabled(int device, byte on) => ((delegate* unmanaged<int, byte, void>)enabled)(device, on);

        public void SetDtype(int device, int type) => ((delegate* unmanaged<int, int, void>)dtype)(device, type);

        public void Increment() => ((delegate* unmanaged<int>)increment)();

        public int Decrement() => ((delegate* unmanaged<int>)decrement)();

        public void ClearCache() => ((delegate* unmanaged<void>)clear)();
    }

    private sealed class Scope : IDisposable
    {
        private readonly Functions _functions;
        private readonly State? _before = _current;
        private readonly int _device;

        public Scope(Functions functions, State state)
        {
            (_functions, _device, _current) = (functions, (int)state.Device, state);
            functions.SetDtype(_device, Bfloat16Type);
            functions.SetEnabled(_device, 1);
            functions.Increment();
        }

        public void Dispose()
        {
            // the cache holds bfloat16 copies of weights that the next optimizer step makes stale
            if (_functions.Decrement() == 0) _functions.ClearCache();
            _functions.SetEnabled(_device, (byte)(_before is null ? 0 : 1));
            _current = _before;
        }
    }
}
