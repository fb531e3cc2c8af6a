using System.Text.Json;
using SecureBase.Core.Auditing;

namespace SecureBase.Portal.Auditing;

/// <summary>An entry as a sentence in plain words. An action nobody has put into words here is read from its own name.</summary>
internal static class AuditWords
{
    private sealed record Phrase(string Done, string Refused);

    private static readonly Dictionary<string, Phrase> Known = new()
    {
        ["access.denied"] = new("was let in", "was refused something their role or key does not include"),
        ["access.tenant_mismatch"] = new("was let in", "came with another organisation’s sign-in or key and was turned away"),
        ["api_key.created"] = new("created an API key", "was refused creating an API key"),
        ["api_key.previous_ended"] = new("ended the previous secret of an API key", "was refused ending the previous secret of an API key"),
        ["audit.exported"] = new("exported the audit log", "was refused exporting the audit log"),
        ["audit.listed"] = new("read the audit log", "was refused reading the audit log"),
        ["audit.purged"] = new("deleted entries past their time of keeping", "was refused deleting old entries"),
        ["audit.read"] = new("read an audit entry", "was refused reading an audit entry"),
        ["audit.verified"] = new("verified the audit chain", "was refused verifying the audit chain"),
        ["demo.history_completed"] = new("finished writing the demo history", "was refused writing the demo history"),
        ["demo.history_started"] = new("began to write the demo history", "was refused writing the demo history"),
        ["email.change_cancelled"] = new("cancelled a change of e-mail address", "was refused cancelling a change of e-mail address"),
        ["email.change_requested"] = new("asked to change their e-mail address", "was refused changing their e-mail address"),
        ["email.changed"] = new("changed their e-mail address", "was refused changing their e-mail address"),
        ["invitation.accepted"] = new("accepted an invitation", "could not accept an invitation"),
        ["password.changed"] = new("changed their password", "could not change their password"),
        ["password.reset"] = new("set a new password", "could not set a new password"),
        ["password.reset_requested"] = new("asked for a new password", "could not ask for a new password"),
        ["person.authenticator_offered"] = new("began to set up an authenticator app", "was refused setting up an authenticator app"),
        ["person.factors_changed"] = new("changed their ways to sign in", "was refused changing their ways to sign in"),
        ["person.factors_reset"] = new("took away a person’s second factor", "was refused taking away a person’s second factor"),
        ["person.passkey_renamed"] = new("renamed a passkey", "was refused renaming a passkey"),
        ["person.renamed"] = new("changed a name", "was refused changing a name"),
        ["person.role_changed"] = new("changed a person’s role", "was refused changing a person’s role"),
        ["session.ended"] = new("signed out", "was refused ending a session"),
        ["session.started"] = new("signed in", "could not sign in"),
        ["staff.entered"] = new("opened this organisation’s data", "was refused opening an organisation’s data"),
        ["staff.listed_queue"] = new("looked at the queue over all tenants", "was refused looking at the queue"),
        ["staff.listed_tenants"] = new("looked at the list of all tenants", "was refused looking at the list of all tenants"),
        ["staff.read_notes"] = new("read internal notes", "was refused reading internal notes"),
        ["tenant.export_downloaded"] = new("downloaded an export", "was refused downloading an export"),
        ["tenant.export_requested"] = new("asked for an export of the organisation’s data", "was refused an export of the organisation’s data"),
        ["tenant.logo_changed"] = new("changed the organisation’s logo", "was refused changing the organisation’s logo"),
        ["tenant.logo_removed"] = new("took the organisation’s logo away", "was refused taking the organisation’s logo away"),
        ["tenant.offboarding_cancelled"] = new("called the off-boarding off", "was refused calling the off-boarding off"),
        ["tenant.offboarding_scheduled"] = new("scheduled the off-boarding", "was refused scheduling the off-boarding"),
        ["ticket.absorbed"] = new("merged another ticket into a ticket", "was refused merging a ticket"),
        ["ticket.commented"] = new("wrote on a ticket", "was refused writing on a ticket"),
        ["ticket.created"] = new("opened a ticket", "was refused opening a ticket"),
        ["ticket.noted"] = new("wrote an internal note on a ticket", "was refused writing an internal note"),
        ["support_team.changed"] = new("changed the support team", "was refused changing a support team"),
        ["support_team.created"] = new("made the support team", "was refused making a support team"),
        ["support_team.deleted"] = new("deleted the support team", "was refused deleting a support team"),
        ["ticket.unmerged"] = new("took back the merge of a ticket", "was refused taking back the merge of a ticket"),
    };

    /// <summary>What was done, without who: <c>opened ticket ACME-1042</c>.</summary>
    internal static string Deed(AuditEntryView entry)
    {
        var name = Named(entry);
        var words = Deed(entry.Action, entry.Outcome == AuditOutcome.Refused, isNamed: name is not null);
        return name is null ? words : $"{words} {name}";
    }

    /// <param name="isNamed">Whether the thing's name follows, so that its article is left out.</param>
    internal static string Deed(string action, bool refused, bool isNamed)
    {
        var phrase = Known.GetValueOrDefault(action) ?? Guess(action);
        var words = refused ? phrase.Refused : phrase.Done;
        return isNamed ? WithoutLastArticle(words) : words;
    }

    internal static string Sentence(AuditEntryView entry) => $"{(entry.Actor.Name == "unknown" ? "Somebody" : entry.Actor.Name)} {Deed(entry)}.";

    // ticket.created → created a ticket; api_key.revoked → revoked an API key; person.role_changed → person: role changed.
    private static Phrase Guess(string action)
    {
        var (noun, verb) = action.Split('.', 2) is [var n, var v] ? (n.Replace('_', ' '), v.Replace('_', ' ')) : (action, "");
        noun = noun.Replace("api key", "API key", StringComparison.Ordinal);
        if (verb.Length == 0 || verb.Contains(' ', StringComparison.Ordinal))
            return new Phrase($"did “{noun}: {verb}”", $"was refused “{noun}: {verb}”");
        var thing = $"{("aeiouA".Contains(noun[0], StringComparison.Ordinal) ? "an" : "a")} {noun}";
        return new Phrase($"{verb} {thing}", $"was refused, and not {verb}: {thing}");
    }

    private static string WithoutLastArticle(string words)
    {
        var (a, an) = (words.LastIndexOf(" a ", StringComparison.Ordinal), words.LastIndexOf(" an ", StringComparison.Ordinal));
        return Math.Max(a, an) < 0 ? words : a > an ? words.Remove(a, 2) : words.Remove(an, 3);
    }

    // What people call the thing, where the entry says it.
    private static string? Named(AuditEntryView entry)
    {
        if (entry.Details is not { ValueKind: JsonValueKind.Object } details)
            return null;
        foreach (var name in new[] { "number", "name", "slug", "email" })
        {
            if (details.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String && value.GetString() is { Length: > 0 and <= 80 } text)
                return text;
        }
        return null;
    }
}
