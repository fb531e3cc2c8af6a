using System.Text.RegularExpressions;
using SecureBase.Core.Demo;
using SecureBase.Core.Support;

namespace SecureBase.Tests.Demo;

public sealed partial class StoryBookTests
{
    private static readonly IReadOnlyList<Story> Stories = StoryBook.Load();
    private static readonly DateTimeOffset Opened = new(2026, 4, 14, 9, 25, 0, TimeSpan.Zero);

    public static TheoryData<string> Keys => [.. Stories.Select(s => s.Key)];

    [Fact]
    public void Load_AllFiles_AtLeast150DistinctStories()
    {
        Assert.True(Stories.Count >= 150, $"{Stories.Count} stories");
        Assert.Equal(Stories.Count, Stories.Select(s => s.Key).Distinct().Count());
        Assert.Equal(Stories.Sum(s => s.Subjects.Count), Stories.SelectMany(s => s.Subjects).Distinct().Count());
        Assert.All(Enum.GetValues<TicketCategory>(), category => Assert.Contains(Stories, s => s.Category == category));
        Assert.All(Enum.GetValues<TicketPriority>(), priority => Assert.Contains(Stories, s => s.Priority == priority));
    }

    [Fact]
    public void Load_AnyTwoStories_ShareLittleOfTheirWords()
    {
        var words = Stories.Select(s => (s.Key, Words: Word().Matches(TextOf(s).ToLowerInvariant()).Select(m => m.Value).Where(w => w.Length > 5).ToHashSet())).ToList();
        for (var i = 0; i < words.Count; i++)
        {
            for (var j = 0; j < i; j++)
            {
                var share = (double)words[i].Words.Count(words[j].Words.Contains) / words[i].Words.Union(words[j].Words).Count();
                Assert.True(share < 0.25, $"{words[i].Key} and {words[j].Key} share {share:P0} of their words");
            }
        }
    }

    [Theory]
    [MemberData(nameof(Keys))]
    public void Story_Steps_FollowTheRulesOfTheDesk(string key)
    {
        var story = Stories.Single(s => s.Key == key);
        var messages = story.Steps.Count(s => s.Voice != StoryVoice.Close);
        Assert.InRange(messages, 1, 9);
        Assert.Contains(story.Steps, s => s.Voice == StoryVoice.Staff);
        Assert.True(story.StatusAfter(story.Steps.Count) is TicketStatus.Resolved or TicketStatus.Closed, "it never ends");
        Assert.True(story.Steps.First(s => s.Voice == StoryVoice.Staff).When.Delay <= TimeSpan.FromDays(2), "staff let it lie");
        for (var i = 0; i < story.Steps.Count; i++)
        {
            Assert.NotEqual(TicketStatus.Closed, story.StatusAfter(i));
            if (story.Steps[i].Status == TicketStatus.WaitingCustomer)
                Assert.True(story.Steps[i + 1].Voice is StoryVoice.Customer or StoryVoice.Colleague, "a question without an answer");
            if (i > 0 && story.Steps[i].When.Day is { } day)
                Assert.True(TimeSpan.FromDays(day + 1) > story.Steps.Take(i).Aggregate(TimeSpan.Zero, (sum, s) => sum + s.When.Delay), "an agreed day that is over");
        }
    }

    [Theory]
    [MemberData(nameof(Keys))]
    public void Story_WrittenForEachTenant_KeepsTheLimitsOfTheContract(string key)
    {
        var story = Stories.Single(s => s.Key == key);
        Assert.InRange(story.Tags.Count, 1, 10);
        Assert.All(story.Tags, tag => Assert.Matches("^[a-z0-9][a-z0-9.-]{0,39}$", tag));
        var tenants = DemoOrganisations.Customers.Where(o => story.FitsTenant(o.Slug)).ToList();
        Assert.Equal(story.Tenants.Count == 0 ? 3 : story.Tenants.Count, tenants.Count);
        foreach (var organisation in tenants)
        {
            for (var seed = 1UL; seed <= 4; seed++)
            {
                var ticket = new TicketWriter(organisation, DemoOrganisations.Operator.People).Write(story, story.Steps.Count, Opened, seed);
                Assert.InRange(ticket.Subject.Length, 10, 120);
                Assert.DoesNotContain('\n', ticket.Subject);
                Assert.InRange(ticket.Description.Length, 40, 20_000);
                string[] texts = [ticket.Subject, ticket.Description, .. ticket.Acts.OfType<PlannedAct.Comment>().Select(c => c.Body), .. ticket.Acts.OfType<PlannedAct.Note>().Select(n => n.Body)];
                Assert.All(texts, text => Assert.DoesNotContain("{{", text, StringComparison.Ordinal));
                Assert.All(texts, text => Assert.Equal(text, text.Trim()));
                Assert.All(texts, text => Assert.NotEmpty(text));
            }
        }
    }

    [Theory]
    [InlineData("@tiket x", "a story starts with")]
    [InlineData("@ticket x\nsubject: A\ncategory: nonsense\npriority: low\n\nText", "valid category")]
    [InlineData("@ticket x\nsubject: A\ncategory: general\npriority: low\nmood: good\n\nText", "no header of a story")]
    [InlineData("@ticket x\nsubject: A\ncategory: general\npriority: low\n\n@staff +1h\nHi", "no description")]
    [InlineData("@ticket x\nsubject: A\ncategory: general\npriority: low\n\nText\n\n@staff soon\nHi", "a delay is")]
    [InlineData("@ticket x\nsubject: A\ncategory: general\npriority: low\n\nText\n\n@staff day+2 late\nHi", "a fixed moment is")]
    [InlineData("@ticket x\nsubject: A\ncategory: general\npriority: low\n\nText\n\n@customer +1h ask\nHi", "only staff")]
    [InlineData("@ticket x\nsubject: A\ncategory: general\npriority: low\n\nText\n\n@staff +1h\n", "needs a message")]
    [InlineData("@ticket x\nsubject: A\ncategory: general\npriority: low\n\n```\nText", "never closed")]
    public void Parse_BrokenText_NamesFileAndFault(string text, string fault)
    {
        var broken = Assert.Throws<FormatException>(() => StoryParser.Parse(text, "x.md"));
        Assert.Contains(fault, broken.Message, StringComparison.Ordinal);
        Assert.StartsWith("x.md(", broken.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Parse_AtSignInsideACodeFence_IsText()
    {
        var story = Assert.Single(StoryParser.Parse("@ticket x\nsubject: A\ncategory: general\npriority: low\n\n```dns\n@ 300 IN A 203.0.113.1\n```\n\n@staff +1h resolved\nDone.\n", "x.md"));
        Assert.Contains("@ 300 IN A", story.Description, StringComparison.Ordinal);
        Assert.Single(story.Steps);
    }

    [Fact]
    public void Fill_SamePlaceholderTwice_MeansTheSame()
    {
        var people = DemoOrganisations.Acme.People;
        var wording = new Wording(DemoOrganisations.Acme, new Cast(people[0], people[1], people[2], people[3]), 7, Opened);
        var parts = wording.Fill("{{two|three}} {{Two|Three}} {{10..99}} {{10..99}} {{opened-day+4}} {{weekday+4}} {{time-30}}", Opened).Split(' ');
        Assert.Equal(parts[0], parts[1], ignoreCase: true);
        Assert.Equal(parts[2], parts[3]);
        // Tuesday 14 April, four days on: a Saturday, so the Monday after.
        Assert.Equal(["20", "April", "Monday", "10:55"], parts[4..]);
        Assert.Throws<FormatException>(() => wording.Fill("{{unheard-of}}", Opened));
    }

    private static string TextOf(Story story) => $"{story.Description} {string.Join(' ', story.Steps.Select(s => s.Body))}";

    [GeneratedRegex(@"\w+")]
    private static partial Regex Word();
}
