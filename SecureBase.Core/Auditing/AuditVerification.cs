namespace SecureBase.Core.Auditing;

/// <summary>What is wrong with a tenant's audit chain at one place.</summary>
public enum AuditFaultKind
{
    /// <summary>An entry no longer says what was sealed.</summary>
    EntryAltered,
    /// <summary>A sealed entry is gone.</summary>
    EntryRemoved,
    /// <summary>An entry stands outside the chain although everything of its time is in it.</summary>
    EntryUnchained,
    /// <summary>A link no longer says what was sealed, or was never sealed.</summary>
    LinkAltered,
    /// <summary>Links are missing.</summary>
    LinkRemoved,
    /// <summary>A link stands where none may be: before the beginning, or not behind the link it was made for.</summary>
    LinkMisplaced,
    /// <summary>The chain ends before what an anchor vouches for.</summary>
    ChainCutShort,
    /// <summary>An anchor is missing, forged or contradicts the chain.</summary>
    AnchorBroken,
}

/// <summary>One fault, at the smallest place that can be named.</summary>
/// <param name="Message">A sentence; names ids and positions only, so that it may be shown to whoever may see the chain.</param>
public sealed record AuditFault(AuditFaultKind Kind, string Message)
{
    /// <summary>The link, when it is about one.</summary>
    public long? Sequence { get; init; }
    public Guid? EntryId { get; init; }
}

/// <summary>The result of checking every link and entry of one tenant against each other.</summary>
public sealed record AuditVerification
{
    /// <summary>As many faults are listed; <see cref="FaultCount"/> counts them all.</summary>
    public const int FaultsListed = 100;

    public required DateTimeOffset VerifiedAt { get; init; }
    /// <summary>Links checked, each with its entry.</summary>
    public required long Links { get; init; }
    /// <summary>The first link kept; those before it are past their time of keeping.</summary>
    public required long FirstSequence { get; init; }
    /// <summary>The last link; 0 for an empty chain.</summary>
    public required long HeadSequence { get; init; }
    /// <summary>The last link's hash in hexadecimal. Whoever writes it down elsewhere can prove later that nothing up to here has changed since.</summary>
    public string? HeadHash { get; init; }
    /// <summary>The last link that an anchor under the master key vouches for.</summary>
    public required long AnchoredThrough { get; init; }
    public DateTimeOffset? AnchoredAt { get; init; }
    /// <summary>Entries that are committed and not sealed yet; normally those of the last second.</summary>
    public required long Pending { get; init; }
    /// <summary>Entries sealed more than a day after the time they state, as history that was imported, or an entry slipped in under an old date.</summary>
    public required long SealedLate { get; init; }
    public required long FaultCount { get; init; }
    public required IReadOnlyList<AuditFault> Faults { get; init; }
    public bool Intact => FaultCount == 0;
}

/// <summary>How far a verification has come.</summary>
public readonly record struct AuditProgress(long Done, long Total);
