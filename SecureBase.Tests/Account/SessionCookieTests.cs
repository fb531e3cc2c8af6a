using System.Net;
using SecureBase.Core.Kernel;
using SecureBase.Tests.Infrastructure;

namespace SecureBase.Tests.Account;

/// <summary>The cookie as it leaves the portal.</summary>
public sealed class SessionCookieTests
{
    [Theory]
    [InlineData("Production", "__Host-securebase", true)]
    [InlineData("Development", "securebase", false)]
    public async Task Cookie_IsForThisHostAlone(string environment, string name, bool secure)
    {
        await using var database = await PostgresFixture.CreateDatabaseAsync();
        await using var portal = await PortalFactory.StartAsync(database.Connections, new PortalSettings { Environment = environment });
        var ada = await (await portal.Given.TenantAsync()).PersonAsync(Roles.Viewer);
        using var browser = portal.Visit(ada.Tenant);

        using var form = await browser.GetAsync("/account/sign-in");
        using var answer = await browser.SubmitAsync("/account/sign-in", ("email", ada.Email), ("password", GivenTenant.Password));

        Assert.Equal(HttpStatusCode.Redirect, answer.StatusCode);
        AssertHostOnly(Assert.Single(answer.Headers.GetValues("Set-Cookie"), c => c.StartsWith(name + "=", StringComparison.Ordinal)), secure, "lax");
        AssertHostOnly(Assert.Single(form.Headers.GetValues("Set-Cookie"), c => c.StartsWith(name + "-form=", StringComparison.Ordinal)), secure, "strict");
    }

    private static void AssertHostOnly(string cookie, bool secure, string sameSite)
    {
        var attributes = cookie.Split(';').Skip(1).Select(a => a.Trim().ToLowerInvariant()).ToList();
        Assert.Contains("path=/", attributes);
        Assert.Contains("httponly", attributes);
        Assert.Contains("samesite=" + sameSite, attributes);
        Assert.Equal(secure, attributes.Contains("secure"));
        Assert.DoesNotContain(attributes, a => a.StartsWith("domain", StringComparison.Ordinal) || a.StartsWith("expires", StringComparison.Ordinal) || a.StartsWith("max-age", StringComparison.Ordinal));
    }
}
