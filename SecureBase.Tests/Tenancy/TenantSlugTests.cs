using SecureBase.Core.Tenancy;

namespace SecureBase.Tests.Tenancy;

public sealed class TenantSlugTests
{
    [Theory]
    [InlineData("acme", true)]
    [InlineData("acme-east", true)]
    [InlineData("a1b", true)]
    [InlineData("123", true)]
    [InlineData("a234567890b234567890c234567890d234567890", true)]
    [InlineData("a234567890b234567890c234567890d234567890e", false)]
    [InlineData("ab", false)]
    [InlineData("", false)]
    [InlineData("Acme", false)]
    [InlineData("-acme", false)]
    [InlineData("acme-", false)]
    [InlineData("ac--me", false)]
    [InlineData("xn--acme", false)]
    [InlineData("ac_me", false)]
    [InlineData("ac.me", false)]
    [InlineData("ac me", false)]
    [InlineData("äcme", false)]
    [InlineData("admin", false)]
    [InlineData("api", false)]
    [InlineData("www", false)]
    [InlineData("localhost", false)]
    public void IsValid_FollowsTheRules(string slug, bool expected) =>
        Assert.Equal(expected, TenantSlug.IsValid(slug));

    [Theory]
    [InlineData("www api admin app auth login static assets cdn mail smtp status support help docs blog dev test staging demo localhost ns1 ns2")]
    public void IsReserved_HoldsEveryNameOfTheContract(string names)
    {
        foreach (var name in names.Split(' '))
            Assert.True(TenantSlug.IsReserved(name), name);
    }

    [Theory]
    [InlineData("acme")]
    [InlineData("globex")]
    [InlineData("initech")]
    public void IsValid_DemoTenants_AreNotReserved(string slug) => Assert.True(TenantSlug.IsValid(slug));

    [Theory]
    [InlineData("acme", "ACME")]
    [InlineData("acme-east", "ACMEEA")]
    [InlineData("globex", "GLOBEX")]
    [InlineData("initech", "INITEC")]
    [InlineData("a-b-c", "ABC")]
    [InlineData("a-b-c-d-e-f-g", "ABCDEF")]
    [InlineData("1st-bank", "1STBAN")]
    [InlineData("admin", "ADMIN")]
    public void TicketPrefix_IsTheSlugsFirstSixInCapitals(string slug, string prefix) =>
        Assert.Equal(prefix, TenantSlug.TicketPrefix(slug));

    [Theory]
    [InlineData("")]
    [InlineData("---")]
    [InlineData("Acme")]
    public void TicketPrefix_NotASlug_Throws(string slug) =>
        Assert.Throws<ArgumentException>(() => TenantSlug.TicketPrefix(slug));
}
