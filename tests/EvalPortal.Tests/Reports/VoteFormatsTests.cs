using PixelPost.EvalPortal.Reports.Reading;
using PixelPost.Stats;

namespace PixelPost.EvalPortal.Tests.Reports;

public sealed class VoteFormatsTests
{
    /// <summary>
    /// One small file of each format. Expected: the format, the systems, and every vote as the number of its comparison and
    /// prompt, its winner, and whether the first system in the alphabet stood left (l), right (r) or nobody knows where (–).
    /// </summary>
    public static TheoryData<string, string, string, string> Files => new()
    {
        {
            "PixelPost votes", "new old", "0/0:A:r 1/1:B:l 1/1:Tie:l 2/1:Reject:r",
            """
            vote_id,axis,item_id,prompt_id,rater_id,left_system,right_system,image_a_id,image_b_id,system_a,system_b,choice_screen,winner,simulated,counts
            v1,appeal,1,7,ann,old,new,11,12,old,new,right,b,false,true
            v2,appeal,2,8,ann,new,old,13,14,old,new,right,a,false,true
            v3,appeal,2,8,ben,new,old,13,14,old,new,tie,tie,false,true
            v4,flaws,2,8,ben,old,new,13,14,old,new,reject,reject,false,true
            """
        },
        {
            "PixelPost votes by side", "new old", "0/0:A:r 0/0:A:l 1/1:Reject:l",
            """
            item_id,left_system,right_system,left_image_id,right_image_id,choice_screen
            1,old,new,11,12,right
            1,new,old,12,11,LEFT
            2,new,old,14,13,reject
            """
        },
        {
            "pairs with a choice", "x y z", "0/0:A:– 0/0:B:– 1/0:Tie:–",
            """
            dataset,item_id,system_a,system_b,image_a,image_b,axis,rater_id,choice,timestamp
            set,1,x,y,,,overall,ann,a,
            set,1,y,x,,,overall,ben,a,
            set,1,z,x,,,overall,ben,tie,
            """
        },
        {
            "LMSYS 55k (Kaggle)", "x y", "0/0:A:l 1/1:A:r 2/0:Tie:l",
            """
            id,model_a,model_b,prompt,response_a,response_b,winner_model_a,winner_model_b,winner_tie
            1,x,y,a fox,r,r,1,0,0
            2,y,x,a hen,r,r,0,1,0
            3,x,y,a fox,r,r,0,0,1
            """
        },
        {
            "LMArena", "x y", "0/0:A:l 1/1:A:r 2/2:Tie:l 3/3:Tie:l",
            """
            id,model_a,model_b,winner,evaluation_session_id,conversation_a,language
            1,x,y,model_a,s1,"[{""role"": ""user""}]",en
            2,y,x,model_b,s1,,en
            3,x,y,tie,s2,,en
            4,x,y,both_bad,s3,,en
            """
        },
        {
            "LMArena", "x y", "0/0:A:l 1/1:Tie:l",
            """
            question_id,model_a,model_b,winner,judge,turn,anony,tstamp
            q1,x,y,model_a,arena_user_1,1,True,1.5
            q2,x,y,tie (bothbad),arena_user_2,1,True,1.5
            q3,x,y,model_b,arena_user_2,1,False,1.5
            """
        },
        {
            "GenAI-Bench", "x y", "0/0:A:l 1/1:A:r 2/1:Tie:l",
            """
            prompt,left_image,right_image,left_model,right_model,vote_type
            a fox,1.jpg,2.jpg,x,y,leftvote
            a hen,3.jpg,4.jpg,y,x,rightvote
            a hen,5.jpg,6.jpg,x,y,bothbad_vote
            """
        },
        {
            "Pick-a-Pic", "sd-1 xl", "0/0:A:– 1/0:A:– 2/1:Tie:– 2/1:Reject:–",
            """
            caption,image_0_uid,image_1_uid,label_0,label_1,model_0,model_1,user_id,has_label,ranking_id
            a fox,1,2,1.0,0.0,sd-1,xl,5,True,1
            a fox,3,4,0.0,1.0,xl,sd-1,5,True,2
            a hen,5,6,0.5,0.5,sd-1,xl,5,True,3
            a hen,6,5,0.5,0.5,xl,sd-1,6,False,4
            """
        },
        {
            "HPDv2 pairs", "left right", "0/0:A:l 0/0:B:l",
            """
            user_id,prompt,image_left_id,image_right_id,pref,ranking_id
            5,a fox,1,2,1,1
            6,a fox,1,2,-1,2
            """
        },
        {
            "HPDv3", "x y", "0/0:A:– 1/1:B:–",
            """
            prompt,path1,path2,model1,model2,confidence
            a fox,1.jpg,2.jpg,x,y,0.9
            a hen,3.jpg,4.jpg,y,x,0.8
            """
        },
        {
            "chosen and rejected", "x y", "0/0:A:– 0/0:B:–",
            """
            prompt,chosen,rejected,chosen_model,rejected_model
            a fox,1.jpg,2.jpg,x,y
            a fox,2.jpg,1.jpg,y,x
            """
        },
        {
            "webMUSHRA paired comparison", "C1 reference", "0/0:B:– 0/0:A:– 0/0:Tie:–",
            """
            session_test_id,session_uuid,trial_id,choice_reference,choice_non_reference,choice_answer,choice_time,choice_comment
            t,s1,trial1,reference,C1,correct,1000,
            t,s2,trial1,reference,C1,incorrect,1000,
            t,s3,trial1,reference,C1,undecided,1000,
            """
        },
    };

    [Theory]
    [MemberData(nameof(Files))]
    public async Task ReadAsync_FileOfEachFormat_IsRecognisedAndMapped(string format, string systems, string votes, string text)
    {
        var file = await VoteText.ReadAsync(text);

        Assert.Equal(format, file.Facts.Format);
        Assert.Equal(systems.Split(' '), file.Systems);
        Assert.Equal(votes.Split(' '), Told(file));
        Assert.Contains(file.Facts.Mapping, mapping => mapping.What == "answer" && text.Contains(mapping.From.Split(' ', ':')[0], StringComparison.Ordinal));
    }

    [Fact]
    public async Task ReadAsync_BothBad_IsATieThatIsNotForgotten()
    {
        var report = await VoteText.ReportAsync("id,model_a,model_b,winner\n1,x,y,both_bad\n2,x,y,tie\n3,x,y,model_a\n");

        Assert.Equal((2, 1), (report.Axes[0].Ties, report.Axes[0].BothBad));
        Assert.Contains("both bad", report.Methods.Conventions.Single(convention => convention.About == "Ties").Says, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ReadAsync_NoSystems_ComparesTheSidesAndSaysSo()
    {
        var file = await VoteText.ReadAsync("prompt,left_image,right_image,vote_type\na fox,1,2,leftvote\na hen,1,2,rightvote\n");

        Assert.False(file.Facts.NamesSystems);
        Assert.Equal(["left", "right"], file.Systems);
        Assert.Equal([Outcome.A, Outcome.B], file.Votes.Select(vote => vote.Winner));
    }

    [Fact]
    public async Task ReadAsync_PreferredOneWithoutSystems_IsRefused() => Assert.Contains(
        "model1 and model2 are missing or empty",
        await VoteText.RefusalAsync("prompt,path1,path2\na fox,1.jpg,2.jpg\n"),
        StringComparison.Ordinal);

    [Theory]
    [InlineData("item_id,axis,n,n_a,n_b,n_tie,n_reject,majority", "these are decisions")]
    [InlineData("preference_set_id,pair_number,item_id,chosen_image_id", "this is a preference set")]
    [InlineData("prompt,chosen,rejected", "chosen_model and rejected_model are missing")]
    [InlineData("ranking_id,user_id,image_1_uid,image_2_uid,image_3_uid,image_4_uid,best_image_uid,prompt", "Pick-a-Pic's table of rankings")]
    [InlineData("dataset,item_id,system,axis,rater_id,score", "these are scores of one image a row")]
    [InlineData("answer_id,image_id,system,question_id,question,expected,answer", "answers to yes/no questions")]
    [InlineData("item_id,system_a,system_b,rater_id", "has system_a, system_b and lacks winner")]
    [InlineData("country,population", "names none of the known columns, it reads 'country', 'population'")]
    public async Task ReadAsync_AnotherTable_IsRefusedWithWhatWouldBeRight(string heading, string expected)
    {
        var refusal = await VoteText.RefusalAsync($"{heading}\n{string.Join(',', heading.Split(',').Select(_ => "1"))}\n");

        Assert.Contains(expected, refusal, StringComparison.Ordinal);
        Assert.Contains("system_a, system_b, winner", refusal, StringComparison.Ordinal);
    }

    private static List<string> Told(VoteFile file)
    {
        Dictionary<int, int> prompts = [];
        return [.. file.Votes.Select(vote =>
            $"{vote.Comparison}/{Number(vote.Prompt)}:{vote.Winner}:{vote.LeftIsA switch { true => "l", false => "r", null => "–" }}")];

        int Number(int prompt) => prompts.TryGetValue(prompt, out var known) ? known : prompts[prompt] = prompts.Count;
    }
}
