using System.Globalization;
using SecureBase.Core.Auditing;
using SecureBase.Core.Kernel;
using SecureBase.Core.Tenancy;
using SecureBase.Portal.Shared;
using SecureBase.Portal.Support;

namespace SecureBase.Portal.Auditing;

public enum AuditPeriod { Today, Week, Month, Quarter, Year, All }

/// <summary>What the audit page shows, as its address.</summary>
public sealed record AuditState
{
    private const int SearchMax = 200;
    private const string Date = "yyyy-MM-dd";

    /// <summary>Staff only: the customer whose log is read; null for the operator's own.</summary>
    public string? Tenant { get; init; }
    public AuditPeriod Period { get; init; } = AuditPeriod.Month;
    /// <summary>The first and the last day instead of a period, in the viewer's zone.</summary>
    public DateOnly? From { get; init; }
    public DateOnly? To { get; init; }
    public Guid? Actor { get; init; }
    public ActorKind? Kind { get; init; }
    public string? Action { get; init; }
    public string? SubjectKind { get; init; }
    public Guid? Subject { get; init; }
    public AuditOutcome? Outcome { get; init; }
    public string? Text { get; init; }
    public string? Cursor { get; init; }
    /// <summary>The entry whose details are open.</summary>
    public Guid? Entry { get; init; }

    public bool IsFiltered => this with { Tenant = null, Cursor = null, Entry = null } != new AuditState();

    public AuditState Unfiltered => new() { Tenant = Tenant };

    public string Url => Address("/audit", ("cursor", Cursor), ("entry", Entry?.ToString("N")));

    /// <summary>The address that downloads everything that matches.</summary>
    public string Export(string format) => Address("/audit/export", ("format", format));

    public static string Words(AuditPeriod period) => period switch
    {
        AuditPeriod.Today => "today",
        AuditPeriod.Week => "last 7 days",
        AuditPeriod.Month => "last 30 days",
        AuditPeriod.Quarter => "last 90 days",
        AuditPeriod.Year => "last 365 days",
        _ => "all time",
    };

    /// <summary>The instants the period or the days stand for, as this viewer counts days.</summary>
    public AuditFilter ToFilter(ViewerTime viewer)
    {
        var (from, to) = Span(viewer);
        return new AuditFilter { From = from, To = to, ActorId = Actor, ActorKind = Kind, Action = Action, SubjectKind = SubjectKind, SubjectId = Subject, Outcome = Outcome, Text = Text };
    }

    internal static AuditState Parse(IReadOnlyDictionary<string, string?> query)
    {
        return new AuditState
        {
            Tenant = Said("tenant"),
            Period = WireName.TryParse<AuditPeriod>(Said("period"), out var period) ? period : AuditPeriod.Month,
            From = Day("from"),
            To = Day("to"),
            Actor = Id("actor"),
            Kind = WireName.TryParse<ActorKind>(Said("kind"), out var kind) ? kind : null,
            Action = Said("action"),
            SubjectKind = Said("subject_kind"),
            Subject = Id("subject"),
            Outcome = WireName.TryParse<AuditOutcome>(Said("outcome"), out var outcome) ? outcome : null,
            Text = Said("q") is { } text ? text[..Math.Min(text.Length, SearchMax)] : null,
            Cursor = Said("cursor"),
            Entry = Id("entry"),
        };

        string? Said(string name) => query.GetValueOrDefault(name)?.Trim() is { Length: > 0 } text ? text : null;
        Guid? Id(string name) => Guid.TryParse(Said(name), out var id) ? id : null;
        DateOnly? Day(string name) => DateOnly.TryParseExact(Said(name), Date, CultureInfo.InvariantCulture, DateTimeStyles.None, out var day) ? day : null;
    }

    private (DateTimeOffset? From, DateTimeOffset? To) Span(ViewerTime viewer)
    {
        if (From is not null || To is not null)
            return (From is { } first ? viewer.StartOf(first) : null, To is { } last ? viewer.StartOf(last.AddDays(1)) : null);
        var today = viewer.StartOfToday;
        return Period switch
        {
            AuditPeriod.Today => (today, null),
            AuditPeriod.Week => (today.AddDays(-6), null),
            AuditPeriod.Month => (today.AddDays(-29), null),
            AuditPeriod.Quarter => (today.AddDays(-89), null),
            AuditPeriod.Year => (today.AddDays(-364), null),
            _ => (null, null),
        };
    }

    private string Address(string path, params ReadOnlySpan<(string Name, string? Value)> more) => QueryText.Url(path,
        [
            ("tenant", Tenant),
            ("period", Period == AuditPeriod.Month || From is not null || To is not null ? null : WireName.Of(Period)),
            ("from", From?.ToString(Date, CultureInfo.InvariantCulture)),
            ("to", To?.ToString(Date, CultureInfo.InvariantCulture)),
            ("actor", Actor?.ToString("N")),
            ("kind", Kind is { } kind ? WireName.Of(kind) : null),
            ("action", Action),
            ("subject_kind", SubjectKind),
            ("subject", Subject?.ToString("N")),
            ("outcome", Outcome is { } outcome ? WireName.Of(outcome) : null),
            ("q", Text),
            .. more,
        ]);
}
