using System.CommandLine;
using SecureBase.Core.Kernel;
using SecureBase.Core.Tenancy;
using SecureBase.Core.Tenants.Exports;

namespace SecureBase.Portal.Commands;

internal static class ExportTenantCommand
{
    internal static Command Create()
    {
        var tenant = new Option<string>("--tenant") { Description = "The tenant's slug.", Required = true };
        var output = new Option<FileInfo?>("--output") { Description = "The ZIP file to write, which must not be there yet. Without it the file goes to stdout." };
        var internals = new Option<bool>("--internal") { Description = "Also internal notes and what staff alone see of the audit log. Such a copy is not for the customer." };
        var command = new Command("export-tenant", "Write a tenant's data as a ZIP file of JSON Lines with a manifest of counts and SHA-256 sums. Hashes, seals and other secrets are left out.") { tenant, output, internals };
        command.SetAction(async (parsed, ct) =>
        {
            if (parsed.GetValue(output) is not { } file)
            {
                await using var stdout = Console.OpenStandardOutput();
                return await RunAsync(parsed.GetRequiredValue(tenant), parsed.GetValue(internals), stdout, ct);
            }
            if (file.Exists)
            {
                await Console.Error.WriteLineAsync($"{file.FullName} is there already. Name a file that is not, so that nothing is overwritten.");
                return CommandLine.Failed;
            }
            // A copy of everything is nobody's business but the one who asked for it.
            var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
            if (!OperatingSystem.IsWindows())
                options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
            int result;
            await using (var stream = new FileStream(file.FullName, options))
                result = await RunAsync(parsed.GetRequiredValue(tenant), parsed.GetValue(internals), stream, ct);
            if (result != CommandLine.Done)
                file.Delete();
            else
                Console.WriteLine(file.FullName);
            return result;
        });
        return command;
    }

    private static Task<int> RunAsync(string tenant, bool internals, Stream destination, CancellationToken ct) => CommandLine.RunAsync<long>(
        tenant,
        async (services, ct) =>
        {
            var info = services.GetRequiredService<TenantContext>().Tenant;
            if (info.IsOperator)
                return Error.Invalid("tenant", "The provider's own tenant is no customer's to take along; make a backup of the database instead.");
            return await services.GetRequiredService<ExportService>().WriteAsync(internals, destination, ct);
        },
        rows => Console.Error.WriteLine($"{rows} rows."), ct);
}
