using PixelPost.EvalPortal.Library;
using PixelPost.EvalPortal.Material;

namespace PixelPost.EvalPortal.Tests.Material;

public sealed class MaterialMatchTests : IDisposable
{
    private static readonly NewPrompt[] Animals = [new("a fox", null, "f"), new("a hen", null, "h"), new("an owl", null, "o_1")];
    private static readonly NewPrompt[] Unnamed = [new("a fox"), new("a hen"), new("an owl")];
    private static readonly NewPrompt[] Numbered = [new("a fox", null, "0"), new("a hen", null, "1"), new("an owl", null, "7")];

    private readonly SourceFolder _source = new();

    public void Dispose() => _source.Dispose();

    public static TheoryData<string, NewPrompt[], string[], string[]> Names => new()
    {
        { "ids", Animals, ["f.png", "h_12.jpg", "o_1.webp", "o_1_3.png"], ["a fox", "a hen 12", "an owl", "an owl 3"] },
        { "texts", Animals, ["a fox_000001.png", "a hen.png"], ["a fox 1", "a hen"] },
        { "numbers from 1", Unnamed, ["0001.png", "0002_5.png", "3.png"], ["a fox", "a hen 5", "an owl"] },
        { "numbers from 0", Unnamed, ["00000.png", "00001.png", "00002.png"], ["a fox", "a hen", "an owl"] },
        { "ids that are numbers", Numbered, ["00000.png", "00001.png", "00007.png"], ["a fox", "a hen", "an owl"] },
        { "folders, as of GenEval", Numbered, ["00000/samples/0000.png", "00000/samples/0001.png", "00007/samples/0000.png"], ["a fox 0", "a fox 1", "an owl 0"] },
        { "folders by id", Animals, ["f/x.png", "h/y.png"], ["a fox", "a hen"] },
        { "one folder for all", Unnamed, ["2/1.png", "2/2.png", "2/3.png"], ["a fox", "a hen", "an owl"] },
    };

    [Theory]
    [MemberData(nameof(Names), DisableDiscoveryEnumeration = true)]
    public void Match_NamesWithoutManifest_SayPromptAndSeed(string rule, NewPrompt[] set, string[] files, string[] expected)
    {
        foreach (var file in files)
            _source.Add(file, rule);

        var match = Match(set, "s");

        Assert.Empty(match.LeftOut);
        Assert.Equal(expected, match.Images.Select(image => $"{match.Prompts[image.Prompt].Text} {image.Row.Seed}".Trim()));
    }

    [Fact]
    public void Match_NumbersThatMayCountEitherWay_AreNoted()
    {
        _source.Add("1.png", "").Add("2.png", "");

        Assert.Contains("from 1", Assert.Single(Match(Unnamed, "s").Notes), StringComparison.Ordinal);
        _source.Add("3.png", "");
        Assert.Empty(Match(Unnamed, "s").Notes);
        _source.Add("0.png", "");
        Assert.Contains("from 0", Assert.Single(Match(Unnamed, "s").Notes), StringComparison.Ordinal);
    }

    public static TheoryData<string?, string[], string[]> Systems => new()
    {
        { null, ["f.png", "h.png"], ["sd15", "sd15"] }, // the folder's own name
        { null, ["old/f.png", "new/f.png"], ["new", "old"] },
        { null, ["out/old/f.png", "out/new/f.png"], ["new", "old"] },
        { null, ["ours/f.png", "ours/h.png"], ["ours", "ours"] },
        { "named", ["old/f.png", "new/h.png"], ["named", "named"] },
    };

    [Theory]
    [MemberData(nameof(Systems), DisableDiscoveryEnumeration = true)]
    public void Match_SystemNamedOrNot_IsFound(string? system, string[] files, string[] expected)
    {
        foreach (var file in files)
            _source.Add(file, "");

        Assert.Equal(expected, Match(Animals, system).Images.Select(image => image.System));
    }

    [Fact]
    public void Match_ImagesBelowTheManifestInOneFolder_AreOfTheSourcesSystem()
    {
        _source.Add("images/1.png", "").Add("images/2.png", "").Add("manifest.csv", "file,prompt\nimages/1.png,a fox\nimages/2.png,a hen\n");

        Assert.Equal(["sd15", "sd15"], Match(Animals, null).Images.Select(image => image.System));
    }

    [Fact]
    public void Match_LooseFilesOfAnUpload_NeedANamedSystem()
    {
        _source.Add("f.png", "");
        using var source = MaterialSource.Open(_source.Root, namesSystem: false);

        var match = MaterialMatch.Of(source, new MaterialOrder { PromptSet = "Animals" }, Animals);

        Assert.Contains("Name the system", Assert.Single(match.LeftOut).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Match_NameThatSaysNothing_IsLeftOutWithWhatWouldBeRight()
    {
        _source.Add("f.png", "").Add("holiday.png", "").Add("notes.txt", "").Add(".DS_Store", "").Add("__MACOSX/f.png", "");

        var match = Match(Animals, "s");

        Assert.Single(match.Images);
        Assert.Equal(["notes.txt", "holiday.png"], match.LeftOut.Select(line => line.File));
        Assert.Contains("put a manifest beside it", match.LeftOut[1].Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("f.png,a cow,,", "the prompt is not in the set.")]
    [InlineData("f.png,,x,", "the set has no prompt with the id or number x.")]
    [InlineData("f.png,,,", "the prompt is empty, and so is prompt_id.")]
    [InlineData(",a fox,,", "the file is empty.")]
    [InlineData("g.png,a fox,,", "there is no such image")]
    [InlineData("f.png,a fox,,seven", "the seed is 'seven'.")]
    [InlineData("f.png,a fox,,99999999999999999999", "the seed is '99999999999999999999'.")]
    [InlineData("f.png,a fox", "the heading has 4 columns and this row has 2.")]
    public void Match_BadRow_IsLeftOutWithLineAndReason(string row, string reason)
    {
        _source.Add("f.png", "").Add("manifest.csv", $"file,prompt,prompt_id,seed\n{row}\n");

        var match = Match(Animals, "s");

        Assert.Empty(match.Images);
        var line = match.LeftOut.First(line => line.Line is not null);
        Assert.Equal(("manifest.csv", 2), (line.Manifest, line.Line));
        Assert.StartsWith(reason, line.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Match_SameFileOrSeedTwice_IsLeftOut()
    {
        _source.Add("1.png", "").Add("2.png", "").Add("manifest.csv", "file,prompt,seed\n1.png,a fox,1\n1.png,a hen,1\n2.png,a fox,1\n");

        var match = Match(Animals, "s");

        Assert.Single(match.Images);
        Assert.Equal(["the same file stands on line 2.", "the system has an image for the same prompt and seed on line 2."], match.LeftOut.Select(line => line.Reason));
    }

    [Fact]
    public void Match_PromptThatStandsTwice_NeedsItsId()
    {
        NewPrompt[] twice = [new("a fox", null, "1"), new("a fox", null, "2")];
        _source.Add("a.png", "").Add("b.png", "").Add("manifest.csv", "file,prompt,prompt_id\na.png,a fox,\nb.png,a fox,2\n");

        var match = Match(twice, "s");

        Assert.Equal(1, Assert.Single(match.Images).Prompt);
        Assert.Contains("several times", Assert.Single(match.LeftOut).Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("name,prompt\na,b\n", "manifest.csv, line 1: there is no column file.")]
    [InlineData("file,colour\na,b\n", "manifest.csv, line 1: there is no column prompt, and no prompt_id.")]
    public void Match_ManifestWithoutColumns_IsRefused(string manifest, string expected)
    {
        _source.Add("manifest.csv", manifest);

        Assert.StartsWith(expected, Assert.Throws<RefusedException>(() => Match(Animals, "s")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Match_NewSetWithoutManifest_IsRefused()
    {
        _source.Add("f.png", "");

        Assert.Contains("no manifest", Assert.Throws<RefusedException>(() => Match(null, "s")).Message, StringComparison.Ordinal);
    }

    private MaterialMatch Match(NewPrompt[]? set, string? system)
    {
        using var source = MaterialSource.Open(_source.Root);
        return MaterialMatch.Of(source, new MaterialOrder { PromptSet = "Animals", System = system }, set);
    }
}
