using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using PixelPost.EvalPortal.Accounts;
using PixelPost.EvalPortal.Configuration;
using PixelPost.EvalPortal.Database;
using PixelPost.EvalPortal.Demo;
using PixelPost.EvalPortal.Monitoring;

namespace PixelPost.EvalPortal.Commands;

/// <summary><c>serve</c>: runs the portal until it is stopped.</summary>
public static class ServeCommand
{
    private static readonly TimeSpan FirstAdminLinkLife = TimeSpan.FromHours(24);

    public static async Task RunAsync(OptionsReader reader)
    {
        var options = reader.Read<PortalOptions>();
        reader.AddFaults(options.Faults());
        reader.ThrowIfFaulty();

        await using var app = Program.BuildWeb(options);
        await StartAsync(app);
        await app.WaitForShutdownAsync();
    }

    /// <summary>Brings the database up to date, listens, and says where.</summary>
    /// <returns>The first admin's sign-in link; null once there is an admin.</returns>
    public static async Task<string?> StartAsync(WebApplication app)
    {
        await Migrator.MigrateAsync(app.Services.GetRequiredService<Db>(), app.Services.GetRequiredService<TimeProvider>());
        await app.Services.GetRequiredService<DemoLoader>().LoadAsync();
        try
        {
            await app.StartAsync();
        }
        catch (IOException exception) when (exception.InnerException is AddressInUseException or SocketException)
        {
            var url = app.Services.GetRequiredService<PortalOptions>().Url;
            throw new RefusedException($"{url} is in use by another program: stop it, or choose another address with --url.", exception);
        }

        var address = app.Urls.First();
        // A log of JSON has the standard output to itself, and no key in it.
        var said = app.Services.GetRequiredService<PortalOptions>().Log == LogFormat.Json ? Console.Error : Console.Out;
        said.WriteLine($"PixelPost is ready at {address}");
        var token = await app.Services.GetRequiredService<InvitationStore>().RenewFirstAdminAsync(FirstAdminLinkLife);
        if (token is null)
            return null;
        var link = $"{address}/invitation/{token}";
        said.WriteLine($"There is no admin yet. To become it, open this link once within 24 hours:\n  {link}");
        return link;
    }
}
