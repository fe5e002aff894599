using PixelPost.EvalPortal.Accounts;

namespace PixelPost.EvalPortal.Tests.Accounts;

public sealed class PasswordRulesTests
{
    [Theory]
    [InlineData("correct horse")]
    [InlineData("battery staple")]
    [InlineData("twelve green bottles")]
    [InlineData("xK4vQ9mLpR2t")]
    [InlineData("ein langer Satz mit Umlauten äöü")]
    public void Fault_OfWhatNobodyWouldGuess_IsNone(string password) => Assert.Null(PasswordRules.Fault(password, "ada@example.org", "Ada Lovelace"));

    [Theory]
    [InlineData("short words", "too short")]
    [InlineData("aaaaaaaaaaaaaaaa", "same few characters")]
    [InlineData("abababababababab", "same few characters")]
    [InlineData("Password1234!", "first that anybody")]
    [InlineData("P@ssw0rd!2026", "first that anybody")]
    [InlineData("passwordpassword", "first that anybody")]
    [InlineData("my secret password", "first that anybody")]
    [InlineData("123456789012", "first that anybody")]
    [InlineData("qwertyuiop12", "first that anybody")]
    [InlineData("zyxwvutsrqponm", "first that anybody")]
    [InlineData("Welcome2026!!!", "first that anybody")]
    [InlineData("adalovelace1", "your name")]
    [InlineData("Ada@Example.org", "your name")]
    [InlineData("lovelace@1815!", "your name")]
    public void Fault_OfWhatIsTriedFirst_SaysSo(string password, string words) =>
        Assert.Contains(words, PasswordRules.Fault(password, "ada@example.org", "Ada Lovelace", "lovelace@example.org"), StringComparison.Ordinal);

    [Fact]
    public void Fault_OfABook_SaysHowMuchIsTaken() =>
        Assert.Contains("at most 256", PasswordRules.Fault(string.Concat(Enumerable.Range(0, 200).Select(i => $"{i} "))), StringComparison.Ordinal);
}
