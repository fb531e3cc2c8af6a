using System.Net;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Components.Endpoints;
using SecureBase.Portal.Api;
using SecureBase.Tests.Infrastructure;
using SecureBase.Tests.Isolation.Surfaces;

namespace SecureBase.Tests.Isolation;

/// <summary>Nothing the portal answers to escapes the isolation suite: a new endpoint is attacked, or named with the reason why not.</summary>
public sealed class SurfaceCoverageTests(PortalFixture fixture) : IClassFixture<PortalFixture>
{
    [Fact]
    public void EveryEndpoint_IsAttackedOrNamedWithItsReason()
    {
        var unknown = PortalEndpoints.Of(fixture.Portal.Services)
            .Where(e => !ApiRoute.Is(e) && !PortalEndpoints.IsPage(e) && !PortalEndpoints.IsHub(e) && !PortalEndpoints.IsStaticAsset(e) && !DownloadRoute.Is(e))
            .Select(PortalEndpoints.Name).Except(PortalEndpoints.NotAttacked.Keys);
        Assert.True(!unknown.Any(), $"""
            The isolation suite attacks routes of /v1, pages, downloads and hubs by itself. These are none of them:
            {string.Join('\n', unknown)}
            Map them under /v1, or add them to {nameof(PortalEndpoints)}.{nameof(PortalEndpoints.NotAttacked)} with the reason why no tenant's data can pass through them.
            """);
    }

    [Fact]
    public void EveryReason_IsStillNeeded()
    {
        var names = PortalEndpoints.Of(fixture.Portal.Services).Select(PortalEndpoints.Name).ToList();
        Assert.Empty(PortalEndpoints.NotAttacked.Keys.Except(names));
        Assert.Empty(PortalEndpoints.Anonymous.Keys.Except(names));
        Assert.Empty(PageRoute.WithoutData.Keys.Except(PageRoute.All.Select(p => p.Template)));
    }

    [Fact]
    public void EveryPage_IsAnEndpoint() => Assert.Equal(
        PageRoute.All.Select(p => p.Template).Order(StringComparer.Ordinal),
        PortalEndpoints.Of(fixture.Portal.Services).Where(PortalEndpoints.IsPage).Where(e => e.Metadata.GetRequiredMetadata<ComponentTypeMetadata>().Type.Assembly == typeof(Portal.App).Assembly)
            .Select(PortalEndpoints.Name).Distinct().Order(StringComparer.Ordinal));

    [Fact]
    public void EveryRoute_NeedsAKeyAndAScope() => Assert.All(PortalEndpoints.Of(fixture.Portal.Services).Where(ApiRoute.Is), endpoint =>
    {
        var name = PortalEndpoints.Name(endpoint);
        Assert.True(endpoint.Metadata.GetMetadata<RequiredPermission>()?.Permission.Scope is not null, $"{name} names no scope: say what it needs with Needs(…).");
        Assert.True(endpoint.Metadata.GetMetadata<AuthorizationPolicy>() is not null, $"{name} is mapped outside the group of /v1, which asks for a key.");
        Assert.True(endpoint.Metadata.GetMetadata<IAllowAnonymous>() is null, $"{name} lets everybody in.");
    });

    [Fact]
    public void NothingIsAnonymous_ButWhatIsNamedWithItsReason()
    {
        var open = PortalEndpoints.Of(fixture.Portal.Services).Where(e => e.Metadata.GetMetadata<IAllowAnonymous>() is not null && !PortalEndpoints.IsStaticAsset(e))
            .Select(PortalEndpoints.Name).Distinct().Except(PortalEndpoints.Anonymous.Keys);
        Assert.True(!open.Any(), $"Anybody may ask for these; add [Authorize], or add them to {nameof(PortalEndpoints)}.{nameof(PortalEndpoints.Anonymous)} and say why: {string.Join(", ", open)}");
    }

    [Fact]
    public async Task EveryOtherPage_SendsAStrangerToSignIn()
    {
        var tenant = await fixture.Given.TenantAsync();
        using var stranger = fixture.Portal.Visit(tenant);
        foreach (var page in PageRoute.All.Where(p => !PortalEndpoints.Anonymous.ContainsKey(p.Template)))
        {
            using var answer = await stranger.GetAsync(page.Template.Replace("{", "", StringComparison.Ordinal).Replace("}", "", StringComparison.Ordinal));
            Assert.True(answer.StatusCode == HttpStatusCode.Redirect && answer.Headers.Location!.OriginalString.Contains("/account/sign-in", StringComparison.Ordinal),
                $"{page.Name} answers a stranger with {(int)answer.StatusCode}.");
        }
    }

    /// <summary>Health answers before tenants are known, to everybody, and says a word.</summary>
    [Theory]
    [InlineData("/health/live")]
    [InlineData("/health/ready")]
    public async Task Health_SaysOneWordAtAnyHost(string path)
    {
        foreach (var host in new[] { "no-such-tenant", (await fixture.Given.TenantAsync()).Slug })
        {
            using var answer = await fixture.Portal.Visit(host).GetAsync(path);
            Assert.Equal("""{"status":"ok"}""", await answer.Content.ReadAsStringAsync());
        }
    }
}
