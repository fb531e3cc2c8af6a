using System.Globalization;

namespace SecureBase.Core.Auditing;

/// <summary>Takes a chain link by link, in the order of their sequence, and keeps what is wrong. A fault is told once, at its place: the links after it are judged by what is stored before them.</summary>
internal sealed class AuditChainCheck(Guid tenantId)
{
    internal readonly record struct Link(long Sequence, Guid EntryId, byte[] EntryHash, byte[] PreviousHash, byte[] ChainHash, DateTimeOffset SealedAt);

    private readonly List<AuditFault> _faults = [];
    private ILookup<long, AuditAnchor> _anchors = Array.Empty<AuditAnchor>().ToLookup(a => a.Sequence);
    private long _base;
    private long? _first;
    private byte[]? _previous;
    private byte[]? _headHash;
    private long _late;
    private long _faultCount;

    internal long Head { get; private set; }
    internal long Checked { get; private set; }
    internal AuditFault? First => _faults.FirstOrDefault();

    /// <param name="afterSequence">The last link that is not here.</param>
    /// <param name="previous">Its chain hash; null when the first link need not be held against it.</param>
    internal void Begin(long afterSequence, byte[]? previous, IEnumerable<AuditAnchor> anchors)
    {
        (_base, Head, _previous) = (afterSequence, afterSequence, previous);
        _anchors = anchors.ToLookup(a => a.Sequence);
    }

    /// <param name="entryHash">Computed from the entry as it stands; null when there is none.</param>
    internal void Take(Link link, byte[]? entryHash, bool isLate)
    {
        Checked++;
        if (link.Sequence <= _base)
        {
            Report(AuditFaultKind.LinkMisplaced, Text($"Link {link.Sequence} (entry {link.EntryId}) stands before the beginning of the chain, which is link {_base + 1}."), link.Sequence, link.EntryId);
            return;
        }
        _first ??= link.Sequence;
        var follows = link.Sequence == Head + 1;
        if (!follows)
            Report(AuditFaultKind.LinkRemoved, link.Sequence == Head + 2 ? Text($"Link {Head + 1} is missing.") : Text($"Links {Head + 1} to {link.Sequence - 1} are missing."), Head + 1);
        if (!AuditHash.OfLink(tenantId, link.Sequence, link.SealedAt, link.EntryHash, link.PreviousHash).AsSpan().SequenceEqual(link.ChainHash))
            Report(AuditFaultKind.LinkAltered, Text($"Link {link.Sequence} (entry {link.EntryId}) does not hold the hash of what it says: it was altered, moved here or put in."), link.Sequence, link.EntryId);
        else if (follows && _previous is not null && !link.PreviousHash.AsSpan().SequenceEqual(_previous))
            Report(AuditFaultKind.LinkMisplaced, Text($"Link {link.Sequence} (entry {link.EntryId}) was not made to follow the link before it."), link.Sequence, link.EntryId);
        else if (_anchors[link.Sequence].FirstOrDefault(a => !a.ChainHash.AsSpan().SequenceEqual(link.ChainHash)) is { } anchor)
            Report(AuditFaultKind.AnchorBroken, Text($"Link {link.Sequence} is not the one that anchor {anchor.Number} vouches for: the chain was rebuilt up to here."), link.Sequence, link.EntryId);

        if (entryHash is null)
            Report(AuditFaultKind.EntryRemoved, Text($"Entry {link.EntryId} (link {link.Sequence}) was removed."), link.Sequence, link.EntryId);
        else if (!entryHash.AsSpan().SequenceEqual(link.EntryHash))
            Report(AuditFaultKind.EntryAltered, Text($"Entry {link.EntryId} (link {link.Sequence}) was altered after it was sealed."), link.Sequence, link.EntryId);
        else if (isLate)
            _late++;
        (Head, _previous, _headHash) = (link.Sequence, link.ChainHash, link.ChainHash);
    }

    internal void Report(AuditFaultKind kind, string message, long? sequence = null, Guid? entryId = null)
    {
        _faultCount++;
        if (_faults.Count < AuditVerification.FaultsListed)
            _faults.Add(new AuditFault(kind, message) { Sequence = sequence, EntryId = entryId });
    }

    internal AuditVerification Result(DateTimeOffset at, AuditAnchor? anchor, long pending) => new()
    {
        VerifiedAt = at, Links = Checked, FirstSequence = _first ?? _base + 1, HeadSequence = _headHash is null ? 0 : Head, HeadHash = _headHash is null ? null : Convert.ToHexStringLower(_headHash),
        AnchoredThrough = anchor?.Sequence ?? 0, AnchoredAt = anchor?.At, Pending = pending, SealedLate = _late, FaultCount = _faultCount, Faults = _faults,
    };

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
