using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using SecureBase.Core.Access;
using SecureBase.Core.Factors;
using SecureBase.Core.Kernel;
using SecureBase.Core.Persistence;
using SecureBase.Core.Tenancy;
using SecureBase.Core.Tenants;
using SecureBase.Tests.Infrastructure;

namespace SecureBase.Tests.Factors;

/// <summary>An authenticator app that holds a person's secret, and the recovery codes they kept.</summary>
internal sealed record GivenApp(PortalFactory Portal, byte[] Secret, IReadOnlyList<string> RecoveryCodes)
{
    /// <summary>What the app shows now, or so many steps from now.</summary>
    public string Code(int away = 0) => Totp.CodeOf(Secret, Totp.StepAt(Portal.Clock.GetUtcNow()) + away);

    /// <summary>A code that none of the accepted steps has.</summary>
    public string WrongCode()
    {
        var right = Enumerable.Range(-2, 5).Select(Code).ToHashSet();
        return Enumerable.Range(0, 10).Select(i => i.ToString("D6", System.Globalization.CultureInfo.InvariantCulture)).First(code => !right.Contains(code));
    }
}

internal static class GivenFactors
{
    /// <summary>Services as the person, in a session that began just now.</summary>
    public static async Task<Scope> SessionScopeAsync(this GivenPerson person, string method = SignInMethods.Password)
    {
        var portal = person.Tenant.Portal;
        var now = portal.Clock.GetUtcNow();
        var session = new Session { PersonId = person.Id, Method = method, CreatedAt = now, ConfirmedAt = now, LastSeenAt = now, ExpiresAt = now + Session.Lifetime };
        await using (var scope = person.Tenant.SystemScope())
        {
            var db = scope.Get<SecureBaseDb>();
            db.Sessions.Add(session);
            await db.SaveChangesAsync();
        }
        var tenant = await portal.Services.GetRequiredService<TenantDirectory>().FindAsync(person.Tenant.Id, CancellationToken.None);
        return portal.ScopeFor(tenant, person.Actor with { SessionId = session.Id });
    }

    /// <summary>Sets up an authenticator app through the product's own service. The code it was confirmed with is used up.</summary>
    public static async Task<GivenApp> AppAsync(this GivenPerson person)
    {
        await using var scope = await person.SessionScopeAsync();
        var factors = scope.Get<FactorService>();
        var app = new GivenApp(person.Tenant.Portal, Base32.Decode((await factors.OfferAuthenticatorAsync(CancellationToken.None)).Value.Secret), []);
        return app with { RecoveryCodes = (await factors.ConfirmAuthenticatorAsync(app.Code(-1), CancellationToken.None)).Value.Codes };
    }

    public static async Task RequireSecondFactorAsync(this GivenTenant tenant)
    {
        await using var scope = tenant.SystemScope();
        var done = await scope.Get<UnitOfWork>().ChangeAsync<Done>(TenantPermissions.Manage, "tenant.changed", async (change, ct) =>
        {
            (await change.Db.Tenants.SingleAsync(ct)).RequireSecondFactor(true);
            await change.AnnounceAsync(AccessSubject.Tenant, tenant.Id, ct);
            return Done.Value;
        }, CancellationToken.None);
        Assert.True(done.IsSuccess);
        await Until.TrueAsync("the node knows it", async () => (await tenant.Portal.Services.GetRequiredService<TenantDirectory>().FindAsync(tenant.Id, CancellationToken.None))!.RequiresSecondFactor);
    }
}
