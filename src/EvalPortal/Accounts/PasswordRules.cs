namespace PixelPost.EvalPortal.Accounts;

/// <summary>Which passwords are taken: long ones that nobody would guess first. What they are made of is nobody's business.</summary>
/// <remarks>After NIST SP 800-63B, section 3.1.1: a least length, no rules of composition, and none that is common or says who it is.</remarks>
public static class PasswordRules
{
    /// <summary>Fewest characters of a password.</summary>
    public const int MinLength = 12;

    /// <summary>Most characters, so that nobody has the portal hash a book.</summary>
    public const int MaxLength = 256;

    private const int FewestDifferent = 5;

    // What people take first, in small letters. A password made of these alone, with figures and marks around or between, is as good as they are.
    private static readonly string[] Common =
    [
        "password", "passwort", "motdepasse", "contrasena", "passw", "pass", "secret", "geheim", "letmein", "welcome", "willkommen", "changeme", "default",
        "admin", "administrator", "root", "user", "guest", "login", "master", "test", "testing", "demo", "example", "temp", "access", "security",
        "qwerty", "qwertz", "azerty", "asdf", "zxcv", "abc", "abcd", "iloveyou", "love", "sunshine", "princess", "dragon", "monkey", "football",
        "baseball", "soccer", "hockey", "superman", "batman", "shadow", "michael", "jordan", "jesus", "summer", "winter", "spring", "autumn",
        "january", "february", "march", "april", "june", "july", "august", "september", "october", "november", "december", "monday", "friday",
        "hello", "hallo", "computer", "internet", "google", "apple", "samsung", "microsoft", "windows", "linux", "pixelpost", "pixel", "post",
        "research", "researcher", "university", "student", "science", "my", "the", "is", "a", "this", "new", "no", "yes",
    ];

    // Runs of keys and of signs, there and back.
    private static readonly string[] Runs = ["abcdefghijklmnopqrstuvwxyz", "01234567890", "qwertyuiop", "asdfghjkl", "zxcvbnm", "1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik9ol0p"];

    /// <summary>What is wrong with a password, a sentence; null when nothing is.</summary>
    /// <param name="password">As it was typed.</param>
    /// <param name="personal">What is known about whose it is: address and name.</param>
    public static string? Fault(string password, params string?[] personal)
    {
        if (password.Length < MinLength)
            return $"This password is too short: it needs at least {MinLength} characters. Several words are easy to keep in mind.";
        if (password.Length > MaxLength)
            return $"This password is too long: at most {MaxLength} characters are taken.";
        if (password.Distinct().Count() < FewestDifferent || password.Distinct().All(char.IsWhiteSpace))
            return "This password repeats the same few characters. Take one that nobody would guess.";
        var plain = Plain(password);
        if (personal.OfType<string>().SelectMany(Parts).Any(part => IsMostly(plain, part)))
            return "This password is your name or address. Take one that nobody would guess.";
        return IsMadeOfCommonWords(plain) || Runs.Any(run => IsRun(password.ToLowerInvariant(), run))
            ? "This password is one of the first that anybody would try. Take one that nobody would guess."
            : null;
    }

    /// <summary>Small letters only: figures that stand for letters are read as them, all other signs are gone.</summary>
    private static string Plain(string text)
    {
        var letters = text.ToLowerInvariant().Trim([.. "0123456789!?.,;:-_#*+$@ "]).Select(sign => sign switch
        {
            '0' => 'o',
            '1' or '!' => 'i',
            '3' => 'e',
            '4' or '@' => 'a',
            '5' or '$' => 's',
            '7' => 't',
            _ => sign,
        });
        return string.Concat(letters.Where(char.IsLetter));
    }

    private static IEnumerable<string> Parts(string personal) => ((string[])[personal, personal.Split('@')[0]]).Select(Plain).Where(part => part.Length >= 4);

    private static bool IsMostly(string plain, string part) => plain.Contains(part, StringComparison.Ordinal) && plain.Length - part.Length < 4;

    private static bool IsMadeOfCommonWords(string plain)
    {
        var reached = new bool[plain.Length + 1];
        reached[0] = true;
        for (var i = 0; i < plain.Length; i++)
        {
            if (!reached[i])
                continue;
            foreach (var word in Common.Where(word => string.CompareOrdinal(plain, i, word, 0, word.Length) == 0))
                reached[i + word.Length] = true;
        }
        return reached[^1];
    }

    /// <summary>Whether it goes along a run, again from its start where that ends, in either direction.</summary>
    private static bool IsRun(string password, string run)
    {
        var steps = 0;
        for (var i = 1; i < password.Length; i++)
        {
            var (from, to) = (run.IndexOf(password[i - 1], StringComparison.Ordinal), run.IndexOf(password[i], StringComparison.Ordinal));
            if (from >= 0 && to >= 0 && (Math.Abs(from - to) == 1 || Math.Abs(from - to) == run.Length - 1))
                steps++;
        }
        return steps >= password.Length - 3;
    }
}
