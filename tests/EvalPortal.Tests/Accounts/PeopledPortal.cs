using Dapper;
using Microsoft.Extensions.DependencyInjection;
using PixelPost.EvalPortal.Accounts;
using PixelPost.EvalPortal.Dashboards;
using PixelPost.EvalPortal.Database;
using PixelPost.EvalPortal.Rounds;
using PixelPost.EvalPortal.Studies;
using PixelPost.EvalPortal.Tests.Database;

namespace PixelPost.EvalPortal.Tests.Accounts;

/// <summary>A portal with one of everything that belongs to studies, and somebody in each role.</summary>
internal sealed class PeopledPortal(DatabaseOptions? database = null) : IAsyncDisposable
{
    public PortalServer Portal { get; } = new(database);

    /// <summary>The study; the others are of its group and of what was made from it.</summary>
    public Study Study { get; private set; } = null!;

    /// <summary>What each value in an address is.</summary>
    public Dictionary<string, string> Values { get; } = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>An admin of the portal.</summary>
    public HttpClient Admin { get; private set; } = null!;

    /// <summary>A researcher who may look at everything here.</summary>
    public HttpClient Viewer { get; private set; } = null!;

    /// <summary>A researcher who is in none of the studies.</summary>
    public HttpClient Stranger { get; private set; } = null!;

    private T Get<T>() where T : notnull => Portal.Services.GetRequiredService<T>();

    public async Task StartAsync()
    {
        await Portal.InitializeAsync();
        var (db, clock) = (Get<Db>(), Get<TimeProvider>());
        var seeds = new Seeds(db, clock);
        Study = await seeds.StudyAsync("a fox", "a hen");
        await seeds.VoteAsync(Study, 1, Axis.Flaws, "a");
        var (a, b) = await seeds.SystemsAsync("a cow");
        var group = await Get<StudyStore>().AddGroupAsync(new NewStudyGroup("Two linked", "two-models", [await seeds.DraftAsync(a, b), await seeds.DraftAsync(a, b)]));
        var set = await Get<PreferenceSetStore>().FreezeAsync("A set", Study.StudyId, AxisRule.Flaws, VoteSource.Real, null);
        await using var connection = await db.OpenAsync();
        var now = clock.GetUtcNow();
        await connection.ExecuteAsync(
            """
            INSERT INTO model (name, folder, weights_sha256, created_at) VALUES ('A model', 'models/a', @sha, @now);
            INSERT INTO job (kind, name, state, folder, spec_json, model_id, preference_set_id, created_at)
            VALUES ('train', 'A training', 'cancelled', 'jobs/1', @spec, 1, @set, @now),
              ('sample', 'Old', 'cancelled', 'jobs/2', @spec, 1, NULL, @now), ('sample', 'New', 'cancelled', 'jobs/3', @spec, 1, NULL, @now);
            INSERT INTO round (old_job_id, new_job_id, parent_study_id, study_name, votes_per_comparison, opens_at_once, created_at)
            VALUES (2, 3, @study, 'To come', 5, (1 = 0), @now);
            INSERT INTO ablation (name, preference_set_id, model_id, seeds, inference_steps, guidance_scale, votes_per_comparison, opens_at_once, error, created_at)
            VALUES ('Objectives', @set, 1, '1', 10, 3, 5, (1 = 0), 'stopped', @now);
            """,
            new { now, set, sha = new string('a', 64), study = Study.StudyId, spec = """{"contract_version": 1, "job_id": "1", "kind": "train", "model": "../../models/a", "training": {}}""" });
        foreach (var job in (string[])["jobs/1", "jobs/2", "jobs/3"])
            Directory.CreateDirectory(Get<DataFolder>().Resolve(job));
        var comparison = await connection.ExecuteScalarAsync<long>("SELECT MIN(comparison_id) FROM comparison WHERE study_id = @StudyId", new { Study.StudyId });
        foreach (var (name, value) in new (string, long)[]
        {
            ("studyId", Study.StudyId), ("groupId", group), ("jobId", 1), ("roundId", 1), ("preferenceSetId", set), ("setId", set), ("ablationId", 1), ("comparisonId", comparison),
        })
        {
            Values[name] = $"{value}";
        }
        (Admin, Viewer, Stranger) = (await Portal.SignedInClientAsync(Role.Admin), await Portal.SignedInClientAsync(Role.Researcher), await Portal.SignedInClientAsync(Role.Researcher));
        var viewer = (await Get<AccountStore>().ListAsync())[1];
        foreach (var study in (await Get<StudyStore>().ListAsync()).Where(study => study.PilotOfStudyId is null))
            await Get<StudyMemberStore>().SetAsync(study.StudyId, viewer.Email, Role.Viewer);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var client in (HttpClient[])[Admin, Viewer, Stranger])
            client.Dispose();
        await Portal.DisposeAsync();
    }
}
