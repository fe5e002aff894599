using System.Collections.Concurrent;
using Microsoft.AspNetCore.Http.HttpResults;
using PixelPost.EvalPortal.Accounts;
using PixelPost.EvalPortal.Api.Endpoints;
using PixelPost.EvalPortal.Api.Problems;

namespace PixelPost.EvalPortal.Api.Operations;

/// <summary>
/// Does what takes long: while the request waits, or, where it says <c>Prefer: respond-async</c> (RFC 7240), after it was answered with the
/// address where to ask how far it is. One after another, so that large files cannot take the portal's memory together.
/// </summary>
/// <remarks>
/// Operations live in memory. What they do is safe to be broken off and asked for again, so that a restart of the portal loses no more than
/// their progress.
/// </remarks>
internal sealed class OperationRunner(TimeProvider clock, IHostApplicationLifetime lifetime, ILogger<OperationRunner> log) : IDisposable
{
    /// <summary>How long it is known how one ended.</summary>
    internal static readonly TimeSpan Kept = TimeSpan.FromDays(1);

    private const string Preference = "respond-async";

    private readonly ConcurrentDictionary<Guid, Operation> _operations = new();
    private readonly SemaphoreSlim _turn = new(1);

    /// <summary>An account's own operation; null where it is of somebody else, too old, or of before the portal was started.</summary>
    public Operation? Find(Guid id, long accountId) => _operations.GetValueOrDefault(id) is { } found && found.AccountId == accountId ? found : null;

    /// <summary>Answers a request by doing something.</summary>
    /// <param name="context">The request, which is read by then.</param>
    /// <param name="work">What is done. It is to use nothing of the request, which may be answered before.</param>
    /// <param name="clean">Called once, when all is over.</param>
    public async Task<Results<Created<T>, Ok<T>, Accepted<OperationResource>>> AnswerAsync<T>(
        HttpContext context, Func<Action<OperationProgress>, CancellationToken, Task<Made<T>>> work, Action clean) where T : class
    {
        if (!context.Request.Headers["Prefer"].ToString().Contains(Preference, StringComparison.OrdinalIgnoreCase))
        {
            try
            {
                var made = await work(_ => { }, context.RequestAborted);
                return made.Location is null ? TypedResults.Ok(made.Value) : TypedResults.Created(made.Location, made.Value);
            }
            finally
            {
                clean();
            }
        }
        foreach (var (old, _) in _operations.Where(known => known.Value.FinishedAt < clock.GetUtcNow() - Kept))
        {
            if (_operations.TryRemove(old, out var removed))
                removed.Dispose();
        }
        var operation = new Operation(context.User.AccountId(), clock.GetUtcNow(), CancellationTokenSource.CreateLinkedTokenSource(lifetime.ApplicationStopping));
        _operations[operation.OperationId] = operation;
        _ = Task.Run(() => RunAsync(operation, work, clean), CancellationToken.None);
        context.Response.Headers["Preference-Applied"] = Preference;
        return TypedResults.Accepted($"{ApiSetup.Root}/operations/{operation.OperationId}", OperationResource.Of(operation));
    }

    public void Dispose()
    {
        foreach (var operation in _operations.Values)
            operation.Dispose();
        _turn.Dispose();
    }

    private async Task RunAsync<T>(Operation operation, Func<Action<OperationProgress>, CancellationToken, Task<Made<T>>> work, Action clean) where T : class
    {
        var cancel = operation.Token;
        var isTurn = false;
        try
        {
            await _turn.WaitAsync(cancel);
            isTurn = true;
            var made = await work(progress => operation.Progress = progress, cancel);
            operation.Finish(OperationState.Done, clock.GetUtcNow(), made.Value, made.Location);
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested)
        {
            operation.Finish(OperationState.Cancelled, clock.GetUtcNow());
        }
        catch (Exception exception)
        {
            var fault = ApiProblems.Of(exception);
            if (fault.Status == StatusCodes.Status500InternalServerError)
                log.LogError(exception, "An operation of the API failed.");
            operation.Finish(OperationState.Failed, clock.GetUtcNow(), fault: fault);
        }
        finally
        {
            if (isTurn)
                _turn.Release();
            clean();
        }
    }
}
