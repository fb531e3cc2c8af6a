using System.Net;
using SecureBase.Core.Access;

namespace SecureBase.Tests.Access;

public sealed class IpAllowListTests
{
    [Theory]
    [InlineData("203.0.113.0/24", "203.0.113.0/24")]
    [InlineData(" 203.0.113.7 ", "203.0.113.7/32")]
    [InlineData("10.0.0.0/8", "10.0.0.0/8")]
    [InlineData("203.0.113.128/25", "203.0.113.128/25")]
    [InlineData("2001:db8::/32", "2001:db8::/32")]
    [InlineData("2001:DB8:0:0::1", "2001:db8::1/128")]
    [InlineData("::ffff:203.0.113.0/120", "203.0.113.0/24")]
    [InlineData("::ffff:203.0.113.7", "203.0.113.7/32")]
    public void Entry_IsWrittenInOneWay(string entry, string written)
    {
        Assert.True(IpAllowList.TryParse(entry, out var network, out var fault), fault);
        Assert.Equal(written, IpAllowList.Write(network));
        Assert.True(IpAllowList.TryParse(written, out var again, out _));
        Assert.Equal(network, again);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("everybody")]
    [InlineData("203.0.113.0/33")]
    [InlineData("203.0.113.0/-1")]
    [InlineData("203.0.113.0/+8")]
    [InlineData("203.0.113.0/08")]
    [InlineData("203.0.113.0/")]
    [InlineData("203.0.113.0/24/24")]
    [InlineData("203.0.113")]
    [InlineData("1")]
    [InlineData("0x7f.0.0.1")]
    [InlineData("010.0.0.1")]
    [InlineData("[2001:db8::1]")]
    [InlineData("[2001:db8::1]:443")]
    [InlineData("203.0.113.7:443")]
    [InlineData("fe80::1%eth0")]
    [InlineData("2001:db8::/129")]
    [InlineData("::ffff:0.0.0.0/8")]
    [InlineData("0.0.0.0/0")]
    [InlineData("::/0")]
    [InlineData("203.0.113.7/24")]
    [InlineData("2001:db8::1/32")]
    [InlineData("example.com")]
    [InlineData("203.0.113.0/24\0")]
    public void Entry_ThatIsNone_IsRefusedWithAReason(string? entry)
    {
        Assert.False(IpAllowList.TryParse(entry, out _, out var fault));
        Assert.NotEmpty(fault!);
    }

    [Fact]
    public void Entry_WithBitsBehindItsPrefix_NamesTheNetworkThatWasMeant()
    {
        Assert.False(IpAllowList.TryParse("203.0.113.7/24", out _, out var fault));
        Assert.Contains("203.0.113.0/24", fault, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("203.0.113.0/24", "203.0.113.0", true)]
    [InlineData("203.0.113.0/24", "203.0.113.255", true)]
    [InlineData("203.0.113.0/24", "203.0.114.0", false)]
    [InlineData("203.0.113.0/24", "203.0.112.255", false)]
    [InlineData("203.0.113.128/25", "203.0.113.127", false)]
    [InlineData("203.0.113.7/32", "203.0.113.7", true)]
    [InlineData("203.0.113.7/32", "203.0.113.8", false)]
    [InlineData("203.0.113.0/24", "::ffff:203.0.113.9", true)]
    [InlineData("203.0.113.0/24", "::ffff:203.0.114.9", false)]
    [InlineData("203.0.113.0/24", "2001:db8::1", false)]
    [InlineData("2001:db8::/32", "2001:db8:ffff::1", true)]
    [InlineData("2001:db8::/32", "2001:db9::1", false)]
    [InlineData("2001:db8::/32", "203.0.113.9", false)]
    [InlineData("no network at all", "203.0.113.9", false)]
    public void Address_IsAllowedIfANetworkHoldsIt(string entry, string address, bool allowed) =>
        Assert.Equal(allowed, new IpAllowList(["198.51.100.0/24", entry]).Allows(IPAddress.Parse(address)));

    [Fact]
    public void UnknownAddress_ComesInOnlyWhereEverybodyDoes()
    {
        Assert.True(IpAllowList.Everyone.Allows(null));
        Assert.False(new IpAllowList(["203.0.113.0/24"]).Allows(null));
    }

    [Theory]
    [InlineData("", "203.0.113.0/24", true)]
    [InlineData("203.0.113.0/24", "203.0.113.64/26", true)]
    [InlineData("203.0.113.0/24", "203.0.113.0/24", true)]
    [InlineData("203.0.113.64/26", "203.0.113.0/24", false)]
    [InlineData("203.0.113.0/24", "", false)]
    [InlineData("203.0.113.0/24", "2001:db8::/32", false)]
    [InlineData("203.0.113.0/24,2001:db8::/32", "2001:db8::1/128,203.0.113.1/32", true)]
    public void List_CoversAnother_IfNobodyComesInOnlyThere(string outer, string inner, bool covers) =>
        Assert.Equal(covers, List(outer).Covers(List(inner)));

    private static IpAllowList List(string entries) => new(entries.Split(',', StringSplitOptions.RemoveEmptyEntries));
}
