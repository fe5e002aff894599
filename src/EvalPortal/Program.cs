using System.Data.Common;
using Microsoft.AspNetCore.DataProtection;
using PixelPost.EvalPortal.Accounts;
using PixelPost.EvalPortal.Api;
using PixelPost.EvalPortal.Api.Problems;
using PixelPost.EvalPortal.Audit;
using PixelPost.EvalPortal.Bundles;
using PixelPost.EvalPortal.Commands;
using PixelPost.EvalPortal.Configuration;
using PixelPost.EvalPortal.Dashboards;
using PixelPost.EvalPortal.Exports;
using PixelPost.EvalPortal.Images;
using PixelPost.EvalPortal.Material;
using PixelPost.EvalPortal.Monitoring;
using PixelPost.EvalPortal.Participants;
using PixelPost.EvalPortal.Plots;
using PixelPost.EvalPortal.RaterPreview;
using PixelPost.EvalPortal.Rating;
using PixelPost.EvalPortal.Reports;
using PixelPost.EvalPortal.Rounds;
using PixelPost.EvalPortal.Shell;
using PixelPost.EvalPortal.TrainingJobs;
using PixelPost.EvalPortal.VoteImports;

namespace PixelPost.EvalPortal;

/// <summary>The composition root: which verbs there are and what the portal is made of.</summary>
public static class Program
{
    internal static readonly IReadOnlyDictionary<string, Func<OptionsReader, Task>> Verbs = new Dictionary<string, Func<OptionsReader, Task>>()
    {
        ["serve"] = ServeCommand.RunAsync,
        ["user"] = UserCommand.RunAsync,
        ["import"] = ImportCommand.RunAsync,
        ["export"] = ExportCommand.RunAsync,
        ["simulate"] = SimulateCommand.RunAsync,
        ["report"] = ReportCommand.RunAsync,
        ["backup"] = BackupCommand.RunAsync,
        ["restore"] = RestoreCommand.RunAsync,
    };

    public static async Task<int> Main(string[] args)
    {
        if (Help.IsAsked(args))
        {
            Help.Print(Console.Out);
            return 0;
        }
        try
        {
            var settings = new ConfigurationBuilder().SetBasePath(AppContext.BaseDirectory).AddJsonFile("appsettings.json").Build();
            var reader = new OptionsReader(settings.GetSection("PixelPost"), Environment.GetEnvironmentVariables(), args);
            if (!Verbs.TryGetValue(reader.Verb, out var verb))
                throw new RefusedException($"{reader.Verb}: there is no such command. There are: {string.Join(", ", Verbs.Keys)}. --help says what each does.");
            if (verb != ServeCommand.RunAsync)
                Actor.Enter(Actor.OfCommand(reader.Verb));
            await verb(reader);
            return 0;
        }
        catch (RefusedException refused)
        {
            await Console.Error.WriteLineAsync(refused.Message);
            return 2;
        }
        catch (Exception exception) when (exception is DbException or IOException or UnauthorizedAccessException)
        {
            await Console.Error.WriteLineAsync($"The database or the data folder cannot be used: {exception.Message}");
            return 1;
        }
    }

    /// <summary>The web application, ready to start.</summary>
    public static WebApplication BuildWeb(PortalOptions options)
    {
        // The folder of the program, not of whoever starts it, holds appsettings.json and wwwroot.
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions
        {
            ApplicationName = typeof(Program).Assembly.GetName().Name,
            ContentRootPath = AppContext.BaseDirectory,
        });
        builder.WebHost.UseUrls(options.Url);
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.AddServerHeader = false);
        builder.WebHost.UseStaticWebAssets(); // without it the unpublished portal answers assets with 200 and no content

        builder.Services.AddPortal(options);
        builder.Services.AddAccounts(options);
        builder.Services.AddRating();
        builder.Services.AddShell();
        builder.Services.AddStudyPages();
        builder.Services.AddMaterialPages();
        builder.Services.AddLoopPages();
        builder.Services.AddApi();
        builder.AddMonitoring(options);
        builder.Services.AddDataProtection()
            .SetApplicationName("PixelPost")
            .PersistKeysToFileSystem(new DirectoryInfo(new DataFolder(options.Data).Keys));

        var app = builder.Build();
        app.UseSecurityHeaders();
        app.UseExceptionHandler("/problem/500", createScopeForErrors: true);
        app.UseRaterLanguage();
        app.UseProblemPages();
        app.UseApiProblems();
        app.UseRouting();
        app.UseRequestTimes();
        app.UseAuthentication();
        app.UseAuthorization();
        app.UseStudyGate();
        app.UseRaterSessions();
        app.UseRateLimiter();
        app.UseApiGate();
        app.UseAntiforgery();

        app.MapMonitoring();
        app.MapShell();
        app.MapAccounts();
        app.MapRating();
        app.MapRaterPreview();
        app.MapImages();
        app.MapMaterial();
        app.MapJobs();
        app.MapExports();
        app.MapAudit();
        app.MapBundles();
        app.MapVoteImports();
        app.MapPay();
        app.MapFigures();
        app.MapReports();
        app.MapApi();
        return app;
    }
}
