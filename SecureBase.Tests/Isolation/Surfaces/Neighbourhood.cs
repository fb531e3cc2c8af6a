using System.Net;
using System.Security.Cryptography;
using System.Text;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using SecureBase.Core.Access;
using SecureBase.Core.Files;
using SecureBase.Core.Persistence;
using SecureBase.Core.Secrets;
using SecureBase.Core.Support;
using SecureBase.Core.Tenancy;
using SecureBase.Core.Tenants;
using SecureBase.Core.Tenants.Exports;
using SecureBase.Core.Webhooks;
using SecureBase.Tests.Infrastructure;
using SecureBase.Tests.Isolation.Attacks;
using SecureBase.Tests.Isolation.Rows;

namespace SecureBase.Tests.Isolation.Surfaces;

/// <summary>
/// A running portal in which one customer, the victim, has a row of everything with canaries in it; another, the attacker, lives
/// next door with as much; and the provider's staff have their own host. The clock stands still, so that two answers can be compared.
/// </summary>
internal sealed class Neighbourhood : IAsyncDisposable
{
    // Soon after the planted rows came to be, so that lists of what is recent show them.
    private static readonly DateTimeOffset Now = new(2026, 1, 20, 9, 0, 0, TimeSpan.Zero);

    private readonly TestDatabase _database;

    private Neighbourhood(TestDatabase database, PortalFactory portal, GivenTenant victim)
    {
        _database = database;
        Portal = portal;
        Victim = victim;
        Rows = new RowPlanter(database.SuperuserConnectionString, victim.Id);
    }

    internal PortalFactory Portal { get; }

    internal GivenTenant Victim { get; }

    /// <summary>The victim's rows.</summary>
    internal RowPlanter Rows { get; }

    /// <summary>What an attacker may know of them, and the same leading nowhere.</summary>
    internal Clues Clues { get; private set; } = null!;

    internal Clues Nowhere { get; private set; } = null!;

    /// <summary>What leads to rows of the attacker's own, for it has one of everything too.</summary>
    internal Clues Own { get; private set; } = null!;

    internal GivenPerson Owner { get; private set; } = null!;

    internal GivenPerson Attacker { get; private set; } = null!;

    internal TicketView AttackersTicket { get; private set; } = null!;

    internal GivenPerson Staff { get; private set; } = null!;

    /// <summary>Which of the victim's names stood in addresses that were refused: whoever was refused finds its own words in its own audit.</summary>
    internal HashSet<string> SaidInAddresses { get; } = [];

    /// <param name="filter">Whether the query filter is on.</param>
    /// <param name="rowSecurity">Whether row-level security is on.</param>
    /// <param name="plant">Whether the victim has its rows from the beginning; see <see cref="PlantAsync"/>.</param>
    internal static async Task<Neighbourhood> PrepareAsync(bool filter = true, bool rowSecurity = true, bool plant = true)
    {
        var database = await PostgresFixture.CreateDatabaseAsync();
        var portal = await PortalFactory.StartAsync(database.Connections, new PortalSettings
        {
            OnSocket = true,
            Clock = new FakeTimeProvider(Now),
            Services = filter ? null : TakeOffFilter,
        });
        var name = "The organisation zq" + Guid.CreateVersion7().ToString("N")[^12..];
        var town = new Neighbourhood(database, portal, await CreateVictimAsync(portal, name));
        town.Rows.Canaries.Watch(name, "tenants.name");
        if (plant)
            await town.PlantAsync();
        town.Attacker = await (await portal.Given.TenantAsync()).AdminAsync();
        var attackers = new RowPlanter(database.SuperuserConnectionString, town.Attacker.Tenant.Id);
        await town.PlantAsync(attackers);
        town.Own = Clues.Of(attackers);
        town.AttackersTicket = await town.Attacker.OpenTicketAsync("A ticket of the attacker's own");
        town.Owner = await town.Victim.AdminAsync();
        town.Staff = await (await portal.Given.OperatorAsync()).AdminAsync();
        if (!rowSecurity)
            await Arena.TakeOffRowSecurityAsync(database);
        return town;
    }

    /// <summary>Makes every context of a portal one without the query filter.</summary>
    internal static void TakeOffFilter(IServiceCollection services) => services.AddScoped<IDbContextFactory<SecureBaseDb>, UnfilteredFactory>();

    /// <summary>Gives the victim a row of everything.</summary>
    internal async Task PlantAsync()
    {
        await PlantAsync(Rows);
        foreach (var row in Rows.Rows)
        {
            foreach (var (property, value) in row.Values)
            {
                if (value is Guid id)
                    Rows.Canaries.Watch(id.ToString(), $"{TenantModel.Table(row.Entity)}.{TenantModel.Column(property)}");
            }
        }
        Clues = Clues.Of(Rows);
        Nowhere = Clues.LeadingNowhere();
    }

    /// <summary>Every scope there is, so that nothing but the tenant stands in the way.</summary>
    internal static async Task<string> KeyAsync(GivenTenant tenant) => (await tenant.ApiKeyAsync([.. ApiScopes.Tenant])).Text;

    /// <summary>The browser's cookies at another host, as no browser but an attacker would send them.</summary>
    internal Visitor Carry(Visitor signedIn, string host)
    {
        var visitor = Portal.Visit(host);
        foreach (Cookie cookie in signedIn.Cookies.GetCookies(signedIn.Home))
            visitor.Cookies.Add(visitor.Home, new Cookie(cookie.Name, cookie.Value));
        return visitor;
    }

    /// <inheritdoc cref="Fingerprint.OfAsync"/>
    internal Task<string> FingerprintAsync() => Fingerprint.OfAsync(_database, Victim.Id, "audit_chain", "audit_anchors");

    /// <summary>Looks behind the roles.</summary>
    internal Task<object?> ScalarAsync(string sql) => Sql.ScalarAsync(_database.SuperuserConnectionString, sql);

    /// <summary>What of the victim's an answer shows beyond what it was asked with, by table and column.</summary>
    internal IReadOnlyList<string> ShownIn(Answer answer, Probe probe) =>
        Rows.Canaries.FoundIn(answer.Everything, Judgement.TellsOfItself(probe.Path) ? [.. probe.Said, .. SaidInAddresses] : probe.Said);

    public async ValueTask DisposeAsync()
    {
        await Portal.DisposeAsync();
        await _database.DisposeAsync();
    }

    private static async Task<GivenTenant> CreateVictimAsync(PortalFactory portal, string name)
    {
        await using var scope = portal.ScopeFor(null, SystemActor.Instance);
        var slug = "victim-" + Guid.CreateVersion7().ToString("N")[^12..];
        return new GivenTenant(portal, (await scope.Get<TenantService>().CreateAsync(new NewTenant(slug, name, Plan.Government, "Etc/UTC"), CancellationToken.None)).Value);
    }

    private async Task PlantAsync(RowPlanter tenant)
    {
        await tenant.PlantAllAsync("tenants");
        // As the product would have left them: numbers are capitals, the ticket knows how many events it has, and goes on by itself.
        await Sql.ExecuteAsync(_database.SuperuserConnectionString, $"update tickets set number = upper(number), event_count = 1000, merged_into_id = null, merged_into_number = null where tenant_id = '{tenant.TenantId}'");
        // A key that may still be changed.
        await Sql.ExecuteAsync(_database.SuperuserConnectionString, $"update api_keys set revoked_at = null, expires_at = null, scopes = '{{tickets:read}}', ip_allow_list = '{{}}' where tenant_id = '{tenant.TenantId}'");
        // A person who may still come in, and an invitation that is still open.
        await Sql.ExecuteAsync(_database.SuperuserConnectionString, $"""
            update people set deactivated_at = null, lockout_end = null where tenant_id = '{tenant.TenantId}';
            update invitations set accepted_at = null, revoked_at = null, expires_at = '{Now.AddDays(7):O}' where tenant_id = '{tenant.TenantId}';
            """);
        // A clock that runs and has nothing more to tell, so that it stands on the board and nobody moves it.
        await Sql.ExecuteAsync(_database.SuperuserConnectionString, $"update sla_clocks set ended_at = null, state = 'running', due_at = '{Now.AddHours(1):O}', next_alert_at = null where tenant_id = '{tenant.TenantId}'");
        await PlantSecondTicketAsync(tenant);
        await PlantFilesAsync(tenant);
        await PlantAttachmentAsync(tenant);
        await PlantWebhookAsync(tenant);
    }

    /// <summary>Another ticket, which the examples of the API's document name, with the event it began with; the planted link leads there.</summary>
    private Task PlantSecondTicketAsync(RowPlanter tenant)
    {
        var id = Guid.CreateVersion7();
        return Sql.ExecuteAsync(_database.SuperuserConnectionString, $"""
            insert into tickets select r.* from tickets o, lateral jsonb_populate_record(o, jsonb_build_object('id', '{id}', 'number', 'ACME-1043')) r where o.tenant_id = '{tenant.TenantId}';
            insert into ticket_events select r.* from ticket_events o, lateral jsonb_populate_record(o, jsonb_build_object('id', '{Guid.CreateVersion7()}', 'ticket_id', '{id}')) r where o.tenant_id = '{tenant.TenantId}';
            update ticket_links set other_id = '{id}', kind = 'related' where tenant_id = '{tenant.TenantId}';
            """);
    }

    /// <summary>A finished export and a logo that can be downloaded, each with a canary in its bytes.</summary>
    private async Task PlantFilesAsync(RowPlanter tenant)
    {
        var export = tenant.Rows.Single(r => r.Entity.ClrType == typeof(TenantExport));
        var id = (Guid)export[export.Entity.FindProperty(nameof(TenantExport.Id))!]!;
        var content = Encoding.UTF8.GetBytes(tenant.Canaries.New("tenant_export_chunks.sealed"));
        var piece = SealedExport.Seal(Portal.Services.GetRequiredService<SecretEnvelope>(), tenant.TenantId, id, attempt: 1, number: 0, content);
        var logo = Encoding.UTF8.GetBytes(tenant.Canaries.New("tenant_logos.content"));
        await Sql.ExecuteAsync(_database.SuperuserConnectionString, $"""
            update tenant_exports set status = 'done', attempts = 1, expires_at = '{Now.AddDays(7):O}', size = {content.Length}, sha256 = '{Convert.ToHexStringLower(SHA256.HashData(content))}' where tenant_id = '{tenant.TenantId}';
            update tenant_export_chunks set attempt = 1, number = 0, sealed = '\x{Convert.ToHexString(piece)}' where tenant_id = '{tenant.TenantId}';
            update tenant_logos set content_type = 'image/png', content = '\x{Convert.ToHexString(logo)}' where tenant_id = '{tenant.TenantId}';
            """);
    }

    // A file that arrived and was found clean, with bytes that open.
    private async Task PlantAttachmentAsync(RowPlanter tenant)
    {
        var row = tenant.Rows.Single(r => TenantModel.Table(r.Entity) == "files");
        var id = (Guid)row[row.Entity.FindProperty(nameof(StoredFile.Id))!]!;
        var content = Encoding.UTF8.GetBytes(tenant.Canaries.New("file_chunks.sealed, opened"));
        var piece = SealedChunk.Seal(Portal.Services.GetRequiredService<SecretEnvelope>(), tenant.TenantId, id, 0, content);
        await Sql.ExecuteAsync(_database.SuperuserConnectionString, $"""
            update files set state = 'clean', size = {content.Length}, content_type = 'text/plain', sha256 = '{Convert.ToHexStringLower(SHA256.HashData(content))}' where id = '{id}';
            update file_chunks set number = 0, sealed = decode('{Convert.ToHexString(piece)}', 'hex') where file_id = '{id}';
            """);
    }

    /// <summary>An endpoint that is in use, with a secret that opens, and a delivery to it that was given up.</summary>
    private async Task PlantWebhookAsync(RowPlanter tenant)
    {
        var secret = Portal.Services.GetRequiredService<SecretEnvelope>().Seal(tenant.TenantId, WebhookEndpoint.SecretPurpose, RandomNumberGenerator.GetBytes(32));
        await Sql.ExecuteAsync(_database.SuperuserConnectionString, $"""
            update webhooks set url = 'https://hooks.example/' || url, origin = 'https://' || origin, status = 'enabled', secret = '\x{Convert.ToHexString(secret)}', previous_secret = null, previous_ends_at = null, headers = null,
              rate_limit = null, disabled_at = null, disabled_reason = null, deleted_at = null where tenant_id = '{tenant.TenantId}';
            update webhook_recoveries set status = 'completed' where tenant_id = '{tenant.TenantId}';
            update deliveries d set channel = 'webhook', target = w.id::text, lane = replace(w.id::text, '-', ''), status = 'failed', lease_token = null, order_key = null
              from webhooks w where d.tenant_id = '{tenant.TenantId}' and w.tenant_id = d.tenant_id;
            update delivery_payloads set channel = 'webhook' where tenant_id = '{tenant.TenantId}';
            insert into delivery_lanes (tenant_id, channel, lane, paused, allowance, half_open, exhausted)
              select w.tenant_id, 'webhook', replace(w.id::text, '-', ''), false, 0, false, 0 from webhooks w where w.tenant_id = '{tenant.TenantId}';
            """);
    }

    private sealed class UnfilteredFactory(DbContextOptions<SecureBaseDb> options, TenantContext tenant) : IDbContextFactory<SecureBaseDb>
    {
        public SecureBaseDb CreateDbContext() => new UnfilteredDb(options, tenant.TenantId);
    }
}
