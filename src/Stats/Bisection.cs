namespace PixelPost.Stats;

/// <summary>The point where a condition stops to hold, to the last bit.</summary>
internal static class Bisection
{
    /// <summary>
    /// The last point from <paramref name="inside"/> towards <paramref name="outside"/> at which the condition holds; all of the
    /// way when it never fails. It is taken to hold at <paramref name="inside"/> and to change once at most.
    /// </summary>
    public static double LastWhere(Predicate<double> holds, double inside, double outside)
    {
        if (holds(outside))
            return outside;
        while (true)
        {
            var middle = (inside + outside) / 2;
            if (middle == inside || middle == outside)
                return inside;
            if (holds(middle))
                inside = middle;
            else
                outside = middle;
        }
    }
}
