using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using SecureBase.Core.Auditing;
using SecureBase.Core.Kernel;
using SecureBase.Core.Persistence;
using SecureBase.Core.Support;
using SecureBase.Core.Tenancy;
using SecureBase.Core.Tenants;
using SecureBase.Core.Tenants.Exports;
using SecureBase.Tests.Infrastructure;

namespace SecureBase.Tests.Tenants;

/// <summary>Every role tries every act of the administration of tenants: the table of the product contract, section 2, tried out.</summary>
public sealed class TenantPermissionMatrixTests(TenantPermissionMatrixTests.Town town) : IClassFixture<TenantPermissionMatrixTests.Town>
{
    // Of an organisation only its admins see its settings; of the staff everybody looks at tenants, and one role changes them.
    private const string Table = """
                       admin  manager  analyst  viewer  agent  lead  platform_admin
        list           -      -        -        -       yes    yes   yes
        look           -      -        -        -       yes    yes   yes
        create         -      -        -        -       -      -     yes
        edit           -      -        -        -       -      -     yes
        suspend        -      -        -        -       -      -     yes
        resume         -      -        -        -       -      -     yes
        offboard       -      -        -        -       -      -     yes
        staff-logo     -      -        -        -       -      -     yes
        staff-export   -      -        -        -       -      -     yes
        settings       yes    -        -        -       -      -     -
        save-settings  yes    -        -        -       -      -     -
        logo           yes    -        -        -       -      -     -
        export         yes    -        -        -       -      -     -
        """;

    public static TheoryData<string, string, bool> Cells()
    {
        var cells = new TheoryData<string, string, bool>();
        var lines = Table.Split('\n').Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries)).ToList();
        foreach (var line in lines.Skip(1))
        {
            foreach (var (role, cell) in lines[0].Zip(line.Skip(1)))
                cells.Add(role, line[0], cell == "yes");
        }
        return cells;
    }

    [Fact]
    public void Table_NamesEveryRole() =>
        Assert.Equal([.. Roles.Tenant, .. Roles.Operator], Cells().Select(cell => (string)((object[])cell)[0]).Distinct());

    [Theory]
    [MemberData(nameof(Cells))]
    public async Task Role_Tries_Act(string role, string act, bool allowed)
    {
        var person = town.People[role];
        // The acts of an organisation's own people happen at home, those of staff in the admin area.
        await using var scope = person.Scope();
        var before = await StandingAsync();

        var error = await TryAsync(scope, act);

        if (allowed)
        {
            Assert.Null(error);
            return;
        }
        Assert.Equal(ErrorKind.Forbidden, error?.Kind);
        Assert.Equal(before, await StandingAsync());
    }

    [Theory]
    [InlineData(Roles.Agent, "suspend")]
    [InlineData(Roles.Lead, "edit")]
    [InlineData(Roles.Admin, "create")]
    [InlineData(Roles.Viewer, "save-settings")]
    [InlineData(Roles.Viewer, "list")]
    public async Task RefusedAct_IsRecordedWhereItWasTried(string role, string act)
    {
        var person = town.People[role];
        await using var scope = person.Scope();
        var before = await RefusalsAsync(person);
        Assert.Equal(ErrorKind.Forbidden, (await TryAsync(scope, act))?.Kind);
        Assert.Equal(before + 1, await RefusalsAsync(person));
    }

    private async Task<Error?> TryAsync(Scope scope, string act)
    {
        var ct = CancellationToken.None;
        var tenants = scope.Get<TenantService>();
        var slug = town.Acme.Slug;
        switch (act)
        {
            case "list":
                return (await scope.Get<TenantOverview>().ListAsync(new TenantListQuery { PageNumber = 1 }, ct)).Error ?? (await scope.Get<TenantOverview>().CountAsync(ct)).Error;
            case "look":
                return (await scope.Get<TenantOverview>().GetAsync(slug, ct)).Error ?? (await scope.Get<TenantOverview>().DetailAsync(slug, ct)).Error;
            case "create":
                return (await tenants.CreateAsync(new NewTenant("org-" + Guid.CreateVersion7().ToString("N")[^12..], "Made by a test", Plan.Standard, null), ct)).Error ?? (await tenants.CheckSlugAsync("free-slug", ct)).Error;
            case "edit":
                return (await tenants.EditAsync(slug, new EditTenant { Plan = Plan.Fintech, Quotas = new QuotaOverrides(Users: 99) }, null, ct)).Error
                    ?? (await tenants.EditAsync(slug, new EditTenant { Plan = Plan.Government, Quotas = new QuotaOverrides() }, null, ct)).Error;
            case "suspend":
                return (await tenants.SuspendAsync(slug, "A test wants to see it", ct)).Error ?? (await tenants.ResumeAsync(slug, ct)).Error;
            case "resume":
                return (await tenants.ResumeAsync(slug, ct)).Error;
            case "offboard":
                return (await tenants.ScheduleOffboardingAsync(slug, ct)).Error ?? (await tenants.CancelOffboardingAsync(slug, ct)).Error;
            case "staff-logo":
                return await InAcmeAsync(scope, async services => (await services.GetRequiredService<LogoService>().SetAsync(Pictures.Png(), ct)).Error);
            case "staff-export":
                return await InAcmeAsync(scope, async services => (await services.GetRequiredService<ExportService>().ListAsync(ct)).Error);
            case "settings":
                return (await scope.Get<TenantSettingsService>().GetAsync(ct)).Error;
            case "save-settings":
                return (await scope.Get<TenantSettingsService>().EditAsync(new EditSettings { Accent = "#123456" }, await VersionAsync(), ct)).Error;
            case "logo":
                return (await scope.Get<LogoService>().SetAsync(Pictures.Png(), ct)).Error;
            case "export":
                return (await scope.Get<ExportService>().ListAsync(ct)).Error;
            default:
                throw new ArgumentOutOfRangeException(nameof(act), act, "Unknown act");
        }
    }

    private async Task<Error?> InAcmeAsync(Scope scope, Func<IServiceProvider, Task<Error?>> act)
    {
        var entered = await scope.Get<StaffAccess>().EnterAsync(town.Acme.Slug, TenantPermissions.Manage, CancellationToken.None);
        if (!entered.IsSuccess)
            return entered.Error;
        await using var inside = entered.Value;
        return await act(inside.Services);
    }

    private async Task<int> VersionAsync() => (await StandingAsync()).Version;

    private async Task<TenantView> StandingAsync()
    {
        await using var scope = town.Acme.SystemScope();
        await using var db = await scope.Get<IDbContextFactory<SecureBaseDb>>().CreateDbContextAsync();
        return TenantView.Of(await db.Tenants.AsNoTracking().SingleAsync());
    }

    private static async Task<int> RefusalsAsync(GivenPerson person)
    {
        await using var scope = person.Tenant.SystemScope();
        return scope.Get<SecureBaseDb>().AuditEntries.Count(e => e.ActorId == person.Id && e.Outcome == AuditOutcome.Refused);
    }

    /// <summary>One person of each role.</summary>
    public sealed class Town : IAsyncLifetime
    {
        private readonly PortalFixture _portal = new();

        public GivenTenant Acme { get; private set; } = null!;
        public Dictionary<string, GivenPerson> People { get; } = [];

        public async Task InitializeAsync()
        {
            await _portal.InitializeAsync();
            Acme = await _portal.Given.TenantAsync();
            var provider = await _portal.Given.OperatorAsync();
            foreach (var role in Roles.Tenant)
                People[role] = await Acme.PersonAsync(role);
            foreach (var role in Roles.Operator)
                People[role] = await provider.PersonAsync(role);
        }

        public Task DisposeAsync() => _portal.DisposeAsync();
    }
}
