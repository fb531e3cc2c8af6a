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

    /// <summary>How people reach a tenant from outside, with <c>{slug}</c> in it; null means https at the base domain, in Development the portal's own port.</summary>
    public string? PublicUrl { get; set; }

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (!TenantHost.IsBaseDomain(BaseDomain))
            yield return new ValidationResult($"SecureBase:BaseDomain is '{BaseDomain}', which is no domain name. Set it to a name without scheme or port, e.g. portal.example.com.");
        if (PublicUrl is not null && !PublicAddress.IsPattern(PublicUrl))
            yield return new ValidationResult($"SecureBase:PublicUrl is '{PublicUrl}'. Set it to an address with {{slug}} and without a path, e.g. https://{{slug}}.portal.example.com.");
    }
}
