using SecureBase.Core.Messaging;

namespace SecureBase.Tests.Messaging;

/// <summary>When a lane with more than it has places for is served again.</summary>
public sealed class DeliveryTurnsTests
{
    private static readonly DeliveryLane Lane = new(Guid.CreateVersion7(), "test", "a");

    private readonly DeliveryTurns _turns = new([new TestChannel { Policy = new DeliveryPolicy { RetrySchedule = [], ConcurrencyPerLane = 8 } }]);

    [Fact]
    public void LaneWithABacklog_IsServedOnceHalfItsPlacesAreFree()
    {
        _turns.Due([Lane]);
        Assert.Equal(8, TakeAndLeaseAll());

        for (var sent = 0; sent < 3; sent++)
            _turns.Sent(Lane);
        Assert.False(_turns.TryTake(out _));
        _turns.Sent(Lane);

        Assert.Equal(4, TakeAndLeaseAll());
    }

    [Fact]
    public void LaneWithSomethingNew_IsServedAtOnce()
    {
        _turns.Due([Lane]);
        TakeAndLeaseAll();
        _turns.Sent(Lane);

        _turns.Due([Lane]);

        Assert.Equal(1, TakeAndLeaseAll());
    }

    private int TakeAndLeaseAll()
    {
        Assert.True(_turns.TryTake(out var turn));
        _turns.Finish(turn, turn.Takes);
        return Assert.Single(turn.Takes).Value;
    }
}
