using PixelPost.EvalPortal.Participants;

namespace PixelPost.EvalPortal.Tests.Participants;

public sealed class ParticipantKeyTests
{
    private readonly ParticipantKey _key = new([.. Enumerable.Range(0, 32).Select(i => (byte)i)]);

    // RFC 4231, test case 2, is what the platform's HMAC-SHA-256 is tested with; here it matters that the purpose goes in.
    [Fact]
    public void Hash_SameIdUnderTwoKeys_Differs()
    {
        var other = new ParticipantKey(new byte[32]);

        Assert.Equal(_key.Hash("5f"), _key.Hash("5f"));
        Assert.NotEqual(_key.Hash("5f"), other.Hash("5f"));
        Assert.Matches("^[0-9a-f]{64}$", _key.Hash("5f"));
    }

    [Fact]
    public void Secret_OfTheTextThatWasHashed_IsAnother()
    {
        var hash = Convert.FromHexString(_key.Hash("R-4F7QK2MX"));

        Assert.NotEqual(System.Buffers.Text.Base64Url.EncodeToString(hash), _key.Secret("R-4F7QK2MX"));
    }

    [Fact]
    public void Invitation_AsItWasMade_IsReadAgain()
    {
        Assert.Equal(12, _key.ReadInvitation(3, _key.Invitation(3, 12)));
    }

    [Fact]
    public void ReadInvitation_AnyCharacterChanged_IsRefused()
    {
        var link = _key.Invitation(3, 12);

        for (var i = 0; i < link.Length; i++)
            foreach (var other in "A0.-")
                if (link[i] != other)
                    Assert.Null(_key.ReadInvitation(3, $"{link[..i]}{other}{link[(i + 1)..]}"));
        Assert.Null(_key.ReadInvitation(4, link));
        foreach (var text in (string[])["", ".", "12", "12.", $"+{link}", $" {link}", $"{link}.", $"{link}A", $"0{link}", new string('1', 5_000)])
            Assert.True(_key.ReadInvitation(3, text) is null || text == $"0{link}", text);
    }

    [Fact]
    public void OfFile_SecondTime_IsTheSameKey()
    {
        var folder = Directory.CreateTempSubdirectory("pixelpost-key-");
        var path = Path.Combine(folder.FullName, "participants.key");

        Assert.Equal(ParticipantKey.OfFile(path).Hash("x"), ParticipantKey.OfFile(path).Hash("x"));
        File.WriteAllBytes(path, [1, 2, 3]);
        Assert.Contains("has 3 bytes", Assert.Throws<IOException>(() => ParticipantKey.OfFile(path)).Message, StringComparison.Ordinal);
        folder.Delete(recursive: true);
    }
}
