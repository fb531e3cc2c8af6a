using System.Net.Mail;

namespace SecureBase.Core.Messaging.Mail;

/// <summary>A complete e-mail, ready for any way of sending it.</summary>
public sealed record OutgoingMail
{
    /// <summary>The delivery's id: the same over all attempts, and the left part of the Message-ID.</summary>
    public required Guid Id { get; init; }
    public required MailAddress From { get; init; }
    public required MailAddress To { get; init; }
    public required DateTimeOffset Date { get; init; }
    public required MailContent Content { get; init; }
    /// <summary>What mail programs group by, e.g. the ticket's id.</summary>
    public Guid? Thread { get; init; }
}

/// <summary>What a message says.</summary>
/// <param name="Subject">One line.</param>
/// <param name="Text">For programs that show no HTML; lines end in <c>\n</c>.</param>
/// <param name="Html">A whole document.</param>
public sealed record MailContent(string Subject, string Text, string Html);
