using System.Text;
using PixelPost.EvalPortal.Library;

namespace PixelPost.EvalPortal.Tests.Library;

public sealed class PromptFileReaderTests
{
    [Theory]
    [InlineData("prompt_id,prompt,category\nf,\"a red fox, asleep\",animals\nh,a hen,\n")]
    [InlineData("ID;Prompts;Category\nf;a red fox, asleep;animals\nh;a hen;\n")]
    [InlineData("item_id\ttext\ttag\nf\ta red fox, asleep\tanimals\nh\ta hen\t\n")]
    [InlineData("""
        {"prompt_id": "f", "prompt": "a red fox, asleep", "category": "animals"}

        {"prompt_id": "h", "prompt": "a hen"}
        """)]
    [InlineData("""[{"id": "f", "caption": "a red fox, asleep", "tag": "animals"}, {"id": "h", "caption": "a hen"}]""")]
    public void Read_EveryForm_GivesTheSamePrompts(string content)
    {
        var file = Read(content);

        Assert.Empty(file.Faults);
        Assert.Equal([new NewPrompt("a red fox, asleep", "animals", "f"), new NewPrompt("a hen", null, "h")], file.Prompts);
        Assert.Equal([("animals", 1)], file.Categories());
    }

    [Theory]
    [InlineData("prompts.txt", "\ufeffa fox, asleep\r\n\r\n a hen \r\n")]
    [InlineData("prompts.json", """["a fox, asleep", "a hen"]""")]
    public void Read_PromptsAlone_AreTakenInOrder(string name, string content) =>
        Assert.Equal([new NewPrompt("a fox, asleep"), new NewPrompt("a hen")], Read(content, name).Prompts);

    [Fact]
    public void Read_FileOfQuestions_HasEachPromptOnceWithItsOwnCategory()
    {
        var file = Read("prompt_id,prompt,source,question_id,category,question\nf,a fox,coco,1,entity,Is there a fox?\nf,a fox,coco,2,colour,Is it red?\n");

        Assert.Empty(file.Faults);
        Assert.Equal([new NewPrompt("a fox", "coco", "f")], file.Prompts);
    }

    [Fact]
    public void Read_SamePromptTwice_IsTakenOnceAndNotedUnlessItHasItsOwnId()
    {
        Assert.Equal(2, Read("prompt_id,prompt\n1,a fox\n2,a fox\n").Prompts.Count);
        var file = Read("prompt\na fox\na hen\na fox\n");
        Assert.Equal(2, file.Prompts.Count);
        Assert.Equal("line 4: the prompt stands on line 2 already: it is taken once.", Assert.Single(file.Notes));
    }

    [Theory]
    [InlineData("name,colour\na fox,red\n", "line 1: there is no column prompt.")]
    [InlineData("prompt,category\n,animals\n", "line 2: the prompt is empty.")]
    [InlineData("prompt,category\na fox, red and asleep,animals\n", "line 2: the heading has 2 columns and this row has 3.")]
    [InlineData("prompt_id,prompt\nf,a fox\nf,a hen\n", "line 3: prompt_id f has another prompt than on line 2.")]
    [InlineData("prompt,category\n\"a fox,animals\n", "line 2: a quote that opens here is never closed.")]
    [InlineData("{\"prompt\": \"a fox\"}\n{\"prompt\": \n", "line 2: this is no JSON object.")]
    [InlineData("{\"colour\": \"red\"}", "line 1: there is no column prompt.")]
    [InlineData("[{\"prompt\": \"a fox\"}, 7]", "entry 2: this is no object.")]
    [InlineData("[{\"prompt\": ", "line 1: this is no JSON")]
    [InlineData("prompt\n", "The file has no prompt")]
    [InlineData("", "line 1: there is no column prompt.")]
    public void Read_WhatCannotBe_SaysWhereAndWhatWouldBeRight(string content, string fault) =>
        Assert.StartsWith(fault, Assert.Single(Read(content).Faults), StringComparison.Ordinal);

    [Fact]
    public void Read_LongPromptOrId_IsAFault()
    {
        Assert.Contains("It may have 10,000.", Assert.Single(Read($"prompt\n{new string('a', PromptFile.MaxLength + 1)}\n").Faults), StringComparison.Ordinal);
        Assert.Contains("200 characters", Assert.Single(Read($"prompt_id,prompt\n{new string('a', 201)},a fox\n").Faults), StringComparison.Ordinal);
    }

    /// <summary>A quote that is never closed must not take the rest of a file into memory.</summary>
    [Fact]
    public void Read_QuoteThatSwallowsMegabytes_IsRefused() =>
        Assert.Contains("never closed", Assert.Single(Read($"prompt\n\"{new string('a', 3 << 20)}").Faults), StringComparison.Ordinal);

    /// <summary>Published counts: 1,632 prompts of PartiPrompts in 12 categories, 553 of GenEval in 6 tags, 1,060 of DSG-1k, 8,000 of T2I-CompBench in 8 categories.</summary>
    [SkippableTheory]
    [InlineData("partiprompts.csv", 1632, 12)]
    [InlineData("drawbench_from_tifa.csv", 161, 0)]
    [InlineData("geneval_prompts.csv", 553, 6)]
    [InlineData("geneval_questions.csv", 553, 6)]
    [InlineData("dsg1k_questions.csv", 1060, 10)]
    [InlineData("t2i_compbench_prompts.csv", 8000, 8)]
    [InlineData("tifa_v1_prompts.csv", 4081, 4)]
    [InlineData("genai_bench_prompts.csv", 527, 0)]
    public void Read_PublicSets_LoadWhole(string name, int prompts, int categories)
    {
        var folder = Environment.GetEnvironmentVariable("PIXELPOST_PROMPT_SETS");
        Skip.If(string.IsNullOrEmpty(folder), "PIXELPOST_PROMPT_SETS does not name the folder of public prompts");

        var file = PromptFileReader.Read(File.ReadAllBytes(Path.Combine(folder, name)), name);

        Assert.Empty(file.Faults);
        Assert.Equal((prompts, categories), (file.Prompts.Count, file.Categories().Count));
    }

    /// <summary>The heading of PartiPrompts' own file and a line of GenEval's.</summary>
    [Theory]
    [InlineData("PartiPrompts.tsv", "Prompt\tCategory\tChallenge\tNote\nbond\tAbstract\tBasic\tBiology-inspired \"concepts\"\n", "bond", "Abstract")]
    [InlineData("DrawBench.csv", "Prompts,Category\nA red colored car.,Colors\n", "A red colored car.", "Colors")]
    [InlineData("evaluation_metadata.jsonl", """{"tag": "single_object", "include": [{"class": "bench", "count": 1}], "prompt": "a photo of a bench"}""", "a photo of a bench", "single_object")]
    public void Read_OriginalForms_AreUnderstood(string name, string content, string prompt, string category) =>
        Assert.Equal([new NewPrompt(prompt, category)], Read(content, name).Prompts);

    private static PromptFile Read(string content, string name = "prompts.csv") => PromptFileReader.Read(Encoding.UTF8.GetBytes(content), name);
}
