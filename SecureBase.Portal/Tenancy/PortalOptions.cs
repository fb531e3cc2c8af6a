using System.ComponentModel.DataAnnotations;
using SecureBase.Core.Tenancy;

namespace SecureBase.Portal.Tenancy;

/// <summary>The address under which tenants live.</summary>
internal sealed class PortalOptions : IValidatableObject
{
    public const string Section = "SecureBase";

    /// <summary>Tenants are its subdomains; <c>localhost</c> in Development.</summary>
    [Required(ErrorMessage = "Set SecureBase:BaseDomain to the domain whose subdomains are tenants, e.g. portal.example.com.")]
    public string BaseDomain { get; set; } = "";

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (!TenantHost.IsBaseDomain(BaseDomain))
            yield return new ValidationResult($"SecureBase:BaseDomain is '{BaseDomain}', which is no domain name. Set it to a name without scheme or port, e.g. portal.example.com.");
    }
}
