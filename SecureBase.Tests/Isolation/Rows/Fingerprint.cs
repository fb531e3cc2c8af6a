using SecureBase.Tests.Infrastructure;

namespace SecureBase.Tests.Isolation.Rows;

/// <summary>All rows of one tenant in a word.</summary>
internal static class Fingerprint
{
    /// <summary>
    /// Changes when any row of the tenant is changed, added or removed. Refused attempts do not count: the product records
    /// them with the tenant they were made on.
    /// </summary>
    /// <param name="besides">Tables that do not count: behind recorded attempts the audit chain grows by itself.</param>
    internal static async Task<string> OfAsync(TestDatabase database, Guid tenantId, params string[] besides)
    {
        var tables = string.Join(" union all ", TenantModel.Entities.Where(e => !besides.Contains(TenantModel.Table(e))).Select(e =>
            $"select to_jsonb(t) as content from {TenantModel.Table(e)} t where {TenantModel.Column(TenantModel.Owner(e))} = '{tenantId}'"));
        return (string)(await Sql.ScalarAsync(database.SuperuserConnectionString,
            $"select md5(string_agg(content::text, E'\\n' order by content::text)) from ({tables}) rows where content->>'outcome' is distinct from 'refused'"))!;
    }
}
