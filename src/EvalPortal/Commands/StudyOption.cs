using System.Globalization;
using PixelPost.EvalPortal.Studies;

namespace PixelPost.EvalPortal.Commands;

/// <summary>The option <c>--study</c>: a study's name, or the number in its address.</summary>
internal static class StudyOption
{
    public const string Missing = "--study is missing: the name of a study, or the number in its address.";

    /// <summary>The study that was meant.</summary>
    /// <exception cref="RefusedException">There is no such study.</exception>
    public static async Task<Study> FindAsync(StudyStore studies, string study)
    {
        if (await studies.FindByNameAsync(study) is { } named)
            return named;
        if (long.TryParse(study, CultureInfo.InvariantCulture, out var id) && await studies.FindAsync(id) is { } numbered)
            return numbered;
        var names = (await studies.ListAsync()).Select(known => $"'{known.Name}'").ToList();
        throw new RefusedException(
            $"--study: there is no study '{study}'. " + (names.Count == 0 ? "There is none at all." : $"There are: {string.Join(", ", names)}."));
    }
}
