using System.Net;
using AngleSharp.Html.Dom;
using Microsoft.Extensions.DependencyInjection;
using SecureBase.Core.Access;
using SecureBase.Core.Kernel;
using SecureBase.Core.Tenancy;
using SecureBase.Tests.Infrastructure;

namespace SecureBase.Tests.Account;

/// <summary>Sign-in through the real form, under a clock that is set.</summary>
public sealed class SignInTests(SignInTests.Clocked clocked) : IClassFixture<SignInTests.Clocked>
{
    private const string Page = "/account/sign-in";
    private const string Wrong = "Not-The-Password-1";

    private readonly PortalFactory _portal = clocked.Portal;

    [Fact]
    public async Task FiveFailures_LockForThirtyMinutesToTheSecond()
    {
        var ada = await PersonAsync();
        for (var i = 0; i < SignInService.FailuresUntilLock; i++)
            Assert.False(await EntersAsync(ada, Wrong));

        Assert.False(await EntersAsync(ada, GivenTenant.Password));
        await clocked.AdvanceAsync(SignInService.LockTime - TimeSpan.FromSeconds(1));
        Assert.False(await EntersAsync(ada, GivenTenant.Password));
        await clocked.AdvanceAsync(TimeSpan.FromSeconds(1));
        Assert.True(await EntersAsync(ada, GivenTenant.Password));
    }

    [Fact]
    public async Task FourFailures_AreForgivenByARightPassword()
    {
        var ada = await PersonAsync();
        for (var round = 0; round < 2; round++)
        {
            for (var i = 0; i < SignInService.FailuresUntilLock - 1; i++)
                Assert.False(await EntersAsync(ada, Wrong));
            Assert.True(await EntersAsync(ada, GivenTenant.Password));
        }
    }

    [Fact]
    public async Task TwentyFailuresAtOnce_LockToo_AndOnlyThatPerson()
    {
        var ada = await PersonAsync();
        var ben = await ada.Tenant.PersonAsync(Roles.Viewer);

        var entered = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => EntersAsync(ada, Wrong)));

        Assert.DoesNotContain(true, entered);
        Assert.False(await EntersAsync(ada, GivenTenant.Password));
        Assert.True(await EntersAsync(ben, GivenTenant.Password));
        Assert.Equal(21L, await Sql.ScalarAsync(clocked.Database.SuperuserConnectionString,
            $"select count(*) from audit_entries where tenant_id = '{ada.Tenant.Id}' and action = 'session.started' and outcome = 'refused'"));
    }

    [Fact]
    public async Task EveryRefusal_IsAnsweredInTheSameWords()
    {
        var ada = await PersonAsync();
        var locked = await ada.Tenant.PersonAsync(Roles.Viewer);
        for (var i = 0; i < SignInService.FailuresUntilLock; i++)
            await EntersAsync(locked, Wrong);
        var elsewhere = await PersonAsync();

        var answers = new List<string>();
        foreach (var (email, password) in new[]
        {
            (ada.Email, Wrong), ("nobody@nowhere.test", Wrong), ("nobody@nowhere.test", GivenTenant.Password), (locked.Email, Wrong), (locked.Email, GivenTenant.Password),
            (elsewhere.Email, GivenTenant.Password), ("no address at all", Wrong), (ada.Email, ""), (ada.Email, new string('x', 200)),
        })
            answers.Add(await RefusalAsync(ada.Tenant, email, password));

        Assert.Single(answers.Distinct());
        Assert.Contains(SignInService.Refused.Message, answers[0], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Email_IsReadInAnyCaseAndWithoutBlanks()
    {
        var ada = await PersonAsync();
        Assert.True(await EntersAsync(ada with { Summary = ada.Summary with { Email = $"  {ada.Email.ToUpperInvariant()} " } }, GivenTenant.Password));
    }

    [Theory]
    [InlineData("//evil.test")]
    [InlineData("///evil.test")]
    [InlineData("/\\evil.test")]
    [InlineData("\\\\evil.test")]
    [InlineData("/\t/evil.test")]
    [InlineData("\t//evil.test")]
    [InlineData("/\n/evil.test")]
    [InlineData("/\r\nSet-Cookie: a=b")]
    [InlineData("https://evil.test/")]
    [InlineData("https:evil.test")]
    [InlineData("https:/evil.test")]
    [InlineData("%2f%2fevil.test")]
    [InlineData("%5c%5cevil.test")]
    [InlineData("javascript:alert(1)")]
    [InlineData("evil.test")]
    [InlineData(" //evil.test")]
    [InlineData("")]
    [InlineData("~/tickets")]
    public async Task ReturnUrl_ThatLeadsElsewhere_IsTheStart(string hostile)
    {
        var ada = await PersonAsync();
        Assert.Equal("/", await LandsAtAsync(ada, hostile));
    }

    [Theory]
    [InlineData("/tickets?status=open&q=a%20b", "/tickets?status=open&q=a%20b")]
    [InlineData("/%2f%2fevil.test", "/%2f%2fevil.test")]
    [InlineData("/tickets/@evil.test", "/tickets/@evil.test")]
    [InlineData("/tickets?q=ü", "/tickets?q=%C3%BC")]
    public async Task ReturnUrl_OfThisHost_IsFollowed(string local, string expected)
    {
        var ada = await PersonAsync();
        Assert.Equal(expected, await LandsAtAsync(ada, local));
    }

    [Fact]
    public async Task SignIn_WhileSignedIn_GoesOnToTheStart()
    {
        var ada = await PersonAsync();
        using var browser = await ada.SignInAsync();
        using var answer = await browser.GetAsync(Page + "?return_url=//evil.test");
        Assert.Equal(HttpStatusCode.Redirect, answer.StatusCode);
        Assert.Equal(browser.Home, new Uri(browser.Home, answer.Headers.Location!));
    }

    [Fact]
    public async Task WithoutTheFormsToken_NobodyEntersAndNothingIsTried()
    {
        var ada = await PersonAsync();
        using var browser = _portal.Visit(ada.Tenant);
        using var answer = await browser.SendAsync(HttpMethod.Post, Page, new FormUrlEncodedContent(
            new Dictionary<string, string> { ["_handler"] = "sign-in", ["Form.Email"] = ada.Email, ["Form.Password"] = GivenTenant.Password }));
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Equal(0L, await Sql.ScalarAsync(clocked.Database.SuperuserConnectionString, $"select count(*) from sessions where tenant_id = '{ada.Tenant.Id}'"));
        Assert.Equal(0L, await Sql.ScalarAsync(clocked.Database.SuperuserConnectionString, $"select count(*) from audit_entries where tenant_id = '{ada.Tenant.Id}' and action = 'session.started'"));
    }

    [Fact]
    public async Task EachSignIn_IsANewSession_WhateverTheBrowserBrought()
    {
        var ada = await PersonAsync();
        using var first = await ada.SignInAsync();
        using var second = _portal.Visit(ada.Tenant);
        second.Cookies.Add(second.Home, new Cookie("securebase", "chosen-by-somebody-else"));
        await second.SignInAsync(ada.Email, GivenTenant.Password);

        var cookies = new[] { first, second }.Select(browser => browser.Cookies.GetCookies(browser.Home)["securebase"]!.Value).ToList();
        Assert.Equal(2, cookies.Distinct().Count());
        Assert.DoesNotContain("chosen-by-somebody-else", cookies);
        Assert.Equal(2L, await Sql.ScalarAsync(clocked.Database.SuperuserConnectionString, $"select count(*) from sessions where person_id = '{ada.Id}'"));
    }

    [Fact]
    public async Task Session_EndsAfterItsLifetime()
    {
        var ada = await PersonAsync();
        using var browser = await ada.SignInAsync();
        await clocked.AdvanceAsync(Session.Lifetime - TimeSpan.FromSeconds(1));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(browser));
        await clocked.AdvanceAsync(TimeSpan.FromSeconds(1));
        Assert.Equal(HttpStatusCode.Redirect, await StatusAsync(browser));
    }

    private async Task<GivenPerson> PersonAsync() => await (await _portal.Given.TenantAsync()).AdminAsync();

    private static async Task<HttpStatusCode> StatusAsync(Visitor browser)
    {
        using var answer = await browser.GetAsync("/tickets");
        return answer.StatusCode;
    }

    private async Task<bool> EntersAsync(GivenPerson person, string password)
    {
        using var browser = _portal.Visit(person.Tenant);
        using var answer = await browser.SubmitAsync(Page, ("email", person.Email), ("password", password));
        var entered = answer.StatusCode == HttpStatusCode.Redirect;
        Assert.Equal(entered ? HttpStatusCode.Redirect : HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal(entered, browser.Cookies.GetCookies(browser.Home)["securebase"] is not null);
        return entered;
    }

    /// <summary>All a browser gets to see, without the form's token and what the visitor typed.</summary>
    private async Task<string> RefusalAsync(GivenTenant tenant, string email, string password)
    {
        using var browser = _portal.Visit(tenant);
        using var answer = await browser.SubmitAsync(Page, ("email", email), ("password", password));
        var page = await Visitor.ParseAsync(answer);
        foreach (var input in page.QuerySelectorAll("input").OfType<IHtmlInputElement>())
            input.RemoveAttribute("value");
        var headers = answer.Headers.Where(h => h.Key is not ("Date" or "Set-Cookie" or "Content-Security-Policy")).Select(h => $"{h.Key}: {string.Join(",", h.Value)}").Order();
        return $"{(int)answer.StatusCode}\n{string.Join('\n', headers)}\n{page.DocumentElement.OuterHtml}";
    }

    private async Task<string> LandsAtAsync(GivenPerson person, string returnUrl)
    {
        using var browser = _portal.Visit(person.Tenant);
        using var answer = await browser.SubmitAsync($"{Page}?return_url={Uri.EscapeDataString(returnUrl)}", ("email", person.Email), ("password", GivenTenant.Password));
        Assert.Equal(HttpStatusCode.Redirect, answer.StatusCode);
        Assert.DoesNotContain("a=b", answer.Headers.TryGetValues("Set-Cookie", out var cookies) ? string.Join(";", cookies) : "", StringComparison.Ordinal);
        var landing = new Uri(browser.Home, answer.Headers.Location!);
        Assert.Equal((browser.Home.Scheme, browser.Home.Authority), (landing.Scheme, landing.Authority));
        return landing.PathAndQuery;
    }

    /// <summary>A portal under a clock that stands still until it is advanced.</summary>
    public sealed class Clocked : IAsyncLifetime
    {
        private readonly FakeTimeProvider _clock = new();

        public TestDatabase Database { get; private set; } = null!;
        public PortalFactory Portal { get; private set; } = null!;

        public async Task InitializeAsync()
        {
            Database = await PostgresFixture.CreateDatabaseAsync();
            Portal = await PortalFactory.StartAsync(Database.Connections, new PortalSettings { Clock = _clock });
        }

        /// <summary>The node trusts nothing it remembers until it has looked again at who may come in.</summary>
        public Task AdvanceAsync(TimeSpan by)
        {
            _clock.Advance(by);
            return Until.TrueAsync("the node has looked again", () => Portal.Services.GetRequiredService<IFreshness>().IsFresh);
        }

        public async Task DisposeAsync()
        {
            await Portal.DisposeAsync();
            await Database.DisposeAsync();
        }
    }
}
