using PixelPost.Training.Contracts;
using PixelPost.Training.Pretraining;

namespace PixelPost.Training.Tests;

public sealed class CommandLineTests
{
    private Arguments? _got;

    private Verb[] Verbs =>
    [
        new("train", "trains", [new("job", "FOLDER", "the folder", Required: true), new("fast", "", "does not take long")], Take),
        new("pretrain denoiser", "pretrains", [new("data", "FOLDER", "pictures", Required: true), .. Option.Of<DenoiserSettings>()], Take),
    ];

    [Fact]
    public void Run_KnownWords_VerbGetsItsOptions()
    {
        Assert.Equal(WorkerExit.Done, CommandLine.Run(Verbs, ["train", "--job", "some folder"]));

        Assert.Equal("some folder", _got!["job"]);
        Assert.Equal("quality.png", _got.Text("sheet", otherwise: "quality.png"));
    }

    [Theory]
    [InlineData("train --job x", false)]
    [InlineData("train --job x --fast", true)]
    [InlineData("train --fast --job x", true)]
    public void Run_OptionWithoutAValue_IsGivenOrNot(string command, bool given)
    {
        CommandLine.Run(Verbs, command.Split(' '));

        Assert.Equal((given, "x"), (_got!.Has("fast"), _got["job"]));
    }

    [Fact]
    public void Run_SettingsOptions_BecomeTheRecord()
    {
        CommandLine.Run(Verbs, ["pretrain", "denoiser", "--data", "d", "--batch-size", "5", "--learning-rate", "2e-3", "--bfloat16", "true"]);

        Assert.Equal(new DenoiserSettings { BatchSize = 5, LearningRate = 2e-3, Bfloat16 = true }, _got!.Settings<DenoiserSettings>());
    }

    [Theory]
    [InlineData("trian --job x", "'trian' is not something the worker does; did you mean 'train'?")]
    [InlineData("pretrain --data x", "'pretrain' is not something the worker does; did you mean 'train'?")]
    [InlineData("train --jobs x", "'train' has no option --jobs; did you mean 'job'?")]
    [InlineData("train job x", "'train job x' is not something the worker does; known are pretrain denoiser, train.")]
    [InlineData("train --job", "--job needs a value.")]
    [InlineData("train --job x y", "'y' is in the place of an option, such as --job.")]
    [InlineData("train --job x --fast y", "'y' is in the place of an option, such as --job.")]
    [InlineData("train --job x --fast --fast", "--fast is given twice.")]
    [InlineData("train --job x --job y", "--job is given twice.")]
    [InlineData("train", "'train' needs --job FOLDER.")]
    public void Run_UnknownOrMissingWords_SaysWhichAndWhatIsMeant(string command, string sentence) =>
        Assert.Equal(sentence, Assert.Throws<UsageException>(() => CommandLine.Run(Verbs, command.Split(' '))).Message);

    [Theory]
    [InlineData("--batch-size", "many", "command line: 'batch_size' is \"many\"; it must be a whole number.")]
    [InlineData("--learning-rate", "slow", "command line: 'learning_rate' is \"slow\"; it must be a number.")]
    [InlineData("--bfloat16", "yes", "command line: 'bfloat16' is \"yes\"; it must be true or false.")]
    public void Settings_WrongKind_SaysWhatItMustBe(string option, string value, string sentence)
    {
        CommandLine.Run(Verbs, ["pretrain", "denoiser", "--data", "d", option, value]);

        Assert.Equal(sentence, Assert.ThrowsAny<System.Text.Json.JsonException>(() => _got!.Settings<DenoiserSettings>()).Message);
    }

    [Fact]
    public void Run_Help_ListsVerbsAndOptionsWithDefaults()
    {
        var output = new StringWriter();
        var before = Console.Out;
        Console.SetOut(output);
        try
        {
            CommandLine.Run(Verbs, ["--help"]);
            CommandLine.Run(Verbs, ["pretrain", "denoiser", "--help"]);
        }
        finally
        {
            Console.SetOut(before);
        }

        Assert.Contains("pretrain denoiser", output.ToString(), StringComparison.Ordinal);
        Assert.Matches(@"--batch-size N +default 64", output.ToString());
        Assert.Null(_got);
    }

    [Theory]
    [InlineData("kitten", "sitting", 3)]
    [InlineData("", "abc", 3)]
    [InlineData("steps", "steps", 0)]
    [InlineData("stpes", "steps", 2)]
    public void Distance_TwoWords_FewestSingleLetterChanges(string from, string to, int expected) =>
        Assert.Equal(expected, Nearest.Distance(from, to));

    private WorkerExit Take(Arguments arguments)
    {
        _got = arguments;
        return WorkerExit.Done;
    }
}
