using System.Net;
using AngleSharp.Dom;
using SecureBase.Core.Access;
using SecureBase.Core.Factors;
using SecureBase.Core.Kernel;
using SecureBase.Tests.Factors;
using SecureBase.Tests.Infrastructure;

namespace SecureBase.Tests.Account;

/// <summary>The second step of signing in, through the real forms and under a clock that is set.</summary>
public sealed class SecondFactorTests(SignInTests.Clocked clocked) : IClassFixture<SignInTests.Clocked>
{
    private const string SignIn = "/account/sign-in";
    private const string Second = "/account/second-factor";
    private const string Recovery = Second + "?with=recovery-code";
    private const string Step = "securebase-step";

    private readonly PortalFactory _portal = clocked.Portal;

    [Fact]
    public async Task RightPassword_OpensNothing_UntilTheCodeIsRight()
    {
        var (ada, app) = await WithAppAsync();
        using var browser = _portal.Visit(ada.Tenant);
        using (var half = await browser.SubmitAsync(SignIn + "?return_url=/tickets", ("email", ada.Email), ("password", GivenTenant.Password)))
            Assert.EndsWith(Second + "?return_url=%2Ftickets", half.Headers.Location!.OriginalString, StringComparison.Ordinal);
        Assert.Null(SessionCookie(browser));
        Assert.Equal(HttpStatusCode.Redirect, await StatusAsync(browser));

        using (var wrong = await browser.SubmitAsync(Second, ("code", app.WrongCode())))
            Assert.Contains(FactorErrors.WrongCode.Message, await wrong.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Null(SessionCookie(browser));
        using (var right = await browser.SubmitAsync(Second + "?return_url=/tickets", ("code", app.Code())))
            Assert.Equal("/tickets", new Uri(browser.Home, right.Headers.Location!).PathAndQuery);

        Assert.Equal(HttpStatusCode.OK, await StatusAsync(browser));
        Assert.Equal(SignInMethods.PasswordAndTotp, await Sql.ScalarAsync(clocked.Database.SuperuserConnectionString, $"select method from sessions where person_id = '{ada.Id}' order by created_at desc, id desc limit 1"));
    }

    [Fact]
    public async Task Code_IsTakenOnce_NeitherAgainNorAnOlderOneAfterIt()
    {
        var (ada, app) = await WithAppAsync();
        var (earlier, now) = (app.Code(), app.Code(1));
        using (var first = await HalfAsync(ada))
            Assert.True(await EntersAsync(first, now));

        using var second = await HalfAsync(ada);
        Assert.False(await EntersAsync(second, now));
        Assert.False(await EntersAsync(second, earlier));
        await clocked.AdvanceAsync(Totp.Step * 2);
        Assert.True(await EntersAsync(second, app.Code()));
    }

    [Fact]
    public async Task OneCodeInTwoBrowsersAtOnce_LetsOneIn()
    {
        var (ada, app) = await WithAppAsync();
        using var first = await HalfAsync(ada);
        using var second = await HalfAsync(ada);
        var entered = await Task.WhenAll(EntersAsync(first, app.Code()), EntersAsync(second, app.Code()));
        Assert.Single(entered, true);
    }

    [Fact]
    public async Task FiveWrongCodes_EndTheSignIn_AndLockTheAccount()
    {
        var (ada, app) = await WithAppAsync();
        using var browser = await HalfAsync(ada);
        for (var i = 0; i < SignInAttempt.MaxFailures; i++)
            Assert.False(await EntersAsync(browser, app.WrongCode()));

        Assert.Contains("Start again", await TextAsync(browser), StringComparison.Ordinal);
        Assert.False(await HalfSignsInAsync(ada));
        await clocked.AdvanceAsync(SignInService.LockTime);
        using var later = await HalfAsync(ada);
        Assert.True(await EntersAsync(later, app.Code()));
    }

    [Fact]
    public async Task RightPasswords_DoNotForgiveWrongCodes()
    {
        var (ada, app) = await WithAppAsync();
        for (var i = 0; i < SignInService.FailuresUntilLock; i++)
        {
            using var browser = await HalfAsync(ada);
            Assert.False(await EntersAsync(browser, app.WrongCode()));
        }
        Assert.False(await HalfSignsInAsync(ada));
    }

    [Fact]
    public async Task HalfSignIn_EndsAfterTenMinutes_AndWithItsSession()
    {
        var (ada, app) = await WithAppAsync();
        using var slow = await HalfAsync(ada);
        using var quick = await HalfAsync(ada);
        using var copy = _portal.Visit(ada.Tenant);
        copy.Cookies.Add(copy.Home, new Cookie(Step, quick.Cookies.GetCookies(quick.Home)[Step]!.Value));
        Assert.True(await EntersAsync(quick, app.Code()));
        Assert.Null(quick.Cookies.GetCookies(quick.Home)[Step]);
        Assert.Contains("Start again", await TextAsync(copy), StringComparison.Ordinal);

        await clocked.AdvanceAsync(SignInAttempt.Lifetime - TimeSpan.FromSeconds(1));
        Assert.DoesNotContain("Start again", await TextAsync(slow), StringComparison.Ordinal);
        await clocked.AdvanceAsync(TimeSpan.FromSeconds(1));
        Assert.Contains("Start again", await TextAsync(slow), StringComparison.Ordinal);
    }

    [Fact]
    public async Task HalfSignIn_OfAnotherTenant_IsNone_AndItsCookieIsForThisHostAlone()
    {
        var (ada, _) = await WithAppAsync();
        var (mallory, _) = await WithAppAsync();
        using var browser = _portal.Visit(mallory.Tenant);
        using var answer = await browser.SubmitAsync(SignIn, ("email", mallory.Email), ("password", GivenTenant.Password));
        var cookie = Assert.Single(answer.Headers.GetValues("Set-Cookie"), c => c.StartsWith(Step + "=", StringComparison.Ordinal)).ToLowerInvariant();
        Assert.Contains("httponly", cookie, StringComparison.Ordinal);
        Assert.Contains("samesite=strict", cookie, StringComparison.Ordinal);
        Assert.Contains("path=/", cookie, StringComparison.Ordinal);
        Assert.DoesNotContain("domain", cookie, StringComparison.Ordinal);

        using var elsewhere = _portal.Visit(ada.Tenant);
        elsewhere.Cookies.Add(elsewhere.Home, new Cookie(Step, browser.Cookies.GetCookies(browser.Home)[Step]!.Value));
        Assert.Contains("Start again", await TextAsync(elsewhere), StringComparison.Ordinal);
        using var nothing = _portal.Visit(ada.Tenant);
        Assert.Contains("Start again", await TextAsync(nothing), StringComparison.Ordinal);
    }

    [Fact]
    public async Task RecoveryCode_SignsInOnce_AndIsCounted()
    {
        var (ada, app) = await WithAppAsync();
        using (var browser = await HalfAsync(ada))
        {
            Assert.Contains("you have 10 left", await TextAsync(browser, Recovery), StringComparison.Ordinal);
            Assert.True(await EntersAsync(browser, app.RecoveryCodes[3], Recovery));
        }

        using var again = await HalfAsync(ada);
        Assert.Contains("you have 9 left", await TextAsync(again, Recovery), StringComparison.Ordinal);
        Assert.False(await EntersAsync(again, app.RecoveryCodes[3], Recovery));
        Assert.True(await EntersAsync(again, app.RecoveryCodes[4].ToUpperInvariant().Replace("-", "", StringComparison.Ordinal), Recovery));
    }

    [Fact]
    public async Task OneRecoveryCodeInFiveBrowsersAtOnce_LetsOneIn()
    {
        var (ada, app) = await WithAppAsync();
        var browsers = await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => HalfAsync(ada)));
        var entered = await Task.WhenAll(browsers.Select(browser => EntersAsync(browser, app.RecoveryCodes[0], Recovery)));
        Assert.Single(entered, true);
        foreach (var browser in browsers)
            browser.Dispose();
    }

    [Fact]
    public async Task RecoveryCode_OfAnotherPerson_IsNone()
    {
        var (ada, _) = await WithAppAsync();
        var ben = await ada.Tenant.PersonAsync(Roles.Viewer);
        var bens = await ben.AppAsync();
        using var browser = await HalfAsync(ada);
        Assert.False(await EntersAsync(browser, bens.RecoveryCodes[0], Recovery));
        Assert.False(await EntersAsync(browser, bens.Code()));
    }

    [Fact]
    public async Task WhereAFactorIsRequired_WhoHasNoneSetsOneUpFirst()
    {
        var ada = await PersonAsync();
        await ada.Tenant.RequireSecondFactorAsync();
        using var browser = await HalfAsync(ada);
        Assert.Contains("asks for more than a password", await TextAsync(browser), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Redirect, await StatusAsync(browser));

        using var offered = await SubmitHandlerAsync(browser, "offer");
        var secret = (await Visitor.ParseAsync(offered)).GetElementById("secret")!.TextContent;
        var app = new GivenApp(_portal, Base32.Decode(secret), []);
        Assert.False(await EntersAsync(browser, app.WrongCode()));
        Assert.Null(SessionCookie(browser));
        using var enrolled = await browser.SubmitAsync(Second, ("code", app.Code()));
        Assert.Equal(10, (await Visitor.ParseAsync(enrolled)).QuerySelectorAll(".recovery-codes li").Length);
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(browser));

        await clocked.AdvanceAsync(Totp.Step);
        using var later = await HalfAsync(ada);
        Assert.DoesNotContain("asks for more than a password", await TextAsync(later), StringComparison.Ordinal);
        Assert.True(await EntersAsync(later, app.Code()));
    }

    [Fact]
    public async Task EnrolmentStep_DoesNotReplaceAFactorThatIsThere()
    {
        var (ada, app) = await WithAppAsync();
        await ada.Tenant.RequireSecondFactorAsync();
        using var browser = await HalfAsync(ada);
        using var forged = await SubmitHandlerAsync(browser, "offer");
        Assert.DoesNotContain("secret", await forged.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.True(await EntersAsync(browser, app.Code()));
    }

    [Fact]
    public async Task SessionFromBeforeTheRequirement_EndsWithIt_OneWithAFactorGoesOn()
    {
        var ada = await PersonAsync();
        var ben = await ada.Tenant.PersonAsync(Roles.Viewer);
        var app = await ben.AppAsync();
        using var weak = await ada.SignInAsync();
        using var strong = await HalfAsync(ben);
        Assert.True(await EntersAsync(strong, app.Code()));

        await ada.Tenant.RequireSecondFactorAsync();

        Assert.Equal(HttpStatusCode.Redirect, await StatusAsync(weak));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(strong));
    }

    private async Task<GivenPerson> PersonAsync() => await (await _portal.Given.TenantAsync()).AdminAsync();

    private async Task<(GivenPerson Person, GivenApp App)> WithAppAsync()
    {
        var person = await PersonAsync();
        return (person, await person.AppAsync());
    }

    /// <summary>A browser in which the password was right.</summary>
    private async Task<Visitor> HalfAsync(GivenPerson person)
    {
        var browser = _portal.Visit(person.Tenant);
        using var answer = await browser.SubmitAsync(SignIn, ("email", person.Email), ("password", GivenTenant.Password));
        Assert.Contains(Second, answer.Headers.Location?.OriginalString ?? "nowhere", StringComparison.Ordinal);
        return browser;
    }

    private async Task<bool> HalfSignsInAsync(GivenPerson person)
    {
        using var browser = _portal.Visit(person.Tenant);
        using var answer = await browser.SubmitAsync(SignIn, ("email", person.Email), ("password", GivenTenant.Password));
        return answer.StatusCode == HttpStatusCode.Redirect;
    }

    private static async Task<bool> EntersAsync(Visitor browser, string code, string page = Second)
    {
        using var answer = await browser.SubmitAsync(page, ("code", code));
        Assert.Equal(answer.StatusCode == HttpStatusCode.Redirect, SessionCookie(browser) is not null);
        return answer.StatusCode == HttpStatusCode.Redirect;
    }

    /// <summary>Sends a form that has no field to find it by, or that the page did not offer.</summary>
    private static async Task<HttpResponseMessage> SubmitHandlerAsync(Visitor browser, string handler)
    {
        var page = await browser.PageAsync(Second);
        var token = page.QuerySelector("input[name=__RequestVerificationToken]")!.GetAttribute("value")!;
        return await browser.SendAsync(HttpMethod.Post, Second, new FormUrlEncodedContent([new("_handler", handler), new("__RequestVerificationToken", token)]));
    }

    private static Cookie? SessionCookie(Visitor browser) => browser.Cookies.GetCookies(browser.Home)["securebase"];

    private static async Task<string> TextAsync(Visitor browser, string page = Second) => (await browser.PageAsync(page)).Body!.Text();

    private static async Task<HttpStatusCode> StatusAsync(Visitor browser)
    {
        using var answer = await browser.GetAsync("/tickets");
        return answer.StatusCode;
    }
}
