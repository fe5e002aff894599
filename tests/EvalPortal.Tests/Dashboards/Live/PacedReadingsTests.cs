using System.Diagnostics;
using Microsoft.Extensions.Caching.Memory;
using PixelPost.EvalPortal.Dashboards.Live;

namespace PixelPost.EvalPortal.Tests.Dashboards.Live;

public sealed class PacedReadingsTests : IDisposable
{
    private readonly MemoryCache _cache = new(new MemoryCacheOptions());
    private int _readings;

    public void Dispose() => _cache.Dispose();

    [Fact]
    public async Task Read_Cheap_IsMadeAtEveryLook()
    {
        var readings = new PacedReadings(_cache);

        Assert.Equal(1, await LookAsync(readings, TimeSpan.Zero));
        Assert.Equal(2, await LookAsync(readings, TimeSpan.Zero));
    }

    [Fact]
    public async Task Read_DearByTwoAtOnce_IsMadeOnceAndAgainLater()
    {
        var readings = new PacedReadings(_cache);
        var slow = PacedReadings.Cheap * 2;

        var both = await Task.WhenAll(LookAsync(readings, slow), LookAsync(readings, slow));
        Assert.Equal([1, 1], both);

        // how long it is kept depends on how long it took, which depends on what else runs
        var waited = Stopwatch.StartNew();
        while (await LookAsync(readings, slow) == 1)
        {
            Assert.True(waited.Elapsed < TimeSpan.FromSeconds(30));
            await Task.Delay(20);
        }
        Assert.Equal(2, _readings);
    }

    [Fact]
    public async Task Glance_AtSomethingDear_WaitsOnceAndIsReadAnewBesideThePage()
    {
        var readings = new PacedReadings(_cache);
        var slow = PacedReadings.Cheap * 5;
        Assert.Equal(1, await GlanceAsync(slow));

        var (waited, longest) = (Stopwatch.StartNew(), TimeSpan.Zero);
        while (true)
        {
            Assert.True(waited.Elapsed < TimeSpan.FromSeconds(30));
            var look = Stopwatch.StartNew();
            var seen = await GlanceAsync(slow);
            longest = look.Elapsed > longest ? look.Elapsed : longest;
            if (seen == 2)
                break;
            await Task.Delay(20);
        }

        Assert.True(longest < slow, $"A look took {longest}.");

        Task<int> GlanceAsync(TimeSpan takes) => readings.GlanceAsync(("a number", 1), TimeSpan.FromMinutes(1), cancel => NumberAsync(takes, cancel));
    }

    [Fact]
    public async Task Glance_AtSomethingThatFailsBesideThePage_ThrowsAtALaterLook()
    {
        var readings = new PacedReadings(_cache);
        await GlanceAsync(PacedReadings.Cheap * 2, fails: false);

        var failed = await Assert.ThrowsAsync<InvalidOperationException>(async () =>
        {
            for (var tries = 0; tries < 1_000; tries++)
            {
                await GlanceAsync(TimeSpan.Zero, fails: true);
                await Task.Delay(20);
            }
        });

        Assert.Equal("No database.", failed.Message);

        Task<int> GlanceAsync(TimeSpan takes, bool fails) => readings.GlanceAsync(
            ("a number", 1), TimeSpan.FromMinutes(1), cancel => fails ? throw new InvalidOperationException("No database.") : NumberAsync(takes, cancel));
    }

    private async Task<int> NumberAsync(TimeSpan takes, CancellationToken cancel)
    {
        await Task.Delay(takes, cancel);
        return Interlocked.Increment(ref _readings);
    }

    private Task<int> LookAsync(PacedReadings readings, TimeSpan takes) => readings.ReadAsync(("a number", 1), TimeSpan.FromMinutes(1), cancel => NumberAsync(takes, cancel));
}
