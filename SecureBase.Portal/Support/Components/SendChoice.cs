using SecureBase.Core.Support;

namespace SecureBase.Portal.Support.Components;

/// <summary>One way to send what was written.</summary>
/// <param name="Label">The verb on the button.</param>
/// <param name="Status">The status the ticket takes with it; null leaves it to the rules.</param>
public sealed record SendChoice(string Label, TicketStatus? Status = null)
{
    /// <summary>The uploads that go with it, filled in when it is sent.</summary>
    public IReadOnlyList<Guid> Attachments { get; init; } = [];
}
