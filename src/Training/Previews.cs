using System.Text.Json;
using PixelPost.Training.Contracts;
using PixelPost.Training.Data;
using static TorchSharp.torch;

namespace PixelPost.Training;

/// <summary>
/// Images of a few prompts, drawn on the way with the same seeds every time, so that they differ only because the model does. They
/// take nothing from the generator of the training, which goes on as if there were none.
/// </summary>
internal sealed class Previews
{
    private static readonly SampleSettings Settings = new();

    private readonly JobFolder _folder;
    private readonly TextToImageModel _model;
    private readonly List<PromptLine> _prompts;

    /// <summary>Chooses the prompts and writes them down; they are the lines that a sampling job would draw the same images from.</summary>
    /// <param name="folder">The job's folder.</param>
    /// <param name="model">Drawn with as it is at that moment.</param>
    /// <param name="prompts">Drawn are the first of them.</param>
    /// <param name="count">How many.</param>
    public Previews(JobFolder folder, TextToImageModel model, IEnumerable<string> prompts, int count)
    {
        (_folder, _model) = (folder, model);
        _prompts = [.. prompts.Distinct(StringComparer.Ordinal).Take(count).Select((prompt, i) => new PromptLine { PromptId = FormattableString.Invariant($"{i}"), Prompt = prompt, Seed = i })];
        Directory.CreateDirectory(folder.Samples);
        File.WriteAllLines(folder.PreviewPrompts, _prompts.Select(line => JsonSerializer.Serialize(line, ContractJson.Line)));
    }

    /// <summary>Draws them into the step's folder, which appears complete or not at all.</summary>
    public void Draw(int step)
    {
        var (target, temporary) = (_folder.Preview(step), _folder.Preview(step) + ".tmp");
        Directory.CreateDirectory(temporary);
        var made = 0;
        foreach (var batch in _prompts.Chunk(Settings.BatchSize))
        {
            using var scope = NewDisposeScope();
            var images = Sampling.Generate(_model, _model.Prompts.Encode([.. batch.Select(p => p.Prompt)]), _model.Prompts.Unconditional(), [.. batch.Select(p => p.Seed)],
                Math.Min(Settings.InferenceSteps, _model.Schedule.Length), Settings.GuidanceScale);
            for (var i = 0; i < batch.Length; i++) Pictures.WritePng(Path.Combine(temporary, FormattableString.Invariant($"{made++:D6}.png")), images[i]);
        }
        if (Directory.Exists(target)) Directory.Delete(target, recursive: true); // of a run that was killed and came here again
        Directory.Move(temporary, target);
    }
}
