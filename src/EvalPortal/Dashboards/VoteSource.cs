namespace PixelPost.EvalPortal.Dashboards;

/// <summary>Whose votes a result is made from. Simulated votes are never mixed with people's unless that is asked for.</summary>
public enum VoteSource
{
    /// <summary>People's votes only.</summary>
    Real,

    /// <summary>Simulated votes only.</summary>
    Simulated,

    /// <summary>All votes.</summary>
    Both,
}

/// <summary>Which votes a source holds.</summary>
public static class VoteSources
{
    /// <summary>Whether votes of people, or of simulated raters, are of the source.</summary>
    public static bool Includes(this VoteSource source, bool simulated) => source == VoteSource.Both || simulated == (source == VoteSource.Simulated);
}
