namespace PixelPost.Stats;

/// <summary>What a tie says. The four answer different questions, so a result names the one it used.</summary>
public enum TieTreatment
{
    /// <summary>Bradley-Terry on the decided votes; a tie says nothing.</summary>
    Dropped,

    /// <summary>Bradley-Terry with half a win to each. Ties pull strengths together; the naive standard error is too large.</summary>
    Half,

    /// <summary>Davidson's model: P(left) : P(tie) : P(right) = e^(η/2) : ν : e^(−η/2).</summary>
    Davidson,

    /// <summary>Rao and Kupper's model: P(left) = 1/(1 + θe^(−η)), P(right) = 1/(1 + θe^η), the rest ties.</summary>
    RaoKupper,
}

/// <summary>
/// A model of votes on pairs: η = λ(left) − λ(right) + side effect, with λ the log strengths, and a treatment of ties.
/// </summary>
/// <param name="Ties">What a tie says.</param>
/// <param name="SideEffect">Whether the left image may have an advantage that is no merit of its system.</param>
/// <remarks>
/// Bradley and Terry (1952), "Rank analysis of incomplete block designs I", Biometrika 39; Davidson (1970), "On extending the
/// Bradley-Terry model to accommodate ties", JASA 65; Rao and Kupper (1967), "Ties in paired-comparison experiments", JASA 62; side
/// effect: Davidson and Beaver (1977), "On extending the Bradley-Terry model to incorporate within-pair order effects", Biometrics 33.
/// </remarks>
public sealed record RankingModel(TieTreatment Ties, bool SideEffect = false)
{
    /// <summary>Whether ties have a parameter of their own.</summary>
    public bool HasTieParameter => Ties is TieTreatment.Davidson or TieTreatment.RaoKupper;

    /// <summary>The model in words.</summary>
    public string Name => Ties switch
    {
        TieTreatment.Dropped => "Bradley-Terry, ties dropped",
        TieTreatment.Half => "Bradley-Terry, ties as half a win",
        TieTreatment.Davidson => "Davidson",
        TieTreatment.RaoKupper => "Rao-Kupper",
        _ => throw new InvalidOperationException($"{Ties} is no treatment of ties."),
    } + (SideEffect ? ", side effect" : "");

    /// <summary>Parameters beside the strengths.</summary>
    internal int Extras => (SideEffect ? 1 : 0) + (HasTieParameter ? 1 : 0);
}

/// <summary>
/// Where each parameter lies: side effect and log tie parameter first (−1 if the model has none), then the log strengths. The
/// last system comes last, so that fixing it at 0 is leaving out the last row and column.
/// </summary>
internal readonly record struct ParameterLayout(int Side, int Tie, int FirstSystem, int Systems)
{
    public int Count => FirstSystem + Systems;

    public static ParameterLayout Of(RankingModel model, int systems) => new(
        model.SideEffect ? 0 : -1,
        model.HasTieParameter ? model.Extras - 1 : -1,
        model.Extras,
        systems);
}
