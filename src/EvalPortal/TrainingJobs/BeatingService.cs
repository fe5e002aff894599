namespace PixelPost.EvalPortal.TrainingJobs;

/// <summary>
/// Works at every beat for as long as the portal runs. What is to be done is read from the database each time and every step may be
/// repeated, so that a restart at any moment loses and doubles nothing; a beat that fails is logged, and the next one tries again.
/// </summary>
/// <param name="beat">Time between the end of one beat and the next.</param>
/// <param name="failure">What is logged of a beat that failed.</param>
public abstract class BeatingService(TimeSpan beat, string failure, TimeProvider clock, ILogger log) : BackgroundService
{
    /// <summary>The time by which it beats.</summary>
    protected TimeProvider Clock { get; } = clock;

    /// <summary>Does all that can be done now.</summary>
    public abstract Task AdvanceAsync(CancellationToken cancel = default);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await AdvanceAsync(stoppingToken);
            }
            catch (Exception exception) when (!stoppingToken.IsCancellationRequested)
            {
                log.LogError(exception, "{Failure}; it is tried again.", failure);
            }
            await Task.Delay(beat, Clock, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }
}
