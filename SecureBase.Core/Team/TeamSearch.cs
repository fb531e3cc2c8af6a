using Microsoft.EntityFrameworkCore;
using SecureBase.Core.Identity;
using SecureBase.Core.Kernel;

namespace SecureBase.Core.Team;

/// <summary>Turns a <see cref="TeamQuery"/> into SQL.</summary>
internal static class TeamSearch
{
    internal static IQueryable<Person> Where(IQueryable<Person> people, TeamQuery query, DateTimeOffset now)
    {
        people = people.Where(p => p.Kind == PersonKind.Human);
        if (query.Roles.Count > 0)
        {
            var roles = query.Roles.Where(role => Roles.Tenant.Contains(role) || Roles.Operator.Contains(role)).ToList();
            people = people.Where(p => roles.Contains(p.Role));
        }
        if (query.Statuses.Count > 0)
        {
            var (active, locked, deactivated) = (query.Statuses.Contains(MemberStatus.Active), query.Statuses.Contains(MemberStatus.Locked), query.Statuses.Contains(MemberStatus.Deactivated));
            people = people.Where(p => (deactivated && p.DeactivatedAt != null)
                || (locked && p.DeactivatedAt == null && p.LockoutEnd > now)
                || (active && p.DeactivatedAt == null && (p.LockoutEnd == null || p.LockoutEnd <= now)));
        }
        foreach (var word in (query.Text ?? "").Split(' ', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Take(8))
        {
            var pattern = LikePattern.Containing(word);
            people = people.Where(p => EF.Functions.ILike(p.DisplayName, pattern, "\\") || EF.Functions.ILike(p.Email!, pattern, "\\"));
        }
        return people;
    }
}
