using SecureBase.Core.Team;
using SecureBase.Portal.Layout;
using SecureBase.Portal.Shared;

namespace SecureBase.Portal.Team;

internal static class TeamPagesFeature
{
    internal static IServiceCollection AddTeamPages(this IServiceCollection services) => services.AddNavigation(
        new NavigationItem(NavigationArea.Customer, "Team", "/team", IconName.Person, 60) { Permission = TeamPermissions.Read },
        new NavigationItem(NavigationArea.Staff, "Team", "/team", IconName.Person, 75) { Permission = TeamPermissions.Read });
}
