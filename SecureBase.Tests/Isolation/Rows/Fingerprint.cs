using SecureBase.Tests.Infrastructure;

namespace SecureBase.Tests.Isolation.Rows;

/// <summary>All rows of one tenant in a word.</summary>
internal static class Fingerprint
{
    /// <summary>
    /// Changes when any row of the tenant is changed, added or removed. Refused attempts do not count: the product records
    /// them with the tenant they were made on.
    /// </summary>
    internal static async Task<string> OfAsync(TestDatabase database, Guid tenantId)
    {
        var tables = string.Join(" union all ", TenantModel.Entities.Select(e =>
            $"select to_jsonb(t) as content from {TenantModel.Table(e)} t where {TenantModel.Column(TenantModel.Owner(e))} = '{tenantId}'"));
        return (string)(await Sql.ScalarAsync(database.SuperuserConnectionString,
            $"select md5(string_agg(content::text, E'\\n' order by content::text)) from ({tables}) rows where content->>'outcome' is distinct from 'refused'"))!;
    }
}
