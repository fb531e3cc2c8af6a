using System.Globalization;
using System.Text;
using System.Text.Json;
using SecureBase.Core.Auditing;
using SecureBase.Core.Kernel;
using SecureBase.Portal.Shared;

namespace SecureBase.Portal.Auditing;

/// <summary>Writes entries as they come: CSV by RFC 4180 that no spreadsheet takes for a formula, or one JSON object a line.</summary>
internal static class AuditExportText
{
    private const string Heading = "time_utc,actor,actor_id,actor_kind,action,subject_kind,subject_id,outcome,remote_address,trace_id,details,sequence,sealed_at_utc,entry_hash,chain_hash,id\r\n";

    internal static async Task WriteCsvAsync(Stream to, IAsyncEnumerable<AuditEntryView> entries, CancellationToken ct)
    {
        // Spreadsheets read a file without the mark in the encoding of their country.
        await using var text = new StreamWriter(to, new UTF8Encoding(encoderShouldEmitUTF8Identifier: true), bufferSize: 16_384, leaveOpen: true);
        await text.WriteAsync(Heading.AsMemory(), ct);
        var line = new StringBuilder();
        await foreach (var e in entries.WithCancellation(ct))
        {
            line.Clear();
            string?[] fields =
            [
                ViewerTime.Utc(e.At), e.Actor.Name, e.Actor.Id?.ToString(), WireName.Of(e.Actor.Kind), e.Action, e.Subject?.Kind, e.Subject?.Id?.ToString(), WireName.Of(e.Outcome), e.RemoteAddress, e.TraceId, e.Details?.GetRawText(),
                e.Chain?.Sequence.ToString(CultureInfo.InvariantCulture), e.Chain is { } chain ? ViewerTime.Utc(chain.SealedAt) : null, e.Chain?.EntryHash, e.Chain?.ChainHash, e.Id.ToString(),
            ];
            line.AppendJoin(',', fields.Select(CsvText.Field)).Append("\r\n");
            await text.WriteAsync(line, ct);
        }
    }

    internal static async Task WriteJsonLinesAsync(Stream to, IAsyncEnumerable<AuditEntryView> entries, CancellationToken ct)
    {
        await foreach (var entry in entries.WithCancellation(ct))
        {
            await JsonSerializer.SerializeAsync(to, entry, WireJson.Options, ct);
            await to.WriteAsync("\n"u8.ToArray(), ct);
        }
    }
}
