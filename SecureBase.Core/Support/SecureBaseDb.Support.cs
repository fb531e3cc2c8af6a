using Microsoft.EntityFrameworkCore;
using SecureBase.Core.Support;
using SecureBase.Core.Support.Presence;

namespace SecureBase.Core.Persistence;

public partial class SecureBaseDb
{
    public DbSet<Ticket> Tickets => Set<Ticket>();
    public DbSet<TicketComment> TicketComments => Set<TicketComment>();
    public DbSet<TicketEvent> TicketEvents => Set<TicketEvent>();
    public DbSet<InternalNote> InternalNotes => Set<InternalNote>();
    public DbSet<TicketCounter> TicketCounters => Set<TicketCounter>();
    public DbSet<Draft> Drafts => Set<Draft>();
    public DbSet<TicketPresence> TicketPresences => Set<TicketPresence>();
}
