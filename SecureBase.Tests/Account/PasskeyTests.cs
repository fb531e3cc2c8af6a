using System.Net;
using System.Text.Json;
using SecureBase.Core.Access;
using SecureBase.Core.Factors;
using SecureBase.Core.Kernel;
using SecureBase.Portal.Account;
using SecureBase.Tests.Factors;
using SecureBase.Tests.Infrastructure;

namespace SecureBase.Tests.Account;

/// <summary>Passkeys on their whole way over HTTP: challenge, an authenticator's answer, and what it opens.</summary>
public sealed class PasskeyTests(PortalFixture fixture) : IClassFixture<PortalFixture>
{
    private const string SignInPage = "/account/sign-in";
    private const string SecondPage = "/account/second-factor";

    [Fact]
    public async Task Passkey_AddedWhileSignedIn_SignsInWithoutAPassword()
    {
        var ada = await PersonAsync();
        using var key = new SoftwareAuthenticator { Counter = 1 };
        await AddAsync(ada, key);

        key.Counter++;
        using var browser = Visit(ada);
        Assert.True(await SignInAsync(browser, key));

        using var page = await browser.GetAsync("/tickets");
        Assert.Equal(HttpStatusCode.OK, page.StatusCode);
        Assert.Equal(SignInMethods.Passkey, await ScalarAsync($"select method from sessions where person_id = '{ada.Id}' order by created_at desc limit 1"));
        Assert.Equal(2L, await ScalarAsync($"select sign_count from passkeys where person_id = '{ada.Id}' and last_used_at is not null"));
    }

    [Fact]
    public async Task Options_AreForTheTenantsOwnHost_AndAskForVerification()
    {
        var ada = await PersonAsync();
        using var browser = Visit(ada);
        var (_, options) = await OptionsAsync(browser, "sign-in");
        Assert.Equal($"{ada.Tenant.Slug}.localhost", options.GetProperty("rpId").GetString());
        Assert.Equal("required", options.GetProperty("userVerification").GetString());
        Assert.Empty(options.GetProperty("allowCredentials").EnumerateArray());
    }

    [Fact]
    public async Task Passkey_IsAskedForAfterAPassword_WhereItIsTheOnlyFactor()
    {
        var ada = await PersonAsync();
        using var key = new SoftwareAuthenticator();
        await AddAsync(ada, key);
        using var browser = Visit(ada);
        using (var half = await browser.SubmitAsync(SignInPage, ("email", ada.Email), ("password", GivenTenant.Password)))
            Assert.Contains(SecondPage, half.Headers.Location!.OriginalString, StringComparison.Ordinal);
        Assert.Null(browser.Cookies.GetCookies(browser.Home)["securebase"]);

        var (challenge, options) = await OptionsAsync(browser, "second-factor", SecondPage);
        Assert.Single(options.GetProperty("allowCredentials").EnumerateArray());
        Assert.True(await SubmitAsync(browser, SecondPage, challenge, key.Get(options, Origin(browser))));
        Assert.Equal(SignInMethods.PasswordAndPasskey, await ScalarAsync($"select method from sessions where person_id = '{ada.Id}' order by created_at desc limit 1"));
    }

    [Fact]
    public async Task Answer_MadeAtAnotherOrigin_IsRefused()
    {
        var ada = await PersonAsync();
        var mallory = await PersonAsync();
        using var key = new SoftwareAuthenticator();
        await AddAsync(ada, key);
        using var browser = Visit(ada);
        foreach (var origin in new[]
        {
            $"http://{mallory.Tenant.Slug}.localhost", "http://localhost", $"http://{ada.Tenant.Slug}.localhost:8080", $"http://{ada.Tenant.Slug}.localhost.evil.test", "https://evil.test", "null", "",
        })
        {
            var (challenge, options) = await OptionsAsync(browser, "sign-in");
            Assert.False(await SubmitAsync(browser, SignInPage, challenge, key.Get(options, origin)), origin);
        }
        var (last, asked) = await OptionsAsync(browser, "sign-in");
        Assert.False(await SubmitAsync(browser, SignInPage, last, key.Get(asked, Origin(browser), relyingParty: $"{mallory.Tenant.Slug}.localhost")));
        Assert.True(await SignInAsync(browser, key));
    }

    [Fact]
    public async Task PasskeyOfOneTenant_OpensNothingAtAnother_EvenForTheSamePersonsHandle()
    {
        var ada = await PersonAsync();
        var mallory = await PersonAsync();
        using var hers = new SoftwareAuthenticator();
        await AddAsync(ada, hers);
        using var his = new SoftwareAuthenticator();
        await AddAsync(mallory, his);

        using var atAdas = Visit(ada);
        Assert.False(await SignInAsync(atAdas, his));
        var (challenge, options) = await OptionsAsync(atAdas, "sign-in");
        Assert.False(await SubmitAsync(atAdas, SignInPage, challenge, his.Get(options, Origin(atAdas), userHandle: Handle(ada.Id))));
        Assert.Contains(FactorErrors.PasskeyRefused.Message, await LastRefusalAsync(atAdas, his), StringComparison.Ordinal);
    }

    [Fact]
    public async Task WithoutThePin_ItIsNoSecondFactor()
    {
        var ada = await PersonAsync();
        using var key = new SoftwareAuthenticator();
        await AddAsync(ada, key);
        using var signedIn = await SignedInWithPasskeyAsync(ada, key);
        key.AsksForThePin = false;
        using var browser = Visit(ada);
        Assert.False(await SignInAsync(browser, key));

        using var lax = new SoftwareAuthenticator { AsksForThePin = false };
        Assert.Equal(HttpStatusCode.Conflict, await TryAddAsync(signedIn, lax));
    }

    [Fact]
    public async Task CounterThatDoesNotGrow_IsACopys()
    {
        var ada = await PersonAsync();
        using var key = new SoftwareAuthenticator { Counter = 7 };
        await AddAsync(ada, key);
        using var browser = Visit(ada);
        Assert.False(await SignInAsync(browser, key));
        key.Counter = 6;
        Assert.False(await SignInAsync(browser, key));
        Assert.Equal(7L, await ScalarAsync($"select sign_count from passkeys where person_id = '{ada.Id}'"));
        Assert.Equal(2L, await ScalarAsync($"select count(*) from audit_entries where tenant_id = '{ada.Tenant.Id}' and action = 'session.started' and outcome = 'refused'"));
        key.Counter = 8;
        Assert.True(await SignInAsync(browser, key));
    }

    [Fact]
    public async Task OneAnswer_IsTakenOnce_AndForWhatItWasAsked()
    {
        var ada = await PersonAsync();
        using var key = new SoftwareAuthenticator();
        await AddAsync(ada, key);
        using var browser = Visit(ada);
        var (challenge, options) = await OptionsAsync(browser, "sign-in");
        var answer = key.Get(options, Origin(browser));
        Assert.True(await SubmitAsync(browser, SignInPage, challenge, answer));
        using var thief = Visit(ada);
        Assert.False(await SubmitAsync(thief, SignInPage, challenge, answer));

        // A challenge of the signed-in page, however it was come by, signs nobody in.
        using var owner = await SignedInWithPasskeyAsync(ada, key);
        var (confirm, asked) = await OptionsAsync(owner, "confirm", "/tickets");
        Assert.False(await SubmitAsync(thief, SignInPage, confirm, key.Get(asked, Origin(thief))));
    }

    [Theory]
    [InlineData("")]
    [InlineData("{}")]
    [InlineData("not json")]
    [InlineData("""{"id":"AA","rawId":"AA","type":"public-key","response":{}}""")]
    public async Task WhatIsNoAnswer_IsRefusedLikeAWrongOne(string credential)
    {
        var ada = await PersonAsync();
        using var browser = Visit(ada);
        var (challenge, _) = await OptionsAsync(browser, "sign-in");
        Assert.False(await SubmitAsync(browser, SignInPage, challenge, credential));
        Assert.False(await SubmitAsync(browser, SignInPage, "no-challenge", credential));
    }

    [Fact]
    public async Task Adding_AsksForAFreshProof_AndTheFormsToken()
    {
        var ada = await PersonAsync();
        using var browser = await ada.SignInAsync();
        await Sql.ExecuteAsync(fixture.Database.SuperuserConnectionString, $"update sessions set confirmed_at = confirmed_at - interval '10 minutes' where person_id = '{ada.Id}'");
        using (var old = await PostAsync(browser, "/account/passkeys/options", "/tickets", ("use", "register")))
        {
            Assert.Equal(HttpStatusCode.Conflict, old.StatusCode);
            Assert.Contains(SessionConfirmation.Needed.Code, await old.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        }
        foreach (var path in new[] { "/account/passkeys/options", "/account/passkeys", "/account/passkeys/confirm" })
        {
            using var forged = await browser.SendAsync(HttpMethod.Post, path, new FormUrlEncodedContent([new("use", "sign-in")]));
            Assert.Equal(HttpStatusCode.BadRequest, forged.StatusCode);
        }
    }

    [Fact]
    public async Task Confirming_WithAPasskey_MakesTheProofFresh()
    {
        var ada = await PersonAsync();
        using var key = new SoftwareAuthenticator();
        await AddAsync(ada, key);
        using var browser = await SignedInWithPasskeyAsync(ada, key);
        await Sql.ExecuteAsync(fixture.Database.SuperuserConnectionString, $"update sessions set confirmed_at = confirmed_at - interval '1 hour' where person_id = '{ada.Id}'");
        var (challenge, options) = await OptionsAsync(browser, "confirm", "/tickets");
        using (var confirmed = await PostAsync(browser, "/account/passkeys/confirm", "/tickets", ("challenge", challenge), ("credential", key.Get(options, Origin(browser)))))
            Assert.Equal(HttpStatusCode.OK, confirmed.StatusCode);
        using var second = new SoftwareAuthenticator();
        Assert.Equal(HttpStatusCode.OK, await TryAddAsync(browser, second));
    }

    [Theory]
    [InlineData("https://acme.example.com", "acme.example.com", null, true)]
    [InlineData("https://acme.example.com", "acme.example.com", 443, true)]
    [InlineData("https://acme.example.com:8443", "acme.example.com", 8443, true)]
    [InlineData("https://acme.example.com:8443", "acme.example.com", null, false)]
    [InlineData("http://acme.example.com", "acme.example.com", null, false)]
    [InlineData("https://globex.example.com", "acme.example.com", null, false)]
    [InlineData("https://acme.example.com.evil.test", "acme.example.com", null, false)]
    [InlineData("http://acme.localhost:5080", "acme.localhost", 5080, true)]
    [InlineData("http://acme.localhost:5081", "acme.localhost", 5080, false)]
    public void OwnOrigin_IsSchemeHostAndPort(string origin, string host, int? port, bool own) => Assert.Equal(own, PasskeyCeremony.IsOwnOrigin(origin, host, port));

    private async Task<GivenPerson> PersonAsync() => await (await fixture.Given.TenantAsync()).PersonAsync(Roles.Viewer);

    private Visitor Visit(GivenPerson person) => fixture.Portal.Visit(person.Tenant);

    private static async Task AddAsync(GivenPerson person, SoftwareAuthenticator key)
    {
        using var browser = await person.SignInAsync();
        Assert.Equal(HttpStatusCode.OK, await TryAddAsync(browser, key));
    }

    private static async Task<HttpStatusCode> TryAddAsync(Visitor browser, SoftwareAuthenticator key)
    {
        var (challenge, options) = await OptionsAsync(browser, "register", "/tickets");
        using var answer = await PostAsync(browser, "/account/passkeys", "/tickets", ("challenge", challenge), ("credential", key.Create(options, Origin(browser))), ("name", "A key"));
        return answer.StatusCode;
    }

    private async Task<Visitor> SignedInWithPasskeyAsync(GivenPerson person, SoftwareAuthenticator key)
    {
        var browser = Visit(person);
        Assert.True(await SignInAsync(browser, key));
        return browser;
    }

    private static async Task<bool> SignInAsync(Visitor browser, SoftwareAuthenticator key)
    {
        var (challenge, options) = await OptionsAsync(browser, "sign-in");
        return await SubmitAsync(browser, SignInPage, challenge, key.Get(options, Origin(browser)));
    }

    private static async Task<string> LastRefusalAsync(Visitor browser, SoftwareAuthenticator key)
    {
        var (challenge, options) = await OptionsAsync(browser, "sign-in");
        using var answer = await PostAsync(browser, SignInPage, SignInPage, ("_handler", "passkey"), ("Form.Challenge", challenge), ("Form.Credential", key.Get(options, Origin(browser))));
        return await answer.Content.ReadAsStringAsync();
    }

    private static async Task<bool> SubmitAsync(Visitor browser, string page, string challenge, string credential)
    {
        using var answer = await PostAsync(browser, page, page, ("_handler", "passkey"), ("Form.Challenge", challenge), ("Form.Credential", credential));
        Assert.Equal(answer.StatusCode == HttpStatusCode.Redirect ? HttpStatusCode.Redirect : HttpStatusCode.OK, answer.StatusCode);
        return answer.StatusCode == HttpStatusCode.Redirect;
    }

    private static async Task<(string Challenge, JsonElement Options)> OptionsAsync(Visitor browser, string use, string page = SignInPage)
    {
        using var answer = await PostAsync(browser, "/account/passkeys/options", page, ("use", use));
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        using var json = JsonDocument.Parse(await answer.Content.ReadAsStringAsync());
        return (json.RootElement.GetProperty("challenge").GetString()!, json.RootElement.GetProperty("options").Clone());
    }

    private static async Task<HttpResponseMessage> PostAsync(Visitor browser, string path, string pageWithToken, params (string Name, string Value)[] fields)
    {
        var page = await browser.PageAsync(pageWithToken);
        var token = page.QuerySelector("input[name=__RequestVerificationToken]")!.GetAttribute("value")!;
        return await browser.SendAsync(HttpMethod.Post, path, new FormUrlEncodedContent([new("__RequestVerificationToken", token), .. fields.Select(f => new KeyValuePair<string, string>(f.Name, f.Value))]));
    }

    private static string Origin(Visitor browser) => browser.Home.GetLeftPart(UriPartial.Authority);

    private static string Handle(Guid person) => System.Buffers.Text.Base64Url.EncodeToString(System.Text.Encoding.UTF8.GetBytes(person.ToString()));

    private Task<object?> ScalarAsync(string sql) => Sql.ScalarAsync(fixture.Database.SuperuserConnectionString, sql);
}
