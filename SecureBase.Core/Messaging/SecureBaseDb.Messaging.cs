using Microsoft.EntityFrameworkCore;
using SecureBase.Core.Messaging;

namespace SecureBase.Core.Persistence;

public partial class SecureBaseDb
{
    public DbSet<OutboxEvent> OutboxEvents => Set<OutboxEvent>();
    public DbSet<Delivery> Deliveries => Set<Delivery>();
    public DbSet<DeliveryAttempt> DeliveryAttempts => Set<DeliveryAttempt>();
    public DbSet<DeliveryExchange> DeliveryExchanges => Set<DeliveryExchange>();
    public DbSet<DeliveryPayload> DeliveryPayloads => Set<DeliveryPayload>();
    public DbSet<DeliveryLaneState> DeliveryLanes => Set<DeliveryLaneState>();
    public DbSet<DeliveryTally> DeliveryTallies => Set<DeliveryTally>();
}
