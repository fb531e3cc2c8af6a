using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Microsoft.EntityFrameworkCore.Storage.ValueConversion;
using SecureBase.Core.Kernel;
using SecureBase.Core.Tenancy;

namespace Microsoft.EntityFrameworkCore;

/// <summary>Stores an enum under the contract's name.</summary>
public sealed class WireNameConverter<TEnum>() : ValueConverter<TEnum, string>(v => WireName.Of(v), s => WireName.Parse<TEnum>(s)) where TEnum : struct, Enum;

public static class WireNameConversion
{
    public static PropertyBuilder<TEnum> HasWireName<TEnum>(this PropertyBuilder<TEnum> property) where TEnum : struct, Enum =>
        property.HasConversion<WireNameConverter<TEnum>>().HasMaxLength(24);

    /// <summary>An author belongs to the row's own tenant or to the operator.</summary>
    public static void HasAuthorCheck(this TableBuilder table, string column) =>
        table.HasCheckConstraint($"ck_{table.Name}_{column}", $"{column} = tenant_id or {column} = '{Tenant.OperatorId}'");
}
