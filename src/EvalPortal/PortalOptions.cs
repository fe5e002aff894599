using PixelPost.EvalPortal.Accounts;
using PixelPost.EvalPortal.Database;
using PixelPost.EvalPortal.Monitoring;

namespace PixelPost.EvalPortal;

/// <summary>The whole configuration of the portal.</summary>
public sealed record PortalOptions
{
    /// <summary>Folder of everything the portal keeps: database, images, models, jobs, keys.</summary>
    public string Data { get; init; } = "pixelpost-data";

    /// <summary>Address to listen on.</summary>
    public string Url { get; init; } = "http://127.0.0.1:5080";

    /// <summary>Where rows are kept.</summary>
    public DatabaseOptions Database { get; init; } = new();

    /// <summary>An identity provider that people sign in with.</summary>
    public OidcOptions Oidc { get; init; } = new();

    /// <summary>Whether people may sign in with a password.</summary>
    public bool PasswordSignIn { get; init; } = true;

    /// <summary>How the log is written.</summary>
    public LogFormat Log { get; init; }

    /// <summary>What a program must send as its bearer token to read <c>/metrics</c>; left out, only this machine may.</summary>
    public string? MetricsToken { get; init; }

    /// <summary>The training worker's program; left out, the one that was built with the portal.</summary>
    public string? Worker { get; init; }

    /// <summary>Whether an empty database is filled with the demonstration.</summary>
    public bool Demo { get; init; } = true;

    /// <summary>
    /// Folders from which researchers may bring in images and models, with semicolons between; left out, the folder <c>import</c> of the data
    /// folder.
    /// </summary>
    public string? ImportRoots { get; init; }

    /// <summary>The folders of a list with semicolons, as absolute paths.</summary>
    internal static string[] Split(string folders) =>
        [.. folders.Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Select(folder => Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder)))];

    /// <summary>What cannot be right, one sentence each.</summary>
    public IEnumerable<string> Faults()
    {
        if (string.IsNullOrWhiteSpace(Data))
            yield return "data: names no folder.";
        if (!Uri.TryCreate(Url, UriKind.Absolute, out var url) || url.Scheme is not ("http" or "https"))
            yield return $"url: '{Url}' is not an http or https address such as http://127.0.0.1:5080.";
        if (Database.Kind == DatabaseKind.Postgres && string.IsNullOrWhiteSpace(Database.Connection))
            yield return "database-connection: PostgreSQL needs one, such as 'Host=127.0.0.1;Database=pixelpost;Username=pixelpost'.";
        if (Database.Kind == DatabaseKind.Sqlite && Database.Connection is not null)
            yield return "database-connection: SQLite takes none, its file lies in the data folder. Did you mean --database-kind postgres?";
        foreach (var fault in Oidc.Faults())
            yield return fault;
        if (MetricsToken is { Length: < 16 })
            yield return "metrics-token: has fewer than 16 characters: anybody could guess it.";
        if (!PasswordSignIn && !Oidc.IsOn)
            yield return "password-sign-in: is off, and there is no identity provider: nobody could sign in. Name one with --oidc-authority.";
        if (ImportRoots is not null && Split(ImportRoots) is var roots)
        {
            if (roots.Length == 0)
                yield return "import-roots: names no folder.";
            foreach (var missing in roots.Where(root => !Directory.Exists(root)))
                yield return $"import-roots: there is no folder {missing}.";
            foreach (var whole in roots.Where(root => Path.GetPathRoot(root) == root))
                yield return $"import-roots: {whole} is everything on this machine. Name the folders that images may come from.";
        }
        if (Worker is not null && !File.Exists(Worker))
            yield return $"worker: '{Worker}' does not exist.";
    }
}

/// <summary>Where rows are kept.</summary>
public sealed record DatabaseOptions
{
    /// <summary>SQLite, in the data folder, or PostgreSQL.</summary>
    public DatabaseKind Kind { get; init; } = DatabaseKind.Sqlite;

    /// <summary>Connection string of the PostgreSQL database.</summary>
    public string? Connection { get; init; }
}
