using System.Globalization;
using PixelPost.EvalPortal.Database;
using PixelPost.Tests.Shared.Chaos;

namespace PixelPost.Benchmarks.Votes;

/// <summary>The command line of <see cref="ChaosRun"/>.</summary>
internal static class ChaosBench
{
    /// <summary>Settings from <c>--name value</c>; null when an option is not known or has no such value.</summary>
    public static ChaosSettings? Read(IReadOnlyList<string> options)
    {
        var settings = new ChaosSettings();
        for (var i = 0; i < options.Count; i += 2)
        {
            var value = i + 1 < options.Count ? options[i + 1] : "";
            var number = int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var n) ? n : -1;
            ChaosSettings? next = (options[i], number, value) switch
            {
                ("--votes", > 0, _) => settings with { Votes = number },
                ("--raters", > 0, _) => settings with { Raters = number },
                ("--kills", >= 0, _) => settings with { Kills = number },
                ("--seed", >= 0, _) => settings with { Seed = number },
                ("--database", _, "sqlite") => settings with { Database = DatabaseKind.Sqlite },
                ("--database", _, "postgres") => settings with { Database = DatabaseKind.Postgres },
                _ => null,
            };
            if (next is null)
                return null;
            settings = next;
        }
        return settings;
    }

    /// <summary>Runs it.</summary>
    /// <returns>The exit code: 0 when nothing is lost, doubled or swapped.</returns>
    public static async Task<int> RunAsync(ChaosSettings settings)
    {
        var result = await ChaosRun.RunAsync(settings, Console.Out);
        return result.Lost.Count + result.Doubled.Count + result.Swapped.Count == 0 ? 0 : 1;
    }
}
