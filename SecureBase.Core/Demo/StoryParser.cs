using System.Globalization;
using SecureBase.Core.Kernel;
using SecureBase.Core.Support;

namespace SecureBase.Core.Demo;

/// <summary>
/// Reads stories from text. A line <c>@ticket key</c> starts one, <c>name: value</c> lines follow, then a blank line and the
/// description. Each later line that starts with <c>@</c> is a step, its message below it:
/// <code>
/// @staff +35m ask            reply, then waiting-customer (also: in-progress, resolved)
/// @staff day+6 09:05         reply at that wall-clock time, six days after the opening
/// @customer +2h              the requester answers   (@colleague: somebody else of the organisation)
/// @note +10m                 staff among themselves
/// @close +1d                 the organisation closes the ticket, without a message
/// </code>
/// </summary>
internal static class StoryParser
{
    /// <exception cref="FormatException">The text breaks the format; the message names file and line.</exception>
    public static IReadOnlyList<Story> Parse(string text, string file)
    {
        var reader = new Lines(text, file);
        var stories = new List<Story>();
        reader.SkipBlank();
        while (!reader.AtEnd)
            stories.Add(ReadStory(reader));
        return stories;
    }

    private static Story ReadStory(Lines lines)
    {
        var start = lines.Take();
        if (!start.StartsWith("@ticket ", StringComparison.Ordinal))
            throw lines.Fault("a story starts with '@ticket key'");
        var key = start["@ticket ".Length..].Trim();

        var subjects = new List<string>();
        var fields = new Dictionary<string, string>(StringComparer.Ordinal);
        while (!lines.AtEnd && lines.Peek().Length > 0)
        {
            var line = lines.Take();
            var colon = line.IndexOf(": ", StringComparison.Ordinal);
            if (colon < 0)
                throw lines.Fault("a header line is 'name: value'");
            var (name, value) = (line[..colon], line[(colon + 2)..].Trim());
            if (name == "subject")
                subjects.Add(value);
            else if (name is not ("category" or "priority" or "tags" or "tenants" or "hours" or "season"))
                throw lines.Fault($"'{name}' is no header of a story");
            else if (!fields.TryAdd(name, value))
                throw lines.Fault($"'{name}' appears twice");
        }

        if (subjects.Count == 0)
            throw lines.Fault($"{key} has no subject");
        var description = lines.TakeText();
        if (description.Length == 0)
            throw lines.Fault($"{key} has no description");

        var steps = new List<StoryStep>();
        while (!lines.AtEnd && !lines.Peek().StartsWith("@ticket ", StringComparison.Ordinal))
            steps.Add(ReadStep(lines));

        return new Story
        {
            Key = key,
            Subjects = subjects,
            Category = Read<TicketCategory>("category"),
            Priority = Read<TicketPriority>("priority"),
            Tags = Split(fields.GetValueOrDefault("tags", ""), ','),
            Tenants = Split(fields.GetValueOrDefault("tenants", ""), ' '),
            AtAnyHour = fields.GetValueOrDefault("hours") == "any",
            Season = fields.TryGetValue("season", out var season) ? WireName.Parse<StorySeason>(season) : StorySeason.Any,
            Description = description,
            Steps = steps,
        };

        TEnum Read<TEnum>(string name) where TEnum : struct, Enum =>
            fields.TryGetValue(name, out var value) && WireName.TryParse<TEnum>(value, out var parsed)
                ? parsed : throw lines.Fault($"{key} needs a valid {name}");
    }

    private static StoryStep ReadStep(Lines lines)
    {
        var words = Split(lines.Take(), ' ');
        if (words.Count < 2 || !WireName.TryParse<StoryVoice>(words[0].TrimStart('@'), out var voice))
            throw lines.Fault("a step is '@voice when'");
        var (when, after) = ReadMoment(lines, words.Skip(1).ToList());
        TicketStatus? status = after switch
        {
            [] => null,
            ["ask"] => TicketStatus.WaitingCustomer,
            ["in-progress"] => TicketStatus.InProgress,
            ["resolved"] => TicketStatus.Resolved,
            _ => throw lines.Fault($"'{string.Join(' ', after)}' is no status of a step"),
        };
        if (status is not null && voice != StoryVoice.Staff)
            throw lines.Fault("only staff set a status with their words");

        var body = lines.TakeText();
        if (body.Length == 0 != (voice == StoryVoice.Close))
            throw lines.Fault(voice == StoryVoice.Close ? "closing has no message" : "a step needs a message");
        return new StoryStep { Voice = voice, When = when, Status = status, Body = body.Length == 0 ? null : body };
    }

    private static (StoryMoment When, List<string> After) ReadMoment(Lines lines, List<string> words)
    {
        if (words[0].StartsWith("day+", StringComparison.Ordinal))
        {
            return int.TryParse(words[0].AsSpan(4), NumberStyles.None, CultureInfo.InvariantCulture, out var day)
                && words.Count > 1 && TimeOnly.TryParseExact(words[1], "HH:mm", CultureInfo.InvariantCulture, DateTimeStyles.None, out var time)
                ? (new StoryMoment(TimeSpan.Zero, day, time), words[2..])
                : throw lines.Fault("a fixed moment is 'day+6 09:05'");
        }

        var text = words[0];
        if (text is not ['+', _, ..] || !int.TryParse(text.AsSpan(1, text.Length - 2), NumberStyles.None, CultureInfo.InvariantCulture, out var count))
            throw lines.Fault("a delay is '+35m', '+3h' or '+2d'");
        var delay = text[^1] switch
        {
            'm' => TimeSpan.FromMinutes(count),
            'h' => TimeSpan.FromHours(count),
            'd' => TimeSpan.FromDays(count),
            _ => throw lines.Fault("a delay is '+35m', '+3h' or '+2d'"),
        };
        return (new StoryMoment(delay, null, default), words[1..]);
    }

    private static List<string> Split(string text, char separator) =>
        [.. text.Split(separator, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)];

    private sealed class Lines(string text, string file)
    {
        private readonly string[] _lines = text.ReplaceLineEndings("\n").Split('\n');
        private int _next;

        public bool AtEnd => _next >= _lines.Length;

        public string Peek() => _lines[_next];

        public string Take() => _lines[_next++];

        public void SkipBlank()
        {
            while (!AtEnd && string.IsNullOrWhiteSpace(Peek()))
                _next++;
        }

        // Everything up to the next step or story. An '@' inside a code fence (a decorator, a DNS apex) is text.
        public string TakeText()
        {
            var body = new List<string>();
            var fenced = false;
            while (!AtEnd && (fenced || !Peek().StartsWith('@')))
            {
                if (Peek().StartsWith("```", StringComparison.Ordinal))
                    fenced = !fenced;
                body.Add(Take());
            }

            return fenced ? throw Fault("a code fence is never closed") : string.Join('\n', body).Trim();
        }

        public FormatException Fault(string what) => new($"{file}({_next}): {what}.");
    }
}
