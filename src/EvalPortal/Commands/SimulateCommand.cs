using System.Globalization;
using PixelPost.EvalPortal.Configuration;
using PixelPost.EvalPortal.Dashboards;
using PixelPost.EvalPortal.Database;
using PixelPost.EvalPortal.Simulation;
using PixelPost.EvalPortal.Studies;

namespace PixelPost.EvalPortal.Commands;

/// <summary><c>simulate --study NAME --raters N</c>: adds raters that are programs, for demonstrations and tests.</summary>
public static class SimulateCommand
{
    private const int MostRaters = 10_000;

    public static async Task RunAsync(OptionsReader reader)
    {
        var options = reader.Read<PortalOptions>();
        var simulate = reader.Read<SimulateOptions>();
        var traits = reader.Read<RaterTraits>();
        reader.AddFaults([.. options.Faults(), .. simulate.Faults(), .. traits.Faults()]);
        reader.ThrowIfFaulty();

        await using var services = new ServiceCollection().AddPortal(options).BuildServiceProvider();
        await Migrator.MigrateAsync(services.GetRequiredService<Db>(), services.GetRequiredService<TimeProvider>());
        var studies = services.GetRequiredService<StudyStore>();
        var order = new SimulationOrder
        {
            Study = await StudyOption.FindAsync(studies, simulate.Study!),
            Raters = simulate.Raters!.Value,
            Pairs = simulate.Pairs,
            Seed = simulate.Seed,
            Traits = traits,
        };

        using var stop = new StopSignal();
        var lines = new ProgressLines("answers");
        var result = await services.GetRequiredService<SimulationRunner>().RunAsync(order, (votes, expected) => lines.Tell(votes, expected), stop.Token);
        var state = (await studies.FindAsync(order.Study.StudyId))!.State;
        Console.WriteLine(Summary(order, result, stop.Token.IsCancellationRequested, state));
        Console.WriteLine($"  {options.Url}/studies/{order.Study.StudyId}/results?votes={VoteSource.Simulated.ToText()}");
    }

    /// <summary>What came of it, in a sentence or two.</summary>
    /// <param name="state">The study's, at the end.</param>
    internal static string Summary(SimulationOrder order, SimulationResult result, bool stopped, StudyState state)
    {
        var early = (stopped, state) switch
        {
            (true, _) => "Stopped; what is done stays. ",
            (_, not StudyState.Running) => $"The study is {state.ToText()} by now, so this ended early. ",
            _ when result.Raters < order.Raters => "The study had places for no more raters. ",
            _ => "",
        };
        return $"{early}{Figures.Count(result.Raters, "simulated rater")} gave {Figures.Count(result.Votes, "vote")} on '{order.Study.Name}'. "
            + "They are marked as simulated everywhere and counted apart from people's votes:";
    }

    private sealed record SimulateOptions
    {
        /// <summary>Name or number of the study.</summary>
        public string? Study { get; init; }

        /// <summary>How many raters to add.</summary>
        public int? Raters { get; init; }

        /// <summary>The most answers of one rater; left out, all that are left.</summary>
        public int? Pairs { get; init; }

        /// <summary>What decides all that is random.</summary>
        public int Seed { get; init; } = 1;

        public IEnumerable<string> Faults()
        {
            if (string.IsNullOrWhiteSpace(Study))
                yield return StudyOption.Missing;
            if (Raters is null)
                yield return "--raters is missing: how many simulated raters to add, such as 20.";
            if (Raters is < 1 or > MostRaters)
                yield return string.Create(CultureInfo.InvariantCulture, $"--raters: {Raters} is not between 1 and {MostRaters:N0}.");
            if (Pairs < 1)
                yield return $"--pairs: {Pairs} is less than 1; it is the most answers that one rater gives. Leave it out for all that are left.";
        }
    }
}
