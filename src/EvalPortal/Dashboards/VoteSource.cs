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
