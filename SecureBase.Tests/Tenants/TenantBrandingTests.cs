using System.Net;
using SecureBase.Core.Kernel;
using SecureBase.Core.Tenancy;
using SecureBase.Core.Tenants;
using SecureBase.Tests.Infrastructure;

namespace SecureBase.Tests.Tenants;

/// <summary>A tenant's picture and colour as browsers get them, at its own host and nowhere else.</summary>
public sealed class TenantBrandingTests(PortalFixture fixture) : IClassFixture<PortalFixture>
{
    private static readonly CancellationToken Ct = CancellationToken.None;

    [Fact]
    public async Task Logo_IsServedAtItsOwnHostAlone_WithHeadersThatLetItDoNothing()
    {
        var (acme, other) = (await fixture.Given.TenantAsync(), await fixture.Given.TenantAsync());
        var version = await SetLogoAsync(acme, Pictures.Png(64, 64, ("tEXt", "<script>alert(1)</script>"u8.ToArray())));
        using var visitor = fixture.Portal.Visit(acme);
        using var answer = await visitor.GetAsync($"/branding/logo/{version}");
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal("image/png", answer.Content.Headers.ContentType?.ToString());
        Assert.Equal("inline; filename=logo.png", answer.Content.Headers.ContentDisposition?.ToString());
        Assert.Equal("nosniff", answer.Headers.GetValues("X-Content-Type-Options").Single());
        Assert.Equal("default-src 'none'; frame-ancestors 'none'; sandbox", answer.Headers.GetValues("Content-Security-Policy").Single());
        Assert.Contains("immutable", answer.Headers.CacheControl!.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("script", System.Text.Encoding.Latin1.GetString(await answer.Content.ReadAsByteArrayAsync()), StringComparison.Ordinal);

        using var stranger = fixture.Portal.Visit(other);
        Assert.Equal(HttpStatusCode.NotFound, await StatusAsync(stranger, $"/branding/logo/{version}"));
        Assert.Equal(HttpStatusCode.NotFound, await StatusAsync(fixture.Portal.Visit(TenantSlug.Operator), $"/branding/logo/{version}"));
        Assert.Equal(HttpStatusCode.NotFound, await StatusAsync(fixture.Portal.Visit((string?)null), $"/branding/logo/{version}"));
        Assert.Equal(HttpStatusCode.NotFound, await StatusAsync(visitor, $"/branding/logo/{Guid.CreateVersion7()}"));

        var page = await visitor.PageAsync("/account/sign-in");
        Assert.Equal($"/branding/logo/{version}", page.QuerySelector("img.tenant-mark")?.GetAttribute("src"));
        var next = await SetLogoAsync(acme, Pictures.Jpeg());
        Assert.Equal(HttpStatusCode.NotFound, await StatusAsync(visitor, $"/branding/logo/{version}"));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(visitor, $"/branding/logo/{next}"));
        await acme.SuspendAsync();
        Assert.Equal(HttpStatusCode.Forbidden, await StatusAsync(visitor, $"/branding/logo/{next}"));
    }

    [Fact]
    public async Task Logo_TakenAway_LeavesTheFirstLetter()
    {
        var acme = await fixture.Given.TenantAsync();
        await SetLogoAsync(acme, Pictures.WebP());
        var ada = await acme.AdminAsync();
        await using (var scope = ada.Scope())
            Assert.True((await scope.Get<LogoService>().RemoveAsync(Ct)).IsSuccess);
        var page = await fixture.Portal.Visit(acme).PageAsync("/account/sign-in");
        Assert.Null(page.QuerySelector("img.tenant-mark"));
        Assert.Equal("O", page.QuerySelector(".tenant-mark")?.TextContent);
    }

    [Fact]
    public async Task Accent_IsAStyleSheetOfItsOwnHost_WithReadableColours()
    {
        var (acme, plain) = (await fixture.Given.TenantAsync(), await fixture.Given.TenantAsync());
        var ada = await acme.AdminAsync();
        await using (var scope = ada.Scope())
            Assert.True((await scope.Get<TenantSettingsService>().EditAsync(new EditSettings { Accent = "#FFEE00" }, 1, Ct)).IsSuccess);
        using var visitor = fixture.Portal.Visit(acme);
        var page = await visitor.PageAsync("/account/sign-in");
        var link = Assert.Single(page.QuerySelectorAll("link[rel=stylesheet]"), l => l.GetAttribute("href")!.StartsWith("/branding/", StringComparison.Ordinal)).GetAttribute("href")!;
        Assert.Equal("/branding/theme.css?v=ffee00", link);
        using var sheet = await visitor.GetAsync(link);
        Assert.Equal("text/css", sheet.Content.Headers.ContentType?.MediaType);
        Assert.Contains("immutable", sheet.Headers.CacheControl!.ToString(), StringComparison.Ordinal);
        var css = await sheet.Content.ReadAsStringAsync();
        Assert.Contains(AccentPalette.Of("#ffee00").Light.Accent, css, StringComparison.Ordinal);
        Assert.DoesNotContain("light-dark(#ffee00", css, StringComparison.Ordinal);
        // An address of another colour must not be kept by a browser for ever.
        using var stale = await visitor.GetAsync("/branding/theme.css?v=000000");
        Assert.Equal("no-store", stale.Headers.CacheControl?.ToString());
        Assert.Equal(HttpStatusCode.NotFound, await StatusAsync(fixture.Portal.Visit(plain), "/branding/theme.css?v=ffee00"));
        Assert.Empty(page.QuerySelectorAll("style, script:not([src])"));
    }

    [Fact]
    public async Task StaffsPage_ShowsTheCustomersLogo_ToStaffOnly()
    {
        var acme = await fixture.Given.TenantAsync();
        var version = await SetLogoAsync(acme, Pictures.Png());
        var provider = await fixture.Given.OperatorAsync();
        using var agent = await (await provider.PersonAsync(Roles.Agent)).SignInAsync();
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(agent, $"/tenants/{acme.Slug}/logo/{version}"));
        Assert.Equal(HttpStatusCode.NotFound, await StatusAsync(agent, $"/tenants/{acme.Slug}/logo/{Guid.CreateVersion7()}"));
        using var ada = await (await acme.AdminAsync()).SignInAsync();
        Assert.Equal(HttpStatusCode.Redirect, await StatusAsync(ada, $"/tenants/{acme.Slug}/logo/{version}"));
    }

    private static async Task<Guid> SetLogoAsync(GivenTenant tenant, byte[] file)
    {
        var admin = await tenant.AdminAsync();
        await using var scope = admin.Scope();
        var set = await scope.Get<LogoService>().SetAsync(file, Ct);
        Assert.True(set.IsSuccess, set.Error?.Message);
        return (await scope.Get<TenantDirectory>().FindAsync(tenant.Slug, Ct))!.LogoVersion!.Value;
    }

    private static async Task<HttpStatusCode> StatusAsync(Visitor visitor, string path)
    {
        using var answer = await visitor.GetAsync(path);
        return answer.StatusCode;
    }
}
