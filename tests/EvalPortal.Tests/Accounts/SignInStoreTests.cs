using PixelPost.EvalPortal.Accounts;
using PixelPost.EvalPortal.Database;
using PixelPost.EvalPortal.Tests.Database;

namespace PixelPost.EvalPortal.Tests.Accounts;

public sealed class SignInStoreOnSqlite() : SignInStoreTests(DatabaseKind.Sqlite);

public sealed class SignInStoreOnPostgres() : SignInStoreTests(DatabaseKind.Postgres);

/// <summary>Open sign-ins, and wrong passwords.</summary>
public abstract class SignInStoreTests(DatabaseKind kind) : DatabaseTests(kind)
{
    private SignInStore SignIns => new(Db, Clock);
    private SignInFailureStore Failures => new(Db, Clock);

    [SkippableFact]
    public async Task End_OneOrAllOthers_LeavesTheRest()
    {
        var account = await AccountAsync();
        var (a, b, c) = (await SignIns.AddAsync(account, "Firefox on Linux"), await SignIns.AddAsync(account, "Chrome on Windows"), await SignIns.AddAsync(account, "Safari on iPhone"));

        await SignIns.EndAsync(account, a);
        Assert.False(await SignIns.IsOpenAsync(a, account));
        Assert.Equal(2, (await SignIns.ListAsync(account)).Count);
        await SignIns.EndAllAsync(account, but: b);

        Assert.Equal("Chrome on Windows", Assert.Single(await SignIns.ListAsync(account)).Device);
        Assert.False(await SignIns.IsOpenAsync(c, account));
        await SignIns.EndAllAsync(account, but: null);
        Assert.Empty(await SignIns.ListAsync(account));
    }

    [SkippableFact]
    public async Task IsOpen_Now_NotesThatTheBrowserWasHere_NotEachTime()
    {
        var account = await AccountAsync();
        var id = await SignIns.AddAsync(account, "Firefox on Linux");
        var began = Clock.GetUtcNow();

        Clock.Advance(TimeSpan.FromMinutes(1));
        await SignIns.IsOpenAsync(id, account);
        Assert.Equal(began, (await SignIns.ListAsync(account))[0].LastSeenAt);
        Clock.Advance(SignInStore.SeenEvery);
        await SignIns.IsOpenAsync(id, account);

        Assert.Equal(Clock.GetUtcNow(), (await SignIns.ListAsync(account))[0].LastSeenAt);
    }

    [SkippableFact]
    public async Task IsOpen_OfAnotherAccount_IsNot()
    {
        var account = await AccountAsync();
        var id = await SignIns.AddAsync(account, "Firefox on Linux");

        Assert.False(await SignIns.IsOpenAsync(id, account + 1));
    }

    [SkippableFact]
    public async Task Try_WrongAgainAndAgain_WaitsLongerAndNeverForEver()
    {
        for (var i = 0; i < SignInFailureStore.Free; i++)
            Assert.Null(await Failures.TryAsync("address ada@example.org"));
        Assert.Equal(SignInFailureStore.FirstWait, await Failures.TryAsync("address ada@example.org"));

        Clock.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal(SignInFailureStore.FirstWait - TimeSpan.FromSeconds(5), await Failures.TryAsync("address ada@example.org")); // too early counts for nothing
        Clock.Advance(TimeSpan.FromSeconds(10));
        Assert.Null(await Failures.TryAsync("address ada@example.org"));
        Assert.Equal(2 * SignInFailureStore.FirstWait, await Failures.TryAsync("address ada@example.org"));
        for (var i = 0; i < 20; i++)
        {
            Clock.Advance(SignInFailureStore.LongestWait);
            Assert.Null(await Failures.TryAsync("address ada@example.org"));
        }
        Assert.Equal(SignInFailureStore.LongestWait, await Failures.TryAsync("address ada@example.org"));
        Assert.Null(await Failures.TryAsync("address bob@example.org"));
    }

    [SkippableFact]
    public async Task Try_AfterTheRightOne_OrADay_BeginsAnew()
    {
        for (var i = 0; i < 6; i++)
            await Failures.TryAsync("a");
        await Failures.ForgetAsync("a");
        Assert.Null(await Failures.TryAsync("a"));
        for (var i = 0; i < 6; i++)
            await Failures.TryAsync("a");

        Clock.Advance(SignInFailureStore.Memory + TimeSpan.FromSeconds(1));

        Assert.Null(await Failures.TryAsync("a"));
        Assert.Null(await Failures.TryAsync("a"));
    }

    [SkippableFact]
    public async Task Try_ManyAtOnce_AreCountedBeforeAnyIsLookedAt()
    {
        var tries = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => Task.Run(() => Failures.TryAsync("a"))));

        Assert.Equal(SignInFailureStore.Free, tries.Count(wait => wait is null));
    }

    private async Task<long> AccountAsync()
    {
        var invitations = new InvitationStore(Db, Clock);
        return await invitations.RedeemAsync(await invitations.AddAsync(Role.Researcher, email: null, createdByAccountId: null, TimeSpan.FromHours(1)), "ada@example.org", "Ada", "hash");
    }
}
