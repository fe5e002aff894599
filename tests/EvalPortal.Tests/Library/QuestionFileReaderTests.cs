using System.Text;
using PixelPost.EvalPortal.Library;

namespace PixelPost.EvalPortal.Tests.Library;

public class QuestionFileReaderTests
{
    private const string Heading = "prompt_id,prompt,question_id,depends_on,category,question,expected_answer";

    [Fact]
    public void Read_Csv_GivesQuestionsByPromptParentsFirst()
    {
        var file = Csv(
            "f,\"a red fox, asleep\",2,1,colour,Is the fox red?,yes",
            "f,\"a red fox, asleep\",1,0,object,Is there a fox?,yes",
            "h,a hen,1,0,object,Is there a dog?,no");

        Assert.Empty(file.Faults);
        Assert.Empty(file.Notes);
        Assert.Equal(["a red fox, asleep", "a hen"], file.Prompts.Select(prompt => prompt.Text));
        Assert.Equal(["Is there a fox?", "Is the fox red?"], file.Prompts[0].Questions.Select(question => question.Text));
        Assert.Equal(["1"], file.Prompts[0].Questions[1].Parents);
        Assert.Equal("colour", file.Prompts[0].Questions[1].Category);
        Assert.Equal(ExpectedAnswer.No, file.Prompts[1].Questions[0].Expected);
    }

    [Fact]
    public void Read_Json_SaysTheSameAsCsv()
    {
        var csv = Csv("f,a fox,1,0,,Is there a fox?,yes", "f,a fox,2,1,,Is it red?,yes");
        var json = Read("""
            [{"prompt_id": "f", "prompt": "a fox", "question_id": 1, "depends_on": [], "question": "Is there a fox?", "expected_answer": "yes"},
             {"prompt_id": "f", "prompt": "a fox", "question_id": 2, "depends_on": [1], "question": "Is it red?"}]
            """);

        Assert.Empty(json.Faults);
        Assert.Equivalent(csv, json, strict: true);
    }

    [Fact]
    public void Read_OriginalColumnsOfDsg_AreUnderstood()
    {
        var file = Read("item_id,text,keywords,proposition_id,dependency,category_broad,category_detailed,tuple,question_natural_language\nx,a fox,,1,0,entity,whole,fox,Is there a fox?\n");

        Assert.Empty(file.Faults);
        Assert.Equal("Is there a fox?", file.Prompts.Single().Questions.Single().Text);
    }

    [Theory]
    [InlineData("f,a fox,1,0,,,yes", "line 2: the text of question 1 is empty.")]
    [InlineData("f,a fox,,0,,Is there a fox?,yes", "line 2: question_id is empty.")]
    [InlineData("f,a fox,1,0,,Is there a fox?,maybe", "line 2: expected_answer is 'maybe'. It must be yes or no.")]
    [InlineData("f,a fox,1,0,,Is there a fox?", "line 2: the heading has 7 columns and this row has 6.")]
    [InlineData("f,a fox,1,0,,Is there a fox?,yes\nf,a fox,1,0,,Is it red?,yes", "line 3: question_id 1 stands on line 2 too.")]
    [InlineData("f,a fox,1,0,,Is there a fox?,yes\nf,a hen,2,0,,Is it red?,yes", "line 3: prompt_id f has another prompt than on line 2.")]
    [InlineData("f,a fox,1,0,,Is there a dog?,no\nf,a fox,2,1,,Is it red?,yes", "line 3: question 2 depends on 1, whose right answer is no")]
    [InlineData("f,a fox,1,0,,\"Is there a fox?,yes", "line 2: a quote that opens here is never closed")]
    [InlineData("", "The file has no question")]
    public void Read_BadRow_NamesTheLineAndWhatWouldBeRight(string rows, string expected)
    {
        var file = Csv(rows);

        Assert.StartsWith(expected, Assert.Single(file.Faults), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("colour,question\nred,Is it?", "there is no column prompt")]
    [InlineData("prompt,question\na fox,Is it?", "there is no column question_id")]
    [InlineData("[1]", "entry 1: this is no object")]
    [InlineData("""[{"prompt": "a fox", "question_id": 1}]""", "entry 1: there is no column question")]
    [InlineData("[{", "line 1: this is no JSON")]
    [InlineData("{}", "A JSON file of questions is a list")]
    public void Read_NoFileOfQuestions_SaysWhatIsMissing(string content, string expected) =>
        Assert.StartsWith(expected, Assert.Single(Read(content).Faults), StringComparison.Ordinal);

    [Theory]
    [InlineData("2,2", "line 3: question 2 depends on itself")]
    [InlineData("1,air", "line 3: question 2 depends on 'air', which the prompt does not have")]
    public void Read_DependencyThatCannotBe_IsLeftOutAndNoted(string dependsOn, string note)
    {
        var file = Csv("f,a fox,1,0,,Is there a fox?,yes", $"f,a fox,2,\"{dependsOn}\",,Is it red?,yes");

        Assert.Empty(file.Faults);
        Assert.StartsWith(note, Assert.Single(file.Notes), StringComparison.Ordinal);
        Assert.DoesNotContain("2", file.Prompts[0].Questions.Single(question => question.Label == "2").Parents);
    }

    [Fact]
    public void Read_QuestionsThatDependOnEachOther_LeavesOutWhatClosesTheCircle()
    {
        var file = Csv("f,a fox,1,2,,Is there a fox?,yes", "f,a fox,2,1,,Is it red?,yes");

        Assert.StartsWith("line 2: question 1 depends on '2', which depends on it in turn", Assert.Single(file.Notes), StringComparison.Ordinal);
        Assert.Equal([[], ["1"]], file.Prompts[0].Questions.Select(question => question.Parents));
    }

    [Fact]
    public void Match_ByTextOrPlace_SaysWhatIsLeft()
    {
        var prompts = new[] { "a fox", "a hen", "a fox", "an owl" }.Select((text, i) => new Prompt { PromptId = i + 10, PromptSetId = 1, Position = i + 1, Text = text }).ToList();

        var byText = QuestionMatch.Of(Csv("f,a fox,1,0,,Is there a fox?,yes", "c,a cow,1,0,,Is there a cow?,yes"), prompts);
        var byPlace = QuestionMatch.Of(Read("prompt_id,question_id,question\n2,1,Is there a hen?\n9,1,Is there more?\n"), prompts);

        Assert.Equal([10, 12], byText.Prompts.Select(prompt => prompt.PromptId)); // the same prompt twice is asked about twice
        Assert.Equal(["a cow"], byText.NotInSet.Select(prompt => prompt.Text));
        Assert.Equal(["a hen", "an owl"], byText.NotAsked.Select(prompt => prompt.Text));
        Assert.Equal([11], byPlace.Prompts.Select(prompt => prompt.PromptId));
        Assert.Equal(["9"], byPlace.NotInSet.Select(prompt => prompt.Id));
    }

    [SkippableTheory]
    [InlineData("dsg1k_questions.csv", 1060, 8182, 105)]
    [InlineData("geneval_questions.csv", 553, 1326, 0)]
    public void Read_PublicSets_LoadWhole(string name, int prompts, int questions, int mostNotes)
    {
        var folder = Environment.GetEnvironmentVariable("PIXELPOST_PROMPT_SETS");
        Skip.If(string.IsNullOrEmpty(folder), "PIXELPOST_PROMPT_SETS does not name the folder of public questions");

        var file = QuestionFileReader.Read(File.ReadAllBytes(Path.Combine(folder, name)));

        Assert.Empty(file.Faults);
        Assert.Equal((prompts, questions), (file.Prompts.Count, file.QuestionCount));
        Assert.InRange(file.Notes.Count, 0, mostNotes);
    }

    private static QuestionFile Csv(params string[] rows) => Read(string.Join('\n', [Heading, .. rows]));

    private static QuestionFile Read(string content) => QuestionFileReader.Read(Encoding.UTF8.GetBytes(content));
}
