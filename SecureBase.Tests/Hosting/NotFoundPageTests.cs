using System.Net;
using SecureBase.Core.Kernel;
using SecureBase.Tests.Infrastructure;

namespace SecureBase.Tests.Hosting;

public sealed class NotFoundPageTests(PortalFixture fixture) : IClassFixture<PortalFixture>
{
    [Theory]
    [InlineData("/nothing-here")]
    [InlineData("/tickets/ACME-1/nothing")]
    [InlineData("/reference/nothing")]
    public async Task UnknownAddress_SignedIn_IsA404ThatSaysSoWithinTheShell(string path)
    {
        var acme = await fixture.Given.TenantAsync();
        using var ada = await (await acme.PersonAsync(Roles.Viewer)).SignInAsync();

        var answer = await ada.GetAsync(path);

        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        var page = await Visitor.ParseAsync(answer);
        Assert.Equal("There is no such page", page.QuerySelector(".state h2")!.TextContent);
        Assert.Contains(acme.Info.Name, page.QuerySelector(".sidebar")!.TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public async Task UnknownAddress_SignedOut_AsksForSignInAndTellsNothing()
    {
        using var stranger = fixture.Portal.Visit(await fixture.Given.TenantAsync());
        var answer = await stranger.GetAsync("/nothing-here");
        Assert.Equal(HttpStatusCode.Redirect, answer.StatusCode);
        Assert.EndsWith("/account/sign-in?return_url=%2Fnothing-here", answer.Headers.Location!.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/v1/nothing")]
    [InlineData("/css/nothing.css")]
    public async Task ProgramsAndFiles_GetNoPage(string path)
    {
        var acme = await fixture.Given.TenantAsync();
        using var ada = await (await acme.PersonAsync(Roles.Viewer)).SignInAsync();
        var answer = await ada.GetAsync(path);
        Assert.DoesNotContain("There is no such page", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }
}
