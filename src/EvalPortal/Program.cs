using Microsoft.AspNetCore.DataProtection;
using PixelPost.EvalPortal.Accounts;
using PixelPost.EvalPortal.Assignment;
using PixelPost.EvalPortal.Commands;
using PixelPost.EvalPortal.Configuration;
using PixelPost.EvalPortal.Dashboards;
using PixelPost.EvalPortal.Database;
using PixelPost.EvalPortal.Exports;
using PixelPost.EvalPortal.Images;
using PixelPost.EvalPortal.Library;
using PixelPost.EvalPortal.Rating;
using PixelPost.EvalPortal.Rounds;
using PixelPost.EvalPortal.Shell;
using PixelPost.EvalPortal.Studies;
using PixelPost.EvalPortal.Systems;

namespace PixelPost.EvalPortal;

/// <summary>The composition root: which verbs there are and what the portal is made of.</summary>
public static class Program
{
    private static readonly Dictionary<string, Func<OptionsReader, Task>> Verbs = new()
    {
        ["serve"] = ServeCommand.RunAsync,
        ["user"] = UserCommand.RunAsync,
        ["export"] = ExportCommand.RunAsync,
    };

    public static async Task<int> Main(string[] args)
    {
        try
        {
            var settings = new ConfigurationBuilder().SetBasePath(AppContext.BaseDirectory).AddJsonFile("appsettings.json").Build();
            var reader = new OptionsReader(settings.GetSection("PixelPost"), Environment.GetEnvironmentVariables(), args);
            if (!Verbs.TryGetValue(reader.Verb, out var verb))
                throw new RefusedException($"{reader.Verb}: there is no such command. There are: {string.Join(", ", Verbs.Keys)}.");
            await verb(reader);
            return 0;
        }
        catch (RefusedException refused)
        {
            await Console.Error.WriteLineAsync(refused.Message);
            return 2;
        }
    }

    /// <summary>What every verb may use: options, database, stores.</summary>
    public static IServiceCollection AddPortal(this IServiceCollection services, PortalOptions options)
    {
        var data = new DataFolder(options.Data);
        services.AddSingleton(options);
        services.AddSingleton(data);
        services.AddSingleton(TimeProvider.System);
        services.AddSingleton(options.Database.Kind == DatabaseKind.Sqlite
            ? Db.Sqlite(data.Database)
            : Db.Postgres(options.Database.Connection!));
        services.AddSingleton<DbWriter>();
        services.AddSingleton<SettingStore>();
        services.AddSingleton<AccountStore>();
        services.AddSingleton<InvitationStore>();
        services.AddSingleton<PromptSetStore>();
        services.AddSingleton<ModelStore>();
        services.AddSingleton<SystemStore>();
        services.AddSingleton<ImageFiles>();
        services.AddSingleton<ImageStore>();
        services.AddSingleton<StudyStore>();
        services.AddSingleton<ComparisonStore>();
        services.AddSingleton<RaterStore>();
        services.AddSingleton<AssignmentStore>();
        services.AddSingleton<VoteStore>();
        services.AddSingleton<PreferenceSetStore>();
        services.AddSingleton<ResultsStore>();
        services.AddSingleton<ProgressStore>();
        services.AddSingleton<RecordedVoteStore>();
        services.AddSingleton<StudyExport>();
        return services;
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
        builder.Services.AddAccounts();
        builder.Services.AddShell();
        builder.Services.AddHealthChecks().AddCheck<DatabaseHealthCheck>("database");
        builder.Services.AddDataProtection()
            .SetApplicationName("PixelPost")
            .PersistKeysToFileSystem(new DirectoryInfo(new DataFolder(options.Data).Keys));

        var app = builder.Build();
        app.UseSecurityHeaders();
        app.UseExceptionHandler("/problem/500", createScopeForErrors: true);
        app.UseProblemPages();
        app.UseRouting();
        app.UseAuthentication();
        app.UseAuthorization();
        app.UseRateLimiter();
        app.UseAntiforgery();

        app.MapHealthChecks("/health").AllowAnonymous();
        app.MapShell();
        app.MapAccounts();
        app.MapImages();
        app.MapExports();
        return app;
    }
}
