using System.Text.Json;
using System.Text.Json.Serialization;

namespace SecureBase.Core.Support.Sla;

/// <summary>A policy, a calendar and a ticket's life, to be tried: what clocks would that have been?</summary>
public sealed record SlaCase
{
    public SlaPolicySpec? Policy { get; init; }
    public SlaCalendarSpec? Calendar { get; init; }
    /// <summary>The one the ticket is created with; medium, unless said otherwise.</summary>
    public TicketPriority? Priority { get; init; }
    /// <summary>In the order in which they happened, the creation first.</summary>
    public IReadOnlyList<SlaEventSpec?>? Events { get; init; }
    /// <summary>The instant the clocks are read at; the present, unless said otherwise.</summary>
    [JsonConverter(typeof(InstantConverter))]
    public DateTimeOffset? Now { get; init; }
}

/// <summary>A policy as written down.</summary>
public sealed record SlaPolicySpec
{
    public SlaTargetsByPriority? Targets { get; init; }
    /// <summary>waiting-customer, unless said otherwise.</summary>
    public IReadOnlyList<TicketStatus>? PauseIn { get; init; }
}

public sealed record SlaTargetsByPriority
{
    public SlaTargetMinutes? Critical { get; init; }
    public SlaTargetMinutes? High { get; init; }
    public SlaTargetMinutes? Medium { get; init; }
    public SlaTargetMinutes? Low { get; init; }
}

/// <summary>Minutes of counted time.</summary>
public sealed record SlaTargetMinutes
{
    public int? FirstResponse { get; init; }
    public int? NextResponse { get; init; }
    public int? Resolution { get; init; }
}

/// <summary>A calendar as written down: <c>"24x7"</c>, or a week with its holidays.</summary>
[JsonConverter(typeof(SlaCalendarSpecConverter))]
public sealed record SlaCalendarSpec
{
    /// <summary>The name of the calendar in which every instant counts.</summary>
    public const string AroundTheClock = "24x7";

    /// <summary>Null when <see cref="Week"/> says it.</summary>
    public string? Name { get; init; }
    public SlaWeek? Week { get; init; }
}

public sealed record SlaWeek
{
    /// <summary>IANA name.</summary>
    public string? TimeZone { get; init; }
    public IReadOnlyList<SlaHours?>? Hours { get; init; }
    /// <summary>Local dates such as 2026-12-25.</summary>
    public IReadOnlyList<string?>? Holidays { get; init; }
}

public sealed record SlaHours
{
    /// <summary>monday to sunday.</summary>
    public string? Day { get; init; }
    /// <summary>Included; such as 09:00.</summary>
    public string? From { get; init; }
    /// <summary>Excluded; such as 18:00, up to 24:00.</summary>
    public string? To { get; init; }
}

public sealed record SlaEventSpec
{
    [JsonConverter(typeof(InstantConverter))]
    public DateTimeOffset? At { get; init; }
    public SlaEventType? Type { get; init; }
    /// <summary>Of a status_changed event; of the creation if it is not open.</summary>
    public TicketStatus? Status { get; init; }
    /// <summary>Of a priority_changed event.</summary>
    public TicketPriority? Priority { get; init; }
}

/// <summary>A ticket's clocks: first response, next responses in their order, resolution.</summary>
public sealed record SlaClocks(IReadOnlyList<SlaClockView> Clocks);

/// <summary>One clock. Seconds are whole, rounded down; instants are exact and in UTC.</summary>
public sealed record SlaClockView
{
    public required SlaMetric Metric { get; init; }
    public required int Cycle { get; init; }
    public required long TargetSeconds { get; init; }
    public required DateTimeOffset StartedAt { get; init; }
    /// <summary>Null while it is open.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public required DateTimeOffset? EndedAt { get; init; }
    /// <summary>Null while the ticket's status pauses it.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public required DateTimeOffset? DueAt { get; init; }
    /// <summary>When its warning is due; absent while the ticket's status pauses it.</summary>
    public DateTimeOffset? WarnAt { get; init; }
    public required SlaClockState State { get; init; }
    public required long ElapsedSeconds { get; init; }
    /// <summary>Target less elapsed, so negative beyond the target.</summary>
    public required long RemainingSeconds { get; init; }
    public required IReadOnlyList<SlaSegmentView> Segments { get; init; }

    public static SlaClockView Of(SlaClock clock)
    {
        var (target, elapsed) = (Seconds(clock.Target), Seconds(clock.Elapsed));
        return new SlaClockView
        {
            Metric = clock.Metric,
            Cycle = clock.Cycle,
            TargetSeconds = target,
            StartedAt = clock.StartedAt,
            EndedAt = clock.EndedAt,
            DueAt = clock.DueAt,
            WarnAt = clock.WarnAt,
            State = clock.State,
            ElapsedSeconds = elapsed,
            RemainingSeconds = target - elapsed,
            Segments = [.. clock.Segments().Select(s => new SlaSegmentView(s.From, s.To, s.Kind, s.Reason, s.Terms.PolicyVersion, s.Terms.CalendarVersion))],
        };
    }

    private static long Seconds(TimeSpan span) => span.Ticks / TimeSpan.TicksPerSecond;
}

/// <inheritdoc cref="SlaSegment"/>
/// <param name="PolicyVersion">Absent for a policy that is only tried.</param>
/// <param name="CalendarVersion">Absent for a calendar that is only tried.</param>
public sealed record SlaSegmentView(DateTimeOffset From, DateTimeOffset To, SlaSegmentKind Kind, string Reason, string? PolicyVersion = null, string? CalendarVersion = null);

/// <summary>An instant by ISO 8601. One without an offset is UTC, whatever zone the machine is in.</summary>
internal sealed class InstantConverter : JsonConverter<DateTimeOffset?>
{
    public override DateTimeOffset? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType != JsonTokenType.String || !reader.TryGetDateTime(out var time))
            throw new JsonException();
        return time.Kind == DateTimeKind.Unspecified ? new DateTimeOffset(time, TimeSpan.Zero) : reader.GetDateTimeOffset().ToUniversalTime();
    }

    public override void Write(Utf8JsonWriter writer, DateTimeOffset? value, JsonSerializerOptions options)
    {
        if (value is { } at)
            writer.WriteStringValue(at);
        else
            writer.WriteNullValue();
    }
}

internal sealed class SlaCalendarSpecConverter : JsonConverter<SlaCalendarSpec>
{
    public override SlaCalendarSpec Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => reader.TokenType switch
    {
        JsonTokenType.String => new SlaCalendarSpec { Name = reader.GetString() },
        JsonTokenType.StartObject => new SlaCalendarSpec { Week = JsonSerializer.Deserialize<SlaWeek>(ref reader, options) },
        _ => throw new JsonException(),
    };

    public override void Write(Utf8JsonWriter writer, SlaCalendarSpec value, JsonSerializerOptions options)
    {
        if (value.Week is { } week)
            JsonSerializer.Serialize(writer, week, options);
        else
            writer.WriteStringValue(value.Name);
    }
}
