using Microsoft.EntityFrameworkCore;
using SecureBase.Core.Auditing;
using SecureBase.Core.Kernel;
using SecureBase.Core.Persistence;
using SecureBase.Core.Support;
using SecureBase.Core.Tenancy;
using SecureBase.Core.Tenants;
using SecureBase.Tests.Infrastructure;

namespace SecureBase.Tests.Tenants;

/// <summary>Creating and changing tenants, and what others see of it.</summary>
public sealed class TenantServiceTests(PortalFixture fixture) : IClassFixture<PortalFixture>
{
    private static readonly CancellationToken Ct = CancellationToken.None;

    [Fact]
    public async Task Create_MakesTheTenant_AndTellsBothLogs()
    {
        var platform = await PlatformAsync();
        await using var scope = platform.Scope();
        var slug = NewSlug();
        var created = await scope.Get<TenantService>().CreateAsync(new NewTenant(slug, "  Northwind  ", Plan.Healthcare, "Europe/Berlin"), Ct);
        Assert.Equal((slug, "Northwind", Plan.Healthcare, "Europe/Berlin", TenantStatus.Active), (created.Value.Slug, created.Value.Name, created.Value.Plan, created.Value.TimeZone, created.Value.Status));
        Assert.Equal(1L, await CountAsync($"select count(*) from audit_entries where tenant_id = '{created.Value.Id}' and action = 'tenant.created' and actor_id = '{platform.Id}'"));
        Assert.Equal(1L, await CountAsync($"select count(*) from audit_entries where tenant_id = '{Tenant.OperatorId}' and action = 'tenant.created' and subject_id = '{created.Value.Id}'"));
        using var visitor = fixture.Portal.Visit(slug);
        Assert.Contains("Sign in to Northwind", await (await visitor.GetAsync("/account/sign-in")).Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Create_InvitesTheFirstAdmin_InTheSameTransaction()
    {
        var platform = await PlatformAsync();
        await using var scope = platform.Scope();
        var slug = NewSlug();
        var tenant = (await scope.Get<TenantService>().CreateAsync(new NewTenant(slug, "Northwind", Plan.Standard, null, Admin: new FirstAdmin("Nora Wind", $"nora@{slug}.test")), Ct)).Value;
        Assert.Equal(1L, await CountAsync($"select count(*) from invitations where tenant_id = '{tenant.Id}' and email = 'nora@{slug}.test' and role = 'admin' and invited_by_id = '{platform.Id}' and invited_by_tenant_id = '{Tenant.OperatorId}'"));
        Assert.Equal(1L, await CountAsync($"select count(*) from one_time_links where tenant_id = '{tenant.Id}'"));
        await Until.TrueAsync("the invitation is written to the mail folder", () => Directory.EnumerateFiles(fixture.Portal.DataDirectory, "*.eml", SearchOption.AllDirectories)
            .Any(file => File.ReadAllText(file).Contains($"nora@{slug}.test", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("no address", "Nora", "admin_email")]
    [InlineData("nora@example.test", "Two\nlines", "admin_name")]
    public async Task Create_WithAnAdminWhoCannotBeInvited_MakesNoTenant(string email, string name, string field)
    {
        await using var scope = (await PlatformAsync()).Scope();
        var slug = NewSlug();
        var refused = await scope.Get<TenantService>().CreateAsync(new NewTenant(slug, "Northwind", Plan.Standard, null, Admin: new FirstAdmin(name, email)), Ct);
        Assert.Equal(field, Assert.Single(refused.Error!.Fields).Field);
        Assert.Equal(0L, await CountAsync($"select count(*) from tenants where slug = '{slug}'"));
    }

    /// <summary>Whenever the node dies there is either no tenant, or one with a way in.</summary>
    [Theory]
    [InlineData("invitations")]
    [InlineData("one_time_links")]
    [InlineData("outbox_events")]
    [InlineData("audit_entries")]
    public async Task Create_KilledInBetween_LeavesNothing_AndTheSlugFree(string table)
    {
        var platform = await PlatformAsync();
        var slug = NewSlug();
        var request = new NewTenant(slug, "Northwind", Plan.Standard, null, Admin: new FirstAdmin("Nora Wind", $"nora@{slug}.test"));
        await using (var scope = platform.Scope())
        {
            // The database ends the connection in the middle of the transaction, as a crash would.
            await Sql.ExecuteAsync(fixture.Database.SuperuserConnectionString, $"""
                create function kill_{table}() returns trigger language plpgsql security definer as $$ begin perform pg_terminate_backend(pg_backend_pid()); return new; end $$;
                create trigger kill before insert on {table} for each row execute function kill_{table}()
                """);
            try
            {
                await Assert.ThrowsAnyAsync<Exception>(() => scope.Get<TenantService>().CreateAsync(request, Ct));
            }
            finally
            {
                await Sql.ExecuteAsync(fixture.Database.SuperuserConnectionString, $"drop trigger kill on {table}; drop function kill_{table}()");
            }
        }
        Assert.Equal(0L, await CountAsync($"select count(*) from tenants where slug = '{slug}'"));
        await using var again = platform.Scope();
        Assert.True((await again.Get<TenantService>().CreateAsync(request, Ct)).IsSuccess);
        Assert.Equal(1L, await CountAsync($"select count(*) from invitations i join tenants t on t.id = i.tenant_id where t.slug = '{slug}'"));
    }

    [Theory]
    [InlineData("ab", "Name", "Etc/UTC", "slug")]
    [InlineData("support", "Name", "Etc/UTC", "slug")]
    [InlineData("xn--bcher-kva", "Name", "Etc/UTC", "slug")]
    [InlineData("good-slug-1", " ", "Etc/UTC", "name")]
    [InlineData("good-slug-2", "Two\nlines", "Etc/UTC", "name")]
    [InlineData("good-slug-3", "Name", "Europe/Atlantis", "time_zone")]
    [InlineData("good-slug-4", "Name", "../../etc/passwd", "time_zone")]
    public async Task Create_WhatBreaksARule_IsRefusedByField(string slug, string name, string zone, string field)
    {
        await using var scope = (await PlatformAsync()).Scope();
        var refused = await scope.Get<TenantService>().CreateAsync(new NewTenant(slug, name, Plan.Standard, zone), Ct);
        Assert.Equal(ErrorKind.Invalid, refused.Error?.Kind);
        Assert.Contains(refused.Error!.Fields, f => f.Field == field);
        Assert.Equal(0L, await CountAsync($"select count(*) from tenants where slug = '{slug}'"));
    }

    [Fact]
    public async Task Slug_IsTakenOnce_AlsoWhenTwoAskAtTheSameMoment()
    {
        var platform = await PlatformAsync();
        var slug = NewSlug();
        var answers = await Task.WhenAll(Enumerable.Range(0, 4).Select(async i =>
        {
            await using var scope = platform.Scope();
            return await scope.Get<TenantService>().CreateAsync(new NewTenant(slug, $"Number {i}", Plan.Standard, null), Ct);
        }));
        Assert.Single(answers, a => a.IsSuccess);
        Assert.All(answers.Where(a => !a.IsSuccess), a => Assert.Equal("slug_taken", a.Error!.Code));
        await using var asking = platform.Scope();
        Assert.NotNull((await asking.Get<TenantService>().CheckSlugAsync(slug.ToUpperInvariant(), Ct)).Value);
        Assert.Null((await asking.Get<TenantService>().CheckSlugAsync(NewSlug(), Ct)).Value);
        Assert.NotNull((await asking.Get<TenantService>().CheckSlugAsync("login", Ct)).Value);
    }

    [Fact]
    public async Task Edit_ChangesWhatIsGiven_AndEveryNodeKnowsAtOnce()
    {
        var acme = await fixture.Given.TenantAsync(plan: Plan.Standard);
        await using var scope = (await PlatformAsync()).Scope();
        var tenants = scope.Get<TenantService>();
        var edited = (await tenants.EditAsync(acme.Slug, new EditTenant { Plan = Plan.Fintech, Quotas = new QuotaOverrides(Users: 7), Accent = "#AB12CD", RequiresSecondFactor = true, TicketRetentionDays = 400 }, 1, Ct)).Value;
        Assert.Equal((Plan.Fintech, 7, 50, "#ab12cd", true, 400, 2, acme.Info.Name), (edited.Plan, edited.Limits.Users, edited.Limits.TicketsPerMonth!.Value, edited.Accent, edited.RequiresSecondFactor, edited.TicketRetentionDays, edited.Version, edited.Name));
        var known = (await scope.Get<TenantDirectory>().FindAsync(acme.Slug, Ct))!;
        Assert.Equal((7, "#ab12cd", true), (known.Limits.Users, known.Accent, known.RequiresSecondFactor));
        Assert.Equal(1L, await CountAsync($"select count(*) from access_changes where tenant_id = '{acme.Id}' and subject = 'tenant' and at > now() - interval '1 minute' and at = (select max(at) from audit_entries where tenant_id = '{acme.Id}' and action = 'tenant.changed')"));

        var back = (await tenants.EditAsync(acme.Slug, new EditTenant { Quotas = new QuotaOverrides(), Accent = "" }, 2, Ct)).Value;
        Assert.Equal((15, null, true), (back.Limits.Users, back.Accent, back.RequiresSecondFactor));
    }

    [Fact]
    public async Task Edit_OnAnOldVersion_ChangesNothing_AndWhatIsSoAlready_IsNoChange()
    {
        var acme = await fixture.Given.TenantAsync();
        await using var scope = (await PlatformAsync()).Scope();
        var tenants = scope.Get<TenantService>();
        Assert.True((await tenants.EditAsync(acme.Slug, new EditTenant { Name = "First" }, 1, Ct)).IsSuccess);
        Assert.Equal(ErrorKind.Stale, (await tenants.EditAsync(acme.Slug, new EditTenant { Name = "Second" }, 1, Ct)).Error?.Kind);
        Assert.Equal(2, (await tenants.EditAsync(acme.Slug, new EditTenant { Name = "First" }, 2, Ct)).Value.Version);
        Assert.Equal(1L, await CountAsync($"select count(*) from audit_entries where tenant_id = '{acme.Id}' and action = 'tenant.changed'"));
    }

    [Theory]
    [InlineData("accent", "red")]
    [InlineData("accent", "#0b655f;background:url(//evil.example)")]
    [InlineData("retention", "0")]
    [InlineData("quota", "-1")]
    [InlineData("zone", "Mars/Olympus")]
    public async Task Edit_WhatBreaksARule_IsRefused(string what, string value)
    {
        var acme = await fixture.Given.TenantAsync();
        await using var scope = (await PlatformAsync()).Scope();
        var request = what switch
        {
            "accent" => new EditTenant { Accent = value },
            "retention" => new EditTenant { TicketRetentionDays = 0 },
            "quota" => new EditTenant { Quotas = new QuotaOverrides(Users: -1) },
            _ => new EditTenant { TimeZone = value },
        };
        Assert.Equal(ErrorKind.Invalid, (await scope.Get<TenantService>().EditAsync(acme.Slug, request, null, Ct)).Error?.Kind);
        Assert.Equal(1L, await CountAsync($"select version from tenants where id = '{acme.Id}'"));
    }

    [Theory]
    [InlineData("admin")]
    [InlineData("no-such-tenant")]
    [InlineData("")]
    [InlineData("../acme")]
    public async Task WhatIsNoCustomer_IsNotFound(string slug)
    {
        await using var scope = (await PlatformAsync()).Scope();
        Assert.Equal(ErrorKind.NotFound, (await scope.Get<TenantService>().SuspendAsync(slug, "A test wants to see it", Ct)).Error?.Kind);
        Assert.Equal(ErrorKind.NotFound, (await scope.Get<TenantOverview>().GetAsync(slug, Ct)).Error?.Kind);
    }

    [Fact]
    public async Task Overview_ShowsEachTenantsOwnHealth()
    {
        var (acme, quiet) = (await fixture.Given.TenantAsync(plan: Plan.Healthcare), await fixture.Given.TenantAsync());
        var ada = await acme.AdminAsync();
        await ada.OpenTicketAsync("One", priority: TicketPriority.Critical);
        await ada.OpenTicketAsync("Two");
        await Sql.ExecuteAsync(fixture.Database.SuperuserConnectionString, $"update tickets set waiting_since = now() - interval '31 minutes' where tenant_id = '{acme.Id}'");
        using var browser = await ada.SignInAsync();
        var platform = await PlatformAsync();
        await using var scope = platform.Scope();
        var overview = scope.Get<TenantOverview>();
        var page = (await overview.ListAsync(new TenantListQuery { Text = acme.Slug, PageNumber = 1 }, Ct)).Value;
        var seen = Assert.Single(page.Items);
        Assert.Equal((1, 25, 2, 1, TenantStatus.Active), (seen.People, seen.PeopleLimit, seen.OpenTickets, seen.OverdueCritical, seen.Status));
        Assert.NotNull(seen.LastSignIn);
        var still = Assert.Single((await overview.ListAsync(new TenantListQuery { Text = quiet.Slug, PageNumber = 1 }, Ct)).Value.Items);
        Assert.Equal((0, 0, 0, null), (still.People, still.OpenTickets, still.OverdueCritical, still.LastSignIn));
        Assert.Contains((await overview.ListAsync(new TenantListQuery { View = TenantListView.Attention, PageNumber = 1 }, Ct)).Value.Items, t => t.Slug == acme.Slug);
        Assert.DoesNotContain((await overview.ListAsync(new TenantListQuery { View = TenantListView.Attention, PageNumber = 1 }, Ct)).Value.Items, t => t.Slug == quiet.Slug);
        foreach (var sort in Enum.GetValues<TenantSort>())
            Assert.True((await overview.ListAsync(new TenantListQuery { Sort = sort, PageNumber = 1 }, Ct)).IsSuccess, $"{sort}");
        Assert.Empty((await overview.ListAsync(new TenantListQuery { Text = "%", PageNumber = 1 }, Ct)).Value.Items);
    }

    [Fact]
    public async Task Looking_IsRecordedOnce_TheListInTheOperatorsLog_OneTenantInItsOwn()
    {
        var acme = await fixture.Given.TenantAsync();
        var agent = await (await fixture.Given.OperatorAsync()).PersonAsync(Roles.Agent);
        for (var i = 0; i < 3; i++)
        {
            await using var scope = agent.Scope();
            await scope.Get<TenantOverview>().ListAsync(new TenantListQuery { PageNumber = 1 }, Ct);
            await scope.Get<TenantOverview>().DetailAsync(acme.Slug, Ct);
        }
        Assert.Equal(1L, await CountAsync($"select count(*) from audit_entries where tenant_id = '{acme.Id}' and action = 'staff.entered' and actor_id = '{agent.Id}'"));
        Assert.Equal(1L, await CountAsync($"select count(*) from audit_entries where tenant_id = '{Tenant.OperatorId}' and action = 'staff.listed_tenants' and actor_id = '{agent.Id}'"));
    }

    [Fact]
    public async Task Detail_TellsWhatASmallerPlanWouldMean()
    {
        var acme = await fixture.Given.TenantAsync();
        for (var i = 0; i < 6; i++)
            await acme.PersonAsync(Roles.Viewer);
        await using var scope = (await PlatformAsync()).Scope();
        var detail = (await scope.Get<TenantOverview>().DetailAsync(acme.Slug, Ct)).Value;
        Assert.Equal(6, detail.People.Count);
        Assert.Equal(6, detail.Use.WithoutSecondFactor.Count);
        var excess = Assert.Single(TenantOverview.Exceeding(detail.Use, Plan.Standard, new QuotaOverrides()));
        Assert.Equal(("people", 6, 5), (excess.What, excess.Used, excess.Limit));
        Assert.Empty(TenantOverview.Exceeding(detail.Use, Plan.Standard, new QuotaOverrides(Users: 6)));
        Assert.Empty(TenantOverview.Exceeding(detail.Use, Plan.Fintech, new QuotaOverrides()));
    }

    [Fact]
    public async Task Settings_AreChangedByTheOrganisationsAdmins_OnTheVersionTheySaw()
    {
        var acme = await fixture.Given.TenantAsync();
        var ada = await acme.AdminAsync();
        await using var scope = ada.Scope();
        var service = scope.Get<TenantSettingsService>();
        var seen = (await service.GetAsync(Ct)).Value;
        Assert.False(seen.ActorHasSecondFactor);
        Assert.Equal([ada.Name], seen.Use.WithoutSecondFactor);
        var saved = await service.EditAsync(new EditSettings { Name = "Renamed", TimeZone = "Asia/Tokyo", RequiresSecondFactor = true }, seen.Tenant.Version, Ct);
        Assert.Equal(("Renamed", "Asia/Tokyo", true, seen.Tenant.Plan), (saved.Value.Name, saved.Value.TimeZone, saved.Value.RequiresSecondFactor, saved.Value.Plan));
        Assert.Equal(ErrorKind.Stale, (await service.EditAsync(new EditSettings { Name = "Late" }, seen.Tenant.Version, Ct)).Error?.Kind);
        Assert.Equal("Renamed", (await scope.Get<TenantDirectory>().FindAsync(acme.Slug, Ct))!.Name);
        await using var db = await scope.Get<IDbContextFactory<SecureBaseDb>>().CreateDbContextAsync();
        Assert.Equal(1, await db.AuditEntries.CountAsync(e => e.Action == "settings.changed" && e.ActorId == ada.Id && e.Outcome == AuditOutcome.Done));
    }

    private async Task<GivenPerson> PlatformAsync() => await (await fixture.Given.OperatorAsync()).AdminAsync();

    private static string NewSlug() => "org-" + Guid.CreateVersion7().ToString("N")[^12..];

    private async Task<long> CountAsync(string sql) => Convert.ToInt64(await Sql.ScalarAsync(fixture.Database.SuperuserConnectionString, sql), System.Globalization.CultureInfo.InvariantCulture);
}
