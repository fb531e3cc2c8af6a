using SecureBase.Core.Kernel;

namespace SecureBase.Core.Publishing;

/// <summary>
/// Events whose source is another system of the provider: billing, compliance scanner, metering. They arrive by
/// publication and flow on like all others. What they carry is fixed here and checked on arrival, so that receivers can rely on it.
/// </summary>
public static class ProviderEventTypes
{
    public static readonly EventType InvoiceCreated = EventType.Published("invoice.created", "An invoice was issued.", () => Invoice(InvoiceStatus.Open));

    public static readonly EventType InvoicePaid = EventType.Published("invoice.paid", "An invoice was paid in full.", () => Invoice(InvoiceStatus.Paid) with { PaidAt = At(18, 9) });

    public static readonly EventType InvoiceOverdue = EventType.Published("invoice.overdue", "An invoice was not paid by its due date.", () => Invoice(InvoiceStatus.Overdue));

    public static readonly EventType ScanCompleted = EventType.Published("compliance.scan_completed", "A compliance scan of your landing zone has ended.", () => new ComplianceScan
    {
        Id = "scan-20261118-04", Framework = "PCI DSS 4.0", StartedAt = At(18, 4), CompletedAt = At(18, 6), Passed = 412, Failed = 3, Critical = 1,
    });

    public static readonly EventType FindingCritical = EventType.Published("compliance.finding_critical", "A compliance scan has found something critical.", () => new ComplianceFinding
    {
        Id = "finding-88213", ScanId = "scan-20261118-04", Framework = "PCI DSS 4.0", Control = "8.3.1", Title = "A console account has no second factor",
        Resource = "arn:aws:iam::111122223333:user/break-glass", FoundAt = At(18, 6),
    });

    public static readonly EventType ThresholdExceeded = EventType.Published("usage.threshold_exceeded", "A metered usage has passed a threshold agreed with you.", () => new UsageThreshold
    {
        Metric = "log-ingestion", Unit = "GB", Threshold = 500m, Used = 512.4m, PeriodFrom = new DateOnly(2026, 11, 1), PeriodTo = new DateOnly(2026, 11, 30), ExceededAt = At(18, 12),
    });

    private static DateTimeOffset At(int day, int hour) => new(2026, 11, day, hour, 0, 0, TimeSpan.Zero);

    private static Invoice Invoice(InvoiceStatus status) => new()
    {
        Id = "inv-2026-11-0042", Number = "2026-0042", Status = status, Currency = "EUR", Amount = 18_450.75m,
        PeriodFrom = new DateOnly(2026, 10, 1), PeriodTo = new DateOnly(2026, 10, 31), IssuedAt = At(2, 8), DueOn = new DateOnly(2026, 11, 16),
    };
}

public enum InvoiceStatus { Open, Paid, Overdue }

/// <summary>An invoice of the provider's billing.</summary>
public sealed record Invoice
{
    /// <summary>As billing knows it.</summary>
    public required string Id { get; init; }
    /// <summary>As printed on it.</summary>
    public required string Number { get; init; }
    public required InvoiceStatus Status { get; init; }
    /// <summary>ISO 4217, e.g. EUR.</summary>
    public required string Currency { get; init; }
    /// <summary>The total, taxes included.</summary>
    public required decimal Amount { get; init; }
    public required DateOnly PeriodFrom { get; init; }
    /// <summary>The last day of the period.</summary>
    public required DateOnly PeriodTo { get; init; }
    public required DateTimeOffset IssuedAt { get; init; }
    public required DateOnly DueOn { get; init; }
    public DateTimeOffset? PaidAt { get; init; }
}

/// <summary>A scan that has ended, in numbers of controls.</summary>
public sealed record ComplianceScan
{
    public required string Id { get; init; }
    public required string Framework { get; init; }
    public required DateTimeOffset StartedAt { get; init; }
    public required DateTimeOffset CompletedAt { get; init; }
    public required int Passed { get; init; }
    public required int Failed { get; init; }
    /// <summary>How many of the failed are critical.</summary>
    public required int Critical { get; init; }
}

/// <summary>One critical finding of a scan.</summary>
public sealed record ComplianceFinding
{
    public required string Id { get; init; }
    public required string ScanId { get; init; }
    public required string Framework { get; init; }
    /// <summary>The control's number in the framework.</summary>
    public required string Control { get; init; }
    public required string Title { get; init; }
    /// <summary>What it was found on, as the cloud names it.</summary>
    public required string Resource { get; init; }
    public required DateTimeOffset FoundAt { get; init; }
}

/// <summary>A usage that has passed its threshold.</summary>
public sealed record UsageThreshold
{
    public required string Metric { get; init; }
    public required string Unit { get; init; }
    public required decimal Threshold { get; init; }
    public required decimal Used { get; init; }
    public required DateOnly PeriodFrom { get; init; }
    public required DateOnly PeriodTo { get; init; }
    public required DateTimeOffset ExceededAt { get; init; }
}
