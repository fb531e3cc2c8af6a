namespace SecureBase.Portal.Shared;

/// <summary>The icons there are; <see cref="Icon"/> draws them.</summary>
public enum IconName
{
    Alert,
    Check,
    ChevronDown,
    ChevronLeft,
    ChevronRight,
    Clock,
    Close,
    Eye,
    Home,
    Key,
    Link,
    Lock,
    Macro,
    Mail,
    Merge,
    Message,
    More,
    Open,
    Organisation,
    Person,
    Plus,
    Queue,
    Reopen,
    Search,
    Settings,
    Shield,
    Sort,
    Split,
    Ticket,
}

internal static class IconPaths
{
    /// <summary>Strokes in a 16 by 16 box.</summary>
    internal static string Of(IconName name) => name switch
    {
        IconName.Alert => """<path d="M8 2.5 14.3 13.5H1.7zM8 6.5v3.2M8 11.6v.1"/>""",
        IconName.Check => """<path d="m3 8.5 3.3 3.3L13 4.8"/>""",
        IconName.ChevronDown => """<path d="m4 6 4 4 4-4"/>""",
        IconName.ChevronLeft => """<path d="M10 4 6 8l4 4"/>""",
        IconName.ChevronRight => """<path d="m6 4 4 4-4 4"/>""",
        IconName.Clock => """<circle cx="8" cy="8" r="5.7"/><path d="M8 4.7V8l2.3 1.5"/>""",
        IconName.Close => """<path d="m4 4 8 8M12 4l-8 8"/>""",
        IconName.Eye => """<path d="M1.5 8S4 3.8 8 3.8 14.5 8 14.5 8 12 12.2 8 12.2 1.5 8 1.5 8z"/><circle cx="8" cy="8" r="1.8"/>""",
        IconName.Home => """<path d="M2.5 7 8 2.8 13.5 7v6.2h-4V9.5h-3v3.7h-4z"/>""",
        IconName.Key => """<circle cx="5" cy="8" r="2.7"/><path d="M7.7 8h6.1v2.6M11 8v2"/>""",
        IconName.Link => """<path d="M6.7 9.3 9.3 6.7M7.3 4.7 8.6 3.4a2.8 2.8 0 0 1 4 4l-1.3 1.3M8.7 11.3l-1.3 1.3a2.8 2.8 0 0 1-4-4l1.3-1.3"/>""",
        IconName.Lock => """<path d="M3.5 7.2h9v6.3h-9zM5.5 7V5a2.5 2.5 0 0 1 5 0v2"/>""",
        IconName.Macro => """<path d="M3 3.5h10v7H7.5L4.8 13v-2.5H3zM8.8 4.8 6.6 7.3h2.8L7.2 9.6"/>""",
        IconName.Mail => """<path d="M2 4h12v8.5H2zM2 4.5l6 4.5 6-4.5"/>""",
        IconName.Merge => """<path d="M4 2.5v2.7c0 2 4 2.3 4 4.8v3.5M12 2.5v2.7c0 2-4 2.3-4 4.8M5.8 11.5 8 13.7l2.2-2.2"/>""",
        IconName.Message => """<path d="M3 3.5h10v7H7.5L4.8 13v-2.5H3zM5.5 6h5M5.5 8.2h3"/>""",
        IconName.More => """<path d="M3.5 8h.1M8 8h.1M12.5 8h.1" stroke-width="2.2"/>""",
        IconName.Open => """<path d="M6 3.5H3v9.5h9.5v-3M9 2.8h4.2V7M13 3 7.8 8.2"/>""",
        IconName.Organisation => """<path d="M3 13.5v-11h6v11M9 6.5h4v7M1.5 13.5h13M5 5.5h2M5 8h2M5 10.5h2"/>""",
        IconName.Person => """<circle cx="8" cy="5.5" r="2.7"/><path d="M3 13.8c.5-3 2.3-4.6 5-4.6s4.5 1.6 5 4.6"/>""",
        IconName.Plus => """<path d="M8 3v10M3 8h10"/>""",
        IconName.Queue => """<path d="M2.5 4.5h11M2.5 8h11M2.5 11.5h7"/>""",
        IconName.Reopen => """<path d="M3 8a5 5 0 1 0 1.6-3.7M3 2.8v3h3"/>""",
        IconName.Search => """<circle cx="7" cy="7" r="4.2"/><path d="m10.2 10.2 3.3 3.3"/>""",
        IconName.Settings => """<path d="M2.5 5h6M12.5 5h1M2.5 11h1M7.5 11h6"/><circle cx="10.5" cy="5" r="1.8"/><circle cx="5.5" cy="11" r="1.8"/>""",
        IconName.Shield => """<path d="M8 2 13 4v4c0 3-2.2 5-5 6-2.8-1-5-3-5-6V4z"/>""",
        IconName.Sort => """<path d="M2.5 4.5h11M4.5 8h7M6.5 11.5h3"/>""",
        IconName.Split => """<path d="M8 2.5V6c0 2.5-4 2.8-4 4.8v2.7M8 6c0 2.5 4 2.8 4 4.8v2.7M2 11.6l2 2 2-2M10 11.6l2 2 2-2"/>""",
        IconName.Ticket => """<path d="M2 5.2h12v2a1.4 1.4 0 0 0 0 2.6v2H2v-2a1.4 1.4 0 0 0 0-2.6z"/><path d="M6 8.5h4"/>""",
        _ => throw new ArgumentOutOfRangeException(nameof(name), name, "Unknown icon"),
    };
}
