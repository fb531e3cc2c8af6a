using System.ComponentModel.DataAnnotations;

namespace SecureBase.Core.Tenants;

/// <summary>How long tenants' leavings are kept.</summary>
public sealed class TenantsOptions
{
    public const string Section = "Tenants";

    /// <summary>Days between the decision to off-board a tenant and the deletion of its data; the tenant stays open meanwhile.</summary>
    [Range(2, 365, ErrorMessage = "Tenants:OffboardingDays is the waiting period before a tenant's data is deleted. Set it to 2 to 365 days.")]
    public int OffboardingDays { get; set; } = 30;

    /// <summary>Days for which a finished export can be downloaded.</summary>
    [Range(1, 30, ErrorMessage = "Tenants:ExportsKeptDays is how long a finished export can be downloaded. Set it to 1 to 30 days.")]
    public int ExportsKeptDays { get; set; } = 7;
}
