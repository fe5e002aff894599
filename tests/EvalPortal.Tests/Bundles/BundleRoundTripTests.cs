using System.Text.Json.Nodes;
using Dapper;
using PixelPost.EvalPortal.Bundles;
using PixelPost.EvalPortal.Bundles.Tables;
using PixelPost.EvalPortal.Database;
using PixelPost.EvalPortal.Studies;

namespace PixelPost.EvalPortal.Tests.Bundles;

public sealed class BundleFromSqlite() : BundleRoundTripTests(DatabaseKind.Sqlite, DatabaseKind.Postgres);

public sealed class BundleFromPostgres() : BundleRoundTripTests(DatabaseKind.Postgres, DatabaseKind.Sqlite);

/// <summary>A study that goes as a bundle to a portal on the other database and back is the same, to the last byte and the last digit.</summary>
public abstract class BundleRoundTripTests(DatabaseKind from, DatabaseKind to) : IAsyncLifetime
{
    private BundleHome _home = null!;
    private BundleHome _other = null!;

    public async Task InitializeAsync()
    {
        _home = await BundleHome.OpenAsync(from);
        _other = await BundleHome.OpenAsync(to);
    }

    public async Task DisposeAsync()
    {
        foreach (var home in (BundleHome?[])[_home, _other])
        {
            if (home is not null)
                await home.DisposeAsync();
        }
    }

    [SkippableFact]
    public async Task Pairs_GoAndComeBack_TheSame()
    {
        var bundle = await SameAsync([await BundledStudies.PairsAsync(_home)]);

        // What the test is about is in it.
        foreach (var table in (string[])["votes", "retractions", "flaws", "exclusions", "gold", "examples", "plans", "withdrawals", "erased_votes", "ledger", "tasks", "shown", "checks"])
            Assert.True((long)bundle.Manifest["rows"]![table]! > 0, $"{table} is empty");
        var votes = bundle.Zip.Text("votes.csv");
        foreach (var word in (string[])["tie", "reject", ",repeat,", ",gold,"])
            Assert.Contains(word, votes, StringComparison.Ordinal);
        Assert.Contains("\"state\": \"paused\"", bundle.Zip.Text("study.json"), StringComparison.Ordinal);
    }

    [SkippableFact]
    public async Task TextAlignment_GoesAndComesBack_TheSame()
    {
        var bundle = await SameAsync([await BundledStudies.AlignmentAsync(_home)]);

        Assert.True((long)bundle.Manifest["rows"]!["answers"]! > 0);
        Assert.Contains("reject", bundle.Zip.Text("votes.csv"), StringComparison.Ordinal);
    }

    [SkippableFact]
    public async Task BestAndWorst_GoAndComeBack_TheSame()
    {
        var bundle = await SameAsync([await BundledStudies.PicksAsync(_home)]);

        foreach (var table in (string[])["picks", "flagged_images", "comparison_images", "shown_images"])
            Assert.True((long)bundle.Manifest["rows"]![table]! > 0, $"{table} is empty");
    }

    [SkippableFact]
    public async Task LinkedStudies_GoTogether_WithTheirRanking()
    {
        var bundle = await SameAsync(await BundledStudies.LinkedAsync(_home));

        Assert.Equal(3, bundle.Manifest["studies"]!.AsArray().Count);
        Assert.Contains("\"rankings\": [", bundle.Zip.Text(BundleManifest.NumbersName), StringComparison.Ordinal);
    }

    [SkippableFact]
    public async Task Import_NamesAndRatersThatAreTaken_GetOthers()
    {
        var study = await BundledStudies.PairsAsync(_home);
        var path = await _home.BundleAsync(study);
        await _other.Seeds.StudyAsync("somebody else's"); // has the study's name, and those of its systems and prompts

        var taken = await _other.TakeAsync(path);

        Assert.Equal($"{study.Name} (imported)", Assert.Single(taken.Studies).Name);
        Assert.Equal(2, (await _other.Get<StudyStore>().ListAsync()).Count);
    }

    [SkippableFact]
    public async Task Import_Twice_ChangesNothing_AndOtherContentOrOwnStudiesAreRefused()
    {
        var study = await BundledStudies.PairsAsync(_home);
        var path = await _home.BundleAsync(study);
        var own = await Assert.ThrowsAsync<RefusedException>(() => _home.TakeAsync(path));
        Assert.Contains("was made in this portal", own.Message, StringComparison.Ordinal);

        Assert.True((await _other.TakeAsync(path)).IsNew);
        var before = await _other.InventoryAsync();
        Assert.False((await _other.TakeAsync(path)).IsNew);
        Assert.False((await _other.TakeAsync(await _home.BundleAsync(study))).IsNew); // made later, and says the same
        await _home.Get<StudyStore>().SetStateAsync(study.StudyId, StudyState.Closed);
        var changed = await Assert.ThrowsAsync<RefusedException>(async () => await _other.TakeAsync(await _home.BundleAsync(study)));

        Assert.Contains("with other content", changed.Message, StringComparison.Ordinal);
        Assert.Equal(before, await _other.InventoryAsync());
    }

    [SkippableFact]
    public async Task Import_StudyOfABundle_StaysClosedAndSaysWhereItIsFrom()
    {
        var taken = await _other.TakeAsync(await _home.BundleAsync(await BundledStudies.PicksAsync(_home)));

        var study = await _other.StudyAsync(taken);
        Assert.Equal(StudyState.Closed, study.State);
        await using var connection = await _other.Db.OpenAsync();
        await Assert.ThrowsAnyAsync<System.Data.Common.DbException>(() => connection.ExecuteAsync("UPDATE study SET state = 'running' WHERE study_id = @StudyId", new { study.StudyId }));
        var origin = await _other.Get<BundleStore>().FindOriginAsync(study.StudyId);
        Assert.Equal(_home.Get<BundleKey>().Fingerprint, origin!.Fingerprint);
        Assert.NotEqual(_other.Get<BundleKey>().Fingerprint, origin.Fingerprint);
    }

    [SkippableFact]
    public async Task Export_LeavesOutWhatIsAskedAndEveryName()
    {
        var study = await BundledStudies.PairsAsync(_home);

        var all = BundleZip.Read(await _home.BundleAsync(study));
        var less = BundleZip.Read(await _home.BundleAsync(study, LeftOut.Reasons | LeftOut.UserAgents));

        Assert.All(all.Files.Where(file => file.Key is "exclusions.csv" or "raters.csv"), file => Assert.Contains(file.Key == "raters.csv" ? "Firefox" : "Always left", all.Text(file.Key), StringComparison.Ordinal));
        foreach (var file in all.Files.Keys.Where(file => !file.EndsWith(".png", StringComparison.Ordinal)))
            Assert.DoesNotContain("Ada Lovelace", all.Text(file), StringComparison.Ordinal);
        foreach (var file in less.Files.Keys.Where(file => !file.EndsWith(".png", StringComparison.Ordinal)))
        {
            Assert.DoesNotContain("Firefox", less.Text(file), StringComparison.Ordinal);
            Assert.DoesNotContain("Always left", less.Text(file), StringComparison.Ordinal);
        }
    }

    [SkippableFact]
    public async Task Export_Stopped_LeavesNoFile()
    {
        var study = await BundledStudies.PicksAsync(_home);
        var path = Path.Combine(_home.Data.Root, "study.zip");
        using var stop = new CancellationTokenSource();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => _home.Get<BundleExport>().WriteFileAsync(study, path, LeftOut.None, progress =>
        {
            if (progress is { Doing: "Writing", Done: > 3 })
                stop.Cancel();
        }, stop.Token));

        Assert.Empty(Directory.GetFiles(_home.Data.Root, "study.zip*"));
        var pilot = await Assert.ThrowsAsync<RefusedException>(() => _home.BundleAsync(study with { PilotOfStudyId = 1 }));
        Assert.Contains("is a pilot", pilot.Message, StringComparison.Ordinal);
    }

    /// <summary>Takes studies to the other portal and back out of it.</summary>
    private async Task<(BundleZip Zip, JsonNode Manifest)> SameAsync(IReadOnlyList<Study> studies)
    {
        var path = await _home.BundleAsync(studies[0]);
        Assert.Empty(await _home.DifferencesAsync(path, [.. studies.Select(study => study.StudyId)])); // the portal's own numbers

        var taken = await _other.TakeAsync(path);
        Assert.Equal(studies.Select(study => study.Name), taken.Studies.Select(study => study.Name));
        Assert.Empty(await _other.DifferencesAsync(path, [.. taken.Studies.Select(study => study.StudyId)]));

        var again = BundleZip.Read(await _other.BundleAsync(await _other.StudyAsync(taken, studies.Count - 1)));
        var first = BundleZip.Read(path);
        Assert.Equal(first.Files.Keys, again.Files.Keys);
        Assert.All(first.Files.Where(file => !file.Key.StartsWith("manifest.", StringComparison.Ordinal)), file => Assert.True(
            file.Value.AsSpan().SequenceEqual(again.Files[file.Key]), $"{file.Key} differs:\n{FirstDifference(first, again, file.Key)}"));
        var (one, other) = (JsonNode.Parse(first.Text(BundleManifest.FileName))!, JsonNode.Parse(again.Text(BundleManifest.FileName))!);
        one["made_at"] = other["made_at"] = null;
        Assert.Equal(one.ToJsonString(), other.ToJsonString());
        return (first, one);
    }

    private static string FirstDifference(BundleZip one, BundleZip other, string file)
    {
        var (lines, others) = (one.Text(file).Split('\n'), other.Text(file).Split('\n'));
        var at = lines.Zip(others).TakeWhile(pair => pair.First == pair.Second).Count();
        return $"{string.Join('\n', lines.Skip(at).Take(2))}\nand\n{string.Join('\n', others.Skip(at).Take(2))}";
    }
}
