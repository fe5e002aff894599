using PixelPost.EvalPortal.Accounts;
using PixelPost.EvalPortal.Configuration;
using PixelPost.EvalPortal.Database;

namespace PixelPost.EvalPortal.Commands;

/// <summary><c>user --email ADDRESS</c>: prints a link that makes an account, or sets a new password for the one there is.</summary>
public static class UserCommand
{
    private static readonly TimeSpan LinkLife = TimeSpan.FromHours(24);

    public static async Task RunAsync(OptionsReader reader)
    {
        var options = reader.Read<PortalOptions>();
        var user = reader.Read<UserOptions>();
        reader.AddFaults(options.Faults());
        if (user.Email is null)
            reader.AddFaults(["--email is missing: whose account?"]);
        reader.ThrowIfFaulty();

        await using var services = new ServiceCollection().AddPortal(options).BuildServiceProvider();
        await Migrator.MigrateAsync(services.GetRequiredService<Db>(), services.GetRequiredService<TimeProvider>());
        var token = await services.GetRequiredService<InvitationStore>()
            .AddAsync(user.Role, user.Email, createdByAccountId: null, LinkLife);
        Console.WriteLine($"For {user.Email}, once within 24 hours:\n  {options.Url}/invitation/{token}");
    }

    private sealed record UserOptions
    {
        /// <summary>Address of the account.</summary>
        public string? Email { get; init; }

        /// <summary>Role of a new account.</summary>
        public Role Role { get; init; } = Role.Researcher;
    }
}
