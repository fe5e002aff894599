using System.Data.Common;
using System.Security.Cryptography;
using System.Text;
using Dapper;
using PixelPost.EvalPortal.Accounts;
using PixelPost.EvalPortal.Audit;
using PixelPost.EvalPortal.Database;
using PixelPost.EvalPortal.Studies;

namespace PixelPost.EvalPortal.Plans;

/// <summary>The analysis plans of studies. A locked version is never changed; what comes after it is a new one, with its reason.</summary>
public sealed class PlanStore(Db db, TimeProvider clock)
{
    /// <summary>Every version of a study's plan, oldest first; none where nothing was planned.</summary>
    public async Task<IReadOnlyList<PlanVersion>> ListAsync(long studyId, CancellationToken cancel = default)
    {
        const string Sql = """
            SELECT p.study_id, p.version, p.content, p.sha256, p.reason, p.votes_before, CASE WHEN p.locked_at IS NOT NULL THEN COALESCE(a.display_name, 'another portal') END AS locked_by, p.locked_at
            FROM analysis_plan p
            LEFT JOIN account a ON a.account_id = p.locked_by_account_id
            WHERE p.study_id = @StudyId
            ORDER BY p.version
            """;
        await using var connection = await db.OpenAsync(cancel);
        var rows = await connection.QueryAsync<PlanRow>(new CommandDefinition(Sql, new { StudyId = studyId }, cancellationToken: cancel));
        return [.. rows.Select(row => row.ToVersion())];
    }

    /// <summary>The locked version that is in force; null where none is locked.</summary>
    public async Task<PlanVersion?> FindLockedAsync(long studyId, CancellationToken cancel = default) =>
        (await ListAsync(studyId, cancel)).LastOrDefault(version => version.LockedAt is not null);

    /// <summary>Writes the first version down, or changes it.</summary>
    /// <exception cref="RefusedException">It is locked.</exception>
    public async Task SaveAsync(Study study, AnalysisPlan plan, CancellationToken cancel = default)
    {
        const string Sql = """
            INSERT INTO analysis_plan (study_id, version, content, created_at)
            VALUES (@StudyId, 1, @Content, @Now)
            ON CONFLICT (study_id, version) DO UPDATE SET content = excluded.content WHERE analysis_plan.locked_at IS NULL
            """;
        var row = new { study.StudyId, Content = PlanDocument.Write(study.Name, study.VotesPerComparison, 1, reason: null, plan), Now = clock.GetUtcNow() };
        const string Before = "SELECT content FROM analysis_plan WHERE study_id = @StudyId AND version = 1";
        await using var connection = await db.OpenAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        var before = await connection.QuerySingleOrDefaultAsync<string>(Before, row, transaction);
        if (await connection.ExecuteAsync(Sql, row, transaction) == 0)
            throw new RefusedException("The plan is locked. What is to change is an amendment, with its reason.");
        await AuditLog.RecordAsync(transaction, clock, Changed(study, 1, "written", before, row.Content));
        await transaction.CommitAsync(cancel);
    }

    /// <summary>Writes the first version down in the transaction that adds its study.</summary>
    internal static Task<int> InsertAsync(DbTransaction transaction, long studyId, NewStudy study, DateTimeOffset now)
    {
        const string Sql = "INSERT INTO analysis_plan (study_id, version, content, created_at) VALUES (@StudyId, 1, @Content, @Now)";
        var content = PlanDocument.Write(study.Name, study.VotesPerComparison, 1, reason: null, study.Plan!);
        return transaction.Connection!.ExecuteAsync(Sql, new { StudyId = studyId, Content = content, Now = now }, transaction);
    }

    /// <summary>Locks the first version, with the time and the hash of what it says. For good.</summary>
    /// <exception cref="RefusedException">There is none, it is locked already, or the study is over.</exception>
    public async Task LockAsync(Study study, long accountId, CancellationToken cancel = default)
    {
        const string Find = """
            SELECT p.content
            FROM analysis_plan p
            JOIN study s ON s.study_id = p.study_id
            WHERE p.study_id = @StudyId AND p.version = 1 AND p.locked_at IS NULL AND s.state <> 'closed'
            """;
        const string Lock = """
            UPDATE analysis_plan
            SET sha256 = @Sha256, votes_before = @VotesBefore, locked_by_account_id = @AccountId, locked_at = @Now
            WHERE study_id = @StudyId AND version = 1 AND locked_at IS NULL AND content = @Content
            """;
        await using var connection = await db.OpenAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        var content = await connection.QuerySingleOrDefaultAsync<string>(Find, new { study.StudyId }, transaction)
            ?? throw new RefusedException("There is no plan to lock: it is locked already, was never written down, or the study is over.");
        var row = new { study.StudyId, Content = content, Sha256 = Hash(content), VotesBefore = await CountVotesAsync(transaction, study), AccountId = accountId, Now = clock.GetUtcNow() };
        if (await connection.ExecuteAsync(Lock, row, transaction) == 0)
            throw new RefusedException("The plan was changed meanwhile: look at it again before you lock it.");
        await AuditLog.RecordAsync(transaction, clock, new Change(StudyScope.Study(study.StudyId), "locked") { Subject = "plan", SubjectId = 1, After = new { row.Sha256, row.VotesBefore } });
        await transaction.CommitAsync(cancel);
    }

    /// <summary>Adds a version to a locked plan, locked from the start. The versions before it stay as they are.</summary>
    /// <param name="reason">Why; not empty.</param>
    /// <exception cref="RefusedException">There is no reason, or no locked plan.</exception>
    public async Task AmendAsync(Study study, AnalysisPlan plan, string reason, long accountId, CancellationToken cancel = default)
    {
        const string Last = "SELECT MAX(version) FROM analysis_plan WHERE study_id = @StudyId AND locked_at IS NOT NULL";
        const string Insert = """
            INSERT INTO analysis_plan (study_id, version, content, sha256, reason, votes_before, created_at, locked_by_account_id, locked_at)
            VALUES (@StudyId, @Version, @Content, @Sha256, @Reason, @VotesBefore, @Now, @AccountId, @Now)
            """;
        if (string.IsNullOrWhiteSpace(reason))
            throw new RefusedException("Say why the plan is amended: the reason stands beside it.");
        try
        {
            await using var connection = await db.OpenAsync(cancel);
            await using var transaction = await connection.BeginTransactionAsync(cancel);
            var version = 1 + (await connection.ExecuteScalarAsync<int?>(Last, new { study.StudyId }, transaction)
                ?? throw new RefusedException("The plan is not locked yet: it can be changed as it is."));
            var content = PlanDocument.Write(study.Name, study.VotesPerComparison, version, reason.Trim(), plan);
            var row = new
            {
                study.StudyId,
                Version = version,
                Content = content,
                Sha256 = Hash(content),
                Reason = reason.Trim(),
                VotesBefore = await CountVotesAsync(transaction, study),
                Now = clock.GetUtcNow(),
                AccountId = accountId,
            };
            await connection.ExecuteAsync(Insert, row, transaction);
            await AuditLog.RecordAsync(transaction, clock, Changed(study, version, "amended", null, content));
            await transaction.CommitAsync(cancel);
        }
        catch (DbException exception) when (Db.IsDuplicate(exception))
        {
            throw new RefusedException("Somebody amended the plan meanwhile: look at it again.", exception);
        }
    }

    /// <summary>The hash of a plan as it is written down.</summary>
    public static string Hash(string content) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(content)));

    /// <summary>The log has the whole plan, as it is written down.</summary>
    private static Change Changed(Study study, int version, string action, string? before, string after) => new(StudyScope.Study(study.StudyId), action)
    {
        Subject = "plan",
        SubjectId = version,
        Before = before is null ? null : new { Content = before },
        After = new { Content = after },
    };

    private static Task<int> CountVotesAsync(DbTransaction transaction, Study study)
    {
        const string Sql = """
            SELECT COUNT(*)
            FROM counting_vote v
            JOIN rater r ON r.rater_id = v.rater_id
            WHERE v.study_id = @StudyId AND NOT r.simulated
            """;
        return transaction.Connection!.ExecuteScalarAsync<int>(Sql, new { study.StudyId }, transaction);
    }

    private sealed record PlanRow
    {
        public long StudyId { get; init; }
        public int Version { get; init; }
        public string Content { get; init; } = "";
        public string? Sha256 { get; init; }
        public string? Reason { get; init; }
        public int? VotesBefore { get; init; }
        public string? LockedBy { get; init; }
        public DateTimeOffset? LockedAt { get; init; }

        public PlanVersion ToVersion() => new()
        {
            StudyId = StudyId,
            Version = Version,
            Plan = PlanDocument.Read(Content).Plan,
            Content = Content,
            Sha256 = Sha256,
            Reason = Reason,
            VotesBefore = VotesBefore,
            LockedBy = LockedBy,
            LockedAt = LockedAt,
        };
    }
}
