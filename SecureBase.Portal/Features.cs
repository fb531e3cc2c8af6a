using System.CommandLine;
using SecureBase.Core.Access;
using SecureBase.Core.Accounts;
using SecureBase.Core.Auditing;
using SecureBase.Core.Demo;
using SecureBase.Core.Factors;
using SecureBase.Core.Files;
using SecureBase.Core.Identity;
using SecureBase.Core.Messaging;
using SecureBase.Core.Persistence;
using SecureBase.Core.Publishing;
using SecureBase.Core.Scheduling;
using SecureBase.Core.Secrets;
using SecureBase.Core.Support;
using SecureBase.Core.Team;
using SecureBase.Core.Tenants;
using SecureBase.Core.Webhooks;
using SecureBase.Portal.Access;
using SecureBase.Portal.Account;
using SecureBase.Portal.Api;
using SecureBase.Portal.Auditing;
using SecureBase.Portal.Commands;
using SecureBase.Portal.Demo;
using SecureBase.Portal.Hosting;
using SecureBase.Portal.Hosting.Database;
using SecureBase.Portal.Live;
using SecureBase.Portal.Publishing;
using SecureBase.Portal.Secrets;
using SecureBase.Portal.Shared;
using SecureBase.Portal.Support;
using SecureBase.Portal.Support.Attachments;
using SecureBase.Portal.Support.Desk;
using SecureBase.Portal.Support.Reports;
using SecureBase.Portal.Support.Sla;
using SecureBase.Portal.Team;
using SecureBase.Portal.Tenancy;
using SecureBase.Portal.Tenants;
using SecureBase.Portal.Trust;
using SecureBase.Portal.Webhooks;

namespace SecureBase.Portal;

/// <summary>The one list of what the portal is made of. A feature adds a line to each list it has something for.</summary>
internal static class Features
{
    /// <summary>What commands and the running portal share: the use cases, without HTTP and without anything that runs by itself.</summary>
    internal static IServiceCollection AddCore(this IServiceCollection services, DatabaseConnections database, KeyRing keys)
    {
        services.AddSingleton(TimeProvider.System);
        services.AddSecrets(keys);
        services.AddMessaging();
        services.AddPersistence(new DatabaseRoles(database.App, database.Staff));
        services.AddAuditing();
        services.AddAccess();
        services.AddFiles();
        services.AddPeople();
        services.AddAccounts();
        services.AddFactors();
        services.AddTeam();
        services.AddTenants();
        services.AddSupport();
        services.AddPublishing();
        services.AddWebhooks();
        services.AddDemo();
        return services;
    }

    internal static void AddPortal(this WebApplicationBuilder builder, PortalDatabase database)
    {
        var services = builder.Services;
        services.AddCore(database.Connections, database.Keys);
        services.AddMessagingWorkers();
        services.AddAccessWorkers();
        services.AddAuditingWorkers();
        services.AddFilesWorker();
        services.AddScheduling();
        services.AddSupportWorkers();
        services.AddWebhooksWorkers();
        services.AddDataProtectionKeys();
        services.AddEdge();
        services.AddTelemetry(builder.Configuration);
        services.AddTenancy(secureCookies: !builder.Environment.IsDevelopment());
        services.AddApi();
        builder.AddMail();
        services.AddLive();
        services.AddAccount();
        services.AddPages();
        services.AddApiKeyPages();
        services.AddApiKeyApi();
        services.AddAuditPages();
        services.AddPublishingApi();
        services.AddReportsApi();
        services.AddSlaApi();
        services.AddSupportPages();
        services.AddSupportApi();
        services.AddStaffSupportApi();
        services.AddTeamPages();
        services.AddTeamApi();
        services.AddTenantsPages();
        services.AddTenantsApi();
        services.AddTenantsWorker();
        services.AddWebhooksApi();
        services.AddWebhookPages();
        services.AddTrust();
        if (builder.Environment.IsDevelopment())
            services.AddDemoWorker().AddHostedService<DemoReceiver>();
    }

    internal static void MapPortal(this WebApplication app)
    {
        app.MapStaticAssets().AllowAnonymous();
        app.MapAccount();
        app.MapLive();
        app.MapAuditExport();
        var v1 = app.MapApi();
        v1.MapApiKeys();
        v1.MapAudit();
        v1.MapPublishing();
        v1.MapReports();
        v1.MapSla();
        v1.MapStaffSupport();
        v1.MapSupport();
        v1.MapAttachments();
        v1.MapTeam();
        v1.MapTenants();
        v1.MapWebhooks();
        app.MapBranding();
        app.MapExports();
        app.MapReportExport();
        app.MapTicketFiles();
        app.MapTrust();
        app.MapRazorComponents<App>().AddInteractiveServerRenderMode(options => options.ContentSecurityFrameAncestorsPolicy = null);
    }

    internal static IEnumerable<Command> Commands =>
    [
        MigrateCommand.Create(),
        SeedDemoCommand.Create(),
        CreateOperatorCommand.Create(),
        CreateApiKeyCommand.Create(),
        CreateTenantCommand.Create(),
        ExportTenantCommand.Create(),
        SuspendTenantCommand.Create(),
        ResumeTenantCommand.Create(),
        RotateKeysCommand.Create(),
        VerifyAuditCommand.Create(),
        SlaSimulateCommand.Create(),
    ];
}
