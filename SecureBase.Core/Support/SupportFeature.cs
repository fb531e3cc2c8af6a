using Microsoft.Extensions.DependencyInjection;
using SecureBase.Core.Messaging;
using SecureBase.Core.Messaging.Mail;
using SecureBase.Core.Scheduling;
using SecureBase.Core.Support.Attachments;
using SecureBase.Core.Support.Bulk;
using SecureBase.Core.Support.Macros;
using SecureBase.Core.Support.Presence;
using SecureBase.Core.Support.Relations;
using SecureBase.Core.Support.Reports;
using SecureBase.Core.Support.Sla;
using SecureBase.Core.Support.Similar;
using SecureBase.Core.Support.Teams;
using SecureBase.Core.Support.Views;

namespace SecureBase.Core.Support;

public static class SupportFeature
{
    public static IServiceCollection AddSupport(this IServiceCollection services)
    {
        services.AddScoped<TicketService>();
        services.AddScoped<TicketNumbers>();
        services.AddScoped<TicketHousekeeping>();
        services.AddScoped<TicketQuota>();
        services.AddScoped<StaffDirectory>();
        services.AddScoped<StaffQueue>();
        services.AddScoped<StaffAccess>();
        services.AddSingleton<RecordedActs>();
        services.AddScoped<DraftService>();
        services.AddScoped<SharedDraftService>();
        services.AddScoped<PresenceService>();
        services.AddScoped<QueuePresence>();
        services.AddScoped<StaffVisits>();
        services.AddSingleton<SlaSimulator>();
        services.AddScoped<SavedViewService>();
        services.AddScoped<SimilarTickets>();
        services.AddScoped<TicketRelations>();
        services.AddScoped<BulkService>();
        services.AddScoped<MacroService>();
        services.AddScoped<SupportTeamService>();
        services.AddScoped<AttachmentService>();
        services.AddSingleton<TermsCache>();
        services.AddScoped<TermsBook>();
        services.AddScoped<TicketClocks>();
        services.AddScoped<SlaSweep>();
        services.AddScoped<SlaPolicyService>();
        services.AddScoped<SlaBoard>();
        services.AddScoped<SupportDays>();
        services.AddScoped<SupportReports>();
        services.AddSingleton<ILiveSubject, TicketLiveSubject>();
        services.AddSingleton<IDeliveryRoute, TicketMailRoute>();
        services.AddSingleton<IMailTemplate, TicketMails>();
        services.AddScheduledJob<CloseSilentTicketsJob>("0 0/15 * * * ?");
        services.AddScheduledJob<PurgeClosedTicketsJob>("0 20 2 * * ?");
        services.AddScheduledJob<RenewSlaTermsJob>("20 * * * * ?");
        services.AddScheduledJob<RollUpSupportDaysJob>("5/15 * * * * ?");
        services.AddScheduledJob<PurgeWaitingAttachmentsJob>("0 50 2 * * ?");
        services.AddScheduledJob<PurgePresencesJob>("0 35 * * * ?");
        return services;
    }

    /// <summary>What a node does by itself beside its jobs.</summary>
    public static IServiceCollection AddSupportWorkers(this IServiceCollection services) => services.AddHostedService<SlaSweepWorker>();
}
