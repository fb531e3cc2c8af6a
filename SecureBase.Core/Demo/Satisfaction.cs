using SecureBase.Core.Support;

namespace SecureBase.Core.Demo;

/// <summary>How customers found what was done for them: many say nothing, most of the others are content, and few say why.</summary>
internal sealed class Satisfaction(DateTimeOffset now)
{
    private const double Answers = 0.45;
    private const double SaysWhy = 0.35;

    // By score, 1 to 5.
    private static readonly double[] Likely = [0.04, 0.05, 0.11, 0.28, 0.52];

    private static readonly string[][] Words =
    [
        ["We had to ask three times before anybody looked.", "It took far too long for what it was."],
        ["Solved in the end, but we were left in the dark for a day.", "The first answer did not fit the question."],
        ["It works now. A time to expect an answer by would have helped."],
        ["Good help, a little slow to start.", "Clear steps, thank you."],
        ["Quick and to the point, thank you!", "Exactly what we needed.", "Great explanation, we learned something."],
    ];

    /// <summary>The ticket, perhaps with its requester's rating between its last resolution and whatever came after that.</summary>
    public PlannedTicket Of(PlannedTicket ticket, ulong seed)
    {
        var random = DemoRandom.For(seed, "rating");
        var resolved = ticket.Acts.ToList().FindLastIndex(a => a is PlannedAct.Comment { Status: TicketStatus.Resolved });
        if (resolved < 0 || !random.Chance(Answers))
            return ticket;
        var score = random.PickWeighted(Likely) + 1;
        var at = ticket.Acts[resolved].At.AddMinutes(random.Between(6, 26 * 60));
        var before = resolved + 1 < ticket.Acts.Count ? ticket.Acts[resolved + 1].At : now;
        if (at >= before || ticket.Acts.Skip(resolved + 1).Any(a => a is PlannedAct.Comment))
            return ticket;
        var rating = new PlannedAct.Rate(at, ticket.Requester, score, random.Chance(SaysWhy) ? random.Pick(Words[score - 1]) : null);
        return ticket with { Acts = [.. ticket.Acts.Take(resolved + 1), rating, .. ticket.Acts.Skip(resolved + 1)] };
    }
}
