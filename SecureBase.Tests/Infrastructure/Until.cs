using System.Diagnostics;

namespace SecureBase.Tests.Infrastructure;

/// <summary>Waits for what another process or thread is about to do, and says what did not happen.</summary>
internal static class Until
{
    public static async Task TrueAsync(string what, Func<Task<bool>> condition, int seconds = 30)
    {
        var began = Stopwatch.GetTimestamp();
        while (!await condition())
        {
            if (Stopwatch.GetElapsedTime(began) > TimeSpan.FromSeconds(seconds))
                Assert.Fail($"Within {seconds} s this did not come true: {what}");

            await Task.Delay(25);
        }
    }

    public static Task TrueAsync(string what, Func<bool> condition, int seconds = 30) =>
        TrueAsync(what, () => Task.FromResult(condition()), seconds);
}
