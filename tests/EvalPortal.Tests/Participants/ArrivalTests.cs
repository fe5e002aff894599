using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;
using PixelPost.EvalPortal.Participants;

namespace PixelPost.EvalPortal.Tests.Participants;

public sealed class ArrivalTests
{
    private const string Pid = "5f2b8c1d9e0a4b7c6d3e2f10";
    private static readonly ParticipantKey Key = new(new byte[32]);
    private static readonly StudyEntry Prolific = new() { StudyId = 3, Panel = PanelKind.Prolific };
    private static readonly StudyEntry Sona = new() { StudyId = 3, Panel = PanelKind.Other, ParticipantParameter = "survey_code" };

    [Fact]
    public void Read_Prolific_HasTheIdAndItsHash()
    {
        var arrival = Assert.IsType<Arrival.FromPanel>(Read(Prolific, $"?PROLIFIC_PID={Pid}&STUDY_ID=s1&SESSION_ID=v1"));

        Assert.Equal((Pid, "s1", "v1"), (arrival.Id, arrival.StudyId, arrival.SessionId));
        Assert.DoesNotContain(Pid, arrival.IdHmac, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_SameIdInAnotherStudy_IsTheSamePersonAtProlificOnly()
    {
        var next = Prolific with { StudyId = 4 };

        Assert.Equal(Hash(Prolific, $"?PROLIFIC_PID={Pid}"), Hash(next, $"?PROLIFIC_PID={Pid}"));
        Assert.NotEqual(Hash(Sona, "?survey_code=17"), Hash(Sona with { StudyId = 4 }, "?survey_code=17"));
        Assert.NotEqual(Hash(Sona, "?survey_code=17"), Hash(Sona with { ParticipantParameter = "id" }, "?id=17"));
    }

    [Theory]
    [InlineData("?PROLIFIC_PID=", "not one that Prolific gives out")]
    [InlineData("?PROLIFIC_PID=5f2b8c1d9e0a4b7c6d3e2f1", "not one that Prolific gives out")]
    [InlineData("?PROLIFIC_PID=5f2b8c1d9e0a4b7c6d3e2f10%0A", "not one that Prolific gives out")]
    [InlineData("?PROLIFIC_PID=5f2b8c1d9e0a4b7c6d3e2f1'", "not one that Prolific gives out")]
    [InlineData("?PROLIFIC_PID={{%25PROLIFIC_PID%25}}", "did not put your participant id into the address")]
    [InlineData("?PROLIFIC_PID=5f2b8c1d9e0a4b7c6d3e2f10&PROLIFIC_PID=5f2b8c1d9e0a4b7c6d3e2f11", "holds 2 participant ids")]
    [InlineData("?invitation=1.AAAA", "This personal link is not one")]
    [InlineData("?invitation=", "This personal link is not one")]
    [InlineData("?invitation=1&invitation=1", "This personal link is not one")]
    public void Read_AddressThatWasChangedOrCutOff_IsRefusedWithASentence(string query, string sentence)
    {
        Assert.Contains(sentence, Assert.IsType<Arrival.Refused>(Read(Prolific, query)).Sentence, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("?survey_code=%25SURVEY_CODE%25", "did not put your participant id")]
    [InlineData("?survey_code=%3Cscript%3E", "not one that the panel gives out")]
    public void Read_OtherPanelWithoutAnId_IsRefused(string query, string sentence)
    {
        Assert.Contains(sentence, Assert.IsType<Arrival.Refused>(Read(Sona, query)).Sentence, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_ParametersThatTheStudyDoesNotKnow_AreTheOpenLink()
    {
        Assert.IsType<Arrival.ByOpenLink>(Read(Sona, $"?PROLIFIC_PID={Pid}"));
        Assert.IsType<Arrival.ByOpenLink>(Read(new StudyEntry { StudyId = 3 }, "?utm_source=x"));
    }

    [Fact]
    public void Read_PersonalLink_HasItsNumber()
    {
        Assert.Equal(7, Assert.IsType<Arrival.ByInvitation>(Read(Prolific, $"?invitation={Key.Invitation(3, 7)}")).Number);
        Assert.IsType<Arrival.Refused>(Read(Prolific with { StudyId = 4 }, $"?invitation={Key.Invitation(3, 7)}"));
    }

    private static string Hash(StudyEntry entry, string query) => Assert.IsType<Arrival.FromPanel>(Read(entry, query)).IdHmac;

    private static Arrival Read(StudyEntry entry, string query) => Arrival.Read(entry, new QueryCollection(QueryHelpers.ParseQuery(query)), Key);
}
