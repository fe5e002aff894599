using PixelPost.Training.Contracts;

namespace PixelPost.EvalPortal.Reports;

/// <summary>The two systems of a head-to-head.</summary>
/// <param name="ByDefault">Whether nobody asked for them: a file of two systems has no other pair.</param>
public sealed record SystemPair(string A, string B, bool ByDefault)
{
    /// <summary>The pair that is asked for, or the only one there is; null when there are more systems and none is asked for.</summary>
    /// <exception cref="RefusedException">A system is not in the file, or the second one cannot be told.</exception>
    internal static SystemPair? Of(ReportRequest request, IReadOnlyList<string> systems)
    {
        if (request.SystemA is null && request.SystemB is null)
            return systems.Count == 2 ? new SystemPair(systems[0], systems[1], ByDefault: true) : null;

        var a = Find("--a", request.SystemA, request.SystemB, systems);
        var b = Find("--b", request.SystemB, request.SystemA, systems);
        return a == b
            ? throw new RefusedException($"--a and --b are both '{a}': a system is compared with another one.")
            : new SystemPair(a, b, ByDefault: false);
    }

    private static string Find(string option, string? system, string? other, IReadOnlyList<string> systems)
    {
        if (system is null)
        {
            return systems.Count == 2 && systems.Contains(other!)
                ? systems.Single(known => known != other)
                : throw new RefusedException($"{option} is missing: the system to compare '{other}' with.");
        }
        return systems.Contains(system)
            ? system
            : throw new RefusedException($"{option}: the file has no system '{system}'{Nearest.Hint(system, systems)}");
    }
}
