using SecureBase.Core.Kernel;

namespace SecureBase.Core.Costs;

/// <summary>What the outside world is told of spend, budgets and forecasts.</summary>
public static class CostEventTypes
{
    public static readonly EventType BudgetThresholdReached = EventType.Announced("budget.threshold_reached",
        "Actual or forecast spend has reached a threshold of a budget. Once per threshold and period.", () => new BudgetCrossing
        {
            BudgetId = new Guid("019a9b00-0100-7f01-8a10-6c5d4e3f2a01"), Name = "Payments platform", Currency = "EUR", PeriodFrom = new DateOnly(2026, 11, 1), PeriodTo = new DateOnly(2026, 11, 30),
            Amount = 20_000m, ThresholdPercent = 80, Basis = BudgetBasis.Actual, Spent = 16_021.40m, ReachedAt = At(18, 5),
        });

    public static readonly EventType AnomalyDetected = EventType.Announced("cost.anomaly_detected",
        "A service of an account has cost more or less in a month than its history lets expect.", () => new CostAnomaly
        {
            Id = new Guid("019a9b00-0200-7f02-8a10-6c5d4e3f2a02"), Month = "2026-11", Service = "Amazon EC2", Account = "111122223333", Currency = "EUR",
            Actual = 9_120.10m, ExpectedLower = 5_200m, ExpectedUpper = 6_400m, DetectedAt = At(18, 5),
        });

    public static readonly EventType ImportCompleted = EventType.Announced("cost.import_completed", "A billing export was imported.", () => new CompletedImport
    {
        Id = new Guid("019a9b00-0300-7f03-8a10-6c5d4e3f2a03"), Vendor = "aws", RowsRead = 120_412, RowsImported = 120_409, RowsRejected = 3,
        Totals = [new CurrencyAmount("EUR", 18_450.75m)], CompletedAt = At(18, 5),
    });

    public static readonly EventType ForecastRefreshed = EventType.Announced("forecast.refreshed", "The cost forecast was computed anew.", () => new RefreshedForecast
    {
        Currency = "EUR", Method = "seasonal", HistoricalMonths = 26, Months = 12, NextMonth = "2026-12", Mean = 19_004m, GeneratedAt = At(18, 5),
    });

    private static DateTimeOffset At(int day, int hour) => new(2026, 11, day, hour, 0, 0, TimeSpan.Zero);
}

public enum BudgetBasis { Actual, Forecast }

/// <summary>A budget's threshold that was reached.</summary>
public sealed record BudgetCrossing
{
    public required Guid BudgetId { get; init; }
    public required string Name { get; init; }
    /// <summary>ISO 4217.</summary>
    public required string Currency { get; init; }
    public required DateOnly PeriodFrom { get; init; }
    /// <summary>The last day of the period.</summary>
    public required DateOnly PeriodTo { get; init; }
    public required decimal Amount { get; init; }
    public required int ThresholdPercent { get; init; }
    public required BudgetBasis Basis { get; init; }
    /// <summary>Spent so far, or forecast for the whole period.</summary>
    public required decimal Spent { get; init; }
    public required DateTimeOffset ReachedAt { get; init; }
}

/// <summary>A month's cost outside its expected range.</summary>
public sealed record CostAnomaly
{
    public required Guid Id { get; init; }
    /// <summary><c>2026-11</c>.</summary>
    public required string Month { get; init; }
    public required string Service { get; init; }
    public required string Account { get; init; }
    /// <summary>ISO 4217.</summary>
    public required string Currency { get; init; }
    public required decimal Actual { get; init; }
    public required decimal ExpectedLower { get; init; }
    public required decimal ExpectedUpper { get; init; }
    public required DateTimeOffset DetectedAt { get; init; }
}

public sealed record CurrencyAmount(string Currency, decimal Amount);

/// <summary>An import that has ended well.</summary>
public sealed record CompletedImport
{
    public required Guid Id { get; init; }
    public required string Vendor { get; init; }
    public required long RowsRead { get; init; }
    public required long RowsImported { get; init; }
    public required long RowsRejected { get; init; }
    public required IReadOnlyList<CurrencyAmount> Totals { get; init; }
    public required DateTimeOffset CompletedAt { get; init; }
}

/// <summary>A forecast in short; its GET returns it in full.</summary>
public sealed record RefreshedForecast
{
    /// <summary>ISO 4217.</summary>
    public required string Currency { get; init; }
    public required string Method { get; init; }
    public required int HistoricalMonths { get; init; }
    /// <summary>How many months it looks ahead.</summary>
    public required int Months { get; init; }
    /// <summary><c>2026-12</c>.</summary>
    public required string NextMonth { get; init; }
    /// <summary>Expected spend of that month.</summary>
    public required decimal Mean { get; init; }
    public required DateTimeOffset GeneratedAt { get; init; }
}
