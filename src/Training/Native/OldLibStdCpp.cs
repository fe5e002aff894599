using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace PixelPost.Training.Native;

/// <summary>
/// TorchSharp's Linux library asks for GLIBCXX_3.4.32, which Debian 12, Ubuntu 22.04 and RHEL 9 lack. Only one symbol needs it,
/// <c>std::ios_base_library_init</c>, which GCC 13 emits for <c>&lt;iostream&gt;</c>; older libraries do the same work in
/// <c>std::ios_base::Init::Init()</c>. A copy of the file is made in which the version requirement is weak and the symbol is the old one.
/// </summary>
internal static class OldLibStdCpp
{
    /// <summary>The symbol version that old systems lack.</summary>
    public const string MissingVersion = "GLIBCXX_3.4.32";

    private const string PresentVersion = "GLIBCXX_3.4";
    private const string NewSymbol = "_ZSt21ios_base_library_initv";
    private const string OldSymbol = "_ZNSt8ios_base4InitC1Ev";

    private const int DynamicSegment = 2, StringTable = 5, SymbolTable = 6, VersionOfSymbol = 0x6ffffff0, VersionsNeeded = 0x6ffffffe;
    private const ushort Weak = 2;

    /// <summary>Path of the repaired copy in the user's cache; made if it is not there yet.</summary>
    public static string RepairedCopy(string original)
    {
        var bytes = File.ReadAllBytes(original);
        var folder = Path.Combine(CacheFolder(), Convert.ToHexStringLower(SHA256.HashData(bytes))[..16]);
        var copy = Path.Combine(folder, Path.GetFileName(original));
        if (File.Exists(copy)) return copy;

        Repair(bytes);
        Directory.CreateDirectory(folder);
        var temporary = $"{copy}.{Environment.ProcessId}";
        File.WriteAllBytes(temporary, bytes);
        File.Move(temporary, copy, overwrite: true); // several workers may start at once: each moves the same content into place
        return copy;
    }

    /// <summary>Rewrites a 64-bit little-endian ELF file in place.</summary>
    /// <exception cref="LibTorchException">It does not look as expected.</exception>
    internal static void Repair(byte[] elf)
    {
        var dynamic = DynamicEntries(elf);
        var strings = dynamic[StringTable];

        ushort? present = null;
        var weakened = false;
        foreach (var aux in NeededVersions(elf, dynamic[VersionsNeeded]))
        {
            var name = Text(elf, strings + (int)U32(elf, aux + 8));
            if (name == PresentVersion) present = U16(elf, aux + 6);
            if (name != MissingVersion) continue;
            BinaryPrimitives.WriteUInt16LittleEndian(elf.AsSpan(aux + 4), (ushort)(U16(elf, aux + 4) | Weak));
            weakened = true;
        }

        var symbol = FindSymbol(elf, dynamic[SymbolTable], strings, NewSymbol);
        if (!weakened || present is null || symbol < 0)
            throw new LibTorchException($"The library asks for {MissingVersion}, which this system's libstdc++ lacks, in a way that is not known here. Install libstdc++ of GCC 13.2 or newer (Debian 13, Ubuntu 24.04).");

        var nameAt = strings + (int)U32(elf, dynamic[SymbolTable] + 24 * symbol);
        Encoding.ASCII.GetBytes(OldSymbol.PadRight(NewSymbol.Length, '\0')).CopyTo(elf, nameAt);
        BinaryPrimitives.WriteUInt16LittleEndian(elf.AsSpan(dynamic[VersionOfSymbol] + 2 * symbol), present.Value);
    }

    /// <summary>The dynamic section's tables that matter here: tag → file offset.</summary>
    private static Dictionary<int, int> DynamicEntries(byte[] elf)
    {
        if (U32(elf, 0) != 0x464c457f || elf[4] != 2 || elf[5] != 1)
            throw new LibTorchException("The library is not a 64-bit little-endian ELF file.");
        var (headers, size, count) = ((int)U64(elf, 32), U16(elf, 54), U16(elf, 56));
        for (var header = headers; header < headers + size * count; header += size)
        {
            if (U32(elf, header) != DynamicSegment) continue;
            var entries = new Dictionary<int, int>();
            for (var at = (int)U64(elf, header + 8); U64(elf, at) != 0; at += 16)
                if (U64(elf, at) is StringTable or SymbolTable or VersionOfSymbol or VersionsNeeded)
                    entries[(int)U64(elf, at)] = Offset(elf, headers, size, count, U64(elf, at + 8));
            return entries;
        }
        throw new LibTorchException("The library has no dynamic section.");
    }

    /// <summary>File offset of a virtual address, by the loadable segment that holds it.</summary>
    private static int Offset(byte[] elf, int headers, int size, int count, ulong address)
    {
        for (var header = headers; header < headers + size * count; header += size)
            if (U32(elf, header) == 1 && address >= U64(elf, header + 16) && address < U64(elf, header + 16) + U64(elf, header + 32))
                return (int)(address - U64(elf, header + 16) + U64(elf, header + 8));
        throw new LibTorchException("The library's dynamic section points outside its segments.");
    }

    /// <summary>Offsets of every required version (Elf64_Vernaux: hash, flags, other, name, next), over all needed libraries.</summary>
    private static IEnumerable<int> NeededVersions(byte[] elf, int need)
    {
        while (true)
        {
            var aux = need + (int)U32(elf, need + 8);
            for (var i = 0; i < U16(elf, need + 2); i++, aux += (int)U32(elf, aux + 12))
                yield return aux;
            if (U32(elf, need + 12) == 0) yield break;
            need += (int)U32(elf, need + 12);
        }
    }

    /// <summary>Index of an undefined symbol, or -1. The symbol table ends where the string table begins, as every linker lays them out.</summary>
    private static int FindSymbol(byte[] elf, int symbols, int strings, string name)
    {
        for (var i = 0; symbols + 24 * i < strings; i++)
            if (Text(elf, strings + (int)U32(elf, symbols + 24 * i)) == name) return i;
        return -1;
    }

    private static string CacheFolder()
    {
        var cache = Environment.GetEnvironmentVariable("XDG_CACHE_HOME") is { Length: > 0 } named
            ? named
            : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".cache");
        return Path.Combine(cache, "pixelpost", "native");
    }

    private static string Text(byte[] elf, int at) => Encoding.ASCII.GetString(elf, at, Array.IndexOf(elf, (byte)0, at) - at);

    private static ushort U16(byte[] elf, int at) => BinaryPrimitives.ReadUInt16LittleEndian(elf.AsSpan(at));

    private static uint U32(byte[] elf, int at) => BinaryPrimitives.ReadUInt32LittleEndian(elf.AsSpan(at));

    private static ulong U64(byte[] elf, int at) => BinaryPrimitives.ReadUInt64LittleEndian(elf.AsSpan(at));
}
