using PixelPost.EvalPortal.Database;
using PixelPost.EvalPortal.Tests.Database;

namespace PixelPost.EvalPortal.Tests.VoteImports;

/// <summary>Each public format by a small file in it, and what becomes of its votes.</summary>
public sealed class VoteFormatImportTests() : DatabaseTests(DatabaseKind.Sqlite)
{
    public static TheoryData<string, string, string, string[]> Files => new()
    {
        {
            "Pick-a-Pic", "pick.csv",
            "are_different,best_image_uid,caption,created_at,has_label,image_0_uid,image_1_uid,label_0,label_1,model_0,model_1,ranking_id,user_id\n"
            + "True,i1,a fox,2023-01-02 03:04:05,True,i1,i2,1.0,0.0,sd,xl,1,7\nTrue,none,a fox,2023-01-02 03:04:05,True,i1,i2,0.5,0.5,sd,xl,2,8\nTrue,i4,a hen,,True,i3,i4,0.0,1.0,xl,sd,3,7\n",
            ["a fox: i1 > i2", "a fox: i1 = i2", "a hen: i4 > i3"]
        },
        {
            "Pick-a-Pic rankings", "rankings.csv",
            "ranking_id,created_at,user_id,image_1_uid,image_2_uid,image_3_uid,image_4_uid,best_image_uid,prompt\n1,2023-01-02T03:04:05,7,i1,i2,i3,i4,i2,it[single_quote]s a fox\n2,,7,i1,i2,,,none,a hen\n",
            ["it's a fox: i2 > i1", "it's a fox: i2 > i3", "it's a fox: i2 > i4", "a hen: i1 = i2"]
        },
        {
            "HPDv2 train", "train.json",
            """[{"human_preference": [1, 0], "prompt": "a fox", "file_path": ["1.jpg", "2.jpg"]}, {"human_preference": [0, 1], "prompt": "a hen", "file_path": ["3.jpg", "4.jpg"]}]""",
            ["a fox: 1.jpg > 2.jpg", "a hen: 4.jpg > 3.jpg"]
        },
        {
            "HPDv2 test", "test.json",
            """[{"prompt": "a fox", "image_path": ["1", "2", "3"], "rank": [1.5, 1.5, 3], "raw_annotations": [{"rank": [1, 2, 3], "user_hash": "u"}, {"rank": [2, 1, 3], "user_hash": "v"}]}, {"prompt": "a hen", "image_path": ["4", "5"], "rank": [1.5, 1.5]}]""",
            ["a fox: 1 > 2", "a fox: 2 > 1", "a fox: 1 > 3", "a fox: 1 > 3", "a fox: 2 > 3", "a fox: 2 > 3", "a hen: 4 = 5"]
        },
        { "HPDv2 pairs", "pairs.csv", "user_id,prompt,image_left_id,image_right_id,pref,ranking_id\n7,a fox,i1,i2,1,1\n7,a hen,i3,i4,-1,2\n", ["a fox: i1 > i2", "a hen: i4 > i3"] },
        {
            "HPDv3", "hpdv3.json", """[{"prompt": "a fox", "path1": "z.jpg", "path2": "b.jpg", "choice_dist": [12, 7], "confidence": 0.9, "model1": "sd", "model2": "xl"}]""",
            ["a fox: z.jpg > b.jpg"]
        },
        {
            "ImageReward test", "test2.json", """[{"id": "1", "prompt": "a fox", "generations": ["a.png", "b.png", "c.png"], "ranking": [2, 1, 2]}]""",
            ["a fox: b.png > a.png", "a fox: a.png = c.png", "a fox: b.png > c.png"]
        },
        {
            "ImageReward ratings", "ratings.csv",
            "prompt,image_path,annotator,overall_rating,image_text_alignment_rating,fidelity_rating\na fox,1.png,u,5,4,3\na fox,2.png,u,3,4,6\na fox,3.png,v,1,1,1\n",
            ["a fox: 1.png > 2.png", "a fox: 1.png = 2.png", "a fox: 2.png > 1.png"]
        },
        {
            "LMArena raw log", "log.jsonl",
            """{"tstamp": 1700000000.5, "type": "leftvote", "models": ["m", "n"], "states": [{"conv_id": "c1", "messages": [["user", "say hi"]]}, {}], "ip": "1.2.3.4"}""" + "\n"
            + """{"tstamp": 1700000001.5, "type": "chat", "model": "m"}""" + "\n"
            + """{"tstamp": 1700000002.5, "type": "bothbad_vote", "models": ["n", "m"], "states": [{"conv_id": "c2"}, {}], "ip": "1.2.3.4"}""" + "\n",
            ["say hi: c1 / m > c1 / n", "c2: c2 / m = c2 / n"]
        },
        {
            "LMArena", "clean.json",
            """[{"question_id": "q1", "model_a": "m", "model_b": "n", "winner": "model_b", "judge": "arena_user_1", "conversation_a": [{"role": "user", "content": "say hi"}], "anony": true, "tstamp": 1700000000}, {"question_id": "q2", "model_a": "n", "model_b": "m", "winner": "tie (bothbad)", "judge": "arena_user_2", "tstamp": 1700000000}]""",
            ["say hi: q1 / n > q1 / m", "q2: q2 / m = q2 / n"]
        },
        {
            "LMSYS 55k (Kaggle)", "train55k.csv",
            "id,model_a,model_b,prompt,response_a,response_b,winner_model_a,winner_model_b,winner_tie\n1,m,n,say hi,hi,ho,1,0,0\n2,m,n,say ho,hi,ho,0,0,1\n",
            ["say hi: 1 / m > 1 / n", "say ho: 2 / m = 2 / n"]
        },
        {
            "GenAI-Bench", "genai.jsonl",
            """{"prompt": "a fox", "left_image": "l.png", "right_image": "r.png", "left_model": "m", "right_model": "n", "vote_type": "rightvote"}""" + "\n"
            + """{"prompt": "a hen", "left_image": "l2.png", "right_image": "r2.png", "left_model": "n", "right_model": "m", "vote_type": "bothbad_vote"}""" + "\n",
            ["a fox: r.png > l.png", "a hen: l2.png = r2.png"]
        },
        {
            "Potato", "annotated_instances.jsonl",
            """{"user_id": "u", "instance_id": "1", "text": "a fox", "preference": {"selection": "A"}, "quality": {"detail": "B", "justification": "sharper"}}""" + "\n"
            + """{"user_id": "u", "instance_id": "2", "text": "a hen", "preference": {"scale_value": "-2"}}""" + "\n",
            ["a fox: 1 /  first > 1 /  second", "a fox: 1 /  second > 1 /  first", "a hen: 2 /  first > 2 /  second"]
        },
        {
            "Potato change log", "log.csv",
            "user_id,instance_id,phase,page,timestamp,schema,old_label,old_value,new_label,new_value,action,source\n"
            + "u,1,annotation,0,2024-01-02T03:04:05,pref,,,selection,A,add,user\nu,1,annotation,0,2024-01-02T03:04:09,pref,selection,A,selection,B,update,user\n",
            ["1: 1 /  second > 1 /  first"]
        },
        {
            "Label Studio", "ls.json", """[{"id": 3, "image1": "1.png", "image2": "2.png", "prompt": "a fox", "comparison": "right", "annotator": 4, "annotation_id": 5, "created_at": "2024-01-02T03:04:05.678901Z", "lead_time": 2.5}]""",
            ["a fox: 2.png > 1.png"]
        },
        {
            "webMUSHRA paired comparison", "paired_comparison.csv",
            "session_test_id,session_uuid,trial_id,choice_reference,choice_non_reference,choice_answer,choice_time,choice_comment\nt,u,1,ref,codec,correct,1500,\nt,u,2,ref,codec,undecided,900,\n",
            ["1: 1 / ref > 1 / codec", "2: 2 / codec = 2 / ref"]
        },
        { "chosen and rejected", "prefs.jsonl", """{"prompt": "a fox", "chosen": "z.png", "rejected": "b.png"}""" + "\n", ["a fox: z.png > b.png"] },
        {
            "pairs with a choice", "own.csv", "dataset,item_id,system_a,system_b,image_a,image_b,axis,rater_id,choice,timestamp\nd,7,m,n,,,overall,58,tie,\nd,7,n,m,,,overall,59,a,\n",
            ["7: 7 / m = 7 / n", "7: 7 / n > 7 / m"]
        },
        { "scores", "scores.csv", "dataset,item_id,system,axis,rater_id,score\nd,7,m,text_alignment,u,3\nd,7,n,text_alignment,u,5\nd,7,n,text_alignment,v,5\n", ["7: 7 / n > 7 / m"] },
        {
            "PixelPost votes", "votes.jsonl",
            """{"vote_id": "x", "axis": "flaws", "item_id": 1, "prompt": "a fox", "rater_id": "R-1", "left_system": "n", "system_a": "m", "system_b": "n", "image_a_id": 1, "image_b_id": 2, "winner": "reject", "counts": true, "rt_ms": 900, "voted_at": "2026-03-01T12:00:00.000Z"}""" + "\n",
            ["a fox: 1 x 2"]
        },
    };

    [Theory]
    [MemberData(nameof(Files))]
    public async Task Import_PublicFormat_IsRecognisedAndKeepsEveryVote(string format, string name, string content, string[] votes)
    {
        using var importer = new Importer(Db, Clock);

        var (summary, added) = await importer.ImportAsync(importer.Write(name, content));

        Assert.Equal(format, summary.Format);
        Assert.Empty(summary.Faults);
        Assert.Equal(votes.Length, added);
        Assert.Equal(votes.Order(), (await importer.TellAsync()).Select(vote => vote.Won).Order());
    }

    [Fact]
    public async Task Import_BothBad_StaysATieThatIsMarked()
    {
        using var importer = new Importer(Db, Clock);
        await importer.ImportAsync(importer.Write(
            "genai.csv", "prompt,left_image,right_image,vote_type\na fox,1,2,tievote\na hen,3,4,bothbad_vote\n"));

        Assert.Equal([("a fox", false), ("a hen", true)], (await importer.TellAsync()).Select(vote => (vote.Prompt, vote.BothBad)));
    }

    [Fact]
    public async Task Import_WhatTheFileSaysOfSidesAndTimes_IsKept_AndTheRestIsMarkedUnknown()
    {
        using var importer = new Importer(Db, Clock);
        await importer.ImportAsync(importer.Write(
            "votes.csv",
            "system_a,system_b,image_a,image_b,left_system,winner,prompt,rater_id,rt_ms,voted_at\nm,n,1,2,n,a,a fox,u,850,2024-05-06T07:08:09.123Z\nm,n,3,4,,b,a hen,u,,\n"));

        var votes = await importer.TellAsync();

        Assert.Equal(("2", true, 850, true), (votes[0].Left, votes[0].Timed, votes[0].ResponseMs, votes[0].Dated));
        Assert.Equal(new DateTimeOffset(2024, 5, 6, 7, 8, 9, 123, TimeSpan.Zero), votes[0].VotedAt);
        Assert.Equal((null, false, false), (votes[1].Left, votes[1].Timed, votes[1].Dated));
        using var table = new MemoryStream();
        await importer.Export.WriteAsync(await importer.StudyAsync(), EvalPortal.Exports.StudyTable.Votes, table, EvalPortal.Exports.ExportFormat.Csv);
        var row = Exports.CsvText.Read(System.Text.Encoding.UTF8.GetString(table.ToArray())).Single(vote => vote["winner"] == "b");
        Assert.Equal(["", "", "", "", "", "true"], ((string[])["left_system", "choice_screen", "rt_ms", "voted_at", "shown_at", "imported"]).Select(column => row[column]));
    }

    [Fact]
    public async Task Import_RaterWhoVotesAgainOnAPair_IsARepeatAndCountsOnce()
    {
        using var importer = new Importer(Db, Clock);
        var (summary, added) = await importer.ImportAsync(importer.Write(
            "votes.csv", "system_a,system_b,item_id,rater_id,choice,timestamp\nm,n,1,u,a,1700000000\nn,m,1,u,a,1700000100\nm,n,1,u,b,1700000200\nm,n,1,v,b,\n"));

        Assert.Equal((4, 2, 4), (added, summary.Repeats, summary.Votes));
        var votes = await importer.TellAsync();
        Assert.Equal(["item", "repeat", "item"], votes.Select(vote => vote.Kind)); // the third replaced the second
        var results = await new EvalPortal.Dashboards.ResultsStore(Db, new EvalPortal.Studies.ComparisonStore(Db)).ReadAsync(await importer.StudyAsync());
        Assert.Equal(2, results.Votes.Count);
    }

    [Fact]
    public async Task Import_Named_IsReadAsThat()
    {
        using var importer = new Importer(Db, Clock);
        var file = importer.Write("log.csv", "user_id,instance_id,schema,new_value,new_label,chosen,rejected,prompt\nu,1,pref,A,selection,1.png,2.png,a fox\n");

        Assert.Equal("Potato change log", (await importer.LookAsync(file)).Format);
        Assert.Equal("chosen and rejected", (await importer.LookAsync(file, format: "chosen-rejected")).Format);
    }
}
