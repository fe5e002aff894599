using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using PixelPost.EvalPortal.Reports.Reading;
using PixelPost.EvalPortal.Studies;
using PixelPost.Stats;

namespace PixelPost.EvalPortal.VoteImports;

/// <summary>What one study of an import holds: the votes on a question between two systems. Systems are empty where the file names none.</summary>
public sealed record StudyKey(string Question, string SystemA, string SystemB)
{
    /// <summary>The axis it is stored as. The portal asks pairs two questions; whatever else was asked is kept as appeal, under its own name.</summary>
    public Axis AxisFor(Axis overall) => Question.ToLowerInvariant() switch
    {
        "flaws" or "visual_flaws" => Axis.Flaws,
        ForeignVote.Overall => overall,
        _ => Axis.Appeal,
    };

    /// <summary>Whether the two are images of one system.</summary>
    public bool IsOneSystem => SystemA.Length > 0 && SystemA == SystemB;
}

/// <summary>A vote where it belongs: in a study, with A and B, whatever order the file had them in.</summary>
internal sealed record PlacedVote
{
    /// <summary>Most characters of a prompt, a name or an id.</summary>
    public const int MostText = 100_000;

    public required ForeignVote Foreign { get; init; }

    public required StudyKey Study { get; init; }

    public required string Prompt { get; init; }

    public required string ImageA { get; init; }

    public required string ImageB { get; init; }

    public required Outcome Winner { get; init; }

    /// <summary>Whether B stood left; null where nobody knows.</summary>
    public bool? LeftIsB { get; init; }

    /// <summary>Places a vote. Of two named systems A is the first by name, so that both orders of a pair meet.</summary>
    public static PlacedVote Of(ForeignVote vote)
    {
        var differ = vote.FirstSystem != vote.SecondSystem;
        var (first, second) = Images(vote);
        // Where systems do not tell, the order of the file does, unless it tells who won.
        var firstIsA = differ ? string.CompareOrdinal(vote.FirstSystem, vote.SecondSystem) < 0
            : !(vote.FirstIsBetter || vote.FirstSystem.Length > 0) || string.CompareOrdinal(first, second) < 0;
        return new PlacedVote
        {
            Foreign = vote,
            Study = firstIsA ? new(vote.Question, vote.FirstSystem, vote.SecondSystem) : new(vote.Question, vote.SecondSystem, vote.FirstSystem),
            Prompt = vote.Prompt ?? vote.Item,
            ImageA = firstIsA ? first : second,
            ImageB = firstIsA ? second : first,
            Winner = vote.Answer switch
            {
                Answer.First => firstIsA ? Outcome.A : Outcome.B,
                Answer.Second => firstIsA ? Outcome.B : Outcome.A,
                Answer.Reject => Outcome.Reject,
                _ => Outcome.Tie,
            },
            LeftIsB = vote.FirstIsLeft is { } firstIsLeft ? firstIsLeft != firstIsA : null,
        };
    }

    /// <summary>Why it cannot be stored; null when it can.</summary>
    public string? Fault()
    {
        if (ImageA == ImageB)
            return "both images have the same name.";
        foreach (var text in (string?[])[Prompt, ImageA, ImageB, Study.Question, Study.SystemA, Study.SystemB, Foreign.Rater, Foreign.SourceId])
        {
            if (text is { Length: > MostText })
                return $"it has a text of more than {MostText:N0} characters.";
            if (text?.Contains('\0', StringComparison.Ordinal) == true)
                return "it has a text with a NUL character.";
        }
        return null;
    }

    /// <summary>The same for all votes on the same pair of images.</summary>
    public Guid ComparisonKey() => IdOf("comparison", Study.Question, Study.SystemA, Study.SystemB, Prompt, ImageA, ImageB);

    /// <summary>The vote's id, from its content alone: the same file gives the same ids, however often it is read.</summary>
    /// <param name="import">Name of the import: the same votes may be imported twice under two names.</param>
    /// <param name="occurrence">How many votes of the same content came before it.</param>
    public Guid VoteId(string import, int occurrence) => IdOf("vote", import, $"{ContentKey()}", $"{occurrence}");

    /// <summary>The same for votes that cannot be told apart.</summary>
    public Guid ContentKey() => IdOf(
        "content", $"{ComparisonKey()}", Foreign.Rater ?? "", Foreign.SourceId ?? "", $"{Foreign.Answer}", $"{LeftIsB}", $"{Winner}", $"{Foreign.VotedAt:O}", $"{Foreign.ResponseMs}");

    /// <summary>An id from texts, as UUID of version 8.</summary>
    public static Guid IdOf(params ReadOnlySpan<string> parts)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Span<byte> length = stackalloc byte[sizeof(int)];
        foreach (var part in parts)
        {
            var bytes = Encoding.UTF8.GetBytes(part);
            BinaryPrimitives.WriteInt32BigEndian(length, bytes.Length); // so that no two lists of parts are the same bytes
            hash.AppendData(length);
            hash.AppendData(bytes);
        }
        Span<byte> id = hash.GetHashAndReset().AsSpan(0, 16);
        id[6] = (byte)((id[6] & 0x0f) | 0x80);
        id[8] = (byte)((id[8] & 0x3f) | 0x80);
        return new Guid(id, bigEndian: true);
    }

    /// <summary>Names for images without any: what they show and whose they are.</summary>
    private static (string First, string Second) Images(ForeignVote vote)
    {
        if (vote is { FirstImage: { } first, SecondImage: { } second })
            return (first, second);
        return vote.FirstSystem == vote.SecondSystem
            ? ($"{vote.Item} / {vote.FirstSystem} first", $"{vote.Item} / {vote.SecondSystem} second")
            : ($"{vote.Item} / {vote.FirstSystem}", $"{vote.Item} / {vote.SecondSystem}");
    }
}
