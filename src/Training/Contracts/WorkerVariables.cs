namespace PixelPost.Training.Contracts;

/// <summary>Environment variables of the worker: what belongs to a machine and not to a job. The portal hands its own environment on.</summary>
public static class WorkerVariables
{
    /// <summary>Folder of other libtorch libraries than those from NuGet.</summary>
    public const string LibTorch = "PIXELPOST_LIBTORCH";

    /// <summary>Where networks work: <c>auto</c>, <c>cpu</c>, <c>cuda</c> or <c>cuda:N</c>.</summary>
    public const string Device = "PIXELPOST_DEVICE";

    /// <summary>Folder of encoded images and prompts, or <c>off</c>.</summary>
    public const string Cache = "PIXELPOST_CACHE";

    /// <summary>Its size in gigabytes.</summary>
    public const string CacheGigabytes = "PIXELPOST_CACHE_GB";

    /// <summary>All of them.</summary>
    public static IReadOnlyList<string> All { get; } = [LibTorch, Device, Cache, CacheGigabytes];
}
