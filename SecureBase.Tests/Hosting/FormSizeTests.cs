using System.Net;
using SecureBase.Portal.Hosting;
using SecureBase.Tests.Infrastructure;
using SecureBase.Tests.Isolation.Surfaces;

namespace SecureBase.Tests.Hosting;

public sealed class FormSizeTests : IAsyncLifetime
{
    private TestDatabase _database = null!;
    private PortalFactory _portal = null!;

    public async Task InitializeAsync()
    {
        _database = await PostgresFixture.CreateDatabaseAsync();
        _portal = await PortalFactory.StartAsync(_database.Connections, new PortalSettings { OnSocket = true });
    }

    public async Task DisposeAsync()
    {
        await _portal.DisposeAsync();
        await _database.DisposeAsync();
    }

    [Theory]
    [InlineData(FormSize.Max - 10_000, HttpStatusCode.OK)]
    [InlineData(FormSize.Max + 10_000, HttpStatusCode.RequestEntityTooLarge)]
    public async Task AForm_IsReadUpToAMebibyte(long size, HttpStatusCode expected)
    {
        using var visitor = _portal.Visit(await _portal.Given.TenantAsync());
        using var answer = await visitor.SubmitAsync("/account/sign-in", ("email", "someone@nowhere.test"), ("password", new string('x', (int)size)));
        Assert.Equal(expected, answer.StatusCode);
    }

    [Fact]
    public async Task NoPageOfSomeoneSignedIn_StaysInTheBrowsersCache()
    {
        using var browser = await (await (await _portal.Given.TenantAsync()).AdminAsync()).SignInAsync();
        foreach (var page in PageRoute.All.Where(p => p.IsForCustomers && p.Bare is not null))
        {
            using var answer = await browser.GetAsync(page.Bare!);
            Assert.True(answer.Headers.CacheControl is { NoStore: true }, $"{page.Name} may be cached: {answer.Headers.CacheControl}");
        }
    }
}
