namespace PixelPost.EvalPortal.Api.Operations;

/// <summary>How far a piece of work is.</summary>
/// <param name="Doing">What is done at the moment.</param>
/// <param name="Done">How much of it is done, in whatever it is counted in.</param>
/// <param name="Total">Of how much.</param>
public sealed record OperationProgress(string Doing, long Done, long Total)
{
    /// <summary>From 0 to 1.</summary>
    public double Share => Math.Clamp((double)Done / Math.Max(1, Total), 0, 1);
}

/// <summary>Where a piece of work is.</summary>
public enum OperationState
{
    Running,
    Done,
    Failed,
    Cancelled,
}

/// <summary>What a piece of work made.</summary>
/// <param name="Value">What a request that waited would be answered.</param>
/// <param name="Location">Address of what is new; null where everything was there before.</param>
public sealed record Made<T>(T Value, string? Location) where T : class;

/// <summary>Work that goes on after its request was answered.</summary>
internal sealed class Operation(long accountId, DateTimeOffset startedAt, CancellationTokenSource cancel) : IDisposable
{
    public Guid OperationId { get; } = Guid.CreateVersion7();

    /// <summary>Whose key asked for it.</summary>
    public long AccountId { get; } = accountId;

    public DateTimeOffset StartedAt { get; } = startedAt;

    public DateTimeOffset? FinishedAt { get; private set; }

    public OperationState State { get; private set; } = OperationState.Running;

    public OperationProgress Progress { get; set; } = new("Waiting for what was asked before", 0, 1);

    /// <summary>What it made; null unless it is done.</summary>
    public object? Value { get; private set; }

    public string? Location { get; private set; }

    /// <summary>The sentence, and the status that a request which waited would have got; null unless it failed.</summary>
    public (int Status, string Detail)? Fault { get; private set; }

    /// <summary>Tells the work to end.</summary>
    public CancellationToken Token { get; } = cancel.Token;

    public void Cancel() => cancel.Cancel();

    public void Finish(OperationState state, DateTimeOffset at, object? value = null, string? location = null, (int, string)? fault = null)
    {
        (FinishedAt, Value, Location, Fault) = (at, value, location, fault);
        State = state; // last: whoever sees it sees the rest
    }

    public void Dispose() => cancel.Dispose();
}
