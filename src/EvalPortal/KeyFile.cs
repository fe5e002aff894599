using System.Diagnostics;

namespace PixelPost.EvalPortal;

/// <summary>A file with a secret, which is made where it is missing and is for its owner only.</summary>
internal static class KeyFile
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <summary>What is in the file. Of programs that start at once one makes it, and all read the same.</summary>
    /// <exception cref="IOException">It can be neither read nor made.</exception>
    public static byte[] ReadOrMake(string path, Func<byte[]> make)
    {
        if (!File.Exists(path))
            using (Hold($"{path}.lock"))
                if (!File.Exists(path))
                    Write(path, make());
        return File.ReadAllBytes(path);
    }

    // A lock, since a move that must not replace another file looks first and moves then on Unix: two programs can both find nothing there.
    private static FileStream Hold(string path)
    {
        for (var since = Stopwatch.GetTimestamp(); ; Thread.Sleep(10))
            try
            {
                return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, 1, FileOptions.DeleteOnClose);
            }
            catch (Exception held) when (held is IOException or UnauthorizedAccessException && Stopwatch.GetElapsedTime(since) < Patience)
            {
                // Held by another program, or deleted by it this moment. A folder that cannot be written to is told after the same time.
            }
    }

    // Whole under another name first: a program that is ended while it writes leaves no half of a key.
    private static void Write(string path, byte[] key)
    {
        var draft = $"{path}.{Guid.NewGuid():N}";
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        using (var file = new FileStream(draft, options))
        {
            file.Write(key);
            file.Flush(flushToDisk: true);
        }
        File.Move(draft, path);
    }
}
