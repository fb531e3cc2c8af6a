using System.Reflection;
using SecureBase.Core.Persistence;

namespace SecureBase.Tests.Architecture;

/// <summary>References go one way: E2E, Tests and Bench → Portal → Core, and inside Core from features down to the kernel.</summary>
public sealed class DependencyTests
{
    private const string Core = "SecureBase.Core.";
    private const string Portal = "SecureBase.Portal.";

    private static readonly Assembly CoreAssembly = typeof(SecureBaseDb).Assembly;
    private static readonly Assembly PortalAssembly = typeof(SecureBase.Portal.Api.ApiProblem).Assembly;

    /// <summary>What each folder of Core may use besides itself. A new pair is a decision: write it down here.</summary>
    private static readonly Dictionary<string, string[]> Allowed = new()
    {
        ["Kernel"] = [],
        ["Tenancy"] = ["Kernel"],
        // The unit of work writes audit entry and outbox event in the transaction of every change.
        ["Persistence"] = ["Kernel", "Tenancy", "Auditing", "Messaging"],
        // Anchors of the chain are sealed; the schedule casts them.
        ["Auditing"] = ["Kernel", "Tenancy", "Persistence", "Secrets", "Scheduling"],
        // What has been delivered long ago is purged by schedule.
        ["Messaging"] = ["Kernel", "Tenancy", "Persistence", "Scheduling"],
        // A channel like those to come: it knows whose address a letter goes to, and nobody below knows it.
        ["Messaging.Mail"] = ["Kernel", "Tenancy", "Persistence", "Messaging", "Identity"],
        ["Secrets"] = ["Kernel", "Tenancy", "Persistence"],
        // Contents are sealed, verdicts told live, what stopped arriving purged by schedule.
        ["Files"] = ["Kernel", "Tenancy", "Persistence", "Messaging", "Secrets", "Scheduling"],
        ["Scheduling"] = ["Kernel", "Tenancy", "Persistence"],
        ["Identity"] = ["Kernel", "Tenancy", "Persistence", "Auditing"],
        // A session and a key belong to a person.
        ["Access"] = ["Kernel", "Tenancy", "Persistence", "Auditing", "Scheduling", "Identity"],
        // Mailed links open and change accounts; a new password ends sessions.
        ["Accounts"] = ["Kernel", "Tenancy", "Persistence", "Auditing", "Messaging", "Messaging.Mail", "Scheduling", "Identity", "Access"],
        // A second factor completes a sign-in; each change of it is told by e-mail.
        ["Factors"] = ["Kernel", "Tenancy", "Persistence", "Messaging", "Messaging.Mail", "Secrets", "Identity", "Access"],
        // Invitations are mailed links; who is deactivated loses access.
        ["Team"] = ["Kernel", "Tenancy", "Persistence", "Auditing", "Messaging", "Messaging.Mail", "Identity", "Access", "Accounts"],
        // Suspending a tenant ends its access. It shows staff a customer's people and tickets, invites the first of them, seals exports with its files in them, and lets everything go in the end.
        ["Tenants"] = ["Kernel", "Tenancy", "Persistence", "Auditing", "Messaging", "Scheduling", "Secrets", "Files", "Identity", "Access", "Factors", "Team", "Support"],
        // A ticket's requester is a person; its messages become mail and carry files.
        ["Support"] = ["Kernel", "Tenancy", "Persistence", "Auditing", "Messaging", "Messaging.Mail", "Scheduling", "Identity", "Files"],
        // What spend tells the outside world.
        ["Costs"] = ["Kernel"],
        // Other systems' events are taken in, in the tenant they are about.
        ["Publishing"] = ["Kernel", "Tenancy", "Persistence", "Auditing", "Messaging", "Scheduling"],
        // A channel with its endpoints: their secrets are sealed, their end is mailed to people, their upkeep scheduled; staff who look at them are recorded.
        ["Webhooks"] = ["Kernel", "Tenancy", "Persistence", "Auditing", "Messaging", "Messaging.Mail", "Scheduling", "Secrets", "Identity", "Support"],
        // Makes history through the services of all.
        ["Demo"] = ["Kernel", "Tenancy", "Persistence", "Auditing", "Messaging", "Scheduling", "Identity", "Access", "Tenants", "Support", "Publishing", "Webhooks"],
    };

    /// <summary>The context's sets are declared by the features themselves, in partial files; its base class names the person.</summary>
    private static readonly Type[] MadeOfAllFeatures = [typeof(SecureBaseDb), typeof(StaffDb)];

    [Fact]
    public void Core_KnowsNoBrowser()
    {
        string[] forbidden = ["Microsoft.AspNetCore.Components", "Microsoft.AspNetCore.Http", "Microsoft.AspNetCore.Mvc", "Microsoft.AspNetCore.Hosting", "Microsoft.AspNetCore.SignalR", "Microsoft.JSInterop", "SecureBase.Portal"];
        Assert.DoesNotContain(CoreAssembly.GetReferencedAssemblies().Select(a => a.Name!), name => forbidden.Any(f => name.StartsWith(f, StringComparison.Ordinal)));
    }

    [Fact]
    public void Core_UsesOnlyWhatIsAllowed()
    {
        var broken = TypeReferences.In(CoreAssembly)
            .Where(r => !MadeOfAllFeatures.Contains(r.From) && Folder(r.From, Core) is not null)
            .Select(r => (r.From, r.To, FromFolder: Folder(r.From, Core)!, ToFolder: Folder(r.To, Core)))
            .Where(r => r.ToFolder is not null && r.FromFolder != r.ToFolder && !(Allowed.GetValueOrDefault(r.FromFolder)?.Contains(r.ToFolder) ?? false))
            .Select(r => $"{r.FromFolder} → {r.ToFolder}: {r.From.Name} names {r.To.Name}").Distinct().Order();
        Assert.True(!broken.Any(), string.Join("\n", broken));
    }

    [Fact]
    public void AllowedPairs_BetweenFeatures_HaveNoCycle()
    {
        // Persistence, Auditing and Messaging are one layer that writes one transaction.
        string[] below = ["Kernel", "Tenancy", "Persistence", "Auditing", "Messaging"];
        List<string> left = [.. Allowed.Keys.Except(below)];
        while (left.Count > 0)
        {
            var free = left.Where(f => !Allowed[f].Intersect(left).Any()).ToList();
            Assert.True(free.Count > 0, "These features use each other in a circle: " + string.Join(", ", left));
            left = [.. left.Except(free)];
        }
    }

    [Fact]
    public void Portal_FoldersForEverybody_NameNoFeature()
    {
        string[] infrastructure = ["Api", "Hosting", "Live", "Secrets", "Shared", "Tenancy"];
        var features = Allowed.Keys.Except(["Kernel", "Tenancy", "Persistence", "Messaging", "Messaging.Mail", "Scheduling", "Secrets", "Access", "Auditing"]).Select(f => Core + f)
            .Concat([Portal + "Support", Portal + "Demo"]).ToList();
        var broken = ReferencesOfPortal()
            .Where(r => infrastructure.Contains(Folder(r.From, Portal)))
            .Where(r => features.Any(f => r.To.Namespace == f || (r.To.Namespace?.StartsWith(f + ".", StringComparison.Ordinal) ?? false)))
            .Select(r => $"{r.From.FullName} names {r.To.FullName}").Distinct().Order();
        Assert.True(!broken.Any(), string.Join("\n", broken));
    }

    private static IEnumerable<(Type From, Type To)> ReferencesOfPortal() => TypeReferences.Between(PortalAssembly, CoreAssembly);

    private static string? Folder(Type type, string root) =>
        type.Namespace is not { } name || !name.StartsWith(root, StringComparison.Ordinal) ? null
        : Allowed.ContainsKey(name[root.Length..]) ? name[root.Length..]
        : name[root.Length..].Split('.')[0];
}
