using Microsoft.Extensions.DependencyInjection;
using SecureBase.Core.Access;
using SecureBase.Core.Factors;
using SecureBase.Core.Kernel;
using SecureBase.Core.Messaging.Mail;
using SecureBase.Tests.Infrastructure;
using SentMail = SecureBase.Core.Messaging.Mail.Mail;

namespace SecureBase.Tests.Factors;

public sealed class FactorServiceTests(PortalFixture fixture) : IClassFixture<PortalFixture>
{
    private static readonly CancellationToken None = CancellationToken.None;

    [Fact]
    public async Task App_CountsFromItsFirstRightCodeOn_AndAnOlderOneUntilThen()
    {
        var ada = await PersonAsync();
        var old = await ada.AppAsync();
        await using var scope = await ada.SessionScopeAsync();
        var factors = scope.Get<FactorService>();

        var offer = (await factors.OfferAuthenticatorAsync(None)).Value;
        Assert.Equal(FactorErrors.WrongCode, (await factors.ConfirmAuthenticatorAsync(old.WrongCode(), None)).Error);
        Assert.Equal(1L, await ScalarAsync($"select count(*) from authenticators where person_id = '{ada.Id}' and secret is not null and pending_secret is not null"));
        var renewed = old with { Secret = Base32.Decode(offer.Secret) };
        var confirmed = (await factors.ConfirmAuthenticatorAsync(renewed.Code(), None)).Value;

        Assert.Empty(confirmed.Codes); // those of the first app still hold
        Assert.Equal(FactorErrors.NothingOffered, (await factors.ConfirmAuthenticatorAsync(renewed.Code(1), None)).Error);
    }

    [Fact]
    public async Task Secret_IsSealed_AndInNoAuditEntryOrEvent()
    {
        var ada = await PersonAsync();
        var app = await ada.AppAsync();
        var stored = (byte[])(await ScalarAsync($"select secret from authenticators where person_id = '{ada.Id}'"))!;
        Assert.DoesNotContain(Convert.ToHexString(app.Secret), Convert.ToHexString(stored), StringComparison.Ordinal);
        foreach (var secret in app.RecoveryCodes.Append(Totp.Base32(app.Secret)))
        {
            Assert.Equal(0L, await ScalarAsync($"select count(*) from audit_entries where tenant_id = '{ada.Tenant.Id}' and details::text like '%{secret}%'"));
            Assert.Equal(0L, await ScalarAsync($"select count(*) from outbox_events where tenant_id = '{ada.Tenant.Id}' and data::text like '%{secret}%'"));
        }
    }

    [Fact]
    public async Task SensitiveChanges_AskForAProofOfTheLastTenMinutes()
    {
        var ada = await PersonAsync();
        await ada.AppAsync();
        await using var scope = await ada.SessionScopeAsync();
        await AgeAsync(ada, "10 minutes");
        var factors = scope.Get<FactorService>();
        Assert.Equal(SessionConfirmation.Needed, (await factors.OfferAuthenticatorAsync(None)).Error);
        Assert.Equal(SessionConfirmation.Needed, (await factors.RemoveAuthenticatorAsync(None)).Error);
        Assert.Equal(SessionConfirmation.Needed, (await factors.RenewRecoveryCodesAsync(None)).Error);
        Assert.Null(await scope.Get<ConfirmationService>().ConfirmedUntilAsync(None));

        Assert.Equal(ConfirmationService.WrongPassword, (await scope.Get<ConfirmationService>().WithPasswordAsync("Not-The-Password-1", None)).Error);
        Assert.True((await scope.Get<ConfirmationService>().WithPasswordAsync(GivenTenant.Password, None)).IsSuccess);
        Assert.True((await factors.RenewRecoveryCodesAsync(None)).IsSuccess);
        Assert.NotNull(await scope.Get<ConfirmationService>().ConfirmedUntilAsync(None));
    }

    [Fact]
    public async Task Confirming_GuessesNoPasswords()
    {
        var ada = await PersonAsync();
        await using var scope = await ada.SessionScopeAsync();
        for (var i = 0; i < SignInService.FailuresUntilLock; i++)
            Assert.False((await scope.Get<ConfirmationService>().WithPasswordAsync("Not-The-Password-1", None)).IsSuccess);
        Assert.Equal(ConfirmationService.WrongPassword, (await scope.Get<ConfirmationService>().WithPasswordAsync(GivenTenant.Password, None)).Error);
    }

    [Fact]
    public async Task LastFactor_StaysWhereOneIsRequired_AndElsewhereTakesItsCodesAlong()
    {
        var ada = await PersonAsync();
        await ada.AppAsync();
        await using (var scope = await ada.SessionScopeAsync())
        {
            var factors = scope.Get<FactorService>();
            Assert.True((await factors.RemoveAuthenticatorAsync(None)).IsSuccess);
            Assert.Equal(0, (await factors.OverviewAsync(None)).RecoveryCodesLeft);
            Assert.Equal(FactorErrors.NoFactor, (await factors.RenewRecoveryCodesAsync(None)).Error);
            Assert.False(await ScalarAsync($"select two_factor_enabled from people where id = '{ada.Id}'") is true);
        }

        await ada.AppAsync();
        await ada.Tenant.RequireSecondFactorAsync();
        await using var required = await ada.SessionScopeAsync();
        Assert.Equal(FactorErrors.LastWhileRequired, (await required.Get<FactorService>().RemoveAuthenticatorAsync(None)).Error);
        Assert.NotNull((await required.Get<FactorService>().OverviewAsync(None)).AuthenticatorSince);
    }

    [Fact]
    public async Task TwoRemovalsAtOnce_LeaveOneFactorWhereOneIsRequired()
    {
        var ada = await PersonAsync();
        await ada.AppAsync();
        var passkey = Guid.CreateVersion7();
        await Sql.ExecuteAsync(fixture.Database.SuperuserConnectionString, $"""
            insert into passkeys (id, tenant_id, person_id, name, credential_id, public_key, sign_count, transports, is_user_verified, is_backup_eligible, is_backed_up, created_at)
            values ('{passkey}', '{ada.Tenant.Id}', '{ada.Id}', 'A key', '\x01', '\x02', 0, array['usb'], true, false, false, now())
            """);
        await ada.Tenant.RequireSecondFactorAsync();
        await using var first = await ada.SessionScopeAsync();
        await using var second = await ada.SessionScopeAsync();

        var removed = await Task.WhenAll(first.Get<FactorService>().RemoveAuthenticatorAsync(None), second.Get<FactorService>().RemovePasskeyAsync(passkey, None));

        Assert.Single(removed, r => r.IsSuccess);
        Assert.Single(removed, r => r.Error == FactorErrors.LastWhileRequired);
    }

    [Fact]
    public async Task EveryChange_IsToldToThePerson()
    {
        var ada = await PersonAsync();
        await ada.AppAsync();
        await using (var scope = await ada.SessionScopeAsync())
        {
            await scope.Get<FactorService>().RenewRecoveryCodesAsync(None);
            await scope.Get<FactorService>().RemoveAuthenticatorAsync(None);
        }
        var mails = await MailsToAsync(ada, 3);
        var subjects = mails.Select(m => m.Summary.Subject).ToList();
        foreach (var title in new[] { "An authenticator app was set up", "You have new recovery codes", "Your authenticator app was removed" })
            Assert.Contains($"{title} · {ada.Tenant.Info.Name}", subjects);
        Assert.All(mails, m => Assert.Contains("/profile/security", m.Text, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Reset_TakesEverythingAway_EndsTheSessions_AndTellsThePerson()
    {
        var acme = await fixture.Given.TenantAsync();
        var admin = await acme.AdminAsync();
        var ben = await acme.PersonAsync(Roles.Analyst);
        var app = await ben.AppAsync();
        using var browser = fixture.Portal.Visit(acme);
        await browser.SignInAsync(ben.Email, GivenTenant.Password);
        using (var entered = await browser.SubmitAsync("/account/second-factor", ("code", app.Code())))
            Assert.Equal(System.Net.HttpStatusCode.Redirect, entered.StatusCode);

        await using (var scope = admin.Scope())
        {
            Assert.True((await scope.Get<FactorService>().ResetAsync(ben.Id, None)).IsSuccess);
            Assert.Equal("own_factors", (await scope.Get<FactorService>().ResetAsync(admin.Id, None)).Error!.Code);
        }

        await Until.TrueAsync("the session has ended", async () =>
        {
            using var page = await browser.GetAsync("/tickets");
            return page.StatusCode == System.Net.HttpStatusCode.Redirect;
        }, 5);
        using var again = await ben.SignInAsync();
        using (var page = await again.GetAsync("/tickets"))
            Assert.Equal(System.Net.HttpStatusCode.OK, page.StatusCode);
        var mail = Assert.Single(await MailsToAsync(ben, 2), m => m.Summary.Subject.StartsWith("Your second factor was reset", StringComparison.Ordinal));
        Assert.Contains(admin.Name, mail.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(Roles.Analyst)]
    [InlineData(Roles.Viewer)]
    public async Task Reset_IsNotForEverybody(string role)
    {
        var acme = await fixture.Given.TenantAsync();
        var ben = await acme.PersonAsync(Roles.Viewer);
        await ben.AppAsync();
        await using var scope = (await acme.PersonAsync(role)).Scope();
        Assert.Equal(ErrorKind.Forbidden, (await scope.Get<FactorService>().ResetAsync(ben.Id, None)).Error!.Kind);
        Assert.True(await ScalarAsync($"select two_factor_enabled from people where id = '{ben.Id}'") is true);
    }

    [Fact]
    public async Task Reset_ByAManager_IsForAnalystsAndViewers()
    {
        var acme = await fixture.Given.TenantAsync();
        var admin = await acme.AdminAsync();
        await admin.AppAsync();
        var ben = await acme.PersonAsync(Roles.Viewer);
        await ben.AppAsync();
        await using var scope = (await acme.PersonAsync(Roles.Manager)).Scope();
        Assert.Equal(ErrorKind.Forbidden, (await scope.Get<FactorService>().ResetAsync(admin.Id, None)).Error!.Kind);
        Assert.True((await scope.Get<FactorService>().ResetAsync(ben.Id, None)).IsSuccess);
        Assert.True(await ScalarAsync($"select two_factor_enabled from people where id = '{admin.Id}'") is true);
        Assert.Equal(1L, await ScalarAsync($"select count(*) from audit_entries where tenant_id = '{acme.Id}' and action = 'person.factors_reset' and outcome = 'refused'"));
    }

    [Fact]
    public async Task Sessions_AreOnesOwn_ThisOneFirst_AndAllOthersEndTogether()
    {
        var ada = await PersonAsync();
        var ben = await ada.Tenant.PersonAsync(Roles.Viewer);
        await using var bens = await ben.SessionScopeAsync();
        await using var other = await ada.SessionScopeAsync();
        await using var here = await ada.SessionScopeAsync(SignInMethods.Passkey);
        var sessions = here.Get<SessionService>();

        var listed = await sessions.ListAsync(None);
        Assert.Equal([true, false], listed.Select(s => s.IsThis));
        Assert.Equal(SignInMethods.Passkey, listed[0].Method);
        var bensOwn = Assert.Single(await bens.Get<SessionService>().ListAsync(None));
        Assert.Equal(ErrorKind.NotFound, (await sessions.EndAsync(bensOwn.Id, None)).Error!.Kind);

        Assert.Equal(1, (await sessions.EndOthersAsync(None)).Value);
        Assert.True(Assert.Single(await sessions.ListAsync(None)).IsThis);
        Assert.Single(await bens.Get<SessionService>().ListAsync(None));
    }

    private async Task<GivenPerson> PersonAsync() => await (await fixture.Given.TenantAsync()).PersonAsync(Roles.Viewer);

    /// <summary>Once so many have come.</summary>
    private async Task<IReadOnlyList<SentMail>> MailsToAsync(GivenPerson person, int count)
    {
        var folder = fixture.Portal.Services.GetRequiredService<MailFolder>();
        List<SentMail> mails = [];
        await Until.TrueAsync($"{count} mails to {person.Email}", async () =>
        {
            mails.Clear();
            foreach (var summary in (await folder.ListAsync(1_000, None)).Where(m => m.To.Contains(person.Email, StringComparison.Ordinal)))
                mails.Add((await folder.FindAsync(summary.Id, None))!);
            return mails.Count >= count;
        });
        Assert.Equal(count, mails.Count);
        return mails;
    }

    private Task AgeAsync(GivenPerson person, string by) =>
        Sql.ExecuteAsync(fixture.Database.SuperuserConnectionString, $"update sessions set confirmed_at = confirmed_at - interval '{by}' where person_id = '{person.Id}'");

    private Task<object?> ScalarAsync(string sql) => Sql.ScalarAsync(fixture.Database.SuperuserConnectionString, sql);
}
