using System.Globalization;
using PixelPost.Training.Contracts;
using PixelPost.Training.Native;
using PixelPost.Training.PixelBudgets;

namespace PixelPost.Training;

/// <summary>What a training job would take.</summary>
internal sealed record DryRunReport
{
    /// <summary>The job's settings.</summary>
    public required LoopSettings Settings { get; init; }

    /// <summary>What of these was chosen for the pixel term, as the run will choose it, but on its first batch alone; null where the job says it all.</summary>
    public PixelChoice? Pixels { get; init; }

    /// <summary>The model's folder.</summary>
    public required string Model { get; init; }

    /// <summary>Class of its denoiser.</summary>
    public required string Denoiser { get; init; }

    /// <summary>Where it was measured.</summary>
    public required string Device { get; init; }

    /// <summary>Of all networks, adapters counted.</summary>
    public required long Parameters { get; init; }

    /// <summary>Of these, learnt.</summary>
    public required long TrainedParameters { get; init; }

    /// <summary>Examples to train on: pairs, or images of SFT.</summary>
    public required int Pairs { get; init; }

    /// <summary>Pairs kept out.</summary>
    public required int HeldOut { get; init; }

    /// <summary>Different images.</summary>
    public required int Images { get; init; }

    /// <summary>Different prompts.</summary>
    public required int Prompts { get; init; }

    /// <summary>What is in memory all the time, by what it is.</summary>
    public required IReadOnlyList<(string Name, long Bytes)> Held { get; init; }

    /// <summary>Loss of the first batch, as the run begins.</summary>
    public required double Loss { get; init; }

    /// <summary>One forward and backward pass without a pixel term.</summary>
    public required Cost Without { get; init; }

    /// <summary>The same with one for every example.</summary>
    public required Cost With { get; init; }

    /// <summary>The same with what stands in for decoding, for every example; null where nothing does.</summary>
    public Cost? Standing { get; init; }

    /// <summary>Clipping, optimizer and moving average, once.</summary>
    public required double UpdateSeconds { get; init; }

    /// <summary>Encoding every image and prompt.</summary>
    public required double EncodingSeconds { get; init; }

    /// <summary>All measurements on held-out pairs.</summary>
    public required double MeasuringSeconds { get; init; }

    /// <summary>All steps.</summary>
    public double TrainingSeconds => Settings.Steps * (Settings.Accumulation * PassSeconds + UpdateSeconds);

    /// <summary>Share of the examples that have a pixel term in this job, or would have one.</summary>
    public double PixelShare => Settings.PixelBelow / Settings.PixelEvery;

    /// <summary>A pass with a pixel term, on average over steps and examples.</summary>
    public double WithSeconds => Without.Seconds + (PixelShare * (With.Seconds - Without.Seconds)) + (Standing is null ? 0 : Settings.PixelBelow * (Standing.Seconds - Without.Seconds));

    /// <summary>A pass of this job, on average.</summary>
    public double PassSeconds => Settings.PixelWeight > 0 ? WithSeconds : Without.Seconds;

    /// <summary>What is held and what the largest pass of this job takes, in bytes, without program and libraries; null where the system does not tell it.</summary>
    public long? MostBytes => Held.Sum(part => part.Bytes) + (Settings.PixelWeight > 0 ? With : Without).PeakBytes;

    /// <summary>How often every example is seen.</summary>
    public double Epochs => (double)Settings.Steps * Settings.BatchSize * Settings.Accumulation / Pairs;

    /// <summary>Writes it for people.</summary>
    public void Print(TextWriter to)
    {
        void Line(FormattableString line) => to.WriteLine(line.ToString(CultureInfo.InvariantCulture));
        var isSft = Settings.Objective == Objective.Sft;
        Line($"model       {Model}: {Denoiser} on {Device}");
        Line($"parameters  {Parameters:N0}, of which {TrainedParameters:N0} are trained{(Settings.LoraRank > 0 ? $" (LoRA of rank {Settings.LoraRank})" : "")}");
        Line($"data        {Pairs:N0} {(isSft ? "captioned images" : "pairs")} to train on, {HeldOut:N0} held out; {Images:N0} different images, {Prompts:N0} prompts");
        Line($"run         {Settings.Steps:N0} steps of {Settings.ImagesPerStep:N0} images: {(long)Settings.Steps * Settings.ImagesPerStep:N0} images, {Epochs:F1} epochs");
        Line($"loss        {Loss:G5} on the first batch\n");

        Line($"{"held in memory",-40}{"MB",10}");
        foreach (var (name, bytes) in Held) Line($"  {name,-38}{bytes / 1e6,10:N1}");
        Line($"  {"together",-38}{Held.Sum(part => part.Bytes) / 1e6,10:N1}\n");

        Line($"{"one pass forward and backward",-40}{"MB above",10}{"seconds",10}");
        Line($"  {"without a pixel term",-38}{Megabytes(Without),10}{Without.Seconds,10:F3}");
        Line($"  {$"with a pixel term{(Settings.PixelWeight > 0 ? "" : " (this job has none)")}",-38}{Megabytes(With),10}{With.Seconds,10:F3}");
        if (Standing is not null) Line($"  {"with what stands in for decoding",-38}{Megabytes(Standing),10}{Standing.Seconds,10:F3}");
        if (PixelShare < 1) Line($"  {FormattableString.Invariant($"on average, for {PixelShare:P1} of the examples"),-38}{"",10}{WithSeconds,10:F3}");
        foreach (var sentence in Pixels is null ? [] : PixelChooser.Sentences(Pixels)) to.WriteLine($"  {sentence}");
        Line($"  the pixel term makes a pass take {WithSeconds / Without.Seconds:F2} times as long{(With.PeakBytes is { } with && Without.PeakBytes is > 0 and { } without ? $" and {(double)with / without:F2} times the memory" : "")}");
        if (MostBytes is { } most) Line($"  held and a pass of this job: {most / 1e6:N1} MB beside the program itself");
        to.WriteLine();

        Line($"about {Duration(EncodingSeconds + TrainingSeconds + MeasuringSeconds)}: {Duration(TrainingSeconds)} of steps, {Duration(MeasuringSeconds)} of measuring on held-out pairs, {Duration(EncodingSeconds)} of encoding less what is in the cache; not counted are checkpoints and previews");
        Line($"Only the first batch was encoded; every line, and the hash of every image, was checked. Nothing was written.");
    }

    private static string Megabytes(Cost cost) => cost.PeakBytes is { } bytes ? (bytes / 1e6).ToString("N1", CultureInfo.InvariantCulture) : "not told";

    private static string Duration(double seconds) => TimeSpan.FromSeconds(Math.Ceiling(seconds)) switch
    {
        { TotalHours: >= 1 } t => FormattableString.Invariant($"{(long)t.TotalHours} h {t.Minutes} min"),
        { TotalMinutes: >= 1 } t => FormattableString.Invariant($"{t.Minutes} min {t.Seconds} s"),
        var t => FormattableString.Invariant($"{t.Seconds} s"),
    };
}
