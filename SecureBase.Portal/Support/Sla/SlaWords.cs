using SecureBase.Core.Support.Sla;

namespace SecureBase.Portal.Support.Sla;

/// <summary>What is said of clocks, to people.</summary>
internal static class SlaWords
{
    internal static string Name(SlaMetric metric) => metric switch
    {
        SlaMetric.FirstResponse => "First response",
        SlaMetric.NextResponse => "Next response",
        _ => "Resolution",
    };

    /// <summary><c>3 h 11 min left</c>, <c>met in 29 min</c>, <c>late by 4 min</c>, <c>paused, 2 h left</c>.</summary>
    internal static string Standing(SlaClockView clock) => (clock.State, clock.EndedAt) switch
    {
        (SlaClockState.Met, _) => $"met in {Length(clock.ElapsedSeconds)}",
        (SlaClockState.Breached, null) => $"late by {Length(-clock.RemainingSeconds)}",
        (SlaClockState.Breached, _) => $"missed by {Length(-clock.RemainingSeconds)}",
        (SlaClockState.Paused, _) => $"paused, {Length(clock.RemainingSeconds)} left",
        _ => $"{Length(clock.RemainingSeconds)} left",
    };

    internal static string Tone(SlaClockView clock) => clock.State switch
    {
        SlaClockState.Met => "ok",
        SlaClockState.Breached => "danger",
        _ => "",
    };

    /// <summary>In the two largest units: <c>3 d 4 h</c>, <c>2 h 05 min</c>, <c>12 min</c>, <c>40 s</c>.</summary>
    internal static string Length(long seconds) => seconds switch
    {
        < 60 => $"{Math.Max(0, seconds)} s",
        < 3_600 => $"{seconds / 60} min",
        < 86_400 when seconds % 3_600 < 60 => $"{seconds / 3_600} h",
        < 86_400 => $"{seconds / 3_600} h {seconds % 3_600 / 60:00} min",
        _ when seconds % 86_400 < 3_600 => $"{seconds / 86_400} d",
        _ => $"{seconds / 86_400} d {seconds % 86_400 / 3_600} h",
    };

    /// <summary><c>4:00:00</c>, with days from 100 hours on.</summary>
    internal static string Sum(long seconds) => seconds >= 360_000
        ? $"{seconds / 86_400} d {seconds % 86_400 / 3_600}:{seconds % 3_600 / 60:00}:{seconds % 60:00}"
        : $"{seconds / 3_600}:{seconds % 3_600 / 60:00}:{seconds % 60:00}";
}
