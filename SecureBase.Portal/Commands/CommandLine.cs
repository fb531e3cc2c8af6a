using System.CommandLine;
using SecureBase.Core.Kernel;
using SecureBase.Core.Tenancy;
using SecureBase.Portal.Hosting;
using SecureBase.Portal.Hosting.Database;

namespace SecureBase.Portal.Commands;

/// <summary>
/// The portal's commands. Exit codes: 0 done, 1 refused or failed, 2 wrong usage. stdout carries only the result; set-up and
/// errors go to stderr. Beside a running portal a command uses its database; it never schedules anything.
/// </summary>
internal static class CommandLine
{
    internal const int Done = 0, Failed = 1, WrongUsage = 2;

    /// <summary>Whether the arguments name a command rather than settings of the server.</summary>
    internal static bool Handles(string[] args) => args is [var first, ..] && (first is "--help" or "-h" or "-?" || !first.StartsWith('-'));

    internal static async Task<int> RunAsync(string[] args)
    {
        var root = new RootCommand("SecureBase: customer and admin portal of a secured cloud provider. Without a command it serves.");
        foreach (var command in Features.Commands)
            root.Subcommands.Add(command);
        var parsed = root.Parse(args);
        if (parsed.Errors.Count > 0)
        {
            foreach (var error in parsed.Errors)
                await Console.Error.WriteLineAsync(error.Message);
            await Console.Error.WriteLineAsync("Add --help to see what is possible.");
            return WrongUsage;
        }
        try
        {
            return await parsed.InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false });
        }
        catch (DatabaseSetupException failure)
        {
            await Console.Error.WriteLineAsync(failure.Message);
            return Failed;
        }
    }

    /// <summary>Runs a use case as the product itself, in the operator's scope or in the named tenant's, and prints its result.</summary>
    internal static Task<int> RunAsync<T>(string? tenant, Func<IServiceProvider, CancellationToken, Task<Result<T>>> work, Action<T> print, CancellationToken ct) => RunAsync(async (_, services, ct) =>
    {
        await using var scope = services.CreateAsyncScope();
        scope.ServiceProvider.GetRequiredService<Caller>().Become(SystemActor.Instance);
        if (tenant is not null)
        {
            if (await services.GetRequiredService<TenantDirectory>().FindAsync(tenant, ct) is not { } info)
            {
                await Console.Error.WriteLineAsync($"There is no tenant '{tenant}'.");
                return Failed;
            }
            scope.ServiceProvider.GetRequiredService<TenantContext>().Enter(info);
        }
        var result = await work(scope.ServiceProvider, ct);
        if (result.IsSuccess)
        {
            print(result.Value);
            return Done;
        }
        await Console.Error.WriteLineAsync(result.Error.Message);
        foreach (var field in result.Error.Fields)
            await Console.Error.WriteLineAsync($"  {field.Field}: {field.Message}");
        return Failed;
    }, ct);

    /// <summary>Runs what is no use case of one tenant, with the database and the services that commands share.</summary>
    /// <returns>The exit code.</returns>
    internal static async Task<int> RunAsync(Func<PortalDatabase, IServiceProvider, CancellationToken, Task<int>> work, CancellationToken ct)
    {
        var (configuration, environment) = Configuration();
        await using var database = await PortalDatabase.OpenAsync(configuration, environment, mayMigrate: false, ct);
        await using var services = Services(configuration, environment, database).BuildServiceProvider();
        return await work(database, services, ct);
    }

    internal static (IConfiguration, IHostEnvironment) Configuration()
    {
        var builder = Host.CreateApplicationBuilder(new HostApplicationBuilderSettings
        {
            EnvironmentName = Environment.GetEnvironmentVariable("ASPNETCORE_ENVIRONMENT"),
            ContentRootPath = AppContext.BaseDirectory,
        });
        return (builder.Configuration, builder.Environment);
    }

    private static ServiceCollection Services(IConfiguration configuration, IHostEnvironment environment, PortalDatabase database)
    {
        var services = new ServiceCollection();
        services.AddLogging(logging => logging.AddPortalConsole(configuration));
        services.AddSingleton(configuration);
        services.AddSingleton(environment);
        services.AddCore(database.Connections, database.Keys);
        // A process this short cannot be out of date.
        services.AddSingleton<IFreshness, AlwaysFresh>();
        return services;
    }

    private sealed class AlwaysFresh : IFreshness
    {
        public bool IsFresh => true;
    }
}
