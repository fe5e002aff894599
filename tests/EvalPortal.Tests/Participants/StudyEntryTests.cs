using PixelPost.EvalPortal.Participants;

namespace PixelPost.EvalPortal.Tests.Participants;

public sealed class StudyEntryTests
{
    private static readonly StudyEntry Prolific = new() { StudyId = 1, Panel = PanelKind.Prolific, CompletionCode = "C1DONE", ScreenOutCode = "C2OUT" };

    [Fact]
    public void ReturnAddress_Prolific_HasTheCodeOfHowItEnded()
    {
        Assert.Equal("https://app.prolific.com/submissions/complete?cc=C1DONE", Prolific.ReturnAddress(CompletionStatus.Completed, participant: null));
        Assert.Equal("https://app.prolific.com/submissions/complete?cc=C2OUT", Prolific.ReturnAddress(CompletionStatus.ScreenedOut, participant: null));
        Assert.Null((Prolific with { ScreenOutCode = null }).ReturnAddress(CompletionStatus.ScreenedOut, participant: null));
    }

    [Fact]
    public void ReturnAddress_OtherPanel_FillsInCodeAndParticipant()
    {
        var entry = new StudyEntry
        {
            StudyId = 1,
            Panel = PanelKind.Other,
            ParticipantParameter = "survey_code",
            CompletionAddress = "https://sona.example.org/credit?survey_code={participant}&code={code}",
            CompletionCode = "A B",
        };

        Assert.Equal("https://sona.example.org/credit?survey_code=17%261&code=A%20B", entry.ReturnAddress(CompletionStatus.Completed, "17&1"));
        Assert.Null(entry.ReturnAddress(CompletionStatus.Completed, participant: null)); // an address with a hole leads nowhere
        Assert.Null(entry.ReturnAddress(CompletionStatus.ScreenedOut, "17"));
    }

    [Fact]
    public void ReturnAddress_NoPanel_IsNone()
    {
        var open = new StudyEntry { StudyId = 1 };

        Assert.Null(open.ReturnAddress(CompletionStatus.Completed, participant: null));
        Assert.Null(open.CodeFor(CompletionStatus.Completed));
    }

    [Theory]
    [InlineData(1024, 700, true)]
    [InlineData(1023, 700, false)]
    [InlineData(1024, 699, false)]
    [InlineData(null, null, false)]
    public void Fits_DemandedWindow_NeedsBothSides(int? width, int? height, bool fits)
    {
        Assert.Equal(fits, (Prolific with { MinViewportW = 1024, MinViewportH = 700 }).Fits(width, height));
        Assert.True(Prolific.Fits(width, height));
    }

    [Fact]
    public void Faults_WhatIsMissingForAPanel_IsSaid()
    {
        Assert.Empty(new EntryDraft().Faults());
        Assert.Equal(["Give the completion code that Prolific shows for the study."], new EntryDraft { Panel = PanelKind.Prolific }.Faults());
        Assert.Empty(new EntryDraft { Panel = PanelKind.Prolific, CompletionCode = "C1" }.Faults());
        Assert.Equal(
            ["Name the parameter of the link that holds the participant's id, such as participantId; invitation is taken.",
             "Give a completion code or an address for the end, so that participants can show that they finished."],
            new EntryDraft { Panel = PanelKind.Other, ParticipantParameter = "invitation" }.Faults());
    }

    [Theory]
    [InlineData("http://panel.example.org", "starts with https://")]
    [InlineData("javascript:alert(1)", "starts with https://")]
    [InlineData("https://panel.example.org/?c={code}", "give a completion code")]
    [InlineData("https://panel.example.org/?p={participant}", "keep participant ids")]
    public void Faults_AddressAtTheEnd_IsChecked(string address, string sentence)
    {
        var draft = new EntryDraft { Panel = PanelKind.Other, ParticipantParameter = "id", CompletionAddress = address };

        Assert.Contains(sentence, Assert.Single(draft.Faults()), StringComparison.Ordinal);
    }

    [Fact]
    public void Faults_WindowWithOneSideOnly_IsSaid()
    {
        Assert.Single(new EntryDraft { MinViewportW = 800 }.Faults());
        Assert.Single(new EntryDraft { MinViewportW = 800, MinViewportH = 0 }.Faults());
    }

    [Fact]
    public void ToEntry_PanelTakenAway_ForgetsWhatBelongedToIt()
    {
        var draft = EntryDraft.Of(Prolific with { KeepsParticipantIds = true });
        draft.Panel = null;

        Assert.Equal(new StudyEntry { StudyId = 1 }, draft.ToEntry(1));
    }
}
