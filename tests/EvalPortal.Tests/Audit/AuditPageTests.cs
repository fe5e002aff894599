using System.Net;
using PixelPost.EvalPortal.Tests.Accounts;

namespace PixelPost.EvalPortal.Tests.Audit;

public sealed class AuditPageTests : IAsyncLifetime
{
    private readonly PeopledPortal _people = new();

    public Task InitializeAsync() => _people.StartAsync();

    public async Task DisposeAsync() => await _people.DisposeAsync();

    [Fact]
    public async Task Audit_Admin_FindsAndTakesEntriesOut_NobodyElseDoes()
    {
        var page = await _people.Admin.GetStringAsync("/audit?subject=member");
        var table = await _people.Admin.GetStringAsync("/audit.csv?subject=member");

        Assert.Contains("member", page, StringComparison.Ordinal);
        Assert.DoesNotContain("prompt set 1 added", page, StringComparison.Ordinal);
        Assert.StartsWith("audit_entry_id,at,actor", table.TrimStart('﻿'), StringComparison.Ordinal);
        Assert.All(table.Split('\n', StringSplitOptions.RemoveEmptyEntries).Skip(1), line => Assert.Contains(",member,", line, StringComparison.Ordinal));
        Assert.Equal(HttpStatusCode.Forbidden, (await _people.Viewer.GetAsync("/audit")).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await _people.Viewer.GetAsync("/audit.csv")).StatusCode);
    }

    [Fact]
    public async Task Download_OfAnExport_IsRecordedBeforeItIsSent()
    {
        await _people.Viewer.GetStringAsync($"/studies/{_people.Study.StudyId}/export/votes.csv");

        var people = await _people.Viewer.GetStringAsync($"/studies/{_people.Study.StudyId}/people");
        Assert.Contains("export export/votes.csv downloaded", people, StringComparison.Ordinal);
        var table = await _people.Viewer.GetStringAsync($"/studies/{_people.Study.StudyId}/audit.csv");
        Assert.Contains("export/votes.csv,downloaded", table, StringComparison.Ordinal);
    }
}
