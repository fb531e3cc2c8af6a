using SecureBase.Core.Tenancy;

namespace SecureBase.Tests.Tenancy;

public sealed class TenantHostTests
{
    private const string LongSlug = "a234567890b234567890c234567890d234567890"; // 40
    private const string Label63 = "a23456789012345678901234567890123456789012345678901234567890123";

    [Theory]
    // a tenant's own host
    [InlineData("acme.localhost", "localhost", "acme")]
    [InlineData("acme.localhost:5080", "localhost", "acme")]
    [InlineData("acme.localhost:1", "localhost", "acme")]
    [InlineData("acme.localhost:65535", "localhost", "acme")]
    [InlineData("acme.localhost.", "localhost", "acme")]
    [InlineData("acme.localhost.:5080", "localhost", "acme")]
    [InlineData("ACME.localhost", "localhost", "acme")]
    [InlineData("Acme.LocalHost:5080", "localhost", "acme")]
    [InlineData("aCmE.LOCALHOST.", "localhost", "acme")]
    [InlineData("acme-east.localhost", "localhost", "acme-east")]
    [InlineData("a-b-c-d.localhost", "localhost", "a-b-c-d")]
    [InlineData("abc.localhost", "localhost", "abc")]
    [InlineData("a1b.localhost", "localhost", "a1b")]
    [InlineData("127.localhost", "localhost", "127")]
    [InlineData("2130706433.localhost", "localhost", "2130706433")]
    [InlineData("0x7f000001.localhost", "localhost", "0x7f000001")]
    [InlineData(LongSlug + ".localhost", "localhost", LongSlug)]
    [InlineData("acme.portal.example.com", "portal.example.com", "acme")]
    [InlineData("ACME.Portal.Example.COM:443", "portal.example.com", "acme")]
    [InlineData("globex.example.com", "example.com", "globex")]
    [InlineData("acme.secure-base.io", "secure-base.io", "acme")]
    [InlineData("adminx.localhost", "localhost", "adminx")]
    [InlineData("api2.localhost", "localhost", "api2")]
    [InlineData("api-v1.localhost", "localhost", "api-v1")]
    [InlineData("localhosts.localhost", "localhost", "localhosts")]
    public void Parse_OneLabelInFront_IsThatTenant(string header, string baseDomain, string slug) =>
        Assert.Equal(new TenantHost.Tenant(slug), TenantHost.Parse(header, baseDomain));

    [Theory]
    [InlineData("admin.localhost", typeof(TenantHost.Admin))]
    [InlineData("admin.localhost:5080", typeof(TenantHost.Admin))]
    [InlineData("ADMIN.localhost.", typeof(TenantHost.Admin))]
    [InlineData("api.localhost", typeof(TenantHost.Api))]
    [InlineData("api.localhost:5080", typeof(TenantHost.Api))]
    [InlineData("Api.Localhost", typeof(TenantHost.Api))]
    [InlineData("localhost", typeof(TenantHost.BaseDomain))]
    [InlineData("localhost:5080", typeof(TenantHost.BaseDomain))]
    [InlineData("LOCALHOST", typeof(TenantHost.BaseDomain))]
    [InlineData("localhost.", typeof(TenantHost.BaseDomain))]
    [InlineData("localhost.:80", typeof(TenantHost.BaseDomain))]
    public void Parse_TheProvidersOwnHosts_AreTheirOwnCases(string header, Type expected) =>
        Assert.IsType(expected, TenantHost.Parse(header, "localhost"));

    [Theory]
    // nothing there
    [InlineData(null, HostRefusal.Missing)]
    [InlineData("", HostRefusal.Missing)]
    [InlineData(".", HostRefusal.EmptyLabel)]
    [InlineData(":", HostRefusal.BadPort)]
    [InlineData(":5080", HostRefusal.EmptyLabel)]
    // ports
    [InlineData("acme.localhost:", HostRefusal.BadPort)]
    [InlineData("acme.localhost:0", HostRefusal.BadPort)]
    [InlineData("acme.localhost:65536", HostRefusal.BadPort)]
    [InlineData("acme.localhost:99999", HostRefusal.BadPort)]
    [InlineData("acme.localhost:000080", HostRefusal.BadPort)]
    [InlineData("acme.localhost:-80", HostRefusal.BadPort)]
    [InlineData("acme.localhost:8a", HostRefusal.BadPort)]
    [InlineData("acme.localhost:80:80", HostRefusal.BadPort)]
    [InlineData("acme.localhost::80", HostRefusal.BadPort)]
    [InlineData("acme.localhost:80.", HostRefusal.BadPort)]
    [InlineData("acme:80.localhost", HostRefusal.BadPort)]
    [InlineData("acme.localhost:+80", HostRefusal.ForbiddenCharacter)]
    [InlineData("acme.localhost: 80", HostRefusal.ForbiddenCharacter)]
    [InlineData("acme.localhost:٨٠", HostRefusal.NonAscii)]
    // dots and empty labels
    [InlineData("acme.localhost..", HostRefusal.EmptyLabel)]
    [InlineData("acme..localhost", HostRefusal.EmptyLabel)]
    [InlineData(".acme.localhost", HostRefusal.EmptyLabel)]
    [InlineData(".localhost", HostRefusal.EmptyLabel)]
    [InlineData("localhost..", HostRefusal.EmptyLabel)]
    [InlineData("..", HostRefusal.EmptyLabel)]
    // IPv4, in every notation
    [InlineData("127.0.0.1", HostRefusal.IpLiteral)]
    [InlineData("127.0.0.1:5080", HostRefusal.IpLiteral)]
    [InlineData("127.0.0.1.", HostRefusal.IpLiteral)]
    [InlineData("10.0.0.1", HostRefusal.IpLiteral)]
    [InlineData("127.1", HostRefusal.IpLiteral)]
    [InlineData("127.0.1", HostRefusal.IpLiteral)]
    [InlineData("2130706433", HostRefusal.IpLiteral)]
    [InlineData("0x7f000001", HostRefusal.IpLiteral)]
    [InlineData("0X7F.1", HostRefusal.IpLiteral)]
    [InlineData("0x7f.0x0.0x0.0x1", HostRefusal.IpLiteral)]
    [InlineData("0177.0.0.01", HostRefusal.IpLiteral)]
    [InlineData("0", HostRefusal.IpLiteral)]
    [InlineData("0x", HostRefusal.IpLiteral)]
    [InlineData("999.999.999.999", HostRefusal.IpLiteral)]
    [InlineData("acme.127.0.0.1", HostRefusal.IpLiteral)]
    [InlineData("acme.localhost.1", HostRefusal.IpLiteral)]
    // IPv6
    [InlineData("[::1]", HostRefusal.IpLiteral)]
    [InlineData("[::1]:5080", HostRefusal.IpLiteral)]
    [InlineData("[fe80::1%25eth0]", HostRefusal.PercentEncoded)]
    [InlineData("[::ffff:127.0.0.1]", HostRefusal.IpLiteral)]
    [InlineData("[2001:db8::1]:443", HostRefusal.IpLiteral)]
    [InlineData("[v1.a]", HostRefusal.IpLiteral)]
    [InlineData("::1", HostRefusal.IpLiteral)]
    [InlineData("fe80::1", HostRefusal.IpLiteral)]
    [InlineData("::ffff:127.0.0.1", HostRefusal.IpLiteral)]
    [InlineData("acme[].localhost", HostRefusal.ForbiddenCharacter)]
    [InlineData("acme].localhost", HostRefusal.ForbiddenCharacter)]
    // other domains
    [InlineData("acme.example.com", HostRefusal.ForeignDomain)]
    [InlineData("example.com", HostRefusal.ForeignDomain)]
    [InlineData("acme", HostRefusal.ForeignDomain)]
    [InlineData("com", HostRefusal.ForeignDomain)]
    [InlineData("acme.localhost.example.com", HostRefusal.ForeignDomain)]
    [InlineData("acme.localhost.localdomain", HostRefusal.ForeignDomain)]
    [InlineData("acmelocalhost", HostRefusal.ForeignDomain)]
    [InlineData("acme-localhost", HostRefusal.ForeignDomain)]
    [InlineData("acme.evillocalhost", HostRefusal.ForeignDomain)]
    [InlineData("acme.evil-localhost", HostRefusal.ForeignDomain)]
    [InlineData("localhos", HostRefusal.ForeignDomain)]
    [InlineData("acme.localhost.com", HostRefusal.ForeignDomain)]
    [InlineData("localhost.acme", HostRefusal.ForeignDomain)]
    // deeper names
    [InlineData("www.acme.localhost", HostRefusal.TooDeep)]
    [InlineData("a.b.acme.localhost", HostRefusal.TooDeep)]
    [InlineData("acme.admin.localhost", HostRefusal.TooDeep)]
    [InlineData("admin.acme.localhost", HostRefusal.TooDeep)]
    [InlineData("api.acme.localhost:5080", HostRefusal.TooDeep)]
    [InlineData("acme.localhost.localhost", HostRefusal.TooDeep)]
    [InlineData("127.0.0.1.localhost", HostRefusal.TooDeep)]
    // percent-encoding
    [InlineData("acm%65.localhost", HostRefusal.PercentEncoded)]
    [InlineData("acme%2elocalhost", HostRefusal.PercentEncoded)]
    [InlineData("acme.localhost%00", HostRefusal.PercentEncoded)]
    [InlineData("%61cme.localhost", HostRefusal.PercentEncoded)]
    [InlineData("acme.localhost%3a80", HostRefusal.PercentEncoded)]
    // spaces, control characters, delimiters
    [InlineData(" acme.localhost", HostRefusal.ForbiddenCharacter)]
    [InlineData("acme.localhost ", HostRefusal.ForbiddenCharacter)]
    [InlineData("ac me.localhost", HostRefusal.ForbiddenCharacter)]
    [InlineData("acme.localhost\t", HostRefusal.ForbiddenCharacter)]
    [InlineData("acme.localhost\r\nX-Tenant: globex", HostRefusal.ForbiddenCharacter)]
    [InlineData("acme\0.localhost", HostRefusal.ForbiddenCharacter)]
    [InlineData("acme.localhost\0.evil.com", HostRefusal.ForbiddenCharacter)]
    [InlineData("acme\u007f.localhost", HostRefusal.ForbiddenCharacter)]
    [InlineData("acme_1.localhost", HostRefusal.ForbiddenCharacter)]
    [InlineData("acme.localhost/", HostRefusal.ForbiddenCharacter)]
    [InlineData("acme.localhost/../admin", HostRefusal.ForbiddenCharacter)]
    [InlineData("acme.localhost?x", HostRefusal.ForbiddenCharacter)]
    [InlineData("acme.localhost#x", HostRefusal.ForbiddenCharacter)]
    [InlineData("acme.localhost\\x", HostRefusal.ForbiddenCharacter)]
    [InlineData("user@acme.localhost", HostRefusal.ForbiddenCharacter)]
    [InlineData("acme.localhost,globex.localhost", HostRefusal.ForbiddenCharacter)]
    [InlineData("acme.localhost;globex.localhost", HostRefusal.ForbiddenCharacter)]
    [InlineData("*.localhost", HostRefusal.ForbiddenCharacter)]
    [InlineData("'acme'.localhost", HostRefusal.ForbiddenCharacter)]
    [InlineData("http://acme.localhost", HostRefusal.ForbiddenCharacter)]
    // non-ASCII and punycode
    [InlineData("äcme.localhost", HostRefusal.NonAscii)]
    [InlineData("аcme.localhost", HostRefusal.NonAscii)] // Cyrillic а
    [InlineData("acme。localhost", HostRefusal.NonAscii)] // ideographic full stop, a dot to IDNA
    [InlineData("ａｃｍｅ.localhost", HostRefusal.NonAscii)]
    [InlineData("acme\u200b.localhost", HostRefusal.NonAscii)]
    [InlineData("acme.loca\u212ahost", HostRefusal.NonAscii)] // Kelvin sign folds to k
    [InlineData("acme\u0130.localhost", HostRefusal.NonAscii)]
    [InlineData("xn--cme-zna.localhost", HostRefusal.NotASlug)]
    [InlineData("XN--CME-ZNA.localhost", HostRefusal.NotASlug)]
    // one label, but no slug
    [InlineData("ab.localhost", HostRefusal.NotASlug)]
    [InlineData("a.localhost", HostRefusal.NotASlug)]
    [InlineData("-acme.localhost", HostRefusal.NotASlug)]
    [InlineData("acme-.localhost", HostRefusal.NotASlug)]
    [InlineData("ac--me.localhost", HostRefusal.NotASlug)]
    [InlineData("---.localhost", HostRefusal.NotASlug)]
    [InlineData(LongSlug + "e.localhost", HostRefusal.NotASlug)]
    [InlineData(Label63 + ".localhost", HostRefusal.NotASlug)]
    [InlineData(Label63 + "4.localhost", HostRefusal.LabelTooLong)]
    // reserved
    [InlineData("www.localhost", HostRefusal.ReservedName)]
    [InlineData("WWW.localhost", HostRefusal.ReservedName)]
    [InlineData("app.localhost", HostRefusal.ReservedName)]
    [InlineData("auth.localhost", HostRefusal.ReservedName)]
    [InlineData("status.localhost:80", HostRefusal.ReservedName)]
    [InlineData("localhost.localhost", HostRefusal.ReservedName)]
    [InlineData("ns1.localhost", HostRefusal.ReservedName)]
    [InlineData("autodiscover.localhost", HostRefusal.ReservedName)]
    [InlineData("mta-sts.localhost", HostRefusal.ReservedName)]
    public void Parse_AnythingElse_IsRefused(string? header, HostRefusal reason) =>
        Assert.Equal(new TenantHost.Refused(reason), TenantHost.Parse(header, "localhost"));

    [Theory]
    [InlineData("example.com")] // the base domain's parent
    [InlineData("acme.example.com")]
    [InlineData("portal.example.com.evil.com")]
    [InlineData("xportal.example.com")]
    [InlineData("acme.localhost")]
    public void Parse_BesideALongerBaseDomain_IsForeign(string header) =>
        Assert.Equal(
            new TenantHost.Refused(HostRefusal.ForeignDomain),
            TenantHost.Parse(header, "portal.example.com"));

    [Fact]
    public void Parse_NamesOf253And254Characters_DifferOnlyByLength()
    {
        var labels = string.Join('.', Enumerable.Repeat(new string('x', 60), 4)); // 243
        Assert.Equal(
            new TenantHost.Refused(HostRefusal.TooDeep),
            TenantHost.Parse(labels + ".localhost.:65535", "localhost"));
        Assert.Equal(
            new TenantHost.Refused(HostRefusal.TooLong),
            TenantHost.Parse("x" + labels + ".localhost", "localhost"));
        Assert.Equal(
            new TenantHost.Refused(HostRefusal.TooLong),
            TenantHost.Parse(new string('a', 1_000_000), "localhost"));
    }

    [Fact]
    public void Parse_EveryCharacterInsideALabel_IsEitherASlugsOrRefused()
    {
        for (var c = '\0'; c < '\uffff'; c++)
        {
            var parsed = TenantHost.Parse($"ac{c}me.localhost", "localhost");
            if (char.IsAsciiLetterOrDigit(c) || c == '-')
                Assert.Equal(new TenantHost.Tenant($"ac{char.ToLowerInvariant(c)}me"), parsed);
            else
                Assert.IsType<TenantHost.Refused>(parsed);
        }
    }

    [Theory]
    [InlineData("localhost", true)]
    [InlineData("portal.example.com", true)]
    [InlineData("secure-base.io", true)]
    [InlineData(null, false)]
    [InlineData("", false)]
    [InlineData("Example.com", false)]
    [InlineData("example.com.", false)]
    [InlineData("example.com:443", false)]
    [InlineData(".example.com", false)]
    [InlineData("exa mple.com", false)]
    [InlineData("-example.com", false)]
    [InlineData("example-.com", false)]
    [InlineData("127.0.0.1", false)]
    [InlineData("[::1]", false)]
    [InlineData("münchen.de", false)]
    public void IsBaseDomain_TellsNamesThatCanCarryTenants(string? name, bool expected)
    {
        Assert.Equal(expected, TenantHost.IsBaseDomain(name));
        if (!expected)
            Assert.Throws<ArgumentException>(() => TenantHost.Parse("acme.localhost", name!));
    }
}
