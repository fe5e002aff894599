using PixelPost.Stats;

namespace PixelPost.Benchmarks.Calibration;

/// <summary>
/// Yes/no answers on the images of two systems, drawn with known rates. An answer is yes where a uniform number is below the
/// system's rate; some answers on an image have their number in common, and some on a prompt, to either system: images are good or
/// bad, prompts easy or hard.
/// </summary>
internal sealed class AlignmentStudy
{
    private const double OfPrompt = 0.2, OfImage = 0.3;

    /// <param name="number">Its seed.</param>
    /// <param name="prompts">Number of prompts.</param>
    /// <param name="questions">Answers per prompt and system.</param>
    /// <param name="rateA">Of yes, for A.</param>
    /// <param name="rateB">Of yes, for B.</param>
    public AlignmentStudy(int number, int prompts, int questions, double rateA, double rateB)
    {
        var random = new Random(number);
        Difference = rateA - rateB;
        Prompts = [.. Enumerable.Range(0, prompts).Select(_ => Draw())];
        Independent = new(Prompts.Sum(prompt => prompt.YesA), Prompts.Sum(prompt => prompt.TotalA), Prompts.Sum(prompt => prompt.YesB), Prompts.Sum(prompt => prompt.TotalB));

        PromptAnswers Draw()
        {
            var prompt = random.NextDouble();
            return new(Yes(rateA, prompt), questions, Yes(rateB, prompt), questions);
        }

        int Yes(double rate, double prompt)
        {
            var image = random.NextDouble();
            return Enumerable.Range(0, questions).Count(_ => random.NextDouble() switch
            {
                < OfPrompt => prompt,
                < OfPrompt + OfImage => image,
                _ => random.NextDouble(),
            } < rate);
        }
    }

    /// <summary>Studies of several sizes.</summary>
    public static IReadOnlyList<Column<AlignmentStudy>> Sizes(double rateA, double rateB) =>
    [
        new("100 prompts, 4 answers", number => new(number, 100, 4, rateA, rateB)),
        new("100 prompts, 1 answer", number => new(number, 100, 1, rateA, rateB)),
        new("600 prompts, 4 answers", number => new(number, 600, 4, rateA, rateB)),
        new("20 prompts, 4 answers", number => new(number, 20, 4, rateA, rateB)),
        new("8 prompts, 4 answers", number => new(number, 8, 4, rateA, rateB)),
    ];

    /// <summary>The truth: rate of A minus rate of B.</summary>
    public double Difference { get; }

    /// <summary>The answers by prompt.</summary>
    public IReadOnlyList<PromptAnswers> Prompts { get; }

    /// <summary>The answers taken as independent.</summary>
    public RatePair Independent { get; }
}
