using SecureBase.Core.Kernel;
using SecureBase.Core.Support;
using SecureBase.Core.Tenancy;
using SecureBase.Tests.Infrastructure;

namespace SecureBase.Tests.Support;

public sealed class TicketQuotaTests : IAsyncLifetime
{
    // 23:30 in Berlin on 31 March, when the clocks have already changed; still 21:30 UTC.
    private readonly FakeTimeProvider _clock = new(new DateTimeOffset(2026, 3, 31, 21, 30, 0, TimeSpan.Zero));
    private TestDatabase _database = null!;
    private PortalFactory _portal = null!;

    public async Task InitializeAsync()
    {
        _database = await PostgresFixture.CreateDatabaseAsync();
        _portal = await PortalFactory.StartAsync(_database.Connections, new PortalSettings { Clock = _clock });
    }

    public async Task DisposeAsync()
    {
        await _portal.DisposeAsync();
        await _database.DisposeAsync();
    }

    [Fact]
    public async Task Allowance_CountsCalendarMonthsOfTheTenantsZone()
    {
        var ada = await (await _portal.Given.TenantAsync(plan: Plan.Standard, timeZone: "Europe/Berlin")).PersonAsync(Roles.Analyst);
        await ada.OpenTicketAsync();
        Assert.Equal(new TicketAllowance(5, 1, new DateOnly(2026, 3, 1)), await AllowanceAsync(ada));

        _clock.Advance(TimeSpan.FromMinutes(30));

        Assert.Equal(new TicketAllowance(5, 0, new DateOnly(2026, 4, 1)), await AllowanceAsync(ada));
    }

    [Fact]
    public async Task Allowance_LeavesOutWhatIsNeverRefused_AndSaysWhatWouldBe()
    {
        var ada = await (await _portal.Given.TenantAsync(plan: Plan.Standard)).PersonAsync(Roles.Analyst);
        await ada.OpenTicketAsync(priority: TicketPriority.Critical);
        for (var i = 0; i < 5; i++)
            await ada.OpenTicketAsync();

        var allowance = (await AllowanceAsync(ada))!;

        Assert.Equal((5, 0, new DateOnly(2026, 4, 1)), (allowance.Used, allowance.Left, allowance.RenewsOn));
        Assert.True(allowance.Refuses(TicketPriority.High, TicketCategory.Billing));
        Assert.False(allowance.Refuses(TicketPriority.Critical, TicketCategory.Billing));
        Assert.False(allowance.Refuses(TicketPriority.Low, TicketCategory.Security));
        await using var scope = ada.Scope();
        var refused = await scope.Get<TicketService>().OpenAsync(new OpenTicket { Subject = "One too many" }, CancellationToken.None);
        Assert.Equal(ErrorKind.QuotaExceeded, refused.Error!.Kind);
        Assert.InRange(refused.Error.RetryAfter!.Value.TotalDays, 0, 32);
    }

    [Fact]
    public async Task Allowance_UnlimitedPlan_IsNone() =>
        Assert.Null(await AllowanceAsync(await (await _portal.Given.TenantAsync(plan: Plan.Healthcare)).PersonAsync(Roles.Viewer)));

    private static async Task<TicketAllowance?> AllowanceAsync(GivenPerson person)
    {
        await using var scope = person.Scope();
        return (await scope.Get<TicketQuota>().AllowanceAsync(CancellationToken.None)).Value;
    }
}
