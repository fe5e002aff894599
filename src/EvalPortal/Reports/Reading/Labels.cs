using System.Text;

namespace PixelPost.EvalPortal.Reports.Reading;

/// <summary>Gives every different text a number, from 0 in order of first appearance, so that a vote is a handful of numbers.</summary>
internal sealed class Labels
{
    private readonly Dictionary<byte[], int> _numbers = new(Utf8Comparer.Instance);
    private readonly Dictionary<byte[], int>.AlternateLookup<ReadOnlySpan<byte>> _lookup;
    private readonly List<byte[]> _texts = [];

    public Labels() => _lookup = _numbers.GetAlternateLookup<ReadOnlySpan<byte>>();

    /// <summary>How many different texts there are.</summary>
    public int Count => _texts.Count;

    /// <summary>The texts by their numbers.</summary>
    public IReadOnlyList<string> All() => _texts.ConvertAll(text => Encoding.UTF8.GetString(text));

    /// <summary>The number of a text in UTF-8; only a new text is copied.</summary>
    public int NumberOf(ReadOnlySpan<byte> text)
    {
        if (_lookup.TryGetValue(text, out var known))
            return known;
        var number = _texts.Count;
        _texts.Add(text.ToArray());
        _numbers.Add(_texts[number], number);
        return number;
    }

    private sealed class Utf8Comparer : IEqualityComparer<byte[]>, IAlternateEqualityComparer<ReadOnlySpan<byte>, byte[]>
    {
        public static readonly Utf8Comparer Instance = new();

        public bool Equals(byte[]? x, byte[]? y) => x.AsSpan().SequenceEqual(y);

        public int GetHashCode(byte[] obj) => GetHashCode(obj.AsSpan());

        public bool Equals(ReadOnlySpan<byte> alternate, byte[] other) => alternate.SequenceEqual(other);

        public int GetHashCode(ReadOnlySpan<byte> alternate)
        {
            var hash = new HashCode();
            hash.AddBytes(alternate);
            return hash.ToHashCode();
        }

        public byte[] Create(ReadOnlySpan<byte> alternate) => alternate.ToArray();
    }
}
