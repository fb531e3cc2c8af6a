using System.Globalization;
using SecureBase.Core.Kernel;
using SecureBase.Core.Tenancy;

namespace SecureBase.Core.Demo;

/// <summary>What somebody's tickets are mostly about.</summary>
internal enum Desk { Engineering, Finance, Security }

/// <param name="Email">Signs in with it; unique within the tenant.</param>
/// <param name="Role">From <see cref="Roles"/>.</param>
internal sealed record DemoPerson(string Email, string Name, string Role, Desk Desk = Desk.Engineering)
{
    public string FirstName => Name.StartsWith("Dr. ", StringComparison.Ordinal) ? Name : Name.Split(' ')[0];
}

/// <summary>A system the organisation runs, as a name in code and in prose.</summary>
internal sealed record Workload(string Slug, string Name);

/// <summary>A demo tenant: its people and the words its tickets are written in.</summary>
internal sealed record DemoOrganisation
{
    public required string Slug { get; init; }
    public required string Name { get; init; }
    public required Plan Plan { get; init; }
    /// <summary>IANA name.</summary>
    public required string TimeZone { get; init; }
    public required IReadOnlyList<DemoPerson> People { get; init; }
    public TenantKind Kind { get; init; } = TenantKind.Customer;

    /// <summary>How many tickets its year of history has; the last <see cref="OpenMix"/> of them are not done yet.</summary>
    public int Tickets { get; init; }
    public OpenMix Open { get; init; } = new(0, 0, 0, 0, 0);

    public IReadOnlyList<Workload> Workloads { get; init; } = [];
    /// <summary>The first is home.</summary>
    public IReadOnlyList<string> Regions { get; init; } = [];
    public string CurrencySign { get; init; } = "";
    public string CurrencyName { get; init; } = "";
    public string IdentityProvider { get; init; } = "";
    public string Siem { get; init; } = "";
    public string Framework { get; init; } = "";

    public string Domain => $"{Slug}.test";
    public TimeZoneInfo Zone => TimeZoneInfo.FindSystemTimeZoneById(TimeZone);

    /// <summary>The same account always has the same id.</summary>
    public string AccountId(string name) =>
        (DemoRandom.HashOf($"{Slug}/{name}") % 899_999_999_999 + 100_000_000_000).ToString(CultureInfo.InvariantCulture);
}

/// <summary>How many tickets of an organisation are in which unfinished state right now.</summary>
/// <param name="Fresh">Opened within the last hours, nobody assigned.</param>
/// <param name="Answered">The customer has written last and waits for staff.</param>
/// <param name="InProgress">Staff work on it.</param>
/// <param name="Waiting">Staff have asked, the customer has not answered.</param>
/// <param name="Reopened">Was resolved, came back.</param>
internal sealed record OpenMix(int Fresh, int Answered, int InProgress, int Waiting, int Reopened)
{
    public int Total => Fresh + Answered + InProgress + Waiting + Reopened;
}
