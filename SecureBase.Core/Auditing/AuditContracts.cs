using System.Text.Json;
using SecureBase.Core.Tenancy;

namespace SecureBase.Core.Auditing;

/// <summary>Which entries are wanted; null leaves a property open. All conditions hold together.</summary>
public sealed record AuditFilter
{
    /// <summary>From this instant on.</summary>
    public DateTimeOffset? From { get; init; }
    /// <summary>Before this instant.</summary>
    public DateTimeOffset? To { get; init; }
    public Guid? ActorId { get; init; }
    /// <summary>Customers, agents or the product itself.</summary>
    public ActorKind? ActorKind { get; init; }
    /// <summary>A whole action, <c>ticket.created</c>, or all of a noun, <c>ticket.</c>.</summary>
    public string? Action { get; init; }
    public string? SubjectKind { get; init; }
    public Guid? SubjectId { get; init; }
    public AuditOutcome? Outcome { get; init; }
    /// <summary>Part of a name, an action, an address, or the whole id of an entry, a person, a subject or a trace.</summary>
    public string? Text { get; init; }
}

/// <summary>Where an entry stands in its tenant's chain.</summary>
/// <param name="ChainHash">Hexadecimal SHA-256.</param>
public sealed record AuditChainPosition(long Sequence, DateTimeOffset SealedAt, string EntryHash, string ChainHash);

/// <summary>An entry as the API answers it. <see cref="Chain"/> is absent for the moment until the entry is sealed.</summary>
public sealed record AuditEntryView
{
    public required Guid Id { get; init; }
    public required DateTimeOffset At { get; init; }
    public required AuditActor Actor { get; init; }
    public required string Action { get; init; }
    public AuditSubject? Subject { get; init; }
    public required AuditOutcome Outcome { get; init; }
    public string? RemoteAddress { get; init; }
    public string? TraceId { get; init; }
    /// <summary>What the action adds to it, as JSON.</summary>
    public JsonElement? Details { get; init; }
    public AuditChainPosition? Chain { get; init; }
}

/// <summary>Who acted; for an API key its service person. The name is as written at the time.</summary>
public sealed record AuditActor(Guid? Id, string Name, ActorKind Kind);

/// <summary>What it was done to.</summary>
public sealed record AuditSubject(string Kind, Guid? Id);

/// <summary>Who and what appears in a stretch of the log, for choosing filters.</summary>
public sealed record AuditFacets(IReadOnlyList<AuditActor> Actors, IReadOnlyList<string> Actions, IReadOnlyList<string> SubjectKinds);
