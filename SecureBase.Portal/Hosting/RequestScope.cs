using System.Collections;
using System.Diagnostics;
using SecureBase.Core.Tenancy;

namespace SecureBase.Portal.Hosting;

/// <summary>Puts tenant and trace id into the scope of every log line of the request, those about its failure included.</summary>
internal sealed class RequestScope(RequestDelegate next, ILogger<RequestScope> log)
{
    public async Task InvokeAsync(HttpContext context, TenantContext tenant)
    {
        using (log.BeginScope(new Fields(tenant, Traces.Id(context))))
            await next(context);
    }

    // Read when a line is written: the tenant is known only some way into the pipeline.
    private sealed class Fields(TenantContext tenant, string traceId) : IReadOnlyList<KeyValuePair<string, object?>>
    {
        public int Count => 2;

        public KeyValuePair<string, object?> this[int index] => index switch
        {
            0 => new("tenant", tenant.IsSet ? tenant.Tenant.Slug : null),
            1 => new("trace_id", traceId),
            _ => throw new ArgumentOutOfRangeException(nameof(index)),
        };

        public IEnumerator<KeyValuePair<string, object?>> GetEnumerator()
        {
            yield return this[0];
            yield return this[1];
        }

        IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

        public override string ToString() => $"tenant:{this[0].Value} trace_id:{traceId}";
    }
}

internal static class Traces
{
    /// <summary>The id that joins an answer, its log lines and its trace: 32 hex digits.</summary>
    internal static string Id(HttpContext context) =>
        Activity.Current is { IdFormat: ActivityIdFormat.W3C } activity ? activity.TraceId.ToHexString() : context.TraceIdentifier;
}
