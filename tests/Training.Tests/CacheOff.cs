using System.Runtime.CompilerServices;
using PixelPost.Training.Contracts;

namespace PixelPost.Training.Tests;

/// <summary>Tests neither read nor write the cache of the person who runs them.</summary>
internal static class CacheOff
{
    [ModuleInitializer]
    internal static void SwitchOff() => Environment.SetEnvironmentVariable(WorkerVariables.Cache, "off");
}
