using SecureBase.Core.Kernel;
using SecureBase.Core.Tenancy;

namespace SecureBase.Core.Demo;

/// <summary>The tenants and people of a Development portal. Names are invented; the domains are reserved for testing (RFC 2606).</summary>
internal static class DemoOrganisations
{
    public static readonly DemoOrganisation Acme = new()
    {
        Slug = "acme",
        Name = "Acme Payments",
        Plan = Plan.Healthcare,
        TimeZone = "Europe/Berlin",
        Tickets = 172,
        Open = new(Fresh: 3, Answered: 2, InProgress: 3, Waiting: 3, Reopened: 2),
        People =
        [
            new("admin@acme.test", "Ines Roth", Roles.Admin, Desk.Security),
            new("manager@acme.test", "Jana Keller", Roles.Manager),
            new("analyst@acme.test", "Luc Moreau", Roles.Analyst),
            new("viewer@acme.test", "Sofie Lindqvist", Roles.Viewer),
            new("amira.haddad@acme.test", "Amira Haddad", Roles.Analyst, Desk.Security),
            new("piotr.zielinski@acme.test", "Piotr Zieliński", Roles.Analyst),
            new("nora.lindner@acme.test", "Nora Lindner", Roles.Manager, Desk.Finance),
            new("emre.aydin@acme.test", "Emre Aydın", Roles.Analyst),
        ],
        Workloads =
        [
            new("settlement", "settlement"), new("card-vault", "card vault"), new("payouts", "payouts"), new("ledger", "ledger"),
            new("merchant-api", "merchant API"), new("fraud-scoring", "fraud scoring"), new("data-platform", "data platform"),
        ],
        Regions = ["eu-central-1", "eu-west-1", "eu-central-2"],
        CurrencySign = "€",
        CurrencyName = "euros",
        IdentityProvider = "Entra ID",
        Siem = "Splunk",
        Framework = "PCI DSS",
    };

    public static readonly DemoOrganisation Globex = new()
    {
        Slug = "globex",
        Name = "Globex Health",
        Plan = Plan.Government,
        TimeZone = "America/New_York",
        Tickets = 122,
        Open = new(Fresh: 2, Answered: 2, InProgress: 3, Waiting: 3, Reopened: 1),
        People =
        [
            new("admin@globex.test", "Dr. Samuel Okafor", Roles.Admin, Desk.Security),
            new("manager@globex.test", "Rachel Whitcomb", Roles.Manager),
            new("analyst@globex.test", "Daniel Osei", Roles.Analyst),
            new("viewer@globex.test", "Mei Tanaka", Roles.Viewer),
            new("carmen.delgado@globex.test", "Carmen Delgado", Roles.Analyst, Desk.Security),
            new("will.thornton@globex.test", "Will Thornton", Roles.Analyst),
            new("anjali.rao@globex.test", "Anjali Rao", Roles.Manager, Desk.Finance),
            new("tyrone.banks@globex.test", "Tyrone Banks", Roles.Analyst),
            new("heather.lund@globex.test", "Heather Lund", Roles.Viewer, Desk.Security),
        ],
        Workloads =
        [
            new("imaging-archive", "imaging archive"), new("hl7-gateway", "HL7 gateway"), new("lab-results", "lab results"),
            new("patient-portal", "patient portal"), new("scheduling", "scheduling"), new("claims", "claims"),
        ],
        Regions = ["us-east-1", "us-west-2", "us-gov-east-1"],
        CurrencySign = "$",
        CurrencyName = "US dollars",
        IdentityProvider = "Okta",
        Siem = "Sentinel",
        Framework = "HIPAA",
    };

    public static readonly DemoOrganisation Initech = new()
    {
        Slug = "initech",
        Name = "Initech",
        Plan = Plan.Standard,
        TimeZone = "America/Chicago",
        Tickets = 46,
        Open = new(Fresh: 1, Answered: 1, InProgress: 2, Waiting: 3, Reopened: 1),
        // One seat of the plan stays free, so that a visitor can try an invitation and then meet the limit.
        People =
        [
            new("admin@initech.test", "Karen Doyle", Roles.Admin, Desk.Security),
            new("manager@initech.test", "Greg Hanlon", Roles.Manager, Desk.Finance),
            new("analyst@initech.test", "Sunita Patel", Roles.Analyst),
            new("viewer@initech.test", "Ben Marsh", Roles.Viewer),
        ],
        Workloads = [new("reporting", "reporting"), new("crm-sync", "CRM sync"), new("document-store", "document store"), new("billing-batch", "billing batch")],
        Regions = ["us-east-2", "us-east-1"],
        CurrencySign = "$",
        CurrencyName = "US dollars",
        IdentityProvider = "Google Workspace",
        Siem = "Elastic",
        Framework = "SOC 2",
    };

    public static readonly DemoOrganisation Operator = new()
    {
        Slug = Tenant.OperatorSlug,
        Name = "SecureBase",
        Kind = TenantKind.Operator,
        Plan = Plan.Government,
        TimeZone = "Europe/Berlin",
        People =
        [
            new("platform@securebase.test", "Hanna Eklund", Roles.PlatformAdmin),
            new("lead@securebase.test", "Marek Sobol", Roles.Lead, Desk.Security),
            new("agent@securebase.test", "Tomas Ferrer", Roles.Agent),
            new("priya.nair@securebase.test", "Priya Nair", Roles.Agent, Desk.Security),
            new("lena.brandt@securebase.test", "Lena Brandt", Roles.Agent, Desk.Finance),
            new("yusuf.demir@securebase.test", "Yusuf Demir", Roles.Agent),
            new("grace.adeyemi@securebase.test", "Grace Adeyemi", Roles.Lead, Desk.Finance),
        ],
    };

    public static readonly IReadOnlyList<DemoOrganisation> Customers = [Acme, Globex, Initech];
    public static readonly IReadOnlyList<DemoOrganisation> All = [Operator, .. Customers];
}
