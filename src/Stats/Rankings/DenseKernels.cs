using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace PixelPost.Stats;

/// <summary>
/// The few operations on symmetric matrices that rankings need, on flat arrays by rows and without allocation: at 100 systems a
/// general library spends more on calls and copies than on the sums.
/// </summary>
internal static class DenseKernels
{
    /// <summary>
    /// Cholesky factor of the leading n × n block, in place: reads and writes the lower triangle. False when the block is not
    /// positive definite.
    /// </summary>
    public static bool TryFactor(double[] matrix, int n, int width)
    {
        for (var i = 0; i < n; i++)
        {
            var row = matrix.AsSpan(i * width, i + 1);
            for (var j = 0; j < i; j++)
            {
                var other = matrix.AsSpan(j * width, j + 1);
                row[j] = (row[j] - Dot(row[..j], other[..j])) / other[j];
            }

            var pivot = row[i] - Dot(row[..i], row[..i]);
            if (!(pivot > 0) || !double.IsFinite(pivot))
                return false;
            row[i] = Math.Sqrt(pivot);
        }

        return true;
    }

    /// <summary>Solves L Lᵀ x = b for the factor, in place of b.</summary>
    public static void Solve(double[] factor, int n, int width, Span<double> b)
    {
        for (var i = 0; i < n; i++)
            b[i] = (b[i] - Dot(factor.AsSpan(i * width, i), b[..i])) / factor[i * width + i];
        for (var i = n - 1; i >= 0; i--)
        {
            b[i] /= factor[i * width + i];
            AddScaled(b[..i], -b[i], factor.AsSpan(i * width, i));
        }
    }

    /// <summary>
    /// The inverse of L Lᵀ, both triangles, in the leading n × n block of a new matrix of the same width; the rest is 0.
    /// Destroys the factor.
    /// </summary>
    public static double[] Invert(double[] factor, int n, int width)
    {
        InvertTriangle(factor, n, width);
        var inverse = new double[width * width];
        for (var k = 0; k < n; k++)
        {
            var row = factor.AsSpan(k * width, k + 1);
            for (var i = 0; i <= k; i++)
                AddScaled(inverse.AsSpan(i * width, i + 1), row[i], row[..(i + 1)]);
        }

        Mirror(inverse, width);
        return inverse;
    }

    /// <summary>Copies the lower triangle to the upper one.</summary>
    public static void Mirror(double[] matrix, int width)
    {
        for (var i = 0; i < width; i++)
        {
            for (var j = 0; j < i; j++)
                matrix[j * width + i] = matrix[i * width + j];
        }
    }

    /// <summary>result = matrix × vector for a whole square matrix.</summary>
    public static void Multiply(double[] matrix, ReadOnlySpan<double> vector, Span<double> result)
    {
        for (var i = 0; i < result.Length; i++)
            result[i] = Dot(matrix.AsSpan(i * vector.Length, vector.Length), vector);
    }

    /// <summary>left × right for whole square matrices.</summary>
    public static double[] Multiply(double[] left, double[] right, int width)
    {
        var product = new double[width * width];
        for (var i = 0; i < width; i++)
        {
            for (var k = 0; k < width; k++)
                AddScaled(product.AsSpan(i * width, width), left[i * width + k], right.AsSpan(k * width, width));
        }

        return product;
    }

    public static double Dot(ReadOnlySpan<double> a, ReadOnlySpan<double> b)
    {
        ref var x = ref MemoryMarshal.GetReference(a);
        ref var y = ref MemoryMarshal.GetReference(b);
        var (lanes, i) = (Vector<double>.Count, 0);
        var (even, odd) = (Vector<double>.Zero, Vector<double>.Zero);
        for (; i <= a.Length - 2 * lanes; i += 2 * lanes)
        {
            even = Vector.MultiplyAddEstimate(Load(ref x, i), Load(ref y, i), even);
            odd = Vector.MultiplyAddEstimate(Load(ref x, i + lanes), Load(ref y, i + lanes), odd);
        }

        if (i <= a.Length - lanes)
        {
            even = Vector.MultiplyAddEstimate(Load(ref x, i), Load(ref y, i), even);
            i += lanes;
        }

        var sum = Vector.Sum(even + odd);
        for (; i < a.Length; i++)
            sum += a[i] * b[i];
        return sum;
    }

    /// <summary>target += scale × source.</summary>
    public static void AddScaled(Span<double> target, double scale, ReadOnlySpan<double> source)
    {
        ref var x = ref MemoryMarshal.GetReference(source);
        ref var y = ref MemoryMarshal.GetReference(target);
        var (lanes, i) = (Vector<double>.Count, 0);
        var scales = new Vector<double>(scale);
        for (; i <= source.Length - lanes; i += lanes)
            Vector.MultiplyAddEstimate(scales, Load(ref x, i), Load(ref y, i)).StoreUnsafe(ref y, (nuint)i);
        for (; i < source.Length; i++)
            target[i] += scale * source[i];
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector<double> Load(ref double first, int index) => Vector.LoadUnsafe(ref first, (nuint)index);

    /// <summary>Row i of the inverse = (unit vector − Σ L_ik × row k) / L_ii, from the top so that rows above are done.</summary>
    private static void InvertTriangle(double[] factor, int n, int width)
    {
        Span<double> row = new double[n];
        for (var i = 0; i < n; i++)
        {
            row.Clear();
            for (var k = 0; k < i; k++)
                AddScaled(row[..(k + 1)], -factor[i * width + k], factor.AsSpan(k * width, k + 1));
            var scale = 1 / factor[i * width + i];
            for (var k = 0; k < i; k++)
                factor[i * width + k] = row[k] * scale;
            factor[i * width + i] = scale;
        }
    }
}
