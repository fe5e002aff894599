using System.Text.Encodings.Web;
using System.Text.Json;
using PixelPost.Training.Models;

namespace PixelPost.Training.Pretraining;

/// <summary>Makes a vocabulary for <see cref="ClipTokenizer"/> from the captions a model is trained on.</summary>
/// <remarks>Sennrich et al. (2016), "Neural Machine Translation of Rare Words with Subword Units".</remarks>
public static class BytePairTraining
{
    private static readonly JsonSerializerOptions Readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Writes a <c>tokenizer</c> folder.</summary>
    /// <param name="texts">Texts to learn from.</param>
    /// <param name="merges">Pairs to merge at most; fewer when no pair occurs twice any more.</param>
    /// <param name="maxLength">Length of a sequence, in tokens.</param>
    /// <param name="folder">Where to write.</param>
    public static void Run(IEnumerable<string> texts, int merges, int maxLength, string folder)
    {
        var words = texts.SelectMany(ClipTokenizer.Words).GroupBy(w => string.Concat(w), StringComparer.Ordinal)
            .Select(g => (Parts: g.First().ToList(), Count: g.Count())).ToList();
        var learnt = new List<(string Left, string Right)>();
        while (learnt.Count < merges)
        {
            var counts = new Dictionary<(string Left, string Right), int>();
            foreach (var (parts, count) in words)
                for (var i = 0; i < parts.Count - 1; i++)
                    counts[(parts[i], parts[i + 1])] = counts.GetValueOrDefault((parts[i], parts[i + 1])) + count;
            if (counts.Count == 0) break;
            // ties go to the alphabetically first pair, so that the vocabulary depends on the texts alone
            var (pair, most) = counts.OrderByDescending(c => c.Value).ThenBy(c => c.Key.Left, StringComparer.Ordinal).ThenBy(c => c.Key.Right, StringComparer.Ordinal).First();
            if (most < 2) break;
            learnt.Add(pair);
            foreach (var (parts, _) in words) MergeIn(parts, pair);
        }

        Directory.CreateDirectory(folder);
        var vocabulary = ClipTokenizer.BaseVocabulary().Concat(learnt.Select(p => p.Left + p.Right)).Append(ClipTokenizer.Start).Append(ClipTokenizer.End)
            .Distinct(StringComparer.Ordinal).Select((token, id) => (token, id)).ToDictionary(t => t.token, t => t.id, StringComparer.Ordinal);
        File.WriteAllText(Path.Combine(folder, "vocab.json"), JsonSerializer.Serialize(vocabulary, Readable));
        File.WriteAllLines(Path.Combine(folder, "merges.txt"), learnt.Select(p => $"{p.Left} {p.Right}").Prepend("#version: 0.2"));
        File.WriteAllText(Path.Combine(folder, "tokenizer_config.json"), JsonSerializer.Serialize(new
        {
            add_prefix_space = false,
            bos_token = ClipTokenizer.Start,
            eos_token = ClipTokenizer.End,
            pad_token = ClipTokenizer.End,
            unk_token = ClipTokenizer.End,
            model_max_length = maxLength,
            tokenizer_class = "CLIPTokenizer",
        }));
        File.WriteAllText(Path.Combine(folder, "special_tokens_map.json"), JsonSerializer.Serialize(new
        {
            bos_token = ClipTokenizer.Start,
            eos_token = ClipTokenizer.End,
            pad_token = ClipTokenizer.End,
            unk_token = ClipTokenizer.End,
        }));
    }

    private static void MergeIn(List<string> parts, (string Left, string Right) pair)
    {
        for (var i = 0; i < parts.Count - 1; i++)
        {
            if (parts[i] != pair.Left || parts[i + 1] != pair.Right) continue;
            parts[i] = pair.Left + pair.Right;
            parts.RemoveAt(i + 1);
        }
    }
}
