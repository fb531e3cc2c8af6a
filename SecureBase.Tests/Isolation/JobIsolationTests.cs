using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;
using Quartz;
using SecureBase.Core.Access;
using SecureBase.Core.Access.Metering;
using SecureBase.Core.Auditing;
using SecureBase.Core.Files;
using SecureBase.Core.Messaging;
using SecureBase.Core.Persistence;
using SecureBase.Core.Scheduling;
using SecureBase.Core.Secrets;
using SecureBase.Core.Support;
using SecureBase.Core.Support.Attachments;
using SecureBase.Core.Support.Reports;
using SecureBase.Core.Support.Sla;
using SecureBase.Core.Tenancy;
using SecureBase.Core.Tenants.Exports;
using SecureBase.Core.Tenants.Offboarding;
using SecureBase.Core.Webhooks;
using SecureBase.Core.Webhooks.Recovery;
using SecureBase.Portal;
using SecureBase.Portal.Hosting.Database;
using SecureBase.Tests.Infrastructure;
using SecureBase.Tests.Isolation.Attacks;
using SecureBase.Tests.Isolation.Surfaces;

namespace SecureBase.Tests.Isolation;

/// <summary>
/// Every scheduled job and every worker, let loose on one tenant while as much is due in another: what it does there is done, and
/// of the other not one row changes, with both locks on and with each of them alone.
/// </summary>
public sealed class JobIsolationTests
{
    // What is planted in the chain is no chain.
    private const string NothingSealed = "delete from audit_anchors; delete from audit_chain";

    // Everything planted is long past its time.
    private static readonly DateTimeOffset LongAfter = new(2036, 1, 15, 9, 0, 0, TimeSpan.Zero);

    private static readonly Type[] OurTypes = [.. typeof(SecureBaseDb).Assembly.GetTypes(), .. typeof(App).Assembly.GetTypes()];

    /// <summary>What makes a job's work due where age alone does not, as SQL over all tenants.</summary>
    private static readonly Dictionary<Type, string> Due = new()
    {
        [typeof(CloseSilentTicketsJob)] = "update tickets set status = 'resolved', resolved_at = created_at, closed_at = null, event_count = 1000",
        [typeof(PurgeClosedTicketsJob)] = "update tickets set status = 'closed', resolved_at = created_at, closed_at = created_at",
        [typeof(AuditSealWorker)] = NothingSealed,
        [typeof(SlaSweepWorker)] = "update sla_clocks set ended_at = null, quiet_until = null, warned_at = null, breach_told_at = null, due_at = '2026-02-01', warn_at = '2026-02-01', next_alert_at = '2026-02-01'",
        [typeof(RenewSlaTermsJob)] = "delete from sla_clocks; update tickets set terms_sequence = 0; update ticket_events set type = 'created', sequence = 1",
        [typeof(AnchorAuditChainJob)] = NothingSealed,
        [typeof(PurgeAuditEntriesJob)] = NothingSealed + "; update audit_entries set at = '2010-01-15'; insert into audit_entries (id, tenant_id, at, actor_name, actor_kind, action, outcome, operator_only) select gen_random_uuid(), tenant_id, at, actor_name, actor_kind, action, outcome, operator_only from audit_entries",
        [typeof(OffboardTenantsJob)] = "update tenants set erased_at = null",
        [typeof(ExportWorker)] = "update tenant_exports set finished_at = null, leased_until = null, attempts = 0",
        [typeof(PurgeWaitingAttachmentsJob)] = "update ticket_attachments set ticket_id = null, comment_id = null",
        [typeof(ScanWorker)] = "update files set state = 'scanning', leased_until = null",
        [typeof(FanOutWorker)] = "update outbox_events set dispatched_at = null, not_before = null",
        [typeof(DisableDeadEndpointsJob)] = "delete from delivery_tallies; update webhooks set status = 'enabled', deleted_at = null; "
            + "update delivery_lanes l set channel = 'webhook', lane = replace(w.id::text, '-', ''), failing_since = '2026-01-01', last_failed_at = '2026-01-15', exhausted = 100 from webhooks w where w.tenant_id = l.tenant_id",
        [typeof(RecoveryWorker)] = "update webhook_recoveries set status = 'running', total = null, finished_at = null",
        [typeof(DeliveryWorker)] = "update deliveries set status = 'pending', channel = 'mail', lane = 'lane', lease_token = null, finished_at = null",
    };

    /// <summary>One turn of a worker for one tenant, by what it calls for it; of a job, where something must come before it.</summary>
    private static readonly Dictionary<Type, Func<IServiceProvider, Guid, Task>> Turns = new()
    {
        [typeof(RequestMeterWorker)] = SettleMetersAsync,
        [typeof(AuditSealWorker)] = (node, tenant) => node.GetRequiredService<AuditSealer>().SealAsync(tenant, CancellationToken.None),
        [typeof(AnchorAuditChainJob)] = async (node, tenant) =>
        {
            // An anchor is cast behind the first link, and again when there are more.
            await node.GetRequiredService<AuditSealer>().SealAsync(tenant, CancellationToken.None);
            await using (var scope = Scope.For(node, await node.GetRequiredService<TenantDirectory>().FindAsync(tenant, CancellationToken.None), SystemActor.Instance))
                await scope.Get<RefusalAudit>().RecordAsync("test.more", new { }, CancellationToken.None);
            await node.GetRequiredService<AuditSealer>().SealAsync(tenant, CancellationToken.None);
            await RunJobAsync(node, typeof(AnchorAuditChainJob));
        },
        [typeof(PurgeAuditEntriesJob)] = async (node, tenant) =>
        {
            await node.GetRequiredService<AuditSealer>().SealAsync(tenant, CancellationToken.None);
            await RunJobAsync(node, typeof(PurgeAuditEntriesJob));
        },
        [typeof(SlaSweepWorker)] = async (node, tenant) =>
        {
            await using var scope = Scope.For(node, await node.GetRequiredService<TenantDirectory>().FindAsync(tenant, CancellationToken.None), SystemActor.Instance);
            await scope.Get<SlaSweep>().TellDueAsync(CancellationToken.None);
        },
        [typeof(DisableDeadEndpointsJob)] = async (node, tenant) =>
        {
            await using var scope = Scope.For(node, await node.GetRequiredService<TenantDirectory>().FindAsync(tenant, CancellationToken.None), SystemActor.Instance);
            await scope.Get<DeadEndpoints>().SweepAsync(CancellationToken.None);
        },
        [typeof(RecoveryWorker)] = async (node, tenant) =>
        {
            await using var scope = Scope.For(node, await node.GetRequiredService<TenantDirectory>().FindAsync(tenant, CancellationToken.None), SystemActor.Instance);
            await scope.Get<RecoveryRun>().StepAsync(CancellationToken.None);
        },
        [typeof(RollUpSupportDaysJob)] = async (node, tenant) =>
        {
            await using var scope = Scope.For(node, await node.GetRequiredService<TenantDirectory>().FindAsync(tenant, CancellationToken.None), SystemActor.Instance);
            await scope.Get<SupportDays>().RollUpAsync(CancellationToken.None);
        },
        [typeof(FanOutWorker)] = (node, tenant) => node.GetRequiredService<FanOut>().DispatchAsync(tenant, CancellationToken.None),
        [typeof(DeliveryWorker)] = (node, tenant) => node.GetRequiredService<DeliveryQueue>().LeaseAsync(
            new DeliveryTurn(tenant, new Dictionary<DeliveryLane, int> { [new DeliveryLane(tenant, "mail", "lane")] = 10 }), LongAfter, LongAfter.AddMinutes(1), CancellationToken.None),
        [typeof(ScanWorker)] = (node, tenant) => node.GetRequiredService<ScanRunner>().RunAsync(tenant, CancellationToken.None),
        [typeof(ExportWorker)] = (node, tenant) => node.GetRequiredService<ExportRunner>().RunAsync(tenant, CancellationToken.None),
    };

    private static async Task SettleMetersAsync(IServiceProvider node, Guid tenant)
    {
        await using var connection = await node.GetRequiredService<NpgsqlDataSource>().OpenForAsync(tenant, CancellationToken.None);
        await using var command = new NpgsqlCommand("select id from api_keys where tenant_id = $1", connection) { Parameters = { new NpgsqlParameter<Guid> { TypedValue = tenant } } };
        var key = (Guid)(await command.ExecuteScalarAsync())!;
        node.GetRequiredService<RequestMeters>().NoteUse(new LiveApiKey(key, 1, tenant, Guid.Empty, "", "", new HashSet<string>(), IpAllowList.Everyone, null, null), IPAddress.Loopback);
        await ActivatorUtilities.CreateInstance<RequestMeterWorker>(node).TurnAsync(last: true, CancellationToken.None);
    }

    /// <summary>What else runs by itself, each with the reason why it is not let loose here.</summary>
    private static readonly Dictionary<string, string> TouchesNoRows = new()
    {
        ["SchedulerHost"] = "starts the jobs, which are attacked one by one",
        ["LiveSignalListener"] = "passes ids on; who hears them is decided by LiveSignals and attacked with the hubs and circuits",
        ["LiveHubFeed"] = "passes ids on to groups of one tenant each; attacked with the hubs",
        ["LiveConnections"] = "ends connections whose access is gone",
        ["AccessWatch"] = "hears which accesses changed, as ids",
        ["AccessEviction"] = "forgets what is cached of them",
        ["DemoWorker"] = "makes the demo's own tenants, in Development only",
        ["DemoReceiver"] = "stands for the demo customers' own systems, in Development only, and reads nothing",
        ["Exporters"] = "sends traces and metrics, which hold ids only",
    };

    /// <summary>Every job and every worker that touches rows.</summary>
    internal static IEnumerable<string> Names => OurTypes.Where(IsJob).Concat(Turns.Keys).Select(type => type.Name);

    public static TheoryData<string, bool, bool> Everything
    {
        get
        {
            var data = new TheoryData<string, bool, bool>();
            foreach (var type in OurTypes.Where(IsJob).Union(Turns.Keys))
            {
                data.Add(type.FullName!, true, true);
                data.Add(type.FullName!, false, true);
                data.Add(type.FullName!, true, false);
            }
            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Everything))]
    public async Task LetLooseOnOneTenant_ItChangesNoRowOfAnother(string name, bool filter, bool rowSecurity)
    {
        var type = OurTypes.Single(t => t.FullName == name);
        await using var arena = await Arena.PrepareAsync(rowSecurity);
        using var node = await StartAsync(arena.Connections, filter);
        var (visited, other) = (arena.Attacker.TenantId, arena.Victim.TenantId);
        await arena.ScalarAsync(Due.GetValueOrDefault(type, "select"));
        await arena.ScalarAsync($"create or replace function tenant_ids() returns table (tenant_id uuid) language sql stable as $$ select '{visited}'::uuid $$");
        var (visitedBefore, otherBefore) = (await arena.FingerprintAsync(visited), await arena.FingerprintAsync(other));

        await RunAsync(node.Services, type, visited);

        Assert.True(visitedBefore != await arena.FingerprintAsync(visited), $"{name} changed nothing in the tenant it was let loose on, so that it left the other alone proves nothing. Make something due for it in {nameof(JobIsolationTests)}.{nameof(Due)}.");
        Assert.True(otherBefore == await arena.FingerprintAsync(other), $"{name}, at work in one tenant, changed rows of another.");
        CertificateLedger.Held(SurfaceKind.Job, LockSetting.Of(filter, rowSecurity), type.Name, "let loose on one tenant while as much is due in another");
    }

    [Fact]
    public void EverythingThatRunsByItself_IsLetLooseHereOrNamedWithItsReason()
    {
        Assert.Contains(OurTypes, IsJob);
        var unknown = OurTypes.Where(t => typeof(IHostedService).IsAssignableFrom(t) && t is { IsClass: true, IsAbstract: false }).Where(t => !Turns.ContainsKey(t)).Select(t => t.Name).ToList();
        Assert.True(!unknown.Except(TouchesNoRows.Keys).Any(),
            $"These run by themselves: {string.Join(", ", unknown.Except(TouchesNoRows.Keys))}. Say in {nameof(JobIsolationTests)}.{nameof(Turns)} what one turn of it is, or in {nameof(TouchesNoRows)} why it touches no tenant's rows.");
        Assert.Empty(TouchesNoRows.Keys.Except(unknown));
    }

    private static bool IsJob(Type type) => typeof(IJob).IsAssignableFrom(type) && type is { IsClass: true, IsAbstract: false };

    /// <summary>The product's services, of which nothing runs by itself.</summary>
    private static async Task<IHost> StartAsync(DatabaseConnections database, bool filter)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Logging.SetMinimumLevel(LogLevel.None);
        builder.Services.AddCore(database, KeyRing.Of(SecretKey.New()));
        builder.Services.AddSingleton<TimeProvider>(new FakeTimeProvider(LongAfter));
        builder.Services.AddSingleton<TenantRounds>();
        if (!filter)
            Neighbourhood.TakeOffFilter(builder.Services);
        var node = builder.Build();
        await node.StartAsync();
        await Until.TrueAsync("the node is in touch with the directory", () => node.Services.GetRequiredService<IFreshness>().IsFresh);
        return node;
    }

    private static async Task RunAsync(IServiceProvider node, Type type, Guid tenant)
    {
        if (Turns.TryGetValue(type, out var turn))
        {
            await turn(node, tenant);
            return;
        }
        await RunJobAsync(node, type);
    }

    private static async Task RunJobAsync(IServiceProvider node, Type type)
    {
        await using var scope = node.CreateAsyncScope();
        var job = (IJob)ActivatorUtilities.GetServiceOrCreateInstance(scope.ServiceProvider, type);
        await job.Execute(null!, CancellationToken.None);
    }
}
