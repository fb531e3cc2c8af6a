using System.Linq.Expressions;
using Microsoft.EntityFrameworkCore;
using SecureBase.Core.Tenancy;

namespace SecureBase.Core.Persistence;

/// <summary>Gives every <see cref="ITenantOwned"/> entity the filter <c>tenant_id = the context's tenant</c>, and <see cref="Tenant"/> itself <c>id = …</c>.</summary>
internal static class TenantFilterConvention
{
    internal static void Apply(ModelBuilder builder, SecureBaseDb context)
    {
        foreach (var entity in builder.Model.GetEntityTypes().Where(e => typeof(ITenantOwned).IsAssignableFrom(e.ClrType)).ToList())
            builder.Entity(entity.ClrType).HasQueryFilter(SecureBaseDb.TenantFilter, Equal(entity.ClrType, nameof(ITenantOwned.TenantId), context));
        builder.Entity<Tenant>().HasQueryFilter(SecureBaseDb.TenantFilter, Equal(typeof(Tenant), nameof(Tenant.Id), context));
    }

    private static LambdaExpression Equal(Type entity, string property, SecureBaseDb context)
    {
        var row = Expression.Parameter(entity, "row");
        var tenant = Expression.Property(Expression.Constant(context), nameof(SecureBaseDb.TenantId));
        return Expression.Lambda(Expression.Equal(Expression.Convert(Expression.Property(row, property), typeof(Guid?)), tenant), row);
    }
}
