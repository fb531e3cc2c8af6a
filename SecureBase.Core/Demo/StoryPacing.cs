using SecureBase.Core.Support;
using SecureBase.Core.Tenancy;

namespace SecureBase.Core.Demo;

/// <summary>A step with the moment it gets.</summary>
/// <param name="Status">The status of a staff reply, after asking itself what the next step waits for.</param>
/// <param name="PausedAt">When staff set the ticket aside until an agreed day, before this step; null mostly.</param>
internal sealed record PacedStep(StoryStep Step, DateTimeOffset At, TicketStatus? Status, DateTimeOffset? PausedAt);

/// <summary>
/// Gives the steps of a story their moments: customers write in their working hours, staff answer within what the plan
/// promises (product contract, section 3) except for a few tickets that come late, as in real life. The same seed paces
/// the same story alike from any opening.
/// </summary>
internal sealed class StoryPacing(DemoOrganisation organisation)
{
    private const double LateFirstResponse = 0.05;
    private const double LateResolution = 0.05;

    // From this nominal length on, a wait is for an agreed day and not for somebody's attention.
    private static readonly TimeSpan Agreed = TimeSpan.FromDays(2);

    // A reply that waits longer than this for the customer was a question.
    private static readonly TimeSpan Question = TimeSpan.FromHours(4);

    private static readonly TimeSpan Breath = TimeSpan.FromSeconds(40);

    private readonly WorkingHours _office = new(organisation.Zone, new TimeOnly(8, 10), new TimeOnly(18, 20));
    private readonly WorkingHours _desk = new(organisation.Zone, new TimeOnly(9, 0), new TimeOnly(18, 0));
    private readonly bool _aroundTheClock = organisation.Plan != Plan.Standard;

    /// <param name="count">How many steps of the story have happened.</param>
    public IReadOnlyList<PacedStep> Pace(Story story, int count, DateTimeOffset opened, ulong seed)
    {
        var random = DemoRandom.For(seed, "pace");
        var urgent = story.Priority == TicketPriority.Critical || (story.AtAnyHour && !_office.IsOpen(opened));
        var delays = Delays(story, random);
        var paced = new List<PacedStep>(count);
        var at = opened;
        for (var i = 0; i < count; i++)
        {
            var step = story.Steps[i];
            DateTimeOffset? paused = null;
            if (IsAgreed(step) && i > 0 && !IsStaff(story.Steps[i - 1]) && story.StatusAfter(i) != TicketStatus.WaitingCustomer)
                paused = at = Whole(at + TimeSpan.FromMinutes(random.Between(3.0, 18.0)));
            at = Whole(Moment(step, delays[i], at, opened, urgent, random));
            paced.Add(new PacedStep(step, at, i + 1 < count ? EffectiveStatus(story, i) : step.Status, paused));
        }

        return paced;
    }

    private DateTimeOffset Moment(StoryStep step, TimeSpan delay, DateTimeOffset after, DateTimeOffset opened, bool urgent, DemoRandom random)
    {
        var earliest = after + Breath + TimeSpan.FromSeconds(random.Between(0, 55));
        DateTimeOffset at;
        if (step.When.Day is { } day)
        {
            var local = TimeZoneInfo.ConvertTime(opened, organisation.Zone).DateTime;
            at = _office.At(WorkingHours.NextWeekday(local.AddDays(day)), step.When.Time) + TimeSpan.FromSeconds(random.Between(0, 59));
        }
        else if (IsAgreed(step) || (!IsStaff(step) && !urgent))
        {
            at = after + delay;
            if (_office.NextOpen(at) is var open && open != at)
                at = open + TimeSpan.FromMinutes(random.Between(1.0, 75.0));
        }
        else
        {
            at = _aroundTheClock || urgent || !IsStaff(step) ? after + delay : _desk.Add(after, delay);
        }

        return at > earliest ? at : earliest;
    }

    // All delays before people's hours are looked at, fitted to the plan's promises.
    private TimeSpan[] Delays(Story story, DemoRandom random)
    {
        var target = Promises.FirstResponse(organisation.Plan, story.Priority);
        var lateAnswer = random.Chance(LateFirstResponse);
        var lateEnd = random.Chance(LateResolution);
        var delays = new TimeSpan[story.Steps.Count];
        var waited = TimeSpan.Zero;
        var answered = false;
        for (var i = 0; i < delays.Length; i++)
        {
            var step = story.Steps[i];
            var delay = Nominal(step) * (IsAgreed(step) ? random.Between(0.98, 1.03) : random.Between(0.75, 1.3));
            var limit = target * random.Between(0.15, 0.8);
            if (!IsStaff(step))
            {
                waited = TimeSpan.Zero;
            }
            else if (!IsAgreed(step))
            {
                if (!answered && step.Voice == StoryVoice.Staff && lateAnswer)
                    delay = target * random.Between(1.05, 1.5) - waited;
                else if (waited + delay > limit && (!answered || !IsStaff(story.Steps[i - 1])))
                    delay = limit > waited ? limit - waited : Breath;
                waited += delay;
                answered |= step.Voice == StoryVoice.Staff;
            }

            delays[i] = delay;
        }

        FitResolution(story, delays, target * 4, random.Between(0.75, 0.95), lateEnd ? random.Between(1.05, 1.4) : null);
        return delays;
    }

    private static void FitResolution(Story story, TimeSpan[] delays, TimeSpan limit, double fitted, double? late)
    {
        var (ours, theirs) = (TimeSpan.Zero, TimeSpan.Zero);
        var running = true;
        for (var i = 0; i < delays.Length && !story.StatusAfter(i).IsDone(); i++)
        {
            if (running && IsStaff(story.Steps[i]) && !IsAgreed(story.Steps[i]))
                ours += delays[i];
            else if (running && !IsAgreed(story.Steps[i]))
                theirs += delays[i];
            running = EffectiveStatus(story, i) != TicketStatus.WaitingCustomer;
        }

        if (ours == TimeSpan.Zero)
            return;
        var factor = late is { } lateBy ? Math.Clamp((limit * lateBy - theirs) / ours, 1, 5)
            : ours + theirs > limit * fitted ? Math.Max(0.25, (limit * fitted - theirs) / ours)
            : 1;
        for (var i = 0; i < delays.Length; i++)
        {
            if (IsStaff(story.Steps[i]) && !IsAgreed(story.Steps[i]))
                delays[i] *= factor;
        }
    }

    // A reply after which the customer takes hours, or staff wait for an agreed day, pauses the clocks like a question.
    private static TicketStatus? EffectiveStatus(Story story, int index)
    {
        var step = story.Steps[index];
        if (step.Voice != StoryVoice.Staff || step.Status is TicketStatus.Resolved or TicketStatus.WaitingCustomer || index + 1 == story.Steps.Count)
            return step.Status;
        var next = story.Steps[index + 1];
        if (next.When.Day is not null || IsAgreed(next) || (!IsStaff(next) && next.When.Delay >= Question))
            return TicketStatus.WaitingCustomer;
        return step.Status ?? (story.StatusAfter(index) == TicketStatus.WaitingCustomer || IsAgreed(step) ? TicketStatus.InProgress : null);
    }

    private TimeSpan Nominal(StoryStep step) =>
        // A day of a desk with opening hours has nine of them.
        !_aroundTheClock && IsStaff(step) && !IsAgreed(step) ? step.When.Delay * (step.When.Delay >= TimeSpan.FromDays(1) ? 9.0 / 24 : 1) : step.When.Delay;

    private static bool IsStaff(StoryStep step) => step.Voice is StoryVoice.Staff or StoryVoice.Note;

    private static bool IsAgreed(StoryStep step) => IsStaff(step) && (step.When.Day is not null || step.When.Delay >= Agreed);

    private static DateTimeOffset Whole(DateTimeOffset at) => new(at.Ticks - at.Ticks % TimeSpan.TicksPerSecond, TimeSpan.Zero);
}
