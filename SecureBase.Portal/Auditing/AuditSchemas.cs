using SecureBase.Core.Auditing;
using SecureBase.Portal.Api.OpenApi;

namespace SecureBase.Portal.Auditing;

/// <summary>What the API's document says of audit entries.</summary>
internal static class AuditSchemas
{
    internal static IReadOnlyList<SchemaFact> All { get; } =
    [
        new(typeof(AuditEntryView), "action", "Noun and verb, e.g. ticket.created."),
        new(typeof(AuditEntryView), "remote_address", "Where the request came from; absent for what the product did by itself."),
        new(typeof(AuditEntryView), "trace_id", "Names the request in our logs."),
        new(typeof(AuditEntryView), "details", "What the action adds: never a secret, never a message's text."),
        new(typeof(AuditEntryView), "chain", "The place in the hash chain; absent until the entry is sealed."),
        new(typeof(AuditActor), "name", "As it was at the time."),
        new(typeof(AuditChainPosition), "sequence", "1 for your organisation's first entry, and one more for each that followed."),
        new(typeof(AuditChainPosition), "entry_hash", "SHA-256 of all the entry says, in hexadecimal."),
        new(typeof(AuditChainPosition), "chain_hash", "SHA-256 of sequence, time of sealing, the entry's hash and the chain hash before it."),
    ];
}
