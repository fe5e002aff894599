namespace PixelPost.EvalPortal.Commands;

/// <summary>What <c>--help</c> prints: every command with what it needs, and the options that all of them take.</summary>
internal static class Help
{
    /// <summary>A way to call the program.</summary>
    /// <param name="Usage">Command and what it cannot do without.</param>
    /// <param name="About">What it does, and what else it takes.</param>
    internal sealed record Line(string Usage, string About);

    public static IReadOnlyList<Line> Commands { get; } =
    [
        new("serve", "runs the portal; so does no command at all"),
        new("user --email ADDRESS", "prints a link that makes an account or sets a new password; --role admin|researcher|viewer"),
        new("import images FOLDER --prompts SET", "brings in images of systems; --system NAME, --report FILE, --dry-run"),
        new("import prompts FILE", "adds a prompt set; --name, --source, --licence, --dry-run"),
        new("import votes FILE --study NAME", "takes in votes given elsewhere; --format KEY, --axis appeal|flaws, --report FILE, --dry-run"),
        new("import bundle FILE", "makes a bundle's studies again"),
        new("export --study NAME --out FOLDER", "writes the tables of a study; --format csv|jsonl|json|parquet, --layout KEY with --axis and --votes, --spreadsheet"),
        new("export bundle NAME --out FILE", "writes a study, or linked ones, as one signed zip; --without-reasons, --without-browsers"),
        new("simulate --study NAME --raters N", "adds raters that are programs, for demonstrations and tests; docs/simulation.md has their traits"),
        new("report PATH", "tells what a file of votes, a folder of exports or a bundle says; --out FOLDER, --json FILE, --html FILE; docs/report.md has the rest"),
        new("backup --out FOLDER", "saves all that the portal keeps, while it runs"),
        new("restore --from FOLDER --data NEW", "makes a portal of a backup; --dry-run looks whether it could"),
    ];

    public static IReadOnlyList<Line> Options { get; } =
    [
        new("--data FOLDER", $"of everything the portal keeps; {new PortalOptions().Data} unless told otherwise"),
        new("--url ADDRESS", $"to listen on; {new PortalOptions().Url}"),
        new("--database-kind sqlite|postgres", "with postgres also --database-connection 'Host=…;Database=…;Username=…'"),
        new("--demo on|off", "whether an empty database is filled with the demonstration"),
        new("--import-roots FOLDERS", "from which researchers may bring in images and models, with semicolons between"),
        new("--password-sign-in on|off", "whether people may sign in with a password"),
        new("--oidc-authority URL", "an identity provider, with --oidc-client-id, --oidc-client-secret, --oidc-name, --oidc-domains, --oidc-new-accounts (docs/people.md)"),
        new("--log text|json", "how the log is written"),
        new("--metrics-token TEXT", "what /metrics is read with from elsewhere"),
        new("--worker FILE", "the training worker, where it is not the one that was built with the portal"),
    ];

    /// <summary>Whether somebody asks for it.</summary>
    public static bool IsAsked(IReadOnlyList<string> arguments) => arguments is ["help", ..] || arguments.Any(argument => argument is "--help" or "-h");

    /// <summary>Prints it.</summary>
    public static void Print(TextWriter to)
    {
        to.WriteLine("PixelPost.EvalPortal COMMAND [OPTIONS]: collects what people prefer in generated images, and trains models by it.");
        Print(to, "Commands", Commands);
        Print(to, "Options of every command", Options);
        to.WriteLine();
        to.WriteLine("Each option can also stand in the environment (PIXELPOST_DATABASE_KIND) or in appsettings.json. More: README.md and docs/.");
    }

    private static void Print(TextWriter to, string heading, IReadOnlyList<Line> lines)
    {
        to.WriteLine();
        to.WriteLine($"{heading}:");
        foreach (var line in lines)
        {
            to.WriteLine($"  {line.Usage}");
            to.WriteLine($"      {line.About}");
        }
    }
}
