using PixelPost.EvalPortal.Api.Problems;
using PixelPost.EvalPortal.Database;
using PixelPost.Training.Contracts;

namespace PixelPost.EvalPortal.Api.Requests;

/// <summary>Reads words and numbers of an address.</summary>
internal static class ApiWords
{
    /// <summary>Most entries of a page.</summary>
    public const int MostAtOnce = 1_000;

    /// <summary>The enum member that a word of an address names; the first where it is left out.</summary>
    /// <exception cref="ApiProblemException">It names none.</exception>
    public static T Read<T>(string name, string? word) where T : struct, Enum
    {
        if (string.IsNullOrEmpty(word))
            return default;
        var words = Enum.GetValues<T>().ToDictionary(value => value.ToText());
        return words.TryGetValue(word, out var found) ? found
            : throw new ApiProblemException(StatusCodes.Status400BadRequest, $"{name} '{word}' is unknown{Nearest.Hint(word, words.Keys)}");
    }

    /// <summary>How many entries a page may have.</summary>
    /// <exception cref="ApiProblemException">It is none, or too many.</exception>
    public static int Limit(int? limit) => limit switch
    {
        null => 100,
        < 1 or > MostAtOnce => throw new ApiProblemException(StatusCodes.Status400BadRequest, $"limit {limit} is not from 1 to {MostAtOnce}."),
        { } some => some,
    };
}
