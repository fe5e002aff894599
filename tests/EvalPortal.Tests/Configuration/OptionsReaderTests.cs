using System.Collections;
using Microsoft.Extensions.Configuration;
using PixelPost.EvalPortal.Configuration;
using PixelPost.EvalPortal.Database;

namespace PixelPost.EvalPortal.Tests.Configuration;

public sealed class OptionsReaderTests
{
    [Fact]
    public void Read_NothingGiven_KeepsDefaults()
    {
        var reader = Reader();

        var options = reader.Read<PortalOptions>();
        reader.ThrowIfFaulty();

        Assert.Equal(new PortalOptions(), options);
        Assert.Equal("serve", reader.Verb);
    }

    [Fact]
    public void Read_SameOptionInAllSources_TakesTheCommandLine()
    {
        var settings = new Dictionary<string, string?> { ["Url"] = "http://settings", ["Data"] = "settings", ["Demo"] = "false" };
        var environment = new Hashtable { ["PIXELPOST_URL"] = "http://environment", ["PIXELPOST_DATA"] = "environment", ["HOME"] = "/" };

        var options = Reader(settings, environment, "--url", "http://arguments").Read<PortalOptions>();

        Assert.Equal(("http://arguments", "environment", false), (options.Url, options.Data, options.Demo));
    }

    [Theory]
    [InlineData("--database-kind", "postgres")]
    [InlineData("--database-kind=Postgres")]
    [InlineData("--database:kind", "POSTGRES")]
    public void Read_NestedOption_IsFoundInEverySpelling(params string[] arguments)
    {
        var options = Reader([], [], arguments).Read<PortalOptions>();

        Assert.Equal(DatabaseKind.Postgres, options.Database.Kind);
    }

    [Fact]
    public void ThrowIfFaulty_VariablesOfWorkerAndTests_AreNotThePortals()
    {
        var reader = Reader([], new Hashtable { ["PIXELPOST_LIBTORCH"] = "/opt/torch/lib", ["PIXELPOST_CACHE"] = "off", ["PIXELPOST_REFERENCE"] = "/reference" });
        reader.Read<PortalOptions>();

        reader.ThrowIfFaulty();
    }

    [Fact]
    public void ThrowIfFaulty_SeveralFaults_TellsAllAtOnce()
    {
        var environment = new Hashtable { ["PIXELPOST_DATABSE_KIND"] = "sqlite" };
        var reader = Reader([], environment, "serve", "--demo", "perhaps", "--ulr", "http://x", "stray", "--data");
        reader.Read<PortalOptions>();

        var lines = Assert.Throws<RefusedException>(reader.ThrowIfFaulty).Message.Split(Environment.NewLine);

        Assert.Equal(
        [
            "stray: an option starts with --.",
            "--data: a value is missing after it.",
            "--demo: 'perhaps' is not on or off.",
            "PIXELPOST_DATABSE_KIND: there is no such option; did you mean 'database-kind'?",
            "--ulr: there is no such option; did you mean 'url'?",
        ], lines);
    }

    [Theory]
    [InlineData("--url", "ftp://x", "url: 'ftp://x' is not an http")]
    [InlineData("--database-kind", "postgres", "database-connection: PostgreSQL needs one")]
    [InlineData("--database-connection", "Host=x", "Did you mean --database-kind postgres?")]
    [InlineData("--worker", "/nowhere/worker.dll", "worker: '/nowhere/worker.dll' does not exist.")]
    public void Faults_ValueThatCannotBeRight_IsNamed(string option, string value, string expected)
    {
        var options = Reader([], [], option, value).Read<PortalOptions>();

        Assert.Contains(expected, Assert.Single(options.Faults()), StringComparison.Ordinal);
    }

    private static OptionsReader Reader() => Reader([], []);

    private static OptionsReader Reader(Dictionary<string, string?> settings, Hashtable environment, params string[] arguments) =>
        new(new ConfigurationBuilder().AddInMemoryCollection(settings).Build(), environment, arguments);
}
