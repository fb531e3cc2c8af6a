using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;
using SecureBase.Core.Tenancy;

namespace SecureBase.Core.Tenants.Offboarding;

/// <summary>In which order a tenant's rows go, by the model: whatever refers to a row goes before it. A new entity is in it from its first day.</summary>
internal static class ErasurePlan
{
    /// <summary>Tables whose rows stay when a tenant goes, and why.</summary>
    internal static readonly IReadOnlyDictionary<string, string> Kept = new Dictionary<string, string>
    {
        ["tenants"] = "keeps the slug from ever being used again",
        ["audit_entries"] = "evidence, kept for 2,555 days",
        ["audit_chain"] = "evidence, kept as long as the entries it chains",
        ["audit_anchors"] = "evidence, kept as long as the entries it vouches for",
        ["access_changes"] = "tells the nodes that the doors are closed; purged after a day like any other",
    };

    internal static List<string> Tables(IModel model)
    {
        var left = model.GetEntityTypes().Where(e => !e.IsOwned() && typeof(ITenantOwned).IsAssignableFrom(e.ClrType) && !Kept.ContainsKey(e.GetTableName()!))
            .OrderBy(e => e.GetTableName(), StringComparer.Ordinal).ToList();
        List<string> ordered = [];
        while (left.Count > 0)
        {
            var free = left.Where(e => !left.Exists(other => other != e && other.GetForeignKeys().Any(key => key.PrincipalEntityType == e))).ToList();
            if (free.Count == 0)
                throw new InvalidOperationException("These tables refer to each other in a circle, so none can be emptied first: " + string.Join(", ", left.Select(e => e.GetTableName())));
            ordered.AddRange(free.Select(e => e.GetTableName()!));
            left.RemoveAll(free.Contains);
        }
        return ordered;
    }
}
