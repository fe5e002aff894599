namespace PixelPost.EvalPortal.Material;

/// <summary>How much an import may be. Sizes of single images: <see cref="Images.ImageFiles"/>.</summary>
public static class MaterialLimits
{
    /// <summary>Most files of a folder or zip.</summary>
    public const int Files = 250_000;

    /// <summary>Most bytes of a manifest.</summary>
    public const int ManifestBytes = 64 << 20;

    /// <summary>Most bytes of a zip's list of what is in it.</summary>
    public const long ZipListBytes = 64L << 20;

    /// <summary>Most bytes of all files together, unpacked.</summary>
    public const long TotalBytes = 1L << 40;

    /// <summary>An entry of a zip that is larger than <see cref="SmallEntry"/> may unpack to so many times its packed size.</summary>
    public const int ZipRatio = 100;

    /// <summary>Bytes up to which it does not matter how well an entry is packed.</summary>
    public const long SmallEntry = 1 << 20;

    /// <summary>Most characters of a system's name.</summary>
    public const int SystemName = 100;

    /// <summary>Bytes that stay free on the disk.</summary>
    public const long FreeBytes = 1L << 30;
}
