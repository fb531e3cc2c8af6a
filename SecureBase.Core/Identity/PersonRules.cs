using System.Net.Mail;
using SecureBase.Core.Kernel;
using SecureBase.Core.Tenancy;

namespace SecureBase.Core.Identity;

/// <summary>What is true of every person's name, address and role. Each trims, and adds what is broken to the errors.</summary>
public static class PersonRules
{
    public const int NameMax = 120;
    /// <summary>The longest address SMTP carries (RFC 5321 §4.5.3.1).</summary>
    public const int EmailMax = 254;

    internal static string Email(string? email, List<FieldError> errors, string field = "email")
    {
        var text = email?.Trim() ?? "";
        // The name and the quoted forms that RFC 5322 allows besides are no addresses people sign in with.
        if (text.Length > EmailMax || text.Any(c => char.IsControl(c) || char.IsWhiteSpace(c)) || !MailAddress.TryCreate(text, out var parsed) || parsed.Address != text || text.Contains('"', StringComparison.Ordinal))
            errors.Add(new(field, "This is no e-mail address: it looks like name@organisation.example."));
        return text;
    }

    internal static string Name(string? name, List<FieldError> errors, string field = "name")
    {
        var text = name?.Trim() ?? "";
        if (text.Length is < 1 or > NameMax || text.Any(char.IsControl))
            errors.Add(new(field, $"A name has 1 to {NameMax} characters, in one line."));
        return text;
    }

    internal static string Role(string? role, TenantInfo tenant, List<FieldError> errors)
    {
        if (!RolesOf(tenant).Contains(role))
            errors.Add(new("role", $"The role is one of {string.Join(", ", RolesOf(tenant))}."));
        return role ?? "";
    }

    /// <summary>The roles of this tenant's kind, the most powerful first for customers and last for the operator.</summary>
    public static IReadOnlyList<string> RolesOf(TenantInfo tenant) => tenant.IsOperator ? Roles.Operator : Roles.Tenant;

    /// <summary>The role that manages all others.</summary>
    public static string TopRole(TenantInfo tenant) => tenant.IsOperator ? Roles.PlatformAdmin : Roles.Admin;
}
