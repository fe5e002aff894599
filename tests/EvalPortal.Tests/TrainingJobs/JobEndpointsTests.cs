using System.Net;
using PixelPost.EvalPortal.Accounts;
using PixelPost.EvalPortal.TrainingJobs;

namespace PixelPost.EvalPortal.Tests.TrainingJobs;

public sealed class JobEndpointsTests : IAsyncLifetime
{
    private readonly PortalServer _portal = new();

    public Task InitializeAsync() => _portal.InitializeAsync();

    public Task DisposeAsync() => _portal.DisposeAsync();

    [Fact]
    public async Task Preview_WithoutSignIn_IsNotServed()
    {
        using var client = _portal.Client();

        Assert.Equal(HttpStatusCode.Redirect, (await client.GetAsync(JobEndpoints.Address(1, 100, "000000.png"))).StatusCode);
    }

    [Theory]
    [InlineData("/jobs/99/previews/100/000000.png")]
    [InlineData("/jobs/1/previews/100/..%2F..%2Fjob.json")]
    public async Task Preview_ThatIsNotThere_IsNotFound(string address)
    {
        using var client = await _portal.SignedInClientAsync(Role.Researcher);

        Assert.Equal(HttpStatusCode.NotFound, (await client.GetAsync(address)).StatusCode);
    }
}
