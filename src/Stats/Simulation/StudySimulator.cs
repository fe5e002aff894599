using MathNet.Numerics.Distributions;

namespace PixelPost.Stats;

/// <summary>Draws the votes of studies whose truth is known, to see whether intervals and tests keep what they promise.</summary>
public static class StudySimulator
{
    /// <summary>Every vote of one study: each pair of systems on each prompt, the sides drawn for every vote.</summary>
    /// <param name="model">The truth.</param>
    /// <param name="random">Decides everything else.</param>
    /// <exception cref="ArgumentException">The model describes no study.</exception>
    public static IReadOnlyList<SimulatedVote> Votes(StudyModel model, Random random)
    {
        model.Check();
        var systems = model.Strengths.Count;
        var pairs = systems * (systems - 1) / 2;
        var votes = new List<SimulatedVote>(model.Prompts * pairs * model.VotesPerComparison);
        var raters = new RaterPool(model, random);
        var ahead = new double[systems];
        for (var prompt = 0; prompt < model.Prompts; prompt++)
        {
            for (var system = 0; system < systems; system++)
                ahead[system] = model.Strengths[system] + Effect(model.PromptSd, random);
            for (var a = 0; a < systems; a++)
            {
                for (var b = a + 1; b < systems; b++)
                {
                    for (var i = 0; i < model.VotesPerComparison; i++)
                    {
                        var rater = raters.Next();
                        var left = random.Next(2) == 0;
                        var difference = ahead[a] - ahead[b] + rater.Taste[a] - rater.Taste[b] + (left ? rater.SideBias : -rater.SideBias);
                        votes.Add(new() { Prompt = prompt, Rater = rater.Number, A = a, B = b, AOnLeft = left, Outcome = Answer(model, difference, random) });
                    }
                }
            }
        }

        return votes;
    }

    /// <summary>Independent effects of this size on each system have a difference with standard deviation <paramref name="sd"/>.</summary>
    private static double Effect(double sd, Random random) => sd == 0 ? 0 : Normal.Sample(random, 0, sd / Math.Sqrt(2));

    private static Outcome Answer(StudyModel model, double difference, Random random)
    {
        if (random.NextDouble() < model.Reject)
            return Outcome.Reject;
        if (random.NextDouble() < model.Lapse)
            return (Outcome)random.Next(3); // A, B or tie: the sides are drawn, so left or right is A or B
        var u = random.NextDouble();
        return u < StudyTruth.Ahead(difference, model.TieWidth) ? Outcome.A
            : u > 1 - StudyTruth.Ahead(-difference, model.TieWidth) ? Outcome.B
            : Outcome.Tie;
    }

    private sealed record Rater(int Number, double[] Taste, double SideBias);

    /// <summary>Hands out raters in rounds of one shuffled order, so that their shares differ by one vote at most and nobody votes twice on a comparison.</summary>
    private sealed class RaterPool
    {
        private readonly StudyModel _model;
        private readonly Random _random;
        private readonly Rater[] _raters;
        private int _handedOut;

        public RaterPool(StudyModel model, Random random)
        {
            (_model, _random) = (model, random);
            _raters = [.. Enumerable.Range(0, model.Raters).Select(Draw)];
            random.Shuffle(_raters);
        }

        public Rater Next()
        {
            if (_raters.Length == 0)
                return Draw(_handedOut++);
            // each round starts one later, or the same five raters would share every comparison
            var (round, place) = Math.DivRem(_handedOut++, _raters.Length);
            return _raters[(place + round) % _raters.Length];
        }

        private Rater Draw(int number) => new(
            number,
            [.. _model.Strengths.Select(_ => Effect(_model.RaterSd, _random))],
            _model.SideBias + (_model.SideBiasSd == 0 ? 0 : Normal.Sample(_random, 0, _model.SideBiasSd)));
    }
}
