using System.Data.Common;
using System.Security.Claims;
using Dapper;
using PixelPost.EvalPortal.Database;

namespace PixelPost.EvalPortal.Accounts;

/// <summary>What somebody may do with something; each includes those before it.</summary>
public enum Access
{
    /// <summary>Nothing: for them it does not exist.</summary>
    None,

    /// <summary>See it, its results and its exports.</summary>
    View,

    /// <summary>Change it.</summary>
    Change,

    /// <summary>Say who else may.</summary>
    Administer,
}

/// <summary>Says what somebody may do in a study, and with what belongs to studies. Every page, endpoint and change asks here.</summary>
/// <remarks>
/// Admins of the portal may do everything. Everybody else has the role that the study gives them, and viewers of the portal never more than
/// a look. A pilot has the people of its study. With what belongs to several studies one may do what one may do in each.
/// </remarks>
public sealed class StudyAccess(Db db)
{
    /// <summary>What an account may do in a study.</summary>
    public Task<Access> ToStudyAsync(long accountId, long studyId, CancellationToken cancel = default) =>
        OfAsync(Actor.OfAccount(accountId), StudyScope.Study(studyId), cancel);

    /// <summary>What whoever is signed in may do in a study.</summary>
    public Task<Access> ToStudyAsync(ClaimsPrincipal user, long studyId, CancellationToken cancel = default) =>
        user.Identity is { IsAuthenticated: true } ? ToStudyAsync(user.AccountId(), studyId, cancel) : Task.FromResult(Access.None);

    /// <summary>What whoever is at work may do with something.</summary>
    public Task<Access> OfAsync(StudyScope scope, CancellationToken cancel = default) => OfAsync(Actor.Current, scope, cancel);

    /// <summary>What somebody may do with something. For what is not there it is what they may do in the portal.</summary>
    public async Task<Access> OfAsync(Actor actor, StudyScope scope, CancellationToken cancel = default)
    {
        if (actor.AccountId is null)
            return OfNoAccount(actor);
        await using var connection = await db.OpenAsync(cancel);
        return await OfAsync(connection, transaction: null, actor, scope);
    }

    /// <summary>The same inside a transaction.</summary>
    internal static async Task<Access> OfAsync(DbConnection connection, DbTransaction? transaction, Actor actor, StudyScope scope)
    {
        if (actor.AccountId is null)
            return OfNoAccount(actor);
        var sql = $"""
            SELECT a.role AS portal, s.study_id IS NOT NULL AS is_of_study, m.role AS study
            FROM account a
            LEFT JOIN (
              SELECT COALESCE(p.pilot_of_study_id, p.study_id) AS study_id
              FROM study p
              WHERE p.study_id IN ({scope.Sql})) s ON (1 = 1)
            LEFT JOIN study_member m ON m.study_id = s.study_id AND m.account_id = a.account_id
            WHERE a.account_id = @AccountId AND a.disabled_at IS NULL
            """;
        var roles = (await connection.QueryAsync<Roles>(sql, new { actor.AccountId, scope.Id }, transaction)).AsList();
        return roles.Count == 0 ? Access.None : roles.Min(row => row.ToAccess());
    }

    /// <summary>The studies that whoever is at work may see.</summary>
    public async Task<VisibleStudies> ListVisibleAsync(CancellationToken cancel = default)
    {
        const string Sql = """
            SELECT s.study_id
            FROM study s
            JOIN study_member m ON m.study_id = COALESCE(s.pilot_of_study_id, s.study_id)
            JOIN account a ON a.account_id = m.account_id
            WHERE a.account_id = @AccountId AND a.disabled_at IS NULL
            """;
        const string IsAdmin = "SELECT COUNT(*) FROM account WHERE account_id = @AccountId AND role = 'admin' AND disabled_at IS NULL";
        var actor = Actor.Current;
        if (actor.AccountId is null)
            return new VisibleStudies(actor.IsTrusted, []);
        await using var connection = await db.OpenAsync(cancel);
        if (await connection.ExecuteScalarAsync<int>(new CommandDefinition(IsAdmin, new { actor.AccountId }, cancellationToken: cancel)) == 1)
            return new VisibleStudies(All: true, []);
        return new VisibleStudies(All: false, [.. await connection.QueryAsync<long>(new CommandDefinition(Sql, new { actor.AccountId }, cancellationToken: cancel))]);
    }

    /// <summary>The studies that something belongs to, the newest first; none where it is the whole portal's.</summary>
    public async Task<IReadOnlyList<long>> ListStudiesAsync(StudyScope scope, CancellationToken cancel = default)
    {
        await using var connection = await db.OpenAsync(cancel);
        return [.. await connection.QueryAsync<long>(new CommandDefinition(
            $"SELECT DISTINCT study_id FROM ({scope.Sql}) of_scope ORDER BY study_id DESC", new { scope.Id }, cancellationToken: cancel))];
    }

    /// <summary>The jobs that whoever is at work must not see: those for a study that they must not see.</summary>
    public async Task<IReadOnlySet<long>> ListHiddenJobsAsync(CancellationToken cancel = default)
    {
        var visible = await ListVisibleAsync(cancel);
        if (visible.All)
            return new HashSet<long>();
        await using var connection = await db.OpenAsync(cancel);
        var jobs = await connection.QueryAsync<(long JobId, long StudyId)>(new CommandDefinition(StudyScope.JobStudies, cancellationToken: cancel));
        return jobs.Where(job => !visible.Contains(job.StudyId)).Select(job => job.JobId).ToHashSet();
    }

    private static Access OfNoAccount(Actor actor) => actor.IsTrusted ? Access.Administer : Access.None;

    private sealed record Roles
    {
        public required Role Portal { get; init; }
        public required bool IsOfStudy { get; init; }
        public Role? Study { get; init; }

        public Access ToAccess() => this switch
        {
            { Portal: Role.Admin } => Access.Administer,
            { IsOfStudy: false } => Portal == Role.Viewer ? Access.View : Access.Change,
            { Study: null } => Access.None,
            { Portal: Role.Viewer } => Access.View,
            { Study: var role } => role switch { Role.Admin => Access.Administer, Role.Researcher => Access.Change, _ => Access.View },
        };
    }
}

/// <summary>The studies that somebody may see.</summary>
/// <param name="All">Every one.</param>
/// <param name="Ids">Otherwise these.</param>
public sealed record VisibleStudies(bool All, HashSet<long> Ids)
{
    public bool Contains(long studyId) => All || Ids.Contains(studyId);
}
