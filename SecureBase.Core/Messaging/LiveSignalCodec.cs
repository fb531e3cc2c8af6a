using System.Globalization;
using System.Text;

namespace SecureBase.Core.Messaging;

/// <summary>
/// Live signals as the payload of NOTIFY: one line for the tenant, one per signal, ids only. Channels have no permissions,
/// so nothing may stand in it that another tenant must not read.
/// </summary>
internal static class LiveSignalCodec
{
    /// <summary>PostgreSQL refuses 8000 bytes and more.</summary>
    internal const int MaxPayload = 7_999;

    private const char Between = ' ';

    /// <summary>As few payloads as the limit allows; nearly always one.</summary>
    internal static IReadOnlyList<string> Encode(Guid tenantId, IEnumerable<LiveSignal> signals)
    {
        var head = tenantId.ToString("N");
        List<string> payloads = [];
        var payload = new StringBuilder(head);
        foreach (var signal in signals)
        {
            var line = string.Create(CultureInfo.InvariantCulture,
                $"\n{signal.Kind} {signal.Id:N} {signal.Version} {(signal.Audience == LiveAudience.Staff ? 's' : 'e')} {signal.EventType} {signal.ActorId:N}");
            if (!Ascii.IsValid(line) || line.AsSpan(1).Count(Between) != 5 || line.AsSpan(1).Contains('\n'))
                throw new ArgumentException($"'{signal.Kind}' and '{signal.EventType}' must be plain names without spaces.", nameof(signals));
            if (payload.Length + line.Length > MaxPayload)
            {
                payloads.Add(payload.ToString());
                payload.Clear().Append(head);
            }
            payload.Append(line);
        }
        if (payload.Length > head.Length)
            payloads.Add(payload.ToString());
        return payloads;
    }

    /// <exception cref="FormatException">Not a payload of ours.</exception>
    internal static IReadOnlyList<LiveSignal> Decode(string payload)
    {
        var lines = payload.Split('\n');
        var tenantId = Guid.ParseExact(lines[0], "N");
        return [.. lines.Skip(1).Select(line => DecodeLine(tenantId, line))];
    }

    private static LiveSignal DecodeLine(Guid tenantId, string line)
    {
        if (line.Split(Between) is not [var kind, var id, var version, var audience, var type, var actor])
            throw new FormatException("A live signal must have six parts.");
        return new LiveSignal(tenantId, kind, Guid.ParseExact(id, "N"), int.Parse(version, CultureInfo.InvariantCulture), audience == "e" ? LiveAudience.Everyone : LiveAudience.Staff)
        {
            EventType = type.Length == 0 ? null : type,
            ActorId = actor.Length == 0 ? null : Guid.ParseExact(actor, "N"),
        };
    }
}
