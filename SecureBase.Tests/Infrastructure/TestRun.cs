using System.Collections.Concurrent;

namespace SecureBase.Tests.Infrastructure;

/// <summary>What tests share for the whole run, such as a server or a browser, is ended here after the last test, the latest first.</summary>
public static class TestRun
{
    private static readonly ConcurrentStack<Func<Task>> Endings = new();

    public static void AtEnd(Func<Task> ending) => Endings.Push(ending);

    internal static async Task EndAsync()
    {
        List<Exception> failures = [];
        while (Endings.TryPop(out var ending))
        {
            try
            {
                await ending();
            }
            catch (Exception failure)
            {
                failures.Add(failure);
            }
        }
        if (failures.Count > 0)
            throw new AggregateException("Something the tests shared could not be ended.", failures);
    }
}
