using System.Net;
using Microsoft.Extensions.DependencyInjection;
using NetVips;
using PixelPost.EvalPortal.Accounts;
using PixelPost.EvalPortal.Images;

namespace PixelPost.EvalPortal.Tests.Images;

public sealed class ImageEndpointsTests : IAsyncLifetime
{
    private readonly PortalServer _portal = new();

    public Task InitializeAsync() => _portal.InitializeAsync();

    public Task DisposeAsync() => _portal.DisposeAsync();

    [Fact]
    public async Task Image_SignedIn_IsTheKeptFile()
    {
        using var black = Image.Black(8, 8);
        var png = black.PngsaveBuffer(keep: Enums.ForeignKeep.None);
        var file = _portal.Services.GetRequiredService<ImageFiles>().Keep(png, "black");
        using var client = await _portal.SignedInClientAsync(Role.Researcher);

        var answer = await client.GetAsync(ImageEndpoints.Address(file.Sha256));

        Assert.Equal(await File.ReadAllBytesAsync(_portal.Services.GetRequiredService<ImageFiles>().PathOf(file.Sha256)), await answer.Content.ReadAsByteArrayAsync());
        Assert.Equal("image/png", answer.Content.Headers.ContentType!.MediaType);
    }

    [Fact]
    public async Task Image_WithoutSignIn_IsNotServed()
    {
        using var client = _portal.Client();

        Assert.Equal(HttpStatusCode.Redirect, (await client.GetAsync(ImageEndpoints.Address(new string('0', 64)))).StatusCode);
    }

    [Theory]
    [InlineData("0000000000000000000000000000000000000000000000000000000000000000")]
    [InlineData("..%2F..%2Fpixelpost")]
    public async Task Image_UnknownName_IsNotFound(string name)
    {
        using var client = await _portal.SignedInClientAsync(Role.Researcher);

        Assert.Equal(HttpStatusCode.NotFound, (await client.GetAsync(ImageEndpoints.Address(name))).StatusCode);
    }
}
