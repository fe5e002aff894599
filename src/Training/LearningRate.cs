using PixelPost.Training.Contracts;

namespace PixelPost.Training;

/// <summary>The step size of each optimizer step.</summary>
internal static class LearningRate
{
    /// <summary>
    /// Up to the end of the warm-up: peak · step / warm-up. After it, with p from 0 at the warm-up's end to 1 at the last step and f the
    /// final share: constant 1, linear 1 − (1 − f) p, cosine f + (1 − f) (1 + cos π p) / 2, of the peak.
    /// </summary>
    /// <param name="step">From 1.</param>
    /// <param name="settings">Peak, warm-up, shape, final share, number of steps.</param>
    /// <remarks>Loshchilov and Hutter (2017), arXiv 1608.03983, Eq. 5, without restarts.</remarks>
    public static double At(int step, LoopSettings settings)
    {
        if (step < settings.WarmupSteps) return settings.LearningRate * step / settings.WarmupSteps;
        var done = (double)(step - settings.WarmupSteps) / Math.Max(1, settings.Steps - settings.WarmupSteps);
        var left = settings.LrSchedule switch
        {
            LearningRateSchedule.Constant => 1,
            LearningRateSchedule.Linear => 1 - done,
            LearningRateSchedule.Cosine => (1 + Math.Cos(Math.PI * done)) / 2,
            var unknown => throw new ArgumentOutOfRangeException(nameof(settings), unknown, "There is no such schedule."),
        };
        return settings.LearningRate * (settings.LrFinal + (1 - settings.LrFinal) * left);
    }
}
