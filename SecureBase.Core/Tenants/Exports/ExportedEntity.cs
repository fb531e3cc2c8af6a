using System.Text.RegularExpressions;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;
using SecureBase.Core.Tenancy;

namespace SecureBase.Core.Tenants.Exports;

/// <summary>
/// A table in an export, found in the model: a new entity is in every export from its first day, unless it is named in
/// <see cref="LeftOut"/>, and columns that hold secrets are left out by what they are called.
/// </summary>
/// <param name="Table">Also the name of its file.</param>
/// <param name="Columns">In the model's order.</param>
/// <param name="Withheld">Columns that exist and are not exported.</param>
internal sealed partial record ExportedEntity(string Table, string Owner, IReadOnlyList<string> Columns, IReadOnlyList<string> Key, IReadOnlyList<string> Withheld)
{
    /// <summary>Tables that are in no tenant's copy, and why, as its manifest says.</summary>
    internal static readonly IReadOnlyDictionary<string, string> LeftOut = new Dictionary<string, string>
    {
        ["access_changes"] = "announcements between the portal's nodes, gone after a day",
        ["authenticators"] = "credentials",
        ["deliveries"] = "the way of messages already sent; what they told is in the records themselves",
        ["delivery_attempts"] = "the way of messages already sent; what they told is in the records themselves",
        ["delivery_exchanges"] = "what was sent and answered on that way",
        ["delivery_lanes"] = "how the way of messages fares at this moment",
        ["delivery_payloads"] = "what was sent on that way",
        ["delivery_tallies"] = "counts of what was sent",
        ["drafts"] = "each person's own, unsent",
        ["file_chunks"] = "the sealed bytes of files; those that can be downloaded are in the folder files",
        ["idempotent_requests"] = "answers kept for a day for programs that repeat a request",
        ["internal_notes"] = "the provider's own notes",
        ["one_time_links"] = "links that were mailed; they work for their recipients alone",
        ["outbox_events"] = "the way of messages already sent; what they told is in the records themselves",
        ["passkey_challenges"] = "sign-ins that are half done, gone after minutes",
        ["passkeys"] = "credentials",
        ["person_logins"] = "credentials",
        ["person_tokens"] = "credentials",
        ["published_events"] = "ids of events that were told already",
        ["recovery_codes"] = "credentials",
        ["request_allowances"] = "how many API requests are left of this hour",
        ["sign_in_attempts"] = "sign-ins that are half done, gone after minutes",
        ["support_day_changes"] = "which tickets are to be counted anew, gone within a minute",
        ["support_days"] = "the provider's figures of its own work, counted from the tickets",
        ["tenant_export_chunks"] = "earlier exports",
        ["tenant_exports"] = "earlier exports",
        ["ticket_presences"] = "who looks at a ticket at this moment",
        ["webhook_recoveries"] = "how far sending again has come",
    };

    /// <summary>What only the provider's own copy holds besides; read by the staff role.</summary>
    internal static readonly IReadOnlySet<string> ReadAsStaff = new HashSet<string> { "internal_notes", "audit_entries", "support_days" };

    /// <summary>Which files belong to the organisation: those that were sent. What waits under a draft is its writer's own, staff's too.</summary>
    internal const string SentFiles = "exists (select from ticket_attachments sent where sent.tenant_id = files.tenant_id and sent.file_id = files.id and sent.ticket_id is not null)";

    // Tables of which only some rows are the organisation's.
    private static readonly Dictionary<string, string> OnlyWhat = new() { ["files"] = SentFiles, ["ticket_attachments"] = "ticket_id is not null" };

    /// <summary>Every exported table of the model, by name.</summary>
    /// <param name="forProvider">The provider's own copy, with <see cref="ReadAsStaff"/>.</param>
    internal static IReadOnlyList<ExportedEntity> Of(IModel model, bool forProvider) =>
    [
        .. model.GetEntityTypes()
            .Where(e => !e.IsOwned() && (e.ClrType == typeof(Tenant) || typeof(ITenantOwned).IsAssignableFrom(e.ClrType)))
            .Where(e => !LeftOut.ContainsKey(e.GetTableName()!) || (forProvider && ReadAsStaff.Contains(e.GetTableName()!)))
            .Select(Of).OrderBy(e => e.Table, StringComparer.Ordinal),
    ];

    /// <summary>One JSON object per row, in the order of the key.</summary>
    internal string Query => $"select row_to_json(r)::text from (select {string.Join(", ", Columns.Select(Quote))} from {Quote(Table)} where {Where} order by {string.Join(", ", Key.Select(Quote))}) r";

    internal string Count => $"select count(*) from {Quote(Table)} where {Where}";

    private string Where => $"{Quote(Owner)} = $1{(OnlyWhat.TryGetValue(Table, out var only) ? $" and {only}" : "")}";

    internal static string Quote(string name) => $"\"{name}\"";

    private static ExportedEntity Of(IEntityType entity)
    {
        // Complex properties are columns too.
        var columns = entity.GetFlattenedProperties().Select(p => (Name: p.GetColumnName(), Property: p)).Where(c => c.Property.GetComputedColumnSql() is null).ToList();
        var withheld = columns.Where(c => IsSecret(c.Property, c.Name)).Select(c => c.Name).ToList();
        return new ExportedEntity(
            entity.GetTableName()!,
            entity.ClrType == typeof(Tenant) ? "id" : "tenant_id",
            [.. columns.Select(c => c.Name).Except(withheld)],
            [.. entity.FindPrimaryKey()!.Properties.Select(p => p.GetColumnName())],
            withheld);
    }

    // Bytes are hashes and seals, but for the picture every visitor sees.
    private static bool IsSecret(IProperty property, string column) =>
        (property.ClrType == typeof(byte[]) && property.DeclaringType.ClrType != typeof(TenantLogo)) || SecretName().IsMatch(column);

    [GeneratedRegex("hash|secret|stamp|token|password|sealed|nonce|recovery|credential")]
    private static partial Regex SecretName();
}
