namespace SecureBase.Portal.Shared;

public enum ToastTone { Info, Ok, Warn, Critical }

/// <summary>A short message that does not wait for an answer.</summary>
/// <param name="Title">What happened, in a few words.</param>
/// <param name="Body">The sentence.</param>
/// <param name="Tone">A critical one stays until it is dismissed; the others leave after five seconds.</param>
public sealed record Toast(string Title, string? Body = null, ToastTone Tone = ToastTone.Info)
{
    public Guid Id { get; } = Guid.CreateVersion7();

    /// <summary>Where it leads, with <see cref="LinkText"/>.</summary>
    public string? Href { get; init; }

    public string LinkText { get; init; } = "Open";

    /// <summary>What its button does, an undo for example; the toast leaves with it.</summary>
    public Func<Task>? Act { get; init; }

    public string ActText { get; init; } = "Undo";

    public bool Stays => Tone == ToastTone.Critical;
}
