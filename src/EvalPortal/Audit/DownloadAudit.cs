using System.Globalization;
using PixelPost.EvalPortal.Accounts;
using PixelPost.EvalPortal.Database;

namespace PixelPost.EvalPortal.Audit;

/// <summary>Notes that data of a study are taken out.</summary>
public sealed class DownloadAudit(Db db, TimeProvider clock)
{
    /// <summary>Notes it before the first byte leaves.</summary>
    /// <exception cref="RefusedException">Whoever is at work may not see the study.</exception>
    public async Task RecordAsync(StudyScope of, string what, CancellationToken cancel = default)
    {
        await using var connection = await db.OpenAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        await AuditLog.RecordAsync(transaction, clock, new Change(of, "downloaded") { Subject = "export", SubjectId = what, Needs = Access.View });
        await transaction.CommitAsync(cancel);
    }

    /// <summary>The filter that notes every download of an endpoint, by what its address holds of a study.</summary>
    internal static async ValueTask<object?> NoteAsync(EndpointFilterInvocationContext invocation, EndpointFilterDelegate next)
    {
        var context = invocation.HttpContext;
        var result = await next(invocation);
        // Only what is there: whoever asks for a study that is not gets their answer and leaves no trace.
        if (result is IStatusCodeHttpResult { StatusCode: >= 400 })
            return result;
        var (name, value) = context.Request.RouteValues.First(value => StudyGate.Scopes.ContainsKey(value.Key));
        var id = (string)value!;
        var what = string.Join('/', context.Request.Path.Value!.Split('/').SkipWhile(part => part != id).Skip(1)) + context.Request.QueryString;
        var scope = StudyGate.Scopes[name](long.Parse(id, CultureInfo.InvariantCulture));
        await context.RequestServices.GetRequiredService<DownloadAudit>().RecordAsync(scope, what, context.RequestAborted);
        return result;
    }
}
