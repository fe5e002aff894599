using PixelPost.EvalPortal.Accounts;
using PixelPost.EvalPortal.Database;
using PixelPost.EvalPortal.Tests.Database;

namespace PixelPost.EvalPortal.Tests.Accounts;

public sealed class InvitationStoreOnSqlite() : InvitationStoreTests(DatabaseKind.Sqlite);

public sealed class InvitationStoreOnPostgres() : InvitationStoreTests(DatabaseKind.Postgres);

public abstract class InvitationStoreTests(DatabaseKind kind) : DatabaseTests(kind)
{
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);

    private InvitationStore Invitations => new(Db, Clock);
    private AccountStore Accounts => new(Db, Clock);

    [SkippableFact]
    public async Task Redeem_OpenInvitation_MakesTheAccount()
    {
        var token = await Invitations.AddAsync(Role.Admin, email: null, createdByAccountId: null, Hour);

        var id = await Invitations.RedeemAsync(token, " Ada@Example.org", " Ada ", "hash");

        var account = await Accounts.FindByEmailAsync("ADA@example.org ");
        Assert.Equal(
            new Account
            {
                AccountId = id,
                Email = "ada@example.org",
                DisplayName = "Ada",
                Role = Role.Admin,
                PasswordHash = "hash",
                PasswordChangedAt = Clock.GetUtcNow(),
                CreatedAt = Clock.GetUtcNow(),
            },
            account);
    }

    [SkippableFact]
    public async Task Redeem_SecondTime_IsRefused()
    {
        var token = await Invitations.AddAsync(Role.Researcher, email: null, createdByAccountId: null, Hour);
        await Invitations.RedeemAsync(token, "ada@example.org", "Ada", "hash");

        await Assert.ThrowsAsync<RefusedException>(() => Invitations.RedeemAsync(token, "eve@example.org", "Eve", "hash"));

        Assert.Null(await Invitations.FindOpenAsync(token));
        Assert.Single(await Accounts.ListAsync());
    }

    [SkippableFact]
    public async Task Redeem_ByTenAtOnce_MakesOneAccount()
    {
        var token = await Invitations.AddAsync(Role.Researcher, email: null, createdByAccountId: null, Hour);

        var tries = await Task.WhenAll(Enumerable.Range(0, 10).Select(i => Task.Run(async () =>
        {
            try
            {
                await Invitations.RedeemAsync(token, $"{i}@example.org", "Ada", "hash");
                return 1;
            }
            catch (RefusedException)
            {
                return 0;
            }
        })));

        Assert.Equal(1, tries.Sum());
        Assert.Single(await Accounts.ListAsync());
    }

    [SkippableFact]
    public async Task FindOpen_AfterItsTime_FindsNothing()
    {
        var token = await Invitations.AddAsync(Role.Researcher, email: null, createdByAccountId: null, Hour);
        Assert.NotNull(await Invitations.FindOpenAsync(token));

        Clock.Advance(Hour);

        Assert.Null(await Invitations.FindOpenAsync(token));
        Assert.Empty(await Invitations.ListOpenAsync());
    }

    [SkippableFact]
    public async Task Withdraw_OpenInvitation_CannotBeUsed()
    {
        var token = await Invitations.AddAsync(Role.Researcher, email: null, createdByAccountId: null, Hour);

        await Invitations.WithdrawAsync((await Invitations.FindOpenAsync(token))!.InvitationId);

        await Assert.ThrowsAsync<RefusedException>(() => Invitations.RedeemAsync(token, "ada@example.org", "Ada", "hash"));
    }

    [SkippableFact]
    public async Task Redeem_InvitationForAnAddress_IgnoresAnyOther()
    {
        var token = await Invitations.AddAsync(Role.Researcher, "Ada@example.org", createdByAccountId: null, Hour);

        await Invitations.RedeemAsync(token, "eve@example.org", "Ada", "hash");

        Assert.Equal("ada@example.org", Assert.Single(await Accounts.ListAsync()).Email);
    }

    [SkippableFact]
    public async Task Redeem_InvitationForAnExistingAccount_SetsItsPasswordOnly()
    {
        var first = await Invitations.AddAsync(Role.Admin, email: null, createdByAccountId: null, Hour);
        await Invitations.RedeemAsync(first, "ada@example.org", "Ada", "old");
        Clock.Advance(Hour);
        var second = await Invitations.AddAsync(Role.Researcher, "ada@example.org", createdByAccountId: null, Hour);

        await Invitations.RedeemAsync(second, "", "Somebody else", "new");

        var account = Assert.Single(await Accounts.ListAsync());
        Assert.Equal(("Ada", Role.Admin, "new", Clock.GetUtcNow()), (account.DisplayName, account.Role, account.PasswordHash, account.PasswordChangedAt));
    }

    [SkippableFact]
    public async Task Redeem_OpenInvitationWithAnotherPersonsAddress_IsRefusedAndStaysOpen()
    {
        var first = await Invitations.AddAsync(Role.Admin, email: null, createdByAccountId: null, Hour);
        await Invitations.RedeemAsync(first, "ada@example.org", "Ada", "old");
        var second = await Invitations.AddAsync(Role.Researcher, email: null, createdByAccountId: null, Hour);

        await Assert.ThrowsAsync<RefusedException>(() => Invitations.RedeemAsync(second, "ada@example.org", "Eve", "new"));

        Assert.Equal("old", Assert.Single(await Accounts.ListAsync()).PasswordHash);
        Assert.NotNull(await Invitations.FindOpenAsync(second));
    }

    [SkippableFact]
    public async Task RenewFirstAdmin_UntilThereIsOne_VoidsTheLinkBefore()
    {
        var first = await Invitations.RenewFirstAdminAsync(Hour);
        Clock.Advance(TimeSpan.FromMinutes(1));
        var second = await Invitations.RenewFirstAdminAsync(Hour);

        Assert.Null(await Invitations.FindOpenAsync(first!));
        await Invitations.RedeemAsync(second!, "ada@example.org", "Ada", "hash");
        Assert.Null(await Invitations.RenewFirstAdminAsync(Hour));
    }
}
