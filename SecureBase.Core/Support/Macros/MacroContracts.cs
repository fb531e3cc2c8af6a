namespace SecureBase.Core.Support.Macros;

/// <summary>A macro as staff read it.</summary>
public sealed record MacroView
{
    public required Guid Id { get; init; }
    public required string Name { get; init; }
    public required string Body { get; init; }
    public TicketStatus? Status { get; init; }
    public required IReadOnlyList<string> Tags { get; init; }
    public required string UpdatedBy { get; init; }
    public required DateTimeOffset UpdatedAt { get; init; }
    public required int Version { get; init; }
}

/// <summary>What a macro is to be. Texts are trimmed.</summary>
public sealed record SaveMacro
{
    /// <summary>1–80 characters on one line; unique.</summary>
    public string? Name { get; init; }
    /// <summary>Markdown, 1–20,000 characters, with placeholders (see <see cref="MacroPlaceholders"/>).</summary>
    public string? Body { get; init; }
    /// <summary>The status the ticket takes with the reply; never closed.</summary>
    public TicketStatus? Status { get; init; }
    /// <summary>Added to the ticket with the reply.</summary>
    public IReadOnlyList<string>? Tags { get; init; }
}

internal sealed record MacroText(string Name, string Body, TicketStatus? Status, string[] Tags);
