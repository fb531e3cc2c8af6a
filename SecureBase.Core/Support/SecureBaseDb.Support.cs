using Microsoft.EntityFrameworkCore;
using SecureBase.Core.Support;
using SecureBase.Core.Support.Attachments;
using SecureBase.Core.Support.Macros;
using SecureBase.Core.Support.Presence;
using SecureBase.Core.Support.Relations;
using SecureBase.Core.Support.Reports;
using SecureBase.Core.Support.Teams;
using SecureBase.Core.Support.Views;
using SecureBase.Core.Support.Sla;

namespace SecureBase.Core.Persistence;

public partial class SecureBaseDb
{
    public DbSet<Ticket> Tickets => Set<Ticket>();
    public DbSet<TicketComment> TicketComments => Set<TicketComment>();
    public DbSet<TicketAttachment> TicketAttachments => Set<TicketAttachment>();
    public DbSet<TicketEvent> TicketEvents => Set<TicketEvent>();
    public DbSet<InternalNote> InternalNotes => Set<InternalNote>();
    public DbSet<TicketCounter> TicketCounters => Set<TicketCounter>();
    public DbSet<Draft> Drafts => Set<Draft>();
    public DbSet<TicketLink> TicketLinks => Set<TicketLink>();
    public DbSet<SavedView> SavedViews => Set<SavedView>();
    public DbSet<SupportTeam> SupportTeams => Set<SupportTeam>();
    public DbSet<SupportTeamMember> SupportTeamMembers => Set<SupportTeamMember>();
    public DbSet<Macro> Macros => Set<Macro>();
    public DbSet<TicketClock> TicketClocks => Set<TicketClock>();
    public DbSet<AgreedTerms> AgreedTerms => Set<AgreedTerms>();
    public DbSet<SlaVersion> SlaVersions => Set<SlaVersion>();
    public DbSet<SupportDay> SupportDays => Set<SupportDay>();
    public DbSet<ChangedTicket> ChangedTickets => Set<ChangedTicket>();
    public DbSet<TicketPresence> TicketPresences => Set<TicketPresence>();
}
