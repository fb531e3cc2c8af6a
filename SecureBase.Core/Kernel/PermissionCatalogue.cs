using System.Collections.Frozen;
using System.Reflection;

namespace SecureBase.Core.Kernel;

/// <summary>Every permission that a feature declares, found once by reflection over the public static fields of this assembly.</summary>
public static class PermissionCatalogue
{
    private static readonly FrozenDictionary<string, Permission> ByName = typeof(Permission).Assembly.GetTypes()
        .SelectMany(type => type.GetFields(BindingFlags.Public | BindingFlags.Static))
        .Where(field => field.FieldType == typeof(Permission))
        .Select(field => (Permission)field.GetValue(null)!)
        .ToFrozenDictionary(permission => permission.Name, StringComparer.Ordinal);

    public static IEnumerable<Permission> All => ByName.Values;

    /// <summary>Null when no feature declares it.</summary>
    public static Permission? Find(string name) => ByName.GetValueOrDefault(name);
}
