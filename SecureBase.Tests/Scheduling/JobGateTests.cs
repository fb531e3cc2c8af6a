using SecureBase.Core.Scheduling;

namespace SecureBase.Tests.Scheduling;

public sealed class JobGateTests
{
    private readonly JobGate _gate = new();

    [Fact]
    public void Wait_WithoutAHold_IsOver() => Assert.True(_gate.WaitAsync(CancellationToken.None).IsCompletedSuccessfully);

    [Fact]
    public async Task Wait_UnderTwoHolds_EndsWithTheLast()
    {
        var (first, second) = (_gate.Hold(), _gate.Hold());
        var waiting = _gate.WaitAsync(CancellationToken.None);

        first.Dispose();
        first.Dispose();
        Assert.False(waiting.IsCompleted);

        second.Dispose();
        await waiting;
    }

    [Fact]
    public async Task Wait_Cancelled_Ends()
    {
        using var hold = _gate.Hold();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => _gate.WaitAsync(new CancellationToken(canceled: true)));
    }
}
