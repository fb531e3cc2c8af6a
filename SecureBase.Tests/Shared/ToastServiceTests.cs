using SecureBase.Portal.Shared;
using SecureBase.Tests.Infrastructure;

namespace SecureBase.Tests.Shared;

public sealed class ToastServiceTests : IDisposable
{
    private readonly FakeTimeProvider _clock = new();
    private readonly ToastService _toasts;
    private int _changes;

    public ToastServiceTests()
    {
        _toasts = new ToastService(_clock);
        _toasts.Changed += () => _changes++;
    }

    public void Dispose() => _toasts.Dispose();

    [Fact]
    public void Toast_LeavesAfterFiveSeconds()
    {
        _toasts.Show(new Toast("Saved"));
        _clock.Advance(TimeSpan.FromSeconds(4.9));
        Assert.Equal(["Saved"], Titles);
        _clock.Advance(TimeSpan.FromSeconds(0.1));
        Assert.Empty(Titles);
        Assert.Equal(2, _changes);
    }

    [Fact]
    public void CriticalToast_StaysUntilItIsDismissed()
    {
        var critical = new Toast("Critical", Tone: ToastTone.Critical);
        _toasts.Show(critical);
        _clock.Advance(TimeSpan.FromHours(1));
        Assert.Equal(["Critical"], Titles);
        _toasts.Dismiss(critical.Id);
        Assert.Empty(Titles);
    }

    [Fact]
    public void FourthToast_PushesOutTheOldestThatMayLeave()
    {
        _toasts.Show(new Toast("Critical", Tone: ToastTone.Critical));
        foreach (var title in new[] { "One", "Two", "Three" })
            _toasts.Show(new Toast(title));
        Assert.Equal(["Critical", "Two", "Three"], Titles);
    }

    [Fact]
    public void WhenAllStay_TheNextWaitsForAPlace()
    {
        var first = new Toast("A", Tone: ToastTone.Critical);
        _toasts.Show(first);
        _toasts.Show(new Toast("B", Tone: ToastTone.Critical));
        _toasts.Show(new Toast("C", Tone: ToastTone.Critical));
        _toasts.Show(new Toast("Waits"));
        _clock.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(["A", "B", "C"], Titles);

        _toasts.Dismiss(first.Id);
        Assert.Equal(["B", "C", "Waits"], Titles);
        _clock.Advance(ToastService.Life);
        Assert.Equal(["B", "C"], Titles);
    }

    [Fact]
    public void Reading_PausesTheTime_AndItStartsAnewAfterwards()
    {
        var toast = new Toast("Read me");
        _toasts.Show(toast);
        _clock.Advance(TimeSpan.FromSeconds(4));
        _toasts.Pause(toast.Id);
        _clock.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(["Read me"], Titles);
        _toasts.Resume(toast.Id);
        _clock.Advance(TimeSpan.FromSeconds(4));
        Assert.Equal(["Read me"], Titles);
        _clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Empty(Titles);
    }

    [Fact]
    public void Dismiss_OfWhatHasGone_ChangesNothing()
    {
        _toasts.Dismiss(Guid.CreateVersion7());
        Assert.Equal(0, _changes);
    }

    private IEnumerable<string> Titles => _toasts.Current.Select(t => t.Title);
}
