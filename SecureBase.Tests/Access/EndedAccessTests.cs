using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using SecureBase.Core.Access;
using SecureBase.Core.Kernel;
using SecureBase.Core.Persistence;
using SecureBase.Core.Support.Presence;
using SecureBase.Tests.Infrastructure;

namespace SecureBase.Tests.Access;

public sealed class EndedAccessTests(PortalFixture fixture) : IClassFixture<PortalFixture>
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    private readonly FakeTimeProvider _clock = new();

    [Fact]
    public async Task Purge_EndedSessions_AreKeptThirtyDaysAfterTheirEnd()
    {
        var acme = await fixture.Given.TenantAsync();
        var ada = await acme.AdminAsync();
        var now = _clock.GetUtcNow();
        var expired = await AddAsync(acme, ada, expiresAt: now);
        var revoked = await AddAsync(acme, ada, expiresAt: now + TimeSpan.FromDays(300), revokedAt: now);
        var live = await AddAsync(acme, ada, expiresAt: now + TimeSpan.FromDays(300));
        var globex = await fixture.Given.TenantAsync();
        var theirs = await AddAsync(globex, await globex.AdminAsync(), expiresAt: now);

        _clock.Advance(EndedAccess.SessionsKept - Second);
        await PurgeAsync(acme);
        Assert.Equal([expired, revoked, live], await SessionsAsync(acme));
        _clock.Advance(Second);
        await PurgeAsync(acme);

        Assert.Equal([live], await SessionsAsync(acme));
        Assert.Equal([theirs], await SessionsAsync(globex));
    }

    [Fact]
    public async Task Purge_Announcements_AreKeptADay()
    {
        var acme = await fixture.Given.TenantAsync();
        await using (var scope = acme.SystemScope())
        {
            var db = scope.Get<SecureBaseDb>();
            await db.AccessChanges.ExecuteDeleteAsync();
            db.AccessChanges.Add(new AccessChange { Subject = AccessSubject.Tenant, SubjectId = acme.Id, At = _clock.GetUtcNow() });
            await db.SaveChangesAsync();
        }

        _clock.Advance(EndedAccess.ChangesKept - Second);
        await PurgeAsync(acme);
        Assert.Equal(1, await ChangesAsync());
        _clock.Advance(Second);
        await PurgeAsync(acme);
        Assert.Equal(0, await ChangesAsync());

        async Task<int> ChangesAsync()
        {
            await using var scope = acme.SystemScope();
            return await scope.Get<SecureBaseDb>().AccessChanges.CountAsync();
        }
    }

    [Fact]
    public async Task ForgetGone_PagesSilentForAnHour_AreForgotten()
    {
        var acme = await fixture.Given.TenantAsync();
        var ada = await acme.AdminAsync();
        var ticket = await ada.OpenTicketAsync();
        await using var scope = ada.Scope();
        var presence = ActivatorUtilities.CreateInstance<PresenceService>(scope.Services, _clock);
        await presence.ShowAsync(ticket.Id, Guid.CreateVersion7(), PresenceState.Viewing, CancellationToken.None);
        _clock.Advance(PresenceService.Lifetime + TimeSpan.FromHours(1) - Second);
        await presence.ForgetGoneAsync(CancellationToken.None);
        Assert.Equal(1, await scope.Get<SecureBaseDb>().TicketPresences.CountAsync());

        _clock.Advance(Second);
        await presence.ForgetGoneAsync(CancellationToken.None);

        Assert.Equal(0, await scope.Get<SecureBaseDb>().TicketPresences.CountAsync());
    }

    private static async Task<Guid> AddAsync(GivenTenant tenant, GivenPerson person, DateTimeOffset expiresAt, DateTimeOffset? revokedAt = null)
    {
        await using var scope = tenant.SystemScope();
        var began = expiresAt - Session.Lifetime;
        var session = new Session { PersonId = person.Id, CreatedAt = began, ConfirmedAt = began, LastSeenAt = began, ExpiresAt = expiresAt };
        if (revokedAt is { } at)
            session.Revoke(at);
        scope.Get<SecureBaseDb>().Sessions.Add(session);
        await scope.Get<SecureBaseDb>().SaveChangesAsync();
        return session.Id;
    }

    private static async Task<List<Guid>> SessionsAsync(GivenTenant tenant)
    {
        await using var scope = tenant.SystemScope();
        return await scope.Get<SecureBaseDb>().Sessions.OrderBy(s => s.Id).Select(s => s.Id).ToListAsync();
    }

    private async Task PurgeAsync(GivenTenant tenant)
    {
        await using var scope = tenant.SystemScope();
        await ActivatorUtilities.CreateInstance<EndedAccess>(scope.Services, _clock).PurgeAsync(CancellationToken.None);
    }
}
