using SecureBase.Core.Messaging;
using SecureBase.Core.Support;

namespace SecureBase.Portal.Support.Components;

/// <summary>What a batch of live signals means to someone who is not looking at the ticket: at most one piece of news per ticket.</summary>
internal static class TicketNews
{
    // A storm of changes is one sentence, not a wall of cards.
    internal const int MostAtOnce = 3;

    // The strongest first: a reply that also resolves is told as a resolution.
    private static readonly string[] Types = [SupportEvents.Resolved, SupportEvents.Created, SupportEvents.Reopened, SupportEvents.Commented];

    internal static IReadOnlyList<LiveSignal> Of(IReadOnlyList<LiveSignal> signals, Guid me) =>
    [
        .. signals.Where(s => s.ActorId != me && Types.Contains(s.EventType))
            .GroupBy(s => s.Id)
            .Select(g => g.MinBy(s => Array.IndexOf(Types, s.EventType))!),
    ];

    /// <summary>Whether the address is the ticket's own page, which shows the news by itself.</summary>
    internal static bool IsOpenAt(string uri, string number) =>
        new Uri(uri).AbsolutePath.EndsWith("/" + number, StringComparison.OrdinalIgnoreCase);
}
