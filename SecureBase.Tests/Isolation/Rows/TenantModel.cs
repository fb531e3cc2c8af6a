using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;
using Npgsql.EntityFrameworkCore.PostgreSQL.Metadata;
using SecureBase.Core.Persistence;
using SecureBase.Core.Tenancy;

namespace SecureBase.Tests.Isolation.Rows;

/// <summary>Which entities belong to a tenant, by the product's own model.</summary>
internal static class TenantModel
{
    /// <summary>Entities of nobody in particular, each with the reason why that is right.</summary>
    internal static readonly IReadOnlyDictionary<string, string> Global = new Dictionary<string, string>
    {
        ["data_protection_keys"] = "keys of cookies and forms, shared by all nodes, encrypted under the master key",
        ["attempt_windows"] = "how many tries came from a network address, whichever host it tried; nothing of any tenant",
    };

    internal static readonly IModel Model = Create();

    /// <summary>Every entity whose rows one tenant must not see of another, the referenced before the referencing.</summary>
    internal static readonly IReadOnlyList<IEntityType> Entities = InOrder([.. Model.GetEntityTypes().Where(e => !Global.ContainsKey(e.GetTableName()!))]);

    /// <summary>The property that names the tenant; for the tenant itself, its id.</summary>
    internal static IProperty Owner(IEntityType entity) =>
        entity.FindProperty(entity.ClrType == typeof(Tenant) ? nameof(Tenant.Id) : nameof(ITenantOwned.TenantId))
        ?? throw new InvalidOperationException($"{entity.ClrType.Name} has no tenant: make it ITenantOwned, or list it as global and say why.");

    internal static Guid OwnerOf(object row) => row is Tenant tenant ? tenant.Id : ((ITenantOwned)row).TenantId;

    internal static string Table(IEntityType entity) => entity.GetTableName()!;

    internal static string Column(IProperty property) => property.GetColumnName();

    /// <summary>What an insert names; the database makes the rest.</summary>
    internal static IEnumerable<IProperty> Written(IEntityType entity) => entity.GetProperties().Where(p => !IsMadeByDatabase(p));

    internal static bool IsMadeByDatabase(IProperty property) =>
        property.GetComputedColumnSql() is not null
        || property.GetValueGenerationStrategy() is NpgsqlValueGenerationStrategy.IdentityAlwaysColumn or NpgsqlValueGenerationStrategy.IdentityByDefaultColumn;

    private static IModel Create()
    {
        using var db = new SecureBaseDb(new DbContextOptionsBuilder<SecureBaseDb>().UseNpgsql("Host=none").Options, tenantId: null);
        return db.Model;
    }

    private static List<IEntityType> InOrder(List<IEntityType> entities)
    {
        List<IEntityType> ordered = [];
        while (entities.Count > 0)
        {
            var next = entities.First(e => e.GetForeignKeys().All(f => f.PrincipalEntityType == e || ordered.Contains(f.PrincipalEntityType)));
            ordered.Add(next);
            entities.Remove(next);
        }
        return ordered;
    }
}
