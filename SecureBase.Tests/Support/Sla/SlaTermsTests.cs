using SecureBase.Core.Demo;
using SecureBase.Core.Kernel;
using SecureBase.Core.Persistence;
using SecureBase.Core.Support;
using SecureBase.Core.Support.Sla;
using SecureBase.Core.Tenancy;
using SecureBase.Tests.Infrastructure;

namespace SecureBase.Tests.Support.Sla;

/// <summary>How open tickets come to live by new terms whatever happens meanwhile. A high priority has two hours in one plan and one in the other.</summary>
public sealed class SlaTermsTests(PortalFixture fixture) : IClassFixture<PortalFixture>
{
    private static readonly DateTimeOffset Start = ClockDesk.Start;

    private readonly ClockDesk _desk = new(fixture, new FakeTimeProvider(Start));

    [Fact]
    public async Task ARenewal_OfWhichOnlyTheTermsWereKept_IsCarriedOn()
    {
        var acme = await fixture.Given.TenantAsync(plan: Plan.Healthcare);
        var ticket = await _desk.OpenAsync(acme, TicketPriority.High);
        _desk.Clock.Advance(TimeSpan.FromMinutes(20));
        await using (var scope = Scope.For(fixture.Portal.Services, acme.Info with { Plan = Plan.Government }, SystemActor.Instance))
        {
            var book = scope.Get<TermsBook>();
            Assert.True((await scope.Services.UnitOfWorkAt(_desk.Clock).ChangeAsync<bool>(
                SlaPermissions.Keep, "sla.renewed", async (change, ct) => await book.RenewAsync(change.Db, change.At, ct), CancellationToken.None)).Value);
        }
        Assert.Equal(Start.AddMinutes(120), (await ClockDesk.ReadAsync(acme, ticket.Id)).NextDueAt);

        Assert.Equal(1, await _desk.RenewAsync(acme, Plan.Government));
        Assert.Equal(Start.AddMinutes(60), (await ClockDesk.ReadAsync(acme, ticket.Id)).NextDueAt);
    }

    [Fact]
    public async Task ATicketThatIsWrittenWhileTheTermsChange_TakesThemOverNext()
    {
        var acme = await fixture.Given.TenantAsync(plan: Plan.Healthcare);
        await _desk.OpenAsync(acme, TicketPriority.Low);
        var id = Guid.Empty;
        await using (var scope = (await acme.AdminAsync()).Scope())
        {
            var clocks = scope.Get<TicketClocks>();
            var written = await scope.Services.UnitOfWorkAt(_desk.Clock).ChangeAsync<Done>(SupportPermissions.Create, "ticket.created", async (change, ct) =>
            {
                var ticket = Ticket.Open(acme.Id, "T-9000001", "Egress doubled", "", TicketPriority.High, TicketCategory.General, [], change.Actor, change.At);
                change.Db.Tickets.Add(ticket);
                await TicketChanges.SaveAsync(change, ticket, clocks, ct);
                id = ticket.Id;
                // Of a ticket that is not committed nobody else knows.
                Assert.Equal(1, await _desk.RenewAsync(acme, Plan.Government));
                return Done.Value;
            }, CancellationToken.None);
            Assert.True(written.IsSuccess);
        }
        Assert.Equal(Start.AddMinutes(120), (await ClockDesk.ReadAsync(acme, id)).NextDueAt);

        Assert.Equal(1, await _desk.RenewAsync(acme, Plan.Government));
        Assert.Equal(Start.AddMinutes(60), (await ClockDesk.ReadAsync(acme, id)).NextDueAt);
    }

    [Fact]
    public async Task ARenewal_WithNothingNew_OpensNoChange()
    {
        var acme = await fixture.Given.TenantAsync(plan: Plan.Healthcare);
        await _desk.OpenAsync(acme, TicketPriority.High);
        // Every change asks for its instant.
        Assert.Equal(0, await _desk.RenewAsync(acme, Plan.Healthcare, new UnaskedClock()));
    }

    [Fact]
    public async Task TermsOfAChangeThatWasNotCommitted_AreForgotten()
    {
        var acme = await fixture.Given.TenantAsync(plan: Plan.Healthcare);
        await using (var scope = acme.SystemScope())
        {
            var book = scope.Get<TermsBook>();
            var refused = await scope.Services.UnitOfWorkAt(_desk.Clock).ChangeAsync<Done>(SlaPermissions.Keep, "sla.renewed", async (change, ct) =>
            {
                // As for a change of two tickets.
                await book.AgreedAsync(change.Db, change.At, ct);
                Assert.Equal(Start, Assert.Single(await book.AgreedAsync(change.Db, change.At, ct)).From);
                return SupportErrors.TicketNotFound;
            }, CancellationToken.None);
            Assert.False(refused.IsSuccess);
        }
        _desk.Clock.Advance(TimeSpan.FromHours(1));
        await _desk.OpenAsync(acme, TicketPriority.High);
        await using var reading = acme.SystemScope();
        var terms = await reading.Get<TermsBook>().ReadAsync(reading.Get<SecureBaseDb>(), Start, CancellationToken.None);
        Assert.Equal(Start.AddHours(1), Assert.Single(terms).From);
    }

    private sealed class UnaskedClock : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => throw new InvalidOperationException("Nobody was to ask.");
    }
}
