using Microsoft.Extensions.Caching.Memory;
using PixelPost.EvalPortal.Accounts;

namespace PixelPost.EvalPortal.Rating;

/// <summary>
/// The places that raters were found in lately, so that a vote need not ask whose it is: which rater, study and session a cookie and a
/// link mean never changes.
/// </summary>
/// <remarks>What does change, such as whether the rater has withdrawn, is as it was when the place was found; who relies on it asks.</remarks>
public sealed class KnownPlaces(RaterStore raters) : IDisposable
{
    private const int Most = 20_000;

    private static readonly TimeSpan Unused = TimeSpan.FromMinutes(10);

    private readonly MemoryCache _places = new(new MemoryCacheOptions { SizeLimit = Most });

    /// <summary>The session of the rater whose cookie holds a secret, in the study that a link leads to; null before they agree.</summary>
    /// <param name="token">The secret.</param>
    /// <param name="linkToken">The study's link.</param>
    /// <param name="asItIs">Whether it is to be asked for anew, with all that changes.</param>
    public async Task<RaterSession?> FindAsync(string token, string linkToken, bool asItIs, CancellationToken cancel)
    {
        var key = (Token.Sha256(token), linkToken); // a secret is kept nowhere
        if (!asItIs && _places.TryGetValue(key, out RaterSession? known))
            return known;
        var session = await raters.FindSessionAsync(token, linkToken, cancel);
        if (session is not null)
            _places.Set(key, session, new MemoryCacheEntryOptions { Size = 1, SlidingExpiration = Unused });
        return session;
    }

    public void Dispose() => _places.Dispose();
}
