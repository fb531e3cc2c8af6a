namespace SecureBase.Core.Kernel;

/// <summary>Roles as they appear in API, UI and database.</summary>
public static class Roles
{
    public const string Admin = "admin";
    public const string Manager = "manager";
    public const string Analyst = "analyst";
    public const string Viewer = "viewer";

    public const string Agent = "agent";
    public const string Lead = "lead";
    public const string PlatformAdmin = "platform_admin";

    public static readonly IReadOnlyList<string> Tenant = [Admin, Manager, Analyst, Viewer];
    public static readonly IReadOnlyList<string> Operator = [Agent, Lead, PlatformAdmin];
}

/// <summary>One thing a person or a key may do. A feature declares its own, each with the roles and the API scope that include it.</summary>
/// <param name="Name">Stable name, e.g. <c>tickets.comment</c>; appears in audit and messages.</param>
/// <param name="Scope">The API key scope that includes it, e.g. <c>tickets:write</c>; null when no key ever may.</param>
/// <param name="GrantedTo">The roles that include it (product contract, section 2).</param>
public sealed record Permission(string Name, string? Scope, IReadOnlyList<string> GrantedTo);
