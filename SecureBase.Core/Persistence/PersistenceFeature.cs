using System.Data.Common;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using SecureBase.Core.Auditing;
using SecureBase.Core.Tenancy;

namespace SecureBase.Core.Persistence;

/// <summary>Connection strings of the two roles a running portal uses.</summary>
public sealed record DatabaseRoles(string App, string Staff);

public static class PersistenceFeature
{
    /// <summary>Key of the staff role's <see cref="NpgsqlDataSource"/>; the app role's is the default one.</summary>
    public const string Staff = "staff";

    public static IServiceCollection AddPersistence(this IServiceCollection services, DatabaseRoles roles)
    {
        services.AddSingleton(roles);
        services.AddSingleton(_ => DataSource(roles.App));
        services.AddSingleton<DbDataSource>(p => p.GetRequiredService<NpgsqlDataSource>());
        services.AddKeyedSingleton(Staff, (_, _) => DataSource(roles.Staff));
        services.AddSingleton(p => Options<SecureBaseDb>(p.GetRequiredService<NpgsqlDataSource>()).Options);
        services.AddSingleton<TenantDbPool>();
        services.AddSingleton(p => Options<StaffDb>(p.GetRequiredKeyedService<NpgsqlDataSource>(Staff))
            .UseQueryTrackingBehavior(QueryTrackingBehavior.NoTracking).Options);
        services.AddScoped<IDbContextFactory<SecureBaseDb>, TenantDbFactory>();
        services.AddScoped<IDbContextFactory<StaffDb>, StaffDbFactory>();
        services.AddScoped(p => p.GetRequiredService<IDbContextFactory<SecureBaseDb>>().CreateDbContext());
        services.AddScoped<TenantContext>();
        services.AddScoped<Caller>();
        services.AddScoped<IdempotencyScope>();
        services.AddSingleton<SealNudge>();
        services.AddScoped<UnitOfWork>();
        return services;
    }

    /// <summary>
    /// A pool whose connections keep the plans of statements they see again, and nothing else: settings that would hand a
    /// tenant's session on to the next user of its connection are overruled.
    /// </summary>
    public static NpgsqlDataSource DataSource(string connectionString) => new NpgsqlDataSourceBuilder(new NpgsqlConnectionStringBuilder(connectionString)
    {
        MaxAutoPrepare = 200,
        AutoPrepareMinUsages = 3,
        NoResetOnClose = false,
        Multiplexing = false,
    }.ConnectionString).Build();

    internal static DbContextOptionsBuilder<T> Options<T>(NpgsqlDataSource source) where T : DbContext =>
        new DbContextOptionsBuilder<T>().UseNpgsql(source).AddInterceptors(new TenantConnectionInterceptor());

    private sealed class TenantDbFactory(TenantDbPool contexts, TenantContext tenant) : IDbContextFactory<SecureBaseDb>
    {
        public SecureBaseDb CreateDbContext() => contexts.Take(tenant.TenantId);
    }

    private sealed class StaffDbFactory(DbContextOptions<StaffDb> options, Caller caller) : IDbContextFactory<StaffDb>
    {
        public StaffDb CreateDbContext() => caller.IsKnown && caller.Actor.Kind == ActorKind.Agent
            ? new StaffDb(options)
            : throw new InvalidOperationException("The view over all tenants is for the provider's staff.");
    }
}
