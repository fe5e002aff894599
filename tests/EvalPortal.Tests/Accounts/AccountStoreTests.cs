using PixelPost.EvalPortal.Accounts;
using PixelPost.EvalPortal.Database;
using PixelPost.EvalPortal.Tests.Database;

namespace PixelPost.EvalPortal.Tests.Accounts;

public sealed class AccountStoreOnSqlite() : AccountStoreTests(DatabaseKind.Sqlite);

public sealed class AccountStoreOnPostgres() : AccountStoreTests(DatabaseKind.Postgres);

public abstract class AccountStoreTests(DatabaseKind kind) : DatabaseTests(kind)
{
    private AccountStore Accounts => new(Db, Clock);

    [SkippableFact]
    public async Task Find_UnknownAccount_FindsNothing()
    {
        Assert.Null(await Accounts.FindAsync(1));
        Assert.Null(await Accounts.FindByEmailAsync("ada@example.org"));
    }

    [SkippableFact]
    public async Task SetPassword_Account_RemembersWhen()
    {
        var id = await AddAsync("ada@example.org", Role.Researcher);
        Clock.Advance(TimeSpan.FromMinutes(5));

        await Accounts.SetPasswordAsync(id, "new");

        var account = await Accounts.FindAsync(id);
        Assert.Equal(("new", Clock.GetUtcNow()), (account!.PasswordHash, account.PasswordChangedAt));
    }

    [SkippableFact]
    public async Task Disable_LastAdmin_IsRefused()
    {
        var ada = await AddAsync("ada@example.org", Role.Admin);
        var bob = await AddAsync("bob@example.org", Role.Admin);
        await AddAsync("cy@example.org", Role.Researcher);
        await Accounts.DisableAsync(bob);

        await Assert.ThrowsAsync<RefusedException>(() => Accounts.DisableAsync(ada));

        Assert.Null((await Accounts.FindAsync(ada))!.DisabledAt);
    }

    [SkippableFact]
    public async Task Enable_DisabledAccount_OpensIt()
    {
        var id = await AddAsync("ada@example.org", Role.Researcher);
        await Accounts.DisableAsync(id);
        Assert.Equal(Clock.GetUtcNow(), (await Accounts.FindAsync(id))!.DisabledAt);

        await Accounts.EnableAsync(id);

        Assert.Null((await Accounts.FindAsync(id))!.DisabledAt);
    }

    private async Task<long> AddAsync(string email, Role role)
    {
        var invitations = new InvitationStore(Db, Clock);
        var token = await invitations.AddAsync(role, email: null, createdByAccountId: null, TimeSpan.FromHours(1));
        return await invitations.RedeemAsync(token, email, "Name", "hash");
    }
}
