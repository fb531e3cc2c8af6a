using SecureBase.Tests.Isolation.Attacks;

namespace SecureBase.Tests.Isolation.Surfaces;

/// <summary>Whether an answer gave something of the victim away, and what.</summary>
internal readonly record struct Judgement(Outcome Outcome, string? Detail)
{
    /// <summary>What is asked for by the victim's names must be answered as what exists nowhere.</summary>
    internal static Judgement OfAnswers(Neighbourhood town, Probe theirs, Answer answer, Probe nowhere, Answer answerOfNowhere)
    {
        if (town.ShownIn(answer, theirs) is { Count: > 0 } shown)
            return new Judgement(Outcome.Leaked, $"{(int)answer.Status}, showing {string.Join(", ", shown)}");

        // What the caller adds of its own is new each time.
        if (answer.Status == System.Net.HttpStatusCode.Created && answerOfNowhere.Status == answer.Status)
            return new Judgement(Outcome.Held, null);
        if (TellsOfItself(theirs.Path) && answer.Status == answerOfNowhere.Status)
            return new Judgement(Outcome.Held, null);
        return answer.IsLike(answerOfNowhere, theirs.Said, nowhere.Said)
            ? new Judgement(Outcome.Held, null)
            : new Judgement(Outcome.Leaked, $"answered {(int)answer.Status} where what exists nowhere is answered {(int)answerOfNowhere.Status}: {answer.DifferenceFrom(answerOfNowhere, theirs.Said, nowhere.Said)}");
    }

    /// <summary>What is the caller's own must be shown, and nothing beside it.</summary>
    internal static Judgement OfOwn(Neighbourhood town, Probe own, Answer answer) => town.ShownIn(answer, own) is { Count: > 0 } shown
        ? new Judgement(Outcome.Leaked, $"{(int)answer.Status}, showing {string.Join(", ", shown)}")
        : new Judgement((int)answer.Status is >= 200 and < 400 ? Outcome.Held : Outcome.Leaked, $"answered {(int)answer.Status} to its own");

    /// <summary>Whoever has no business there must be refused, and told nothing.</summary>
    internal static Judgement OfRefusal(Neighbourhood town, Probe probe, Answer answer)
    {
        if (town.ShownIn(answer, probe) is { Count: > 0 } shown)
            return new Judgement(Outcome.Leaked, $"{(int)answer.Status}, showing {string.Join(", ", shown)}");
        return (int)answer.Status is >= 300 and < 500 ? new Judgement(Outcome.Refused, null) : new Judgement(Outcome.Leaked, $"answered {(int)answer.Status} instead of a refusal");
    }

    /// <summary>A list of what the caller itself has done, which grows and is sealed while it is attacked: its words are not compared, only searched.</summary>
    internal static bool TellsOfItself(string path) => path.Split('?')[0] is "/v1/audit" or "/audit" or "/audit/export";

    /// <summary>Places the customer itself must not see.</summary>
    internal static bool IsForStaffOnly(string place) => place.StartsWith("internal_notes.", StringComparison.Ordinal);

    internal void AddTo(AttackReport report, string surface, string attack) => report.Add(surface, attack, Outcome, Detail);
}
