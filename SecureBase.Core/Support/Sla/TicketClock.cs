using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using SecureBase.Core.Tenancy;

namespace SecureBase.Core.Support.Sla;

/// <summary>
/// A clock of a ticket as of its last change, kept for the queue and for the sweep: written in the transaction of every change that
/// moves it. The truth are the ticket's events; <see cref="TicketClocks"/> computes the ledger from them.
/// </summary>
public sealed class TicketClock : ITenantOwned
{
    private TicketClock() { }

    internal TicketClock(Guid ticketId, SlaMetric metric, int cycle) => (TicketId, Metric, Cycle) = (ticketId, metric, cycle);

    public Guid TenantId { get; private set; }
    public Guid TicketId { get; private set; }
    public SlaMetric Metric { get; private set; }
    public int Cycle { get; private set; }
    public DateTimeOffset StartedAt { get; private set; }
    public DateTimeOffset? EndedAt { get; private set; }
    public TimeSpan Target { get; private set; }
    /// <summary>See <see cref="SlaClock.DueAt"/>.</summary>
    public DateTimeOffset? DueAt { get; private set; }
    /// <summary>See <see cref="SlaClock.WarnAt"/>.</summary>
    public DateTimeOffset? WarnAt { get; private set; }
    public SlaClockState State { get; private set; }
    /// <summary>When it ran over its target, as of the last change; null while it had not. A later target takes it back.</summary>
    public DateTimeOffset? BreachedAt { get; private set; }
    /// <summary>When the warning went out, or would have if it were not history; once set, for good.</summary>
    public DateTimeOffset? WarnedAt { get; private set; }
    /// <summary>When the breach was told, or would have been if it were not history; once set, for good.</summary>
    public DateTimeOffset? BreachToldAt { get; private set; }
    /// <summary>When the sweep must look at it; null while there is nothing to tell.</summary>
    public DateTimeOffset? NextAlertAt { get; private set; }
    /// <summary>What came to pass until then is history that was written afterwards: nobody is told.</summary>
    public DateTimeOffset? QuietUntil { get; private set; }

    /// <summary>Takes over what the ledger says.</summary>
    /// <param name="quietUntil">Not null for history that is written afterwards.</param>
    /// <returns>What has come to pass and was not told yet; telling it is up to the caller, in this transaction.</returns>
    internal SlaAlerts Follow(SlaClock clock, DateTimeOffset now, DateTimeOffset? quietUntil)
    {
        if (quietUntil is null && clock.Target != Target)
            EndSilence();
        (StartedAt, EndedAt, Target, DueAt, WarnAt, State) = (clock.StartedAt, clock.EndedAt, clock.Target, clock.DueAt, clock.WarnAt, clock.State);
        BreachedAt = clock.State == SlaClockState.Breached ? clock.ReachedTargetAt : null;
        QuietUntil = quietUntil ?? QuietUntil;
        return Tell(clock.ReachedWarningAt, clock.ReachedTargetAt, now);
    }

    /// <summary>What the sweep finds due. The row must be locked.</summary>
    /// <param name="until">What is due by then.</param>
    internal SlaAlerts Sweep(DateTimeOffset until, DateTimeOffset now) => Tell(WarnAt <= until ? WarnAt : null, DueAt <= until ? DueAt : null, now);

    /// <summary>Since when it is late, whether or not anything has happened since; null when it is not.</summary>
    internal DateTimeOffset? LateSince(DateTimeOffset now) => BreachedAt ?? (IsOpen && DueAt < now ? DueAt : null);

    private bool IsOpen => EndedAt is null;

    private SlaAlerts Tell(DateTimeOffset? warned, DateTimeOffset? reached, DateTimeOffset now)
    {
        var alerts = SlaAlerts.None;
        // Whoever has ended the clock needs no warning any more.
        if (reached <= now && BreachToldAt is null && !IsQuiet(reached) && (IsOpen || State == SlaClockState.Breached))
            (alerts, BreachToldAt, WarnedAt) = (WarnedAt is null && IsOpen && !IsQuiet(warned) ? SlaAlerts.Both : SlaAlerts.Breach, now, WarnedAt ?? now);
        else if (warned <= now && IsOpen && WarnedAt is null && !IsQuiet(warned))
            (alerts, WarnedAt) = (SlaAlerts.Warning, now);
        NextAlertAt = Next();
        return alerts;
    }

    private bool IsQuiet(DateTimeOffset? at) => at <= QuietUntil;

    // A new target makes news also of time that has counted in silence. What the old one had made of it by then stays untold.
    private void EndSilence()
    {
        if (QuietUntil is null)
            return;
        if (CameToPassInSilence(DueAt) || State == SlaClockState.Breached)
            BreachToldAt ??= QuietUntil;
        if (CameToPassInSilence(WarnAt) || BreachToldAt is not null)
            WarnedAt ??= QuietUntil;
        QuietUntil = null;
    }

    // An ended clock's due time is when it would have come.
    private bool CameToPassInSilence(DateTimeOffset? at) => IsQuiet(at) && (IsOpen || at <= EndedAt);

    private DateTimeOffset? Next()
    {
        if (!IsOpen)
            return null;
        var warning = WarnedAt is null && BreachToldAt is null && !IsQuiet(WarnAt) ? WarnAt : null;
        var breach = BreachToldAt is null && !IsQuiet(DueAt) ? DueAt : null;
        return warning < breach || breach is null ? warning : breach;
    }

    internal sealed class Configuration : IEntityTypeConfiguration<TicketClock>
    {
        public void Configure(EntityTypeBuilder<TicketClock> builder)
        {
            builder.ToTable("sla_clocks");
            builder.HasKey(c => new { c.TenantId, c.TicketId, c.Metric, c.Cycle });
            builder.Property(c => c.Metric).HasWireName();
            builder.Property(c => c.State).HasWireName();
            builder.HasOne<Ticket>().WithMany().HasForeignKey(c => new { c.TenantId, c.TicketId }).HasPrincipalKey(t => new { t.TenantId, t.Id });
            builder.HasIndex(c => c.NextAlertAt).HasFilter("ended_at is null and next_alert_at is not null");
            builder.HasIndex(c => new { c.TenantId, c.NextAlertAt });
            builder.HasIndex(c => new { c.DueAt, c.TicketId }).HasFilter("ended_at is null and due_at is not null");
        }
    }
}

/// <summary>What there is to tell of a clock.</summary>
[Flags]
internal enum SlaAlerts { None = 0, Warning = 1, Breach = 2, Both = Warning | Breach }
