namespace SecureBase.Core.Demo;

/// <summary>A clock that shows what it is set to, for writing history through services that ask for the time.</summary>
internal sealed class SettableClock(DateTimeOffset now) : TimeProvider
{
    public DateTimeOffset Now { get; set; } = now;

    public override DateTimeOffset GetUtcNow() => Now;
}
