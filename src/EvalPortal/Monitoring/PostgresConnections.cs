using System.Diagnostics.Metrics;

namespace PixelPost.EvalPortal.Monitoring;

/// <summary>Listens to what Npgsql says about its connections: it has no other way to tell.</summary>
public sealed class PostgresConnections : IDisposable
{
    private readonly MeterListener _listener = new();
    private long _open;

    public PostgresConnections()
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Name == "Npgsql" && instrument.Name is "db.client.connection.count" or "db.client.connections.usage")
                listener.EnableMeasurementEvents(instrument);
        };
        _listener.SetMeasurementEventCallback<int>((_, value, _, _) => Interlocked.Add(ref _open, value));
        _listener.Start();
    }

    /// <summary>Open connections, in use or idle.</summary>
    public long Open
    {
        get
        {
            Interlocked.Exchange(ref _open, 0);
            _listener.RecordObservableInstruments();
            return Interlocked.Read(ref _open);
        }
    }

    public void Dispose() => _listener.Dispose();
}
