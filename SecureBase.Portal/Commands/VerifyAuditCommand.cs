using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Npgsql;
using SecureBase.Core.Auditing;
using SecureBase.Core.Kernel;
using SecureBase.Core.Tenancy;

namespace SecureBase.Portal.Commands;

internal static class VerifyAuditCommand
{
    internal static Command Create()
    {
        var tenant = new Option<string?>("--tenant") { Description = "The tenant's slug; without it all tenants, the operator's among them." };
        var json = new Option<bool>("--json") { Description = "One JSON object a tenant and line, instead of text." };
        var command = new Command("verify-audit", "Check every audit entry against its tenant's hash chain, and the chain against its anchors. Changes nothing. Exit code 1 when something was altered, removed, put in or moved; each place is named.") { tenant, json };
        command.SetAction((parsed, ct) => CommandLine.RunAsync(async (_, services, ct) =>
        {
            var (slug, lines) = (parsed.GetValue(tenant), parsed.GetValue(json));
            var directory = services.GetRequiredService<TenantDirectory>();
            List<TenantInfo> tenants = [];
            foreach (var id in slug is null ? await TenantIdsAsync(services, ct) : [])
                tenants.Add(await directory.FindAsync(id, ct) ?? throw new InvalidOperationException($"Tenant {id} has gone while its chain was to be verified."));
            if (slug is not null && await directory.FindAsync(slug, ct) is { } named)
                tenants.Add(named);
            if (slug is not null && tenants.Count == 0)
            {
                await Console.Error.WriteLineAsync($"There is no tenant '{slug}'.");
                return CommandLine.Failed;
            }
            return await VerifyAsync(services.GetRequiredService<AuditVerifier>(), tenants, lines, ct);
        }, ct));
        return command;
    }

    private static async Task<int> VerifyAsync(AuditVerifier verifier, List<TenantInfo> tenants, bool json, CancellationToken ct)
    {
        var intact = true;
        foreach (var tenant in tenants.OrderBy(t => t.Slug, StringComparer.Ordinal))
        {
            var result = await verifier.VerifyAsync(tenant.Id, new Told(tenant.Slug), ct);
            intact &= result.Intact;
            if (json)
                Console.WriteLine(JsonSerializer.Serialize(new { tenant = tenant.Slug, intact = result.Intact, result = result }, WireJson.Options));
            else
                Print(tenant.Slug, result);
        }
        await Console.Error.WriteLineAsync(intact ? "Every chain is intact." : "At least one chain is broken: see above. Compare with a backup before anything else is changed.");
        return intact ? CommandLine.Done : CommandLine.Failed;
    }

    private static void Print(string slug, AuditVerification result)
    {
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{slug}: {(result.Intact ? "intact" : $"BROKEN, {result.FaultCount} faults")}; links {result.FirstSequence} to {result.HeadSequence}, anchored through {result.AnchoredThrough}, not yet sealed {result.Pending}, sealed late {result.SealedLate}, head {result.HeadHash ?? "-"}"));
        foreach (var fault in result.Faults)
            Console.WriteLine($"{slug}: {WireName.Of(fault.Kind)}: {fault.Message}");
        if (result.FaultCount > result.Faults.Count)
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{slug}: and {result.FaultCount - result.Faults.Count} more"));
    }

    private static async Task<List<Guid>> TenantIdsAsync(IServiceProvider services, CancellationToken ct)
    {
        await using var command = services.GetRequiredService<NpgsqlDataSource>().CreateCommand("select tenant_id from tenant_ids()");
        await using var reader = await command.ExecuteReaderAsync(ct);
        List<Guid> ids = [];
        while (await reader.ReadAsync(ct))
            ids.Add(reader.GetGuid(0));
        return ids;
    }

    private sealed class Told(string slug) : IProgress<AuditProgress>
    {
        private const long Every = 50_000;
        private long _next = Every;

        public void Report(AuditProgress value)
        {
            if (value.Done < _next)
                return;
            _next = value.Done + Every;
            Console.Error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{slug}: {value.Done:N0} of {value.Total:N0} links"));
        }
    }
}
