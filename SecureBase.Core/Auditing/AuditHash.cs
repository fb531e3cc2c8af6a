using System.Buffers;
using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace SecureBase.Core.Auditing;

/// <summary>
/// The hashes of the audit chain, all SHA-256. They depend on nothing but the bytes described here, so that anybody with the
/// rows can compute them again.
/// </summary>
/// <remarks>
/// An entry is encoded as the ASCII text <c>securebase audit entry 1</c> and then its columns in this order: tenant_id, id, at,
/// actor_tenant_id, actor_id, actor_name, actor_kind, action, subject_kind, subject_id, outcome, remote_address, trace_id, details,
/// operator_only. Each column is one byte, 0 for null and else 1, and then for all but null a length of four bytes and the value:
/// a uuid as its 16 bytes, an instant as microseconds since 1970-01-01 UTC in eight bytes, a text as UTF-8 (JSON as PostgreSQL
/// prints <c>jsonb</c>), a boolean as one byte. Numbers are big-endian. Lengths keep the columns apart.
/// </remarks>
internal static class AuditHash
{
    internal const int Size = SHA256.HashSizeInBytes;

    private static ReadOnlySpan<byte> EntryDomain => "securebase audit entry 1"u8;
    private static ReadOnlySpan<byte> LinkDomain => "securebase audit chain 1"u8;

    /// <summary>What stands before the first link.</summary>
    internal static readonly byte[] Beginning = new byte[Size];

    /// <summary>The hash of everything an entry says.</summary>
    /// <param name="scratch">Cleared and used; one for many entries saves their allocation.</param>
    internal static byte[] OfEntry(in AuditRecord entry, ArrayBufferWriter<byte> scratch)
    {
        scratch.ResetWrittenCount();
        scratch.Write(EntryDomain);
        Write(scratch, entry.TenantId);
        Write(scratch, entry.Id);
        Write(scratch, entry.At);
        Write(scratch, entry.ActorTenantId);
        Write(scratch, entry.ActorId);
        Write(scratch, entry.ActorName);
        Write(scratch, entry.ActorKind);
        Write(scratch, entry.Action);
        Write(scratch, entry.SubjectKind);
        Write(scratch, entry.SubjectId);
        Write(scratch, entry.Outcome);
        Write(scratch, entry.RemoteAddress);
        Write(scratch, entry.TraceId);
        Write(scratch, entry.Details);
        scratch.Write<byte>([1, 0, 0, 0, 1, entry.OperatorOnly ? (byte)1 : (byte)0]);
        return SHA256.HashData(scratch.WrittenSpan);
    }

    /// <summary>
    /// The hash of a link: <c>securebase audit chain 1</c>, tenant (16 bytes), sequence (8), time of sealing in microseconds (8),
    /// hash of the entry (32), chain hash of the link before (32).
    /// </summary>
    internal static byte[] OfLink(Guid tenantId, long sequence, DateTimeOffset sealedAt, ReadOnlySpan<byte> entryHash, ReadOnlySpan<byte> previousHash)
    {
        var domain = LinkDomain.Length;
        Span<byte> bytes = stackalloc byte[domain + 32 + entryHash.Length + previousHash.Length];
        LinkDomain.CopyTo(bytes);
        tenantId.TryWriteBytes(bytes[domain..], bigEndian: true, out _);
        BinaryPrimitives.WriteInt64BigEndian(bytes[(domain + 16)..], sequence);
        BinaryPrimitives.WriteInt64BigEndian(bytes[(domain + 24)..], Microseconds(sealedAt));
        entryHash.CopyTo(bytes[(domain + 32)..]);
        previousHash.CopyTo(bytes[(domain + 32 + entryHash.Length)..]);
        return SHA256.HashData(bytes);
    }

    /// <summary>What an anchor seals: number, time in microseconds, base sequence and hash, sequence and chain hash.</summary>
    internal static byte[] Vouched(AuditAnchor anchor)
    {
        var bytes = new byte[32 + (2 * Size)];
        BinaryPrimitives.WriteInt64BigEndian(bytes, anchor.Number);
        BinaryPrimitives.WriteInt64BigEndian(bytes.AsSpan(8), Microseconds(anchor.At));
        BinaryPrimitives.WriteInt64BigEndian(bytes.AsSpan(16), anchor.BaseSequence);
        BinaryPrimitives.WriteInt64BigEndian(bytes.AsSpan(24), anchor.Sequence);
        anchor.BaseHash.AsSpan(0, Math.Min(Size, anchor.BaseHash.Length)).CopyTo(bytes.AsSpan(32));
        anchor.ChainHash.AsSpan(0, Math.Min(Size, anchor.ChainHash.Length)).CopyTo(bytes.AsSpan(32 + Size));
        return bytes;
    }

    /// <summary>An instant as PostgreSQL keeps it.</summary>
    internal static DateTimeOffset ToMicrosecond(DateTimeOffset at) => new(at.UtcTicks - (at.UtcTicks % TimeSpan.TicksPerMicrosecond), TimeSpan.Zero);

    private static long Microseconds(DateTimeOffset at) => (at.UtcTicks - DateTimeOffset.UnixEpoch.Ticks) / TimeSpan.TicksPerMicrosecond;

    private static void Write(ArrayBufferWriter<byte> to, Guid? id)
    {
        if (id is { } value)
            value.TryWriteBytes(Value(to, 16), bigEndian: true, out _);
        else
            Nothing(to);
    }

    private static void Write(ArrayBufferWriter<byte> to, DateTimeOffset at) => BinaryPrimitives.WriteInt64BigEndian(Value(to, 8), Microseconds(at));

    private static void Write(ArrayBufferWriter<byte> to, string? text)
    {
        if (text is null)
            Nothing(to);
        else
            Encoding.UTF8.GetBytes(text, Value(to, Encoding.UTF8.GetByteCount(text)));
    }

    private static void Nothing(ArrayBufferWriter<byte> to) => to.Write<byte>([0]);

    private static Span<byte> Value(ArrayBufferWriter<byte> to, int length)
    {
        var span = to.GetSpan(5 + length)[..(5 + length)];
        span[0] = 1;
        BinaryPrimitives.WriteInt32BigEndian(span[1..], length);
        to.Advance(5 + length);
        return span[5..];
    }
}
