namespace PixelPost.Stats;

/// <summary>Draws resamples of prompts and fits each, starting from the full fit. Keeps its buffers; one per thread.</summary>
/// <remarks>
/// Steps are C g, with g the exact gradient of the resample and C the inverse information of the full fit (a chord, not a
/// tangent): a step costs the pairs and systems², and near the full fit each is a small part of the last. The stop rule is that
/// of <see cref="NewtonSolver"/>, and where a step does not halve the last one, that solver takes over, so the maximum is the same.
/// </remarks>
internal sealed class BootstrapReplicate
{
    private const int MostChords = 30;

    private readonly PromptCells _prompts;
    private readonly Ranking _full;
    private readonly PairLikelihood _likelihood;
    private readonly NewtonSolver _solver;
    private readonly BeatGraph _graph;
    private readonly int[] _draws;
    private readonly int[] _counts;
    private readonly double[] _parameters;
    private readonly double[] _gradient;
    private readonly double[] _step;

    public BootstrapReplicate(PromptCells prompts, PairCells cells, Ranking full)
    {
        (_prompts, _full) = (prompts, full);
        _likelihood = PairLikelihood.Of(full.Model.Ties, cells, new double[prompts.Slots], full.Layout);
        _solver = new NewtonSolver(full.Layout);
        _graph = new BeatGraph(full.Systems);
        (_draws, _counts) = (new int[prompts.Prompts], new int[prompts.Slots]);
        _parameters = new double[full.Layout.Count];
        _gradient = new double[full.Layout.Count];
        _step = new double[full.Layout.Count];
    }

    /// <summary>Writes the log strengths of the resample a seed gives; false when it does not hold finite ones.</summary>
    public bool TryFit(ulong seed, Span<double> logStrengths)
    {
        Draw(seed);
        _graph.Fill(_likelihood.Cells, _likelihood.Counts, _full.Model.Ties != TieTreatment.Dropped);
        if (!_graph.IsStronglyConnected()
            || Separation.Reason(_likelihood.Cells, _likelihood.Counts, _full.Model) is not null)
            return false;

        if (!TryChords())
        {
            _full.Parameters.CopyTo(_parameters, 0);
            _solver.Maximise(_likelihood, _parameters);
        }

        NewtonSolver.Centre(_parameters, _full.Layout);
        _parameters.AsSpan(_full.Layout.FirstSystem).CopyTo(logStrengths);
        return true;
    }

    private void Draw(ulong seed)
    {
        var generator = new SplitMix64(seed);
        Array.Clear(_draws);
        Array.Clear(_counts);
        for (var draw = 0; draw < _draws.Length; draw++)
            _draws[generator.Next(_draws.Length)]++;
        for (var prompt = 0; prompt < _draws.Length; prompt++)
        {
            if (_draws[prompt] > 0)
                _prompts.Add(prompt, _draws[prompt], _counts);
        }

        for (var slot = 0; slot < _counts.Length; slot++)
            _likelihood.Counts[slot] = _counts[slot];
    }

    private bool TryChords()
    {
        _full.Parameters.CopyTo(_parameters, 0);
        var last = double.PositiveInfinity;
        for (var chord = 0; chord < MostChords; chord++)
        {
            _likelihood.Gradient(_parameters, _gradient);
            DenseKernels.Multiply(_full.Covariance, _gradient, _step);
            var size = 0.0;
            for (var i = 0; i < _step.Length; i++)
            {
                _parameters[i] += _step[i];
                size = Math.Max(size, Math.Abs(_step[i]));
            }

            if (size <= NewtonSolver.Tolerance)
                return true;
            if (!(size <= last / 2)) // also for not a number
                return false;
            last = size;
        }

        return false;
    }
}
