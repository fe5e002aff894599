using PixelPost.EvalPortal.Accounts;
using PixelPost.EvalPortal.Dashboards;
using PixelPost.EvalPortal.Database;
using PixelPost.EvalPortal.Quality;
using PixelPost.EvalPortal.Rating;
using PixelPost.EvalPortal.Rounds;
using PixelPost.EvalPortal.Studies;
using PixelPost.EvalPortal.Tests.Database;

namespace PixelPost.EvalPortal.Tests.Accounts;

public sealed class StudyAccessOnSqlite() : StudyAccessTests(DatabaseKind.Sqlite);

public sealed class StudyAccessOnPostgres() : StudyAccessTests(DatabaseKind.Postgres);

/// <summary>What somebody may do in a study, and that nothing is changed by somebody who may not.</summary>
public abstract class StudyAccessTests(DatabaseKind kind) : DatabaseTests(kind)
{
    private StudyAccess Accesses => new(Db);
    private StudyMemberStore Members => new(Db, Clock);
    private StudyStore Studies => new(Db, Clock);

    [SkippableTheory]
    [InlineData(Role.Researcher, null, Access.None)]
    [InlineData(Role.Researcher, Role.Viewer, Access.View)]
    [InlineData(Role.Researcher, Role.Researcher, Access.Change)]
    [InlineData(Role.Researcher, Role.Admin, Access.Administer)]
    [InlineData(Role.Viewer, null, Access.None)]
    [InlineData(Role.Viewer, Role.Admin, Access.View)]
    [InlineData(Role.Admin, null, Access.Administer)]
    [InlineData(Role.Admin, Role.Viewer, Access.Administer)]
    public async Task ToStudy_EachRole_AllowsWhatItSays(Role portal, Role? inStudy, Access expected)
    {
        var study = await Seeds.StudyAsync("a fox");
        var account = await AccountAsync("ada@example.org", portal);
        if (inStudy is { } role)
            await Members.SetAsync(study.StudyId, "Ada@example.org", role);

        Assert.Equal(expected, await Accesses.ToStudyAsync(account, study.StudyId));
    }

    [SkippableFact]
    public async Task ToStudy_ClosedAccount_NothingAnyMore()
    {
        var study = await Seeds.StudyAsync("a fox");
        var account = await AccountAsync("ada@example.org", Role.Researcher);
        await Members.SetAsync(study.StudyId, "ada@example.org", Role.Admin);

        await new AccountStore(Db, Clock).DisableAsync(account);

        Assert.Equal(Access.None, await Accesses.ToStudyAsync(account, study.StudyId));
    }

    [SkippableFact]
    public async Task Add_ByAResearcher_MakesThemItsAdmin_AndAFollowingStudyHasItsPeople()
    {
        var (ada, bob) = (await AccountAsync("ada@example.org", Role.Researcher), await AccountAsync("bob@example.org", Role.Researcher));
        var (a, b) = await Seeds.SystemsAsync("a fox");
        var first = await Studies.AddAsync(await Seeds.DraftAsync(a, b) with { CreatedByAccountId = ada });
        await Members.SetAsync(first, "bob@example.org", Role.Viewer);

        var second = await Studies.AddAsync(await Seeds.DraftAsync(a, b) with { CreatedByAccountId = ada, ParentStudyId = first });
        var pilot = await new PilotStore(Db, Clock).AddAsync(first, 1, ada);

        Assert.Equal(Access.Administer, await Accesses.ToStudyAsync(ada, second));
        Assert.Equal(Access.View, await Accesses.ToStudyAsync(bob, second));
        Assert.Equal(Access.View, await Accesses.ToStudyAsync(bob, pilot));
        Assert.Equal(Access.Administer, await Accesses.ToStudyAsync(ada, pilot));
    }

    [SkippableFact]
    public async Task Of_WhatBelongsToTwoStudies_TheLesserOfBoth()
    {
        var ada = await AccountAsync("ada@example.org", Role.Researcher);
        var bob = await AccountAsync("bob@example.org", Role.Researcher);
        var (a, b) = await Seeds.SystemsAsync("a fox");
        var group = await Studies.AddGroupAsync(new NewStudyGroup("Two", "x", [await Seeds.DraftAsync(a, b) with { CreatedByAccountId = ada }, await Seeds.DraftAsync(a, b) with { CreatedByAccountId = ada }]));
        var studies = await Studies.ListGroupAsync(group);
        await Members.SetAsync(studies[0].StudyId, "bob@example.org", Role.Researcher);

        Assert.Equal(Access.None, await Accesses.OfAsync(Actor.OfAccount(bob), StudyScope.Group(group)));
        await Members.SetAsync(studies[1].StudyId, "bob@example.org", Role.Viewer);
        Assert.Equal(Access.View, await Accesses.OfAsync(Actor.OfAccount(bob), StudyScope.Group(group)));
    }

    [SkippableFact]
    public async Task ListVisible_Researcher_TheirStudiesAndPilotsOnly()
    {
        var ada = await AccountAsync("ada@example.org", Role.Researcher);
        var other = await Seeds.StudyAsync("a fox");
        var (a, b) = await Seeds.SystemsAsync("a hen");
        var own = await Studies.AddAsync(await Seeds.DraftAsync(a, b) with { CreatedByAccountId = ada });
        var pilot = await new PilotStore(Db, Clock).AddAsync(own, 1, ada);

        var visible = await AsAsync(ada, () => Accesses.ListVisibleAsync());

        Assert.Equal([own, pilot], visible.Ids.Order());
        Assert.False(visible.Contains(other.StudyId));
        Assert.True((await Accesses.ListVisibleAsync()).Contains(other.StudyId)); // the portal itself sees all
    }

    [SkippableFact]
    public async Task Remove_LastAdminOfAStudy_IsRefused()
    {
        var ada = await AccountAsync("ada@example.org", Role.Researcher);
        var (a, b) = await Seeds.SystemsAsync("a fox");
        var study = await Studies.AddAsync(await Seeds.DraftAsync(a, b) with { CreatedByAccountId = ada });
        await AccountAsync("bob@example.org", Role.Researcher);

        await Assert.ThrowsAsync<RefusedException>(() => Members.RemoveAsync(study, ada));
        await Assert.ThrowsAsync<RefusedException>(() => Members.SetAsync(study, "ada@example.org", Role.Viewer));
        await Members.SetAsync(study, "bob@example.org", Role.Admin);
        await Members.RemoveAsync(study, ada);

        var left = Assert.Single(await Members.ListAsync(study));
        Assert.Equal(("bob@example.org", Role.Admin), (left.Email, left.Role));
    }

    [SkippableFact]
    public async Task Set_OneselfAsAdmin_OfAStudyOrThePortal_IsRefused_AndOneMayLeave()
    {
        var study = await Seeds.StudyAsync("a fox");
        var ada = await AccountAsync("ada@example.org", Role.Researcher);
        await RefusedAsync(ada, () => Members.SetAsync(study.StudyId, "ada@example.org", Role.Admin));
        await RefusedAsync(ada, () => new AccountStore(Db, Clock).SetRoleAsync(ada, Role.Admin));
        Assert.Empty(await Members.ListAsync(study.StudyId));

        await AccountAsync("bob@example.org", Role.Researcher);
        await Members.SetAsync(study.StudyId, "ada@example.org", Role.Admin);
        await Members.SetAsync(study.StudyId, "bob@example.org", Role.Admin);
        await AsAsync<object?>(ada, async () =>
        {
            await Members.RemoveAsync(study.StudyId, ada);
            return null;
        });

        Assert.Equal("bob@example.org", Assert.Single(await Members.ListAsync(study.StudyId)).Email);
    }

    [SkippableFact]
    public async Task Set_NobodysAddress_SaysWhatToDo()
    {
        var study = await Seeds.StudyAsync("a fox");

        var refused = await Assert.ThrowsAsync<RefusedException>(() => Members.SetAsync(study.StudyId, "eve@example.org", Role.Viewer));

        Assert.Contains("An admin of the portal can invite them", refused.Message, StringComparison.Ordinal);
    }

    [SkippableFact]
    public async Task Change_ByAViewerOrAStranger_IsRefusedAndChangesNothing()
    {
        var study = await Seeds.StudyAsync("a fox");
        await Seeds.VoteAsync(study, 1, Axis.Flaws, "a");
        var viewer = await AccountAsync("ada@example.org", Role.Researcher);
        await Members.SetAsync(study.StudyId, "ada@example.org", Role.Viewer);
        var stranger = await AccountAsync("bob@example.org", Role.Researcher);
        var rater = (await new RaterStore(Db, Clock).AddAsync(null)).RaterId;
        await new RaterStore(Db, Clock).ConsentAsync(rater, study.StudyId);
        var (exclusions, sets) = (new ExclusionStore(Db, Clock), new PreferenceSetStore(Db, new ComparisonStore(Db), new RecordedPickStore(Db), new AskedImageStore(Db), Clock));

        foreach (var account in (long[])[viewer, stranger])
        {
            await RefusedAsync(account, () => Studies.SetStateAsync(study.StudyId, StudyState.Closed));
            await RefusedAsync(account, () => exclusions.ExcludeAsync(study.StudyId, rater, null, "no", account));
            await RefusedAsync(account, () => Members.SetAsync(study.StudyId, "bob@example.org", Role.Admin));
            await RefusedAsync(account, () => sets.FreezeAsync("mine", study.StudyId, AxisRule.Flaws, VoteSource.Real, account));
        }

        Assert.Equal(StudyState.Running, (await Studies.FindAsync(study.StudyId))!.State);
        Assert.Empty(await exclusions.ListAsync(study.StudyId));
        Assert.Empty(await sets.ListAsync());
    }

    [SkippableFact]
    public async Task Change_ByAViewerOfThePortal_OfMaterialOrAccounts_IsRefused()
    {
        var viewer = await AccountAsync("ada@example.org", Role.Viewer);
        var researcher = await AccountAsync("bob@example.org", Role.Researcher);

        await RefusedAsync(viewer, () => Seeds.PromptSetAsync("a fox"));
        await RefusedAsync(researcher, () => new InvitationStore(Db, Clock).AddAsync(Role.Admin, null, researcher, TimeSpan.FromHours(1)));
        await RefusedAsync(researcher, () => new AccountStore(Db, Clock).SetRoleAsync(researcher, Role.Admin));
        await AsAsync(researcher, async () => await Seeds.PromptSetAsync("a fox"));
    }

    private static async Task RefusedAsync(long account, Func<Task> change) =>
        await Assert.ThrowsAsync<RefusedException>(() => AsAsync<object?>(account, async () =>
        {
            await change();
            return null;
        }));

    private static async Task<T> AsAsync<T>(long account, Func<Task<T>> work)
    {
        Actor.Enter(Actor.OfAccount(account)); // for this method and what it calls
        return await work();
    }

    private async Task<long> AccountAsync(string email, Role role)
    {
        var invitations = new InvitationStore(Db, Clock);
        return await invitations.RedeemAsync(await invitations.AddAsync(role, email: null, createdByAccountId: null, TimeSpan.FromHours(1)), email, "Ada", "hash");
    }
}
