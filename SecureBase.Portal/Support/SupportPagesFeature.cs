using SecureBase.Core.Support;
using SecureBase.Core.Support.Reports;
using SecureBase.Portal.Layout;
using SecureBase.Portal.Shared;
using SecureBase.Portal.Support.Admin;
using SecureBase.Portal.Support.Components;

namespace SecureBase.Portal.Support;

internal static class SupportPagesFeature
{
    internal static IServiceCollection AddSupportPages(this IServiceCollection services)
    {
        services.AddNavigation(
            new NavigationItem(NavigationArea.Customer, "Home", "/home", IconName.Home, 10),
            new NavigationItem(NavigationArea.Customer, "Tickets", "/tickets", IconName.Ticket, 20) { Count = typeof(OpenTicketCount) },
            new NavigationItem(NavigationArea.Staff, "Queue", "/queue", IconName.Queue, 10),
            new NavigationItem(NavigationArea.Staff, "SLA board", "/sla", IconName.Clock, 20) { Permission = SupportPermissions.Work },
            new NavigationItem(NavigationArea.Staff, "Reports", "/reports", IconName.Report, 50) { Permission = ReportPermissions.Read },
            new NavigationItem(NavigationArea.Staff, "Macros", "/macros", IconName.Macro, 60) { Permission = SupportPermissions.WriteMacros },
            new NavigationItem(NavigationArea.Staff, "Desk teams", "/teams", IconName.People, 65) { Permission = SupportPermissions.ManageTeams },
            new NavigationItem(NavigationArea.Staff, "Outbox", "/outbox", IconName.Mail, 70));
        services.AddSingleton(new ShellFoot(typeof(StaffVisitsLine)));
        services.AddSingleton(new ShellWidget(NavigationArea.Customer, typeof(CustomerTicketToasts)));
        services.AddSingleton(new ShellWidget(NavigationArea.Staff, typeof(StaffTicketToasts)));
        return services;
    }
}
