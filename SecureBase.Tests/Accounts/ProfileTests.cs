using System.Net;
using SecureBase.Core.Accounts;
using SecureBase.Core.Kernel;
using SecureBase.Tests.Infrastructure;

namespace SecureBase.Tests.Accounts;

/// <summary>What people change of their own account.</summary>
public sealed class ProfileTests(PortalFixture fixture) : IClassFixture<PortalFixture>
{
    private const string Fresh = "tin gravel moth lantern";

    private PortalFactory Portal => fixture.Portal;

    [Fact]
    public async Task NewPassword_NeedsTheOldOne_KeepsThisSession_EndsTheOthers_AndIsToldByMail()
    {
        var ada = await (await Portal.Given.TenantAsync()).AdminAsync();
        using var other = await ada.SignInAsync();
        await using var scope = ada.Scope();
        var profiles = scope.Get<ProfileService>();
        Assert.Equal("current_password", (await profiles.ChangePasswordAsync("not mine at all", Fresh, CancellationToken.None)).Error?.Fields[0].Field);
        Assert.Equal("new_password", (await profiles.ChangePasswordAsync(GivenTenant.Password, "password1234", CancellationToken.None)).Error?.Fields[0].Field);
        Assert.Equal("new_password", (await profiles.ChangePasswordAsync(GivenTenant.Password, GivenTenant.Password, CancellationToken.None)).Error?.Fields[0].Field);

        Assert.True((await profiles.ChangePasswordAsync(GivenTenant.Password, Fresh, CancellationToken.None)).IsSuccess);

        await Until.TrueAsync("the other session has ended", async () =>
        {
            using var answer = await other.GetAsync("/tickets");
            return answer.StatusCode == HttpStatusCode.Redirect;
        });
        using var again = await Portal.Visit(ada.Tenant).SignInAsync(ada.Email, Fresh);
        Assert.Contains("from within the portal", (await new Mailbox(ada.Email, Portal).ReadAsync(1))[0].Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task FiveWrongPasswords_LockTheAccount()
    {
        var ada = await (await Portal.Given.TenantAsync()).AdminAsync();
        await using var scope = ada.Scope();
        for (var i = 0; i < 5; i++)
            Assert.Equal(ErrorKind.Invalid, (await scope.Get<ProfileService>().RequestEmailAsync("new@acme.test", "wrong wrong wrong", CancellationToken.None)).Error?.Kind);
        Assert.Equal("account_locked", (await scope.Get<ProfileService>().RequestEmailAsync("new@acme.test", GivenTenant.Password, CancellationToken.None)).Error?.Code);
        using var browser = Portal.Visit(ada.Tenant);
        using var refused = await browser.SubmitAsync("/account/sign-in", ("email", ada.Email), ("password", GivenTenant.Password));
        Assert.Equal(HttpStatusCode.OK, refused.StatusCode);
    }

    [Fact]
    public async Task NewEmail_HoldsOnceItsLinkIsConfirmed_AndTheOldAddressIsTold()
    {
        var acme = await Portal.Given.TenantAsync();
        var ada = await acme.AdminAsync();
        var email = $"ada-{Guid.CreateVersion7().ToString("N")[^12..]}@{acme.Slug}.test";
        await using (var scope = ada.Scope())
        {
            Assert.True((await scope.Get<ProfileService>().RequestEmailAsync(email, GivenTenant.Password, CancellationToken.None)).IsSuccess);
            var pending = (await scope.Get<ProfileService>().GetAsync(CancellationToken.None)).Value;
            Assert.Equal((ada.Email, email), (pending.Email, pending.PendingEmail));
        }

        var token = await new Mailbox(email, Portal).TokenAsync();
        (await ada.SignInAsync()).Dispose();
        using var browser = Portal.Visit(acme);
        using (var seen = await browser.GetAsync("/account/confirm-email"))
            Assert.Equal(HttpStatusCode.OK, seen.StatusCode);
        using (var confirmed = await browser.SubmitAsync("/account/confirm-email", ("token", token)))
            Assert.Contains("Your address is confirmed", await confirmed.Content.ReadAsStringAsync(), StringComparison.Ordinal);

        (await Portal.Visit(acme).SignInAsync(email, GivenTenant.Password)).Dispose();
        var told = (await new Mailbox(ada.Email, Portal).ReadAsync(1))[0];
        Assert.Contains($"no longer with {ada.Email}", told.Text, StringComparison.Ordinal);
        Assert.Contains("tell an admin", told.Text, StringComparison.Ordinal);
        Assert.DoesNotContain(email, told.Text, StringComparison.Ordinal);
        using var twice = await browser.SubmitAsync("/account/confirm-email", ("token", token));
        Assert.Contains("This link does not work", await twice.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    /// <summary>Whether somebody has an address is not told to who asks for it: the answer is the same, and nothing is sent.</summary>
    [Fact]
    public async Task TakenEmail_IsAnsweredLikeAFreeOne_AndGetsNoMail()
    {
        var acme = await Portal.Given.TenantAsync();
        var (ada, ben) = (await acme.AdminAsync(), await acme.PersonAsync(Roles.Viewer));
        await using var scope = ada.Scope();
        var profiles = scope.Get<ProfileService>();
        Assert.True((await profiles.RequestEmailAsync(ben.Email, GivenTenant.Password, CancellationToken.None)).IsSuccess);
        await Until.TrueAsync("the mail is given up", async () => Equals(1L, await Sql.ScalarAsync(fixture.Database.SuperuserConnectionString,
            $"select count(*) from deliveries where tenant_id = '{acme.Id}' and status = 'failed'")));
        await new Mailbox(ben.Email, Portal).ReadAsync(0);
    }

    [Fact]
    public async Task TwoWhoWantTheSameAddress_OnlyOneGetsIt()
    {
        var acme = await Portal.Given.TenantAsync();
        var (ada, ben) = (await acme.AdminAsync(), await acme.AdminAsync());
        var email = $"both-{Guid.CreateVersion7().ToString("N")[^12..]}@{acme.Slug}.test";
        foreach (var person in new[] { ada, ben })
        {
            await using var scope = person.Scope();
            Assert.True((await scope.Get<ProfileService>().RequestEmailAsync(email, GivenTenant.Password, CancellationToken.None)).IsSuccess);
        }

        var tokens = (await new Mailbox(email, Portal).ReadAsync(2)).Select(Mailbox.TokenIn);
        var results = await Task.WhenAll(tokens.Select(async token =>
        {
            await using var scope = Portal.ScopeFor(acme.Info, actor: null);
            return await scope.Get<ProfileService>().ConfirmEmailAsync(token, "192.0.2.1", CancellationToken.None);
        }));
        Assert.Single(results, r => r.IsSuccess);
        Assert.Equal("link_invalid", results.Single(r => !r.IsSuccess).Error!.Code);
    }
}
