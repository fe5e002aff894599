using System.Security.Cryptography;

namespace PixelPost.EvalPortal.Tests;

public sealed class KeyFileTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("pixelpost-key-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void ReadOrMake_ManyAtOnce_MakeOneKeyForTheOwnerOnly()
    {
        for (var round = 0; round < 50; round++)
        {
            var path = Path.Combine(_folder.FullName, $"{round}.key");
            var made = 0;
            using var start = new Barrier(4);
            var keys = new string[4];
            var threads = Enumerable.Range(0, 4).Select(i => new Thread(() =>
            {
                start.SignalAndWait();
                keys[i] = Convert.ToHexString(KeyFile.ReadOrMake(path, () =>
                {
                    Interlocked.Increment(ref made);
                    return RandomNumberGenerator.GetBytes(32);
                }));
            })).ToList();
            threads.ForEach(thread => thread.Start());
            threads.ForEach(thread => thread.Join());

            Assert.Single(keys.Distinct());
            Assert.Equal(1, made);
            if (!OperatingSystem.IsWindows())
                Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(path));
        }
        Assert.All(_folder.GetFiles(), file => Assert.Equal(".key", file.Extension)); // no lock and no draft
    }

    [Fact]
    public void ReadOrMake_MakingFails_LeavesNothingAndTheNextOneMakesIt()
    {
        var path = Path.Combine(_folder.FullName, "some.key");

        Assert.Throws<CryptographicException>(() => KeyFile.ReadOrMake(path, () => throw new CryptographicException()));
        Assert.Empty(_folder.GetFiles());
        Assert.Equal([1, 2], KeyFile.ReadOrMake(path, () => [1, 2]));
        Assert.Equal([1, 2], KeyFile.ReadOrMake(path, () => [3]));
    }
}
