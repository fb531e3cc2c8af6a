using SecureBase.Core.Kernel;
using SecureBase.Core.Support;

namespace SecureBase.Core.Demo;

/// <summary>Turns a story into one organisation's ticket: chooses its people, words and moments.</summary>
internal sealed class TicketWriter(DemoOrganisation organisation, IReadOnlyList<DemoPerson> staff)
{
    private const double TriagedDown = 0.06;
    private const double HandedOver = 0.07;

    private readonly StoryPacing _pacing = new(organisation);

    /// <param name="steps">How many steps of the story have happened.</param>
    /// <param name="seed">The ticket's own; the same seed writes the same ticket for the same opening.</param>
    public PlannedTicket Write(Story story, int steps, DateTimeOffset opened, ulong seed)
    {
        var cast = Choose(story, seed);
        var wording = new Wording(organisation, cast, seed, opened);
        var acts = new List<PlannedAct>();
        var random = DemoRandom.For(seed, "acts");
        var paced = _pacing.Pace(story, steps, opened, seed);
        var triagedDown = random.Chance(TriagedDown) && story.Priority is TicketPriority.Low or TicketPriority.Medium;
        var agent = cast.Agent;
        var handOver = random.Chance(HandedOver) && !Mentions(story, "{{agent2}}") ? random.Between(2, 4) : int.MaxValue;
        var replies = 0;
        var at = opened;

        foreach (var (step, moment, status, pausedAt) in paced)
        {
            var isStaff = step.Voice is StoryVoice.Staff or StoryVoice.Note;
            if (isStaff && !acts.Exists(a => a is PlannedAct.Assign))
            {
                var taken = Within(opened, moment, random.Between(0.35, 0.85));
                acts.Add(new PlannedAct.Assign(taken, agent, agent));
                if (triagedDown)
                    acts.Add(new PlannedAct.SetPriority(Within(taken, moment, 0.3), agent, story.Priority));
            }
            else if (isStaff && replies == handOver)
            {
                agent = cast.OtherAgent;
                acts.Add(new PlannedAct.Assign(Within(at, moment, 0.6), agent, agent));
                handOver = int.MaxValue;
            }

            if (pausedAt is { } paused)
                acts.Add(new PlannedAct.SetStatus(paused, agent, TicketStatus.WaitingCustomer));
            acts.Add(Act(step, moment, status, cast, agent, wording));
            if (step.Voice == StoryVoice.Staff)
                replies++;
            at = moment;
        }

        return new PlannedTicket
        {
            StoryKey = story.Key,
            Requester = cast.Requester,
            OpenedAt = opened,
            Subject = wording.Fill(DemoRandom.For(seed, "subject").Pick(story.Subjects), opened),
            Description = wording.Fill(story.Description, opened),
            Category = story.Category,
            Priority = triagedDown ? story.Priority + 1 : story.Priority,
            Tags = story.Tags,
            Acts = [.. acts.OrderBy(a => a.At)],
        };
    }

    private static PlannedAct Act(StoryStep step, DateTimeOffset at, TicketStatus? status, Cast cast, DemoPerson agent, Wording wording) => step.Voice switch
    {
        StoryVoice.Close => new PlannedAct.SetStatus(at, MayClose(cast.Requester) ? cast.Requester : cast.Colleague, TicketStatus.Closed),
        StoryVoice.Note => new PlannedAct.Note(at, agent, wording.Fill(step.Body!, at)),
        StoryVoice.Staff => new PlannedAct.Comment(at, agent, wording.Fill(step.Body!, at), status),
        StoryVoice.Colleague => new PlannedAct.Comment(at, cast.Colleague, wording.Fill(step.Body!, at), null),
        _ => new PlannedAct.Comment(at, cast.Requester, wording.Fill(step.Body!, at), null),
    };

    private Cast Choose(Story story, ulong seed)
    {
        var random = DemoRandom.For(seed, "cast");
        var desk = story.Category switch
        {
            TicketCategory.Billing => Desk.Finance,
            TicketCategory.Security => Desk.Security,
            _ => Desk.Engineering,
        };
        var requester = One(organisation.People.Where(p => p.Role != Roles.Viewer));
        var colleague = random.Pick([.. organisation.People.Where(p => p != requester && MayClose(p))]);
        var agent = One(staff.Where(p => p.Role != Roles.PlatformAdmin));
        var other = random.Pick([.. staff.Where(p => p != agent && p.Role != Roles.PlatformAdmin)]);
        return new Cast(requester, colleague, agent, other);

        // Mostly whoever sits at the right desk, sometimes somebody else.
        DemoPerson One(IEnumerable<DemoPerson> people)
        {
            DemoPerson[] all = [.. people];
            return all[random.PickWeighted([.. all.Select(p => p.Desk == desk ? 1.0 : 0.12)])];
        }
    }

    private static bool MayClose(DemoPerson person) => person.Role is Roles.Admin or Roles.Manager;

    private static bool Mentions(Story story, string placeholder) =>
        story.Steps.Any(s => s.Body?.Contains(placeholder, StringComparison.Ordinal) == true);

    private static DateTimeOffset Within(DateTimeOffset from, DateTimeOffset to, double part)
    {
        var at = from + (to - from) * part;
        return new DateTimeOffset(at.Ticks - at.Ticks % TimeSpan.TicksPerSecond, TimeSpan.Zero);
    }
}
