using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;
using SecureBase.Core.Tenancy;

namespace SecureBase.Core.Access;

public enum SecondFactorDemand { Required, Optional }

/// <summary>Whether the provider's own people need a second factor. A customer's tenant decides for itself.</summary>
public sealed class SecondFactorOptions
{
    public const string Section = "SecureBase";

    /// <summary>Required, unless this is Development, whose demo people have none.</summary>
    [EnumDataType(typeof(SecondFactorDemand), ErrorMessage = "SecureBase:StaffSecondFactor is either required or optional.")]
    public SecondFactorDemand? StaffSecondFactor { get; set; }
}

/// <summary>Who must have a second factor.</summary>
public sealed class SecondFactorRule(IOptions<SecondFactorOptions> options)
{
    /// <summary>Whether the tenant's people get in with more than a password only.</summary>
    public bool IsRequired(TenantInfo tenant) =>
        tenant.RequiresSecondFactor || (tenant.IsOperator && options.Value.StaffSecondFactor != SecondFactorDemand.Optional);

    /// <summary>Whether a session opened like this still holds: one from before the demand does not.</summary>
    public bool Allows(TenantInfo tenant, string method) => SignInMethods.HasSecondFactor(method) || !IsRequired(tenant);
}
