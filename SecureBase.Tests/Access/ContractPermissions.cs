using SecureBase.Core.Kernel;

namespace SecureBase.Tests.Access;

/// <summary>
/// Who may do what, written down once more from the product contract, section 2, independently of the code: the matrix tests
/// hold every route and every page against this table. A permission that is not in it fails them.
/// </summary>
internal static class ContractPermissions
{
    private const string Table = """
                              scope               admin manager analyst viewer agent lead platform_admin
        tickets.read          tickets:read        x     x       x       x      x     x    x
        tickets.create        tickets:write       x     x       x       -      -     -    -
        tickets.comment       tickets:write       x     x       x       -      x     x    x
        tickets.edit          tickets:write       x     x       x       -      x     x    x
        tickets.close         tickets:write       x     x       -       -      x     x    x
        tickets.reopen        tickets:write       x     x       x       -      x     x    x
        tickets.work          staff:support       -     -       -       -      x     x    x
        sla.try               staff:support       -     -       -       -      x     x    x
        reports.read          staff:support       -     -       -       -      x     x    x
        tickets.rate          tickets:write       x     x       x       -      -     -    -
        tickets.share_views   staff:support       -     -       -       -      -     x    x
        tickets.write_macros  staff:support       -     -       -       -      -     x    x
        tickets.manage_teams  staff:support       -     -       -       -      -     x    x
        sla.manage            staff:support       -     -       -       -      -     x    x
        team.read             team:manage         x     x       -       -      -     -    x
        team.invite           team:manage         x     x       -       -      -     -    x
        team.edit             team:manage         x     x       -       -      -     -    x
        team.manage           team:manage         x     -       -       -      -     -    x
        api_keys.read         keys:manage         x     x       x       -      -     -    x
        api_keys.manage       keys:manage         x     x       -       -      -     -    x
        webhooks.read         webhooks:manage     x     x       x       -      -     -    x
        webhooks.manage       webhooks:manage     x     x       -       -      -     -    x
        webhooks.oversee      staff:support       -     -       -       -      x     x    x
        events.publish        events:publish      -     -       -       -      -     -    x
        audit.read            audit:read          x     x       -       -      -     x    x
        settings.manage       -                   x     -       -       -      -     -    -
        deliveries.read       staff:support       -     -       -       -      x     x    x
        tenants.read          staff:tenants       -     -       -       -      x     x    x
        tenants.manage        staff:tenants       -     -       -       -      -     -    x
        account.own           -                   x     x       x       x      x     x    x
        factors.manage_own    -                   x     x       x       x      x     x    x
        certificate.read      -                   x     x       -       -      x     x    x
        """;

    private static readonly Dictionary<string, (string? Scope, HashSet<string> Roles)> Rows = Read();

    internal static IReadOnlyCollection<string> Names => Rows.Keys;

    /// <exception cref="InvalidOperationException">The contract's table does not know the permission.</exception>
    internal static bool Allows(string permission, string role, string? scope)
    {
        if (!Rows.TryGetValue(permission, out var row))
            throw new InvalidOperationException($"The permission '{permission}' is not in {nameof(ContractPermissions)}: write down who has it by the product contract, not by the code.");
        return row.Roles.Contains(role) && (scope is null || scope == row.Scope);
    }

    private static Dictionary<string, (string?, HashSet<string>)> Read()
    {
        var lines = Table.Split('\n').Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries)).ToList();
        var roles = lines[0][1..];
        if (!roles.SequenceEqual([.. Roles.Tenant, .. Roles.Operator]))
            throw new InvalidOperationException("The table does not name every role in order.");
        return lines.Skip(1).ToDictionary(
            line => line[0],
            line => (line[1] == "-" ? null : line[1], roles.Zip(line[2..]).Where(cell => cell.Second == "x").Select(cell => cell.First).ToHashSet()));
    }
}
