using PixelPost.EvalPortal.Flaws;
using PixelPost.EvalPortal.Rating;

namespace PixelPost.EvalPortal.Items;

/// <summary>Which flaws lie over the images, as the address says it.</summary>
/// <param name="Type">The only type that is shown; null for all.</param>
public sealed record FlawFilter(FlawType? Type)
{
    /// <summary>Reads the part of an address; what it does not know is as if it were not there.</summary>
    public static FlawFilter Parse(string? flaw) => new(Enum.TryParse<FlawType>(flaw, ignoreCase: true, out var type) && Enum.IsDefined(type) ? type : null);

    public bool Shows(FlawVote flaw) => Type is null || flaw.Type == Type;

    /// <summary>An address with this filter.</summary>
    public string In(string address) => Type is null ? address : $"{address}{(address.Contains('?') ? '&' : '?')}flaw={Type.Value.ToString().ToLowerInvariant()}";
}
