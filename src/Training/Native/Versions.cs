using System.Reflection;

namespace PixelPost.Training.Native;

/// <summary>Versions that a result depends on.</summary>
internal static class Versions
{
    /// <summary>Of this program.</summary>
    public static string Worker { get; } = Of(typeof(Versions).Assembly);

    /// <summary>Of TorchSharp.</summary>
    public static string TorchSharp { get; } = Of(typeof(TorchSharp.torch).Assembly);

    /// <summary>Of TorchSharp and of the libtorch that is used.</summary>
    public static string Torch { get; } = $"TorchSharp {TorchSharp}, libtorch {LibTorch.FoundVersion ?? LibTorch.BuiltFor}";

    // the part after + is the commit it was built from
    private static string Of(Assembly assembly) =>
        (assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? assembly.GetName().Version!.ToString()).Split('+')[0];
}
